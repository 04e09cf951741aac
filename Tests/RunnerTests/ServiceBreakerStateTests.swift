import Basics
import Model
import Testing

/// The breaker of a service, step by step.
@Suite struct ServiceBreakerStateTests {
    private let start = Instant(secondsSinceEpoch: 1_800_000_000)
    private let service = Service(.forge, "git.example.com")
    private let limit = Limits.Breaker(failures: 2, cooldown: .seconds(60))

    private func opened() throws -> ServiceBreaker {
        let once = try #require(ServiceBreaker(service).failed("500", by: "a", at: start, limit))
        #expect(!once.isOpen && once.failures == 1 && once.admits("a", at: start))
        return try #require(once.failed("500", by: "b", at: start + .seconds(5), limit))
    }

    @Test func failuresWhileItIsOpenPostponeNothing() throws {
        let breaker = try opened()
        #expect(breaker.isOpen && breaker.probesAt == start + .seconds(65))
        #expect(breaker.failed("500", by: "c", at: start + .seconds(30), limit) == nil)
        #expect(breaker.answered(by: "c") == nil, "what was asked before says nothing new")
        #expect(!breaker.admits("c", at: start + .seconds(64)) && breaker.admits("c", at: start + .seconds(65)))
    }

    @Test func oneFindsOutAndTheOthersWait() throws {
        let due = start + .seconds(65)
        let breaker = try #require(try opened().taken(by: "a", at: due))
        #expect(breaker.admits("a", at: due) && !breaker.admits("b", at: due))
        #expect(breaker.taken(by: "b", at: due) == nil)
        #expect(breaker.failed("500", by: "b", at: due, limit) == nil && breaker.answered(by: "b") == nil)
        let closed = try #require(breaker.answered(by: "a"))
        #expect(!closed.isOpen && closed.isClear)
        let again = try #require(breaker.failed("500", by: "a", at: due, limit))
        #expect(again.probesAt == due + .seconds(120) && again.probe == nil, "the cooldown is twice as long")
        let trip = breaker.trip(at: due, EffectiveLimit(value: limit, source: .machine))
        #expect(trip?.isProbed == true)
    }

    @Test func aProbeWhoseProcessDiedIsFollowedByAnother() throws {
        let due = start + .seconds(65)
        let breaker = try #require(try opened().taken(by: "a", at: due))
        let later = due + ServiceBreaker.probeTime
        #expect(!breaker.admits("b", at: later + .seconds(-1)) && breaker.admits("b", at: later))
        #expect(breaker.taken(by: "b", at: later)?.probe?.holder == "b")
    }

    @Test func theCooldownGrowsToSixteenTimesItsLength() throws {
        var (breaker, now) = (try opened(), start + .seconds(5))
        var waits: [Int64] = []
        for _ in 0..<6 {
            let due = try #require(breaker.probesAt)
            waits.append((due - now).components.seconds)
            breaker = try #require(breaker.taken(by: "a", at: due)?.failed("500", by: "a", at: due, limit))
            now = due
        }
        #expect(waits == [60, 120, 240, 480, 960, 960])
    }

    @Test func whatIsRecordedIsAllThatThereIs() throws {
        let breaker = try #require(try opened().taken(by: "a", at: start + .seconds(65)))
        #expect(ServiceBreaker(breaker.json) == breaker)
        #expect(ServiceBreaker(["service": "forge:x"]) == nil && Service("forge:") == nil && Service("x") == nil)
    }
}
