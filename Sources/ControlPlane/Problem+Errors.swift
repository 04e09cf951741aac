package import API
internal import Basics
internal import Journal
internal import Runner

extension Problem {
    /// What an error of the floors below is to a caller.
    package init(_ error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as StageError: self.init(Self.kind(of: error), error.description, hint: error.hint)
        case let error as JournalError:
            self.init(Self.kind(of: error), error.description, hint: error.hint)
            if status == 503 { retryAfter = 1 }
        case let error as ArtifactError:
            if case .missing = error {
                self.init(.notFound, error.description)
            } else if case .remote = error {
                self.init(.unavailable, error.description)
                retryAfter = 5
            } else {
                self.init(.failed, error.description, hint: error.hint)
            }
        case let error as any ExplainedError: self.init(.failed, error.description, hint: error.hint)
        default: self.init(.failed, "\(error)")
        }
    }

    private static func kind(of error: StageError) -> Kind {
        switch error.kind {
        case .invalid, .executor, .delivery: .invalid
        case .refusal: .refused
        case .interrupted: .unavailable
        case .unexpected: .failed
        }
    }

    private static func kind(of error: JournalError) -> Kind {
        switch error {
        case .claimed, .differentEvent, .strayEvent, .held, .running: .conflict
        case .payloadTooLarge, .unsoundPayload: .invalid
        case .refused: .refused
        case _ where error.isRefusal: .unavailable
        default: .failed
        }
    }
}
