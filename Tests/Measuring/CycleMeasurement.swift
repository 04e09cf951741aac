import Basics
import Model
import Runner
import Scheduler

/// Times looks of the scheduler one after the other in one process, as `run --loop` takes them: what it has read of a
/// target in the first is remembered in the others.
struct CycleMeasurement {
    private let context: Context

    init(home: String) {
        let environment = ["LEVIATHAN_HOME": home, "PATH": "/usr/bin:/bin", "HOME": home]
        context = Context(
            environment: environment, clock: .system, zones: ZoneSource(environment), showsUTC: true,
            identifiers: .system, cancellation: Cancellation(), observer: .silent)
    }

    /// Prints the milliseconds of each look, and how many tasks each would begin.
    func run(_ rounds: Int) throws {
        var request = RunRequest(directory: "/")
        (request.takesAll, request.isDryRun, request.isOffline) = (true, true, true)
        // What a look begins beside that is few: each takes as long as an attempt.
        request.most = 16
        for _ in 0..<rounds {
            var granted = 0
            let duration = try ContinuousClock().measure {
                let result = try LocalCycle.run(request, context)
                precondition(result.problems.isEmpty, "\(result.problems.first?.error.message ?? "")")
                granted = result.dispatched.count
            }
            print(duration / .milliseconds(1), granted)
        }
    }
}
