internal import Basics
internal import Model
internal import Processes

/// The program of an invariant, run behind a fence on files that are exactly a tree.
struct InvariantProgram: Sendable {
    private static let standardTimeout = Duration.seconds(600)
    private static let shownLines = 20

    /// What came of one run.
    struct Run: Sendable {
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

    /// What came of all its runs.
    struct Finding: Sendable {
        let outcome: InvariantResult.Outcome
        let run: Run
        let tries: Int
    }

    let invariant: Invariant
    let line: String
    let plan: Plan
    let context: Context

    /// Runs again as often as the invariant's retries say, and on the base too where that tells old failures from new.
    func finding(on frozen: some CheckGround, comparingWith base: some CheckGround) throws(StageError) -> Finding {
        var run = try run(on: frozen)
        var tries = 1
        while !run.holds, tries <= invariant.retries, run.ending != .cancelled {
            run = try self.run(on: frozen)
            tries += 1
        }
        if run.ending == .cancelled { throw StageError(.interrupted, "interrupted") }
        var outcome: InvariantResult.Outcome = run.holds ? .passed : run.ending == .timedOut ? .timedOut : .failed
        if outcome == .failed, invariant.comparesWithBase, try !self.run(on: base).holds {
            outcome = .brokenAtBase
        }
        return Finding(outcome: outcome, run: run, tries: tries)
    }

    private func run(on ground: some CheckGround) throws(StageError) -> Run {
        try ground.withPlace { (directory, fence) throws(StageError) in
            context.failpoints.reach(.beforeProgram)
            var program = Subprocess.shell(line, environment: environment)
            program.workingDirectory = directory
            program.timeout = min(invariant.timeout ?? Self.standardTimeout, plan.limits.attemptTimeout.value)
            program.fence = fence
            if invariant.opensNetwork { program.fence?.network = .allowed }
            do throws(SpawnError) {
                let outcome = try program.runFenced(context)
                let log = Array((outcome.output.text + outcome.errors.text).utf8)
                return Run(ending: outcome.ending, log: log, duration: outcome.duration)
            } catch { throw StageError(.executor, error) }
        }
    }

    /// What the program sees, as the result may depend on it.
    var environment: [String: String] {
        FencedPlace.environment(
            context.environment, adding: plan.sandbox.environment + invariant.environment)
    }

    var opensNetwork: Bool { invariant.opensNetwork || plan.sandbox.opensNetwork }
}
