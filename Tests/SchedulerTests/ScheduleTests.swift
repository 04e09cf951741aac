import Basics
import Model
import Testing

/// Windows and cron in zones whose clocks are moved.
@Suite struct ScheduleTests {
    private static func rules(_ zone: String) throws -> ZoneRules {
        try #require(ZoneRules(try FileSystem.read("/usr/share/zoneinfo/" + zone, limit: 1 << 20)))
    }

    private func time(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test func aWindowFollowsTheClocksOfItsZone() throws {
        let (window, berlin) = (
            try ScheduleWindow("Mon-Fri 08:00-18:00 Europe/Berlin"), try Self.rules("Europe/Berlin")
        )
        #expect(window.isOpen(at: try time("2026-01-05T07:00:00Z"), in: berlin) == true)
        #expect(window.isOpen(at: try time("2026-01-05T06:59:59Z"), in: berlin) == false)
        #expect(window.isOpen(at: try time("2026-07-06T06:00:00Z"), in: berlin) == true)
        #expect(window.isOpen(at: try time("2026-01-04T12:00:00Z"), in: berlin) == false)
        #expect(
            window.opening(after: try time("2026-01-02T20:00:00Z"), in: berlin)
                == (try time("2026-01-05T07:00:00Z")))
    }

    @Test func aWindowPastMidnightBelongsToTheDayItBegan() throws {
        let window = try ScheduleWindow("Fri 22:00-04:00")
        #expect(window.isOpen(at: try time("2026-01-03T03:59:00Z"), in: .utc) == true)
        #expect(window.isOpen(at: try time("2026-01-02T03:59:00Z"), in: .utc) == false)
    }

    @Test func eachInstantCountsOnceWhereClocksArePutForward() throws {
        // In Berlin 02:30 does not exist on 2026-03-29.
        let (cron, berlin) = (try CronExpression("30 2 * * *"), try Self.rules("Europe/Berlin"))
        let (before, gap) = (try time("2026-03-29T00:59:00Z"), try time("2026-03-29T01:00:00Z"))
        #expect(cron.isDue(after: before, at: gap, in: berlin) == true)
        #expect(cron.isDue(after: gap, at: try time("2026-03-29T23:00:00Z"), in: berlin) == false)
    }

    @Test func eachInstantCountsOnceWhereClocksArePutBack() throws {
        // In Berlin 02:30 comes twice on 2026-10-25.
        let (cron, berlin) = (try CronExpression("30 2 * * *"), try Self.rules("Europe/Berlin"))
        let first = try time("2026-10-25T00:30:00Z")
        #expect(cron.isDue(after: try time("2026-10-25T00:29:00Z"), at: first, in: berlin) == true)
        #expect(cron.isDue(after: first, at: try time("2026-10-25T03:00:00Z"), in: berlin) == false)
    }

    @Test func whatWasMissedCountsOnce() throws {
        let cron = try CronExpression("*/5 * * * *")
        #expect(
            cron.isDue(after: try time("2020-01-01T00:00:00Z"), at: try time("2026-01-01T00:02:00Z"), in: .utc)
                == true)
        #expect(
            cron.isDue(after: try time("2026-01-01T00:00:00Z"), at: try time("2026-01-01T00:04:59Z"), in: .utc)
                == false)
    }

    @Test func aFileThatIsNoZoneIsRefused() {
        #expect(ZoneRules(Array("TZif2".utf8)) == nil)
        #expect(ZoneRules(Array(repeating: 0xFF, count: 400)) == nil)
        #expect(ZoneRules([]) == nil)
    }
}
