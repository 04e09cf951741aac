internal import Basics
internal import Git
internal import Model
internal import Processes

/// Runs the program of an invariant behind a fence, on files that are exactly a tree.
struct InvariantProgram {
    private static let standardTimeout = Duration.seconds(600)
    private static let shownLines = 20

    /// What came of one run.
    struct Run {
        let ending: ProcessOutcome.Ending
        let log: [UInt8]
        let duration: Duration

        var holds: Bool { ending == .exited(0) }

        /// How it ended, and the last lines it wrote.
        var detail: String {
            let lines = String(decoding: log.suffix(8192), as: UTF8.self).split(separator: "\n")
            return (["\(ending)"] + lines.suffix(InvariantProgram.shownLines).map(String.init)).joined(
                separator: "\n")
        }
    }

    let invariant: Invariant
    let line: String
    let plan: Plan
    let repository: Repository
    let surroundings: Surroundings

    func run(on tree: ObjectID) throws(StageError) -> Run {
        let place = try FencedPlace(surroundings)
        try TreeExport(repository: repository).write(tree, to: place.tree)
        surroundings.failpoints.reach(.beforeProgram)
        let names = plan.sandbox.environment + invariant.environment
        var program = Subprocess.shell(
            line, environment: FencedPlace.environment(surroundings.environment, adding: names))
        program.workingDirectory = place.tree
        program.timeout = min(invariant.timeout ?? Self.standardTimeout, plan.limits.attemptTimeout.value)
        let isOpen = invariant.opensNetwork || plan.sandbox.opensNetwork
        var fence = place.fence(
            writable: [place.tree], directory: repository.gitDirectory, network: isOpen ? .allowed : .denied)
        fence.limits.memory = plan.sandbox.memoryBytes
        program.fence = fence
        do throws(SpawnError) {
            let outcome = try program.run(cancellation: surroundings.cancellation)
            let log = Array((outcome.output.text + outcome.errors.text).utf8)
            return Run(ending: outcome.ending, log: log, duration: outcome.duration)
        } catch { throw StageError(.executor, error) }
    }
}
