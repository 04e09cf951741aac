internal import Basics
internal import Contracts
internal import Git
internal import Journal
internal import Runner

/// What the program's exit code says; decided here and nowhere else.
package enum ExitCode: Int32, Sendable {
    case done = 0
    case unexpectedFailure = 1
    case wrongUsage = 2
    case invalid = 3
    case rejectedByPolicy = 4
    case rejectedByInvariant = 5
    case executorFailed = 6
    case refused = 7
    case deliveryFailed = 8
    case interrupted = 130

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
            case .unreadableImport, .file: .invalid
            default: .unexpectedFailure
            }
    }

    private init(_ kind: StageError.Kind) {
        self =
            switch kind {
            case .invalid: .invalid
            case .executor: .executorFailed
            case .guardrail: .refused
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
}
