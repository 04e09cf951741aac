import Basics
import Journal
import Model
import Runner
import Scheduler
import Testing

/// A day of a scheduler that looks after a hundred targets: limits hold all day, nobody is passed over, and no hold lasts.
@Suite(.timeLimit(.minutes(60))) struct HundredTargetsTests {
    private static let count = 100

    private static func target(_ number: Int) -> SimulatedTarget {
        var policy = Policy()
        (policy.limits.maxOpenPullRequests, policy.limits.maxRunningAttempts) = (2, 1)
        policy.limits.maxTasksPerDay = 6
        policy.limits.breaker = Limits.Breaker(failures: 3, cooldown: .seconds(3600))
        policy.schedule.weight = Double(1 + number % 4)
        var backlog = Backlog()
        backlog.tasks = (0..<10).map { place in
            var task = BacklogTask(id: "task-\(place)")
            (task.ready, task.priority) = (true, BacklogTask.Priority.allCases[place % 3])
            return task
        }
        return SimulatedTarget(
            Contract(target: TargetDescription(id: "target-\(number)"), policy: policy, backlog: backlog))
    }

    @Test func aDayOfIt() throws {
        let script = RandomScript(seed: 5, failures: 0.1, mergeRate: 0.3, meanDuration: .seconds(300))
        let host = try SimulatedHost(
            (0..<Self.count).map(Self.target), script, at: RandomWorld.start, seed: 5)
        var (granted, most): ([String: Int], (open: Int, running: Int)) = ([:], (0, 0))
        host.watch = { step in
            guard case .claimed(let run) = step, let target = host[run.grant.target] else { return }
            granted[target.name, default: 0] += 1
            let claims = ((try? host.store.claims()) ?? []).filter { $0.target == target.name }
            most.running = max(most.running, claims.count)
            most.open = max(most.open, claims.count + target.proposals.count { $0.state == .open })
        }
        var request = RunRequest(directory: "")
        request.width = 16
        for _ in 0..<48 {
            let began = host.now
            let result = try Cycle(request, host, host.context).run()
            #expect(result.problems.isEmpty && result.targets == Self.count)
            for refusal in result.held.flatMap(\.refusals) { #expect(refusal.hint?.isEmpty == false) }
            host.advance(to: max(host.now, began + .seconds(1800)))
        }
        #expect(most.open <= 2 && most.running == 1, "\(most)")
        #expect(granted.count == Self.count, "\(granted.count) targets had a turn")
        // Six tasks of a day, each with an attempt or two.
        #expect(granted.values.allSatisfy { (2...12).contains($0) }, "\(granted.values.sorted())")
        #expect(host.world.flatMap(\.proposals).count { $0.state == .merged } > 2 * Self.count)
    }
}
