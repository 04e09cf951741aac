internal import Basics
internal import CommandLine
internal import Contracts
internal import Git
internal import Journal
internal import Reports
internal import Runner
internal import Scheduler

/// What the program's exit code says; decided here and nowhere else.
package struct ExitCode: Hashable, Sendable {
    package let rawValue: Int32

    package static let done = ExitCode(rawValue: 0)
    package static let unexpectedFailure = ExitCode(rawValue: 1)
    package static let wrongUsage = ExitCode(rawValue: 2)
    package static let invalid = ExitCode(rawValue: 3)
    package static let rejectedByPolicy = ExitCode(rawValue: 4)
    package static let rejectedByInvariant = ExitCode(rawValue: 5)
    package static let executorFailed = ExitCode(rawValue: 6)
    package static let refused = ExitCode(rawValue: 7)
    package static let deliveryFailed = ExitCode(rawValue: 8)
    package static let interrupted = ExitCode(rawValue: 130)
    /// What a shell makes of SIGPIPE, which ends those commands that started no program.
    package static let readerLeft = ExitCode(rawValue: 141)

    private init(rawValue: Int32) { self.rawValue = rawValue }

    /// What a program that ran in our place ended with.
    static func ofProgram(_ code: Int32) -> ExitCode { ExitCode(rawValue: code) }

    /// The code for an error that ended a command.
    init(_ error: any Error) {
        switch error {
        case is UsageError: self = .wrongUsage
        case let error as StageError: self = ExitCode(error.kind)
        case let error as JournalError: self = ExitCode(error)
        case is GitError: self = .invalid
        default: self = .unexpectedFailure
        }
    }

    private init(_ error: JournalError) {
        self =
            switch error {
            case _ where error.isRefusal: .refused
            case .unreadableImport, .file, .location, .unsuited: .invalid
            default: .unexpectedFailure
            }
    }

    private init(_ kind: StageError.Kind) {
        self =
            switch kind {
            case .invalid: .invalid
            case .executor: .executorFailed
            case .refusal: .refused
            case .delivery: .deliveryFailed
            case .interrupted: .interrupted
            case .unexpected: .unexpectedFailure
            }
    }

    init(_ result: ProposeResult) {
        if let error = result.error {
            self = ExitCode(error)
        } else if result.outcome == .rejected {
            self = result.violations.isEmpty ? .rejectedByInvariant : .rejectedByPolicy
        } else {
            self = .done
        }
    }

    init(_ evaluation: Evaluation) {
        var codes: [ExitCode] = []
        if !evaluation.violations.isEmpty { codes.append(.rejectedByPolicy) }
        if !evaluation.rejectingInvariants.isEmpty { codes.append(.rejectedByInvariant) }
        switch evaluation.reproduction?.outcome {
        case .differs: codes.append(.rejectedByPolicy)
        // A rejected change is not run again.
        case .notReproducible where codes.isEmpty: codes.append(.executorFailed)
        default: break
        }
        self.init(worstOf: codes)
    }

    /// What is wrong with somebody's manifests: a file that cannot be read weighs more than a rule that is broken.
    init(manifests findings: [Diagnostic], isStrict: Bool) {
        let wrong = findings.filter { $0.severity == .error || isStrict && $0.severity == .warning }
        if wrong.contains(where: { $0.id == "manifest-broken" }) {
            self = .invalid
        } else {
            self = wrong.isEmpty ? .done : .rejectedByInvariant
        }
    }

    /// The first that occurred, by how much it asks of a person.
    private static let order: [ExitCode] = [
        .interrupted, .unexpectedFailure, .invalid, .deliveryFailed, .executorFailed, .rejectedByInvariant,
        .rejectedByPolicy, .refused, .done,
    ]

    /// What several tasks or targets come to together.
    init(worstOf codes: some Sequence<ExitCode>) {
        let found = Set(codes)
        self = Self.order.first(where: found.contains) ?? found.first ?? .done
    }

    init(_ result: CycleResult) {
        var codes = result.problems.map { ExitCode($0.error) }
        codes += result.dispatched.compactMap(\.outcome).map { ExitCode(rawValue: $0.exitCode) }
        if result.stop != nil { codes.append(.refused) }
        if result.wasInterrupted { codes.append(.interrupted) }
        self.init(worstOf: codes)
    }

    init(_ result: BatchResult) {
        var codes = result.ended.map { ExitCode(rawValue: $0.outcome.exitCode) }
        if result.stop != nil { codes.append(.refused) }
        if result.wasInterrupted { codes.append(.interrupted) }
        self.init(worstOf: codes)
    }
}
