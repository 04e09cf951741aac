import Basics
import Model
import Testing

/// When a breaker is open, as the attempts tell.
@Suite struct BreakerTests {
    private static let start = Instant(secondsSinceEpoch: 1_800_000_000)

    /// Attempts that take a minute each; `t` failed by its task, `f` by the forge, `.` went well.
    private func history(_ ends: [(minute: Int, end: Character)], cooldown: Duration? = .seconds(3600))
        -> BreakerHistory
    {
        let attempts = ends.map { minute, end in
            let began = Self.start + .seconds(60 * minute)
            return EndedAttempt(
                began: began, ended: began + .seconds(60), failure: end == "t" ? .task : end == "f" ? .forge : nil)
        }
        return BreakerHistory(
            attempts, EffectiveLimit(value: Limits.Breaker(failures: 2, cooldown: cooldown), source: .target))
    }

    private func time(_ minute: Int) -> Instant { Self.start + .seconds(60 * minute) }

    @Test func opensAfterFailuresInARowOfOneClass() {
        #expect(history([(0, "t"), (2, "."), (4, "t")]).trips.isEmpty)
        #expect(history([(0, "t"), (2, "f")]).trips.isEmpty)
        let trip = history([(0, "t"), (2, "f"), (4, "t")]).trips.first
        #expect(trip?.failureClass == .task && trip?.failures == 2 && trip?.since == time(5))
        #expect(trip?.probesAt == time(65))
    }

    @Test func withoutACooldownOnlyAPersonClosesIt() {
        let history = history([(0, "t"), (2, "t"), (10_000, ".")], cooldown: nil)
        #expect(history.trip(at: time(100_000)) != nil)
        #expect(history.trips.first?.probesAt == nil)
    }

    @Test func failuresWhileItIsOpenDoNotPostponeTheProbe() {
        let history = history([(0, "t"), (2, "t"), (4, "t"), (30, "t"), (62, "t")])
        #expect(history.trips.first?.probesAt == time(63))
        #expect(history.trip(at: time(62)) != nil && history.trip(at: time(63)) == nil)
    }

    @Test func aProbeSettlesIt() {
        #expect(history([(0, "t"), (2, "t"), (70, ".")]).trips.isEmpty)
        let failed = history([(0, "t"), (2, "t"), (70, "t")])
        #expect(failed.trips.first?.probesAt == time(71 + 120))
        // A probe that fails for another reason does not close it either.
        let other = history([(0, "t"), (2, "t"), (70, "f")])
        #expect(other.trips.first?.failureClass == .task && other.trips.first?.probesAt == time(71 + 120))
    }

    @Test func theCooldownDoesNotGrowForEver() {
        var (ends, minute): ([(Int, Character)], Int) = ([(0, "t"), (2, "t")], 3)
        for factor in [1, 2, 4, 8, 16, 16, 16] {
            minute += 60 * factor
            ends.append((minute, "t"))
            minute += 1
        }
        #expect(history(ends).trips.first?.probesAt == time(minute + 60 * 16))
    }
}
