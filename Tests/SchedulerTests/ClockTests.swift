import Basics
import Journal
import Model
import Runner
import Scheduler
import Testing

/// Clocks that jump by years, ahead and back, loosen no limit and hold nothing without a way out.
@Suite struct ClockTests {
    private let start = Instant(secondsSinceEpoch: 1_800_000_000)
    private static let years = Duration.seconds(5 * 365 * 86_400)

    private func host(_ change: (inout Policy) -> Void) throws -> SimulatedHost {
        var policy = Policy()
        (policy.limits.maxOpenPullRequests, policy.limits.maxRunningAttempts) = (9, 1)
        change(&policy)
        var backlog = Backlog()
        backlog.tasks = (0..<4).map { number in
            var task = BacklogTask(id: "task-\(number)")
            task.ready = true
            return task
        }
        let contract = Contract(target: TargetDescription(id: "t"), policy: policy, backlog: backlog)
        return try SimulatedHost(
            [SimulatedTarget(contract)], RandomScript(seed: 1, failures: 0, mergeRate: 0), at: start, seed: 1)
    }

    private func look(_ host: SimulatedHost) throws -> CycleResult {
        try Cycle(RunRequest(directory: ""), host, host.context).run()
    }

    @Test func whatBeganInYearsToComeCountsUntilThen() throws {
        let host = try host { $0.limits.maxTasksPerDay = 1 }
        host.advance(to: start + Self.years)
        #expect(try look(host).dispatched.count == 1)
        let begun = host.now
        host.time.set(start)
        let back = try look(host)
        #expect(back.dispatched.isEmpty)
        let refusal = try #require(back.held.first?.refusals.first { $0.id == "max-tasks-per-day" })
        guard case .at(let until) = refusal.release else { return #expect(Bool(false), "\(refusal.release)") }
        #expect(until >= begun && refusal.hint != nil)
        // A person says that the attempt does not count.
        let attempt = try #require(try host.store.attempts(AttemptQuery()).first)
        let subject = EventSubject(target: "t", task: attempt.task, attempt: attempt.id)
        try host.store.append([host.context.event(.attemptInvalidated(reason: "a wrong clock"), about: subject)])
        #expect(try look(host).dispatched.count == 1)
    }

    @Test func aLookYearsLaterIsOneLook() throws {
        let host = try host { policy in
            policy.limits.maxTasksPerHour = 1
            policy.schedule.cron = "@hourly"
        }
        let due = DueTargets(host.context.zones)
        func granted() throws -> Int {
            try Cycle(RunRequest(directory: ""), host, due: due, host.context).run().dispatched.count
        }
        #expect(try granted() == 1)
        host.advance(to: host.now + Self.years)
        #expect(try granted() == 1)
        #expect(try granted() == 0)
    }

    @Test func waitingThatBeginsInYearsToComeRaisesNobody() throws {
        let host = try host { policy in
            policy.limits.maxTasksPerHour = 1
            policy.limits.raisePriorityAfter = .seconds(3600)
        }
        host.advance(to: start + Self.years)
        _ = try look(host)
        host.time.set(start)
        _ = try look(host)
        let kept = host.waitingTimes()
        for number in 0..<4 { #expect(kept.start(of: "task-\(number)", in: "t").map { $0 <= start } ?? true) }
    }

    @Test func aBreakerThatOpenedInYearsToComeIsForAPersonToClose() throws {
        let limit = Limits.Breaker(failures: 1, cooldown: .seconds(60))
        let service = Service(.forge, "git.example.com")
        let breaker = try #require(ServiceBreaker(service).failed("500", by: "a", at: start + Self.years, limit))
        let trip = try #require(breaker.trip(at: start, EffectiveLimit(value: limit, source: .machine)))
        let refusal = Refusal("a", .serviceOpen(trip))
        #expect(refusal.release == .at(start + Self.years + .seconds(60)))
        #expect(refusal.hint?.contains("breaker reset forge:git.example.com") == true)
    }
}
