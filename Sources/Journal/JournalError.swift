package import Basics
package import SQLite

/// Why the journal could not be read or written.
package enum JournalError: ExplainedError {
    case database(SQLiteError, path: String)
    case file(FileError)
    /// Another event of that id is there already.
    case differentEvent(id: String)
    case payloadTooLarge(type: String, bytes: Int, limit: Int)
    case unreadableEvent(sequence: Int, reason: String)

    package var message: String {
        switch self {
        case .database(_, let path): "cannot use the journal '\(path)'"
        case .file(let error): error.message
        case .differentEvent(let id): "the journal already holds a different event with the id '\(id)'"
        case .payloadTooLarge(let type, let bytes, let limit):
            "the payload of '\(type)' has \(SizeText.text(bytes)); an event may carry \(SizeText.text(limit))"
        case .unreadableEvent(let sequence, _): "event \(sequence) of the journal cannot be read"
        }
    }

    package var causes: [String] {
        switch self {
        case .database(let error, _): error.causes
        case .file(let error): error.causes
        case .unreadableEvent(_, let reason): [reason]
        default: []
        }
    }

    package var hint: String? {
        guard case .database(let error, _) = self else { return nil }
        return switch error.kind {
        case .corrupt, .notADatabase: "restore it from a backup, or move it away to begin a new one"
        case .cannotOpen, .readOnly: "check that $LEVIATHAN_HOME can be written"
        default: error.hint
        }
    }

    /// Whether another process held the journal for too long.
    package var isBusy: Bool {
        if case .database(let error, _) = self { error.kind == .busy } else { false }
    }
}
