import Basics
import TestSupport
import Testing

/// Moments as a person reads them.
@Suite struct TimeTextTests {
    private static let now = Instant(secondsSinceEpoch: 1_796_016_800)  // 2026-11-30T05:33:20Z

    private func times(_ zone: String, isExact: Bool = false) -> TimeText {
        TimeText(ZoneSource(["TZ": zone]), Clock { Self.now }, isExact: isExact)
    }

    private func time(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test(arguments: [
        ("Europe/Berlin", "2026-11-30 06:33:20 +01:00"), ("America/New_York", "2026-11-30 00:33:20 -05:00"),
        ("Asia/Kathmandu", "2026-11-30 11:18:20 +05:45"), ("Pacific/Marquesas", "2026-11-29 20:03:20 -09:30"),
        ("UTC", "2026-11-30 05:33:20 UTC"), ("", "2026-11-30 05:33:20 UTC"),
        ("Nowhere/At_All", "2026-11-30 05:33:20 UTC"),
        (":Europe/Berlin", "2026-11-30 06:33:20 +01:00"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-30 06:33:20 +01:00"),
        ("/usr/share/zoneinfo/Europe/London", "2026-11-30 05:33:20 +00:00"),
    ])
    func aMomentHasItsZone(zone: String, expected: String) {
        #expect(times(zone).full(Self.now) == expected)
        #expect(times(zone, isExact: true).full(Self.now) == "2026-11-30T05:33:20Z")
    }

    @Test func theClockOfTheMomentCounts() throws {
        let summer = try time("2026-07-01T12:00:00Z")
        #expect(times("Europe/Berlin").full(summer) == "2026-07-01 14:00:00 +02:00")
        #expect(times("Europe/Berlin").full(try time("1900-01-01T00:00:00Z")) == "1900-01-01 01:00:00 +01:00")
        #expect(times("Europe/Berlin").full(try time("2100-07-01T12:00:00Z")) == "2100-07-01 14:00:00 +02:00")
    }

    @Test(
        arguments: [
            (0, "just now"), (-1, "1 s ago"), (-59, "59 s ago"), (-60, "1 min ago"), (-3599, "59 min ago"),
            (-3600, "1 h ago"),
            (-86_399, "23 h ago"), (-86_400, "1 d ago"), (-14 * 86_400, "14 d ago"), (90, "in 1 min"),
            (7200, "in 2 h"),
            (-15 * 86_400, "2026-11-15"), (20 * 86_400, "2026-12-20"),
        ] as [(Int64, String)])
    func howLongAgo(seconds: Int64, expected: String) {
        let instant = Self.now + .seconds(seconds)
        #expect(times("UTC").brief(instant) == expected)
        #expect(times("UTC", isExact: true).brief(instant) == instant.secondsText)
    }

    @Test func aMomentSaysBoth() throws {
        #expect(times("UTC").moment(Self.now + .seconds(-200)) == "2026-11-30 05:30:00 UTC (3 min ago)")
        #expect(times("UTC").moment(try time("2020-01-01T00:00:00Z")) == "2020-01-01 00:00:00 UTC (6 y ago)")
        #expect(times("UTC").forTables.moment(Self.now + .seconds(-200)) == "3 min ago")
        #expect(times("UTC").moment("soon") == "soon")
        #expect(times("Europe/Berlin").timeOfDay(Self.now) == "06:33:20")
        #expect(times("Europe/Berlin", isExact: true).timeOfDay(Self.now) == "05:33:20Z")
        #expect(TimeText.exact.moment(Self.now) == "2026-11-30T05:33:20Z")
    }

    @Test(arguments: [
        ("2026-11-30", "2026-11-29T23:00:00Z"), ("2026-07-01", "2026-06-30T22:00:00Z"),
        ("2026-11-30 06:33:20", "2026-11-30T05:33:20Z"), ("2026-11-30T06:33:20Z", "2026-11-30T06:33:20Z"),
        ("2026-11-30 06:33:20 +01:00", "2026-11-30T05:33:20Z"),
        ("2026-11-30T06:33:20-05:00", "2026-11-30T11:33:20Z"),
        // 02:30 does not exist on the first day, and comes twice on the second.
        ("2026-03-29T02:30", "2026-03-29T01:30:00Z"), ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
    ])
    func whatIsWrittenWithoutAZoneIsByTheLocalClock(text: String, expected: String) throws {
        #expect(times("Europe/Berlin").read(text) == (try time(expected)))
    }

    @Test func withUTCEverythingIsInUTC() throws {
        #expect(times("Europe/Berlin", isExact: true).read("2026-11-30") == (try time("2026-11-30T00:00:00Z")))
        for text in ["", "soon", "7d", "2026-13-01", "2026-11-30 25:00"] {
            #expect(times("Europe/Berlin").read(text) == nil, "\(text)")
        }
    }

    @Test func whatIsShownCanBeRead() throws {
        for zone in ["Europe/Berlin", "America/St_Johns", "UTC", "Asia/Kathmandu"] {
            let times = times(zone)
            let shown = times.full(Self.now)
            #expect(times.read(shown) == Self.now, "\(shown)")
        }
    }
}

/// The machine's zone, and rules behind the end of a file.
@Suite struct ZoneTests {
    @Test func withoutAVariableTheMachinesFileCounts() throws {
        let instant = try #require(Instant("2026-07-01T12:00:00Z"))
        func offset(_ file: String) -> Int64? {
            ZoneSource([:], localFile: file).localRules.offset(at: instant.secondsSinceEpoch)
        }
        #expect(offset("/usr/share/zoneinfo/Asia/Tokyo") == 32_400)
        for file in ["/nonexistent", "/etc/passwd", "/"] { #expect(offset(file) == 0, "\(file)") }
    }

    /// The system's own files hold what comes until 2037: a rule has to say the same.
    @Test(arguments: [
        ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"), ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
        ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"), ("America/St_Johns", "NST3:30NDT,M3.2.0,M11.1.0"),
        ("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"), ("Asia/Kathmandu", "<+0545>-5:45"),
        ("America/Nuuk", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"),
        ("America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24"),
    ])
    func aRuleSaysWhatTheFileSays(zone: String, rule: String) throws {
        let file = try #require(ZoneSource([:]).rules(of: zone))
        let rules = ZoneRules(try #require(ZoneRule(rule)))
        var time = try #require(Instant("2025-01-01T00:00:00Z")).secondsSinceEpoch
        let end = try #require(Instant("2036-12-31T00:00:00Z")).secondsSinceEpoch
        var differences: [Int64] = []
        while time < end {
            if file.offset(at: time) != rules.offset(at: time) { differences.append(time) }
            time += 1800
        }
        #expect(differences.isEmpty, "\(differences.count), the first at \(differences.first ?? 0)")
        let far = try #require(Instant("2126-07-01T12:00:00Z")).secondsSinceEpoch
        #expect(file.offset(at: far) == rules.offset(at: far))
    }

    @Test(
        arguments: [
            "EST5EDT": -4 * 3600, "UTC0": 0, "XXX-24": 86_400, "STD0DST,J60/0,J300": 3600,
            "STD0DST,59,300/-1:30": 3600,
        ] as [String: Int64])
    func otherForms(text: String, offset: Int64) throws {
        let summer = try #require(Instant("2026-07-01T12:00:00Z"))
        #expect(try #require(ZoneRule(text)).offset(at: summer.secondsSinceEpoch) == offset)
    }

    @Test(arguments: [
        "", "X", "CET", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-25", "<CET-1",
        "CET-1CEST,J0,J3",
        "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,M3.5.0,M10.5.0x", "Europe/Berlin", "CET-1CEST,366,3",
    ])
    func whatIsNoRuleIsRefused(text: String) { #expect(ZoneRule(text) == nil) }
}
