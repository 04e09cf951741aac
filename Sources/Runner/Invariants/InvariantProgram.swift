internal import Basics
internal import Enforcement
internal import Model
internal import Processes

/// The program of an invariant.
struct InvariantProgram: Sendable {
    private static let standardTimeout = Duration.seconds(600)

    let invariant: Invariant
    let line: String
    let sandbox: Sandbox
    /// The longest that it may take, whatever it asks for.
    let timeLimit: Duration
    let context: Context

    var timeout: Duration { min(invariant.timeout ?? Self.standardTimeout, timeLimit) }

    /// What the program sees, as the result may depend on it.
    var environment: [String: String] {
        FenceDirectories.environment(context.environment, adding: sandbox.environment + invariant.environment)
    }

    var opensNetwork: Bool { invariant.opensNetwork || sandbox.opensNetwork }

    /// Runs it once; a fence that cannot be built ends the attempt.
    func run(in place: any InvariantWorkspace) throws(StageError) -> InvariantRun {
        if let reason = try place.prepare() { return InvariantRun(notStarted: reason) }
        if let report = invariant.report { try place.clearReport(at: report) }
        context.failpoints.reach(.beforeProgram)
        var program = Subprocess.shell(line, environment: environment)
        (program.workingDirectory, program.timeout, program.fence) = (place.directory, timeout, place.fence)
        if invariant.opensNetwork { program.fence?.network = .allowed }
        let outcome: ProcessOutcome
        do throws(SpawnError) {
            outcome = try context.stage("invariant \(invariant.name)") { () throws(SpawnError) in
                try program.runFenced(context) { _, line in
                    context.observer.progress("\(invariant.name): \(line)")
                }
            }
        } catch {
            if error.fence != nil { throw StageError(.executor, error) }
            return InvariantRun(notStarted: ([error.message] + error.causes).joined(separator: ": "))
        }
        if outcome.ending == .cancelled { throw StageError(.interrupted, "interrupted") }
        try place.requireInPlace()
        let advice = FenceAdvice(
            subject: .invariant, opensNetwork: program.fence?.network == .allowed, directory: place.directory)
        return InvariantRun(
            outcome, failures: outcome.succeeded ? TestFailures() : try failures(outcome, place),
            advice: program.fence == nil ? [] : advice.sentences(on: outcome))
    }

    /// What failed by name: of the program's own report, else of its output.
    private func failures(
        _ outcome: ProcessOutcome, _ place: any InvariantWorkspace
    ) throws(StageError) -> TestFailures {
        var failures: TestFailures
        if let path = invariant.report {
            guard let bytes = try place.report(at: path) else {
                return TestFailures(problem: "there is no report at '\(path)'")
            }
            failures = JUnitReport.failures(in: context.redaction?.redacted(bytes) ?? bytes)
        } else {
            failures = TestFailures.read(outcome.output.text + "\n" + outcome.errors.text)
            if outcome.output.whole == nil || outcome.errors.whole == nil {
                failures.note("the output is too long to be read in full")
            }
        }
        if case .signalled(let number) = outcome.ending { failures.note("it was killed by signal \(number)") }
        return failures
    }
}

/// What came of one run.
struct InvariantRun: Sendable {
    private static let shownLines = 20

    let outcome: InvariantResult.Outcome
    let ending: ProcessOutcome.Ending?
    let log: [UInt8]
    let duration: Duration
    /// What failed, by name.
    let failures: TestFailures
    private let reason: String
    /// What the fence seems to have kept from it.
    private let advice: [String]

    init(notStarted reason: String) {
        (outcome, ending, log, duration) = (.couldNotRun, nil, [], .zero)
        (self.reason, failures, advice) = (reason, TestFailures(), [])
    }

    init(_ outcome: ProcessOutcome, failures: TestFailures, advice: [String] = []) {
        (ending, duration, self.failures, self.advice) = (outcome.ending, outcome.duration, failures, advice)
        log = Array((outcome.output.text + outcome.errors.text).utf8)
        switch outcome.ending {
        case .exited(0): (self.outcome, reason) = (.passed, "")
        // what a shell says of a program that it cannot start
        case .exited(126): (self.outcome, reason) = (.couldNotRun, "exit code 126: a program cannot be executed")
        case .exited(127): (self.outcome, reason) = (.couldNotRun, "exit code 127: a program was not found")
        case .timedOut: (self.outcome, reason) = (.timedOut, "\(outcome.ending)")
        default: (self.outcome, reason) = (.failed, "\(outcome.ending)")
        }
    }

    /// How it ended, the last lines it wrote, and what the fence may have to do with it.
    var detail: String {
        let lines = String(decoding: log.suffix(8192), as: UTF8.self).split(separator: "\n")
        return ([reason] + lines.suffix(Self.shownLines).map(String.init) + advice).joined(separator: "\n")
    }
}
