import Basics
import Journal
import Model
import Runner
import Scheduler
import Testing

/// Waiting raises the class in which a task takes its turn.
@Suite struct WaitingTests {
    private let start = Instant(secondsSinceEpoch: 1_800_000_000)

    private func times(_ tasks: [String], waitingSince since: Instant) throws -> WaitingTimes {
        let members = tasks.map { JSON.Member($0, .string(since.secondsText)) }
        return try #require(WaitingTimes(["version": 1, "targets": ["t": .object(members)]]))
    }

    private static let classes: [(own: BacklogTask.Priority, minutes: Int64, raised: BacklogTask.Priority)] = [
        (.low, 0, .low), (.low, 59, .low), (.low, 60, .medium), (.low, 119, .medium), (.low, 120, .high),
        (.low, 9000, .high), (.medium, 59, .medium), (.medium, 60, .high), (.high, 600, .high),
    ]

    @Test(arguments: classes.indices) func eachSuchTimeIsOneClass(_ index: Int) throws {
        let (own, minutes, raised) = Self.classes[index]
        let times = try times(["a"], waitingSince: start)
        var task = BacklogTask(id: "a")
        task.priority = own
        let now = start + .seconds(60 * minutes)
        #expect(times.priority(of: task, in: "t", raisedAfter: .seconds(3600), at: now) == raised)
        #expect(times.priority(of: task, in: "t", raisedAfter: nil, at: now) == own)
        #expect(times.priority(of: task, in: "other", raisedAfter: .seconds(3600), at: now) == own)
        #expect(times.priority(of: task, in: "t", raisedAfter: .seconds(3600), at: start + .seconds(-9000)) == own)
    }

    @Test func whatIsKeptIsReadBack() throws {
        let times = try times(["a", "b"], waitingSince: start)
        #expect(WaitingTimes(times.json) == times)
        #expect(WaitingTimes(["version": 2]) == nil)
        #expect(WaitingTimes(["version": 1, "targets": ["t": ["a": "yesterday"]]]) == nil)
    }

    /// High ones come in without end; the low one has its turn after it waited, and not before.
    private func turn(raisedAfter age: Duration?) throws -> Int? {
        var policy = Policy()
        (policy.limits.maxOpenPullRequests, policy.limits.maxRunningAttempts) = (99, 1)
        policy.limits.maxTasksPerHour = 1
        policy.limits.raisePriorityAfter = age
        var backlog = Backlog()
        for number in 0..<40 {
            var task = BacklogTask(id: number == 39 ? "low" : "high-\(number)")
            (task.ready, task.priority) = (true, number == 39 ? .low : .high)
            backlog.tasks.append(task)
        }
        let contract = Contract(target: TargetDescription(id: "t"), policy: policy, backlog: backlog)
        let host = try SimulatedHost(
            [SimulatedTarget(contract)], RandomScript(seed: 1, failures: 0, mergeRate: 0), at: start, seed: 1)
        var granted: [String] = []
        host.watch = { step in if case .granted(let grant) = step { granted.append(grant.task) } }
        for _ in 0..<30 {
            let began = host.now
            _ = try Cycle(RunRequest(directory: ""), host, host.context).run()
            host.advance(to: max(host.now, began + .seconds(3700)))
        }
        return granted.firstIndex(of: "low")
    }

    @Test func aTaskThatWaitedTakesItsTurnEarlier() throws {
        let usual = try #require(try turn(raisedAfter: nil))
        let raised = try #require(try turn(raisedAfter: .seconds(3600)))
        #expect(raised < usual, "\(raised) and \(usual)")
        #expect(try turn(raisedAfter: .seconds(86_400 * 9)) == usual)
    }
}
