package import Basics
package import PostgreSQL
package import SQLite

/// Why the journal could not be read or written.
package enum JournalError: ExplainedError {
    case database(SQLiteError, path: String)
    /// A journal in PostgreSQL.
    case server(PostgresError)
    case file(FileError)
    case artifact(ArtifactError)
    /// Another event of that id is there already.
    case differentEvent(id: String)
    case payloadTooLarge(type: String, bytes: Int, limit: Int)
    /// A payload that would not come back the same.
    case unsoundPayload(type: String, problem: String)
    case unreadableEvent(sequence: Int, reason: String)
    /// The newest events are gone.
    case truncated(head: Int, last: Int)
    /// A checkpoint that cannot be followed.
    case brokenSeal(sequence: Int, reason: String)
    case unreadableImport(line: Int, reason: String)
    /// What is derived from the events is not what was written.
    case unreadableProjection(String)
    /// Another attempt works on the task.
    case claimed(Claim)
    /// Somebody else holds the lock of an attempt that is to begin.
    case held(attempt: String, path: String)
    /// An event of an imported chain that stands here in another chain already, or does not go where its line says.
    case strayEvent(id: String, chain: ChainName)
    /// A journal, or a copy of one, in which an event does not fit, and what was not done because of that.
    case doesNotFit(JournalVerification.Break, doing: String)
    /// Another file has the journal's name since it was opened.
    case replaced(path: String)
    /// An attempt that runs stands in the way of what would replace the journal.
    case running(Claim)
    /// What the environment says of where the journal is cannot be followed.
    case location(String, hint: String)
    /// What a journal of that kind cannot do.
    case unsuited(String, hint: String)
    /// A store in memory that was told to die.
    case crashed
    /// A limit that is checked together with the claim refuses.
    case refused(String, hint: String?)

    package var message: String {
        switch self {
        case .database(_, let path): "cannot use the journal '\(path)'"
        case .server(let error): "cannot use the journal: \(error.message)"
        case .file(let error): error.message
        case .artifact(let error): error.message
        case .differentEvent(let id): "the journal already holds a different event with the id '\(id)'"
        case .payloadTooLarge(let type, let bytes, let limit):
            "the payload of '\(type)' has \(SizeText.text(bytes)); an event may carry \(SizeText.text(limit))"
        case .refused(let reason, _), .location(let reason, _), .unsuited(let reason, _): reason
        case .claimed: message(in: .exact)
        case .held(let attempt, let path): "somebody else holds '\(path)', the lock of \(attempt)"
        case .strayEvent(let id, let chain): "the event '\(id)' does not belong into the chain '\(chain)'"
        case .doesNotFit(let found, let doing):
            "event \(found.sequence) of the journal does not fit: \(found.problem); \(doing)"
        case .replaced(let path): "the journal '\(path)' was replaced while it was open"
        case .running(let claim): "\(claim.attempt) runs (\(claim.holder)): the journal cannot be replaced now"
        case .crashed: "the store died"
        case .unsoundPayload(let type, let problem): "the payload of '\(type)' cannot be recorded: \(problem)"
        case .truncated(let head, let last):
            "the journal was cut off: event \(head) was written last, and event \(last) is the newest that is there"
        case .brokenSeal(let sequence, _): "the checkpoint in event \(sequence) of the journal cannot be followed"
        case .unreadableProjection(let name): "the journal's record of \(name) cannot be read"
        case .unreadableImport(let line, _): "line \(line) of the import does not fit"
        case .unreadableEvent(let sequence, _): "event \(sequence) of the journal cannot be read"
        }
    }

    package func message(in times: TimeText) -> String {
        guard case .claimed(let claim) = self else { return message }
        return "task '\(claim.task)' is being done by \(claim.holder) since \(times.moment(claim.claimedAt)) "
            + "(\(claim.attempt))"
    }

    package var causes: [String] {
        switch self {
        case .database(let error, _): error.causes
        case .server(let error): error.causes
        case .file(let error): error.causes
        case .artifact(let error): error.causes
        case .unreadableEvent(_, let reason), .brokenSeal(_, let reason), .unreadableImport(_, let reason):
            [reason]
        default: []
        }
    }

    package var hint: String? {
        if case .refused(_, let hint) = self { return hint }
        if case .claimed = self { return "wait until it has ended; 'leviathan attempts' shows how far it is" }
        switch self {
        case .truncated, .doesNotFit:
            return
                "'leviathan journal verify' says what is left; restore it from a backup with 'leviathan journal "
                + "restore', or keep what fits with 'leviathan journal salvage'"
        case .replaced: return "run the command again"
        case .unreadableProjection: return "'leviathan journal rebuild' derives it anew from the events"
        case .unreadableImport: return "give it what 'leviathan journal export' wrote, one event a line"
        case .running: return "wait until it has ended, or interrupt it"
        case .brokenSeal:
            return "restore the artifact from a backup, or the journal with 'leviathan journal restore'"
        case .server(let error): return error.hint
        case .location(_, let hint), .unsuited(_, let hint): return hint
        default: break
        }
        guard case .database(let error, _) = self else { return nil }
        return switch error.kind {
        case .corrupt, .notADatabase:
            "restore it from a backup with 'leviathan journal restore', or keep what can be read with 'leviathan journal "
                + "salvage'"
        case .cannotOpen, .readOnly: "check that $LEVIATHAN_HOME can be written"
        default: error.hint
        }
    }

    /// Whether the error is a refusal.
    package var isRefusal: Bool {
        switch self {
        case .claimed, .refused, .running: true
        default: isBusy
        }
    }

    /// Whether the journal itself is broken, and not what is done with it.
    var isDamage: Bool {
        switch self {
        case .database(let error, _): [.corrupt, .notADatabase].contains(error.kind)
        case .server(let error): error.kind == .damaged
        case .unreadableEvent, .truncated, .brokenSeal, .unreadableImport, .strayEvent, .differentEvent: true
        default: false
        }
    }

    /// Whether another process held the journal for too long.
    package var isBusy: Bool {
        switch self {
        case .database(let error, _): error.kind == .busy
        case .server(let error): error.kind == .busy
        default: false
        }
    }
}
