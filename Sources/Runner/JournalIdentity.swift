package import Basics
internal import Git
internal import Journal
internal import Model

/// What tells this home's journal from others in a repository that several of them anchor in.
package enum JournalIdentity {
    private static let length = 16

    /// Made where there is none yet.
    static func read(_ context: Context) throws(StageError) -> String {
        let path = path(context)
        let text: String
        do throws(FileError) {
            if try FileSystem.status(path) == nil { try make(context) }
            text = String(decoding: try FileSystem.read(path, limit: 256), as: UTF8.self).trimmed
        } catch { throw StageError(.unexpected, error) }
        guard text.utf8.count == length, text.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
            throw StageError(
                .invalid, "'\(path)' holds no identifier of a journal",
                hint:
                    "remove it to begin with new anchors; those that were written before are not compared any more"
            )
        }
        return text
    }

    /// Whether this home has ever written an anchor.
    package static func isThere(_ context: Context) -> Bool { FileSystem.exists(path(context)) }

    /// After a person put another journal in its place: the anchors of the one before say nothing about it.
    package static func renew(_ context: Context) throws(FileError) { try make(context) }

    private static func make(_ context: Context) throws(FileError) {
        let text = (context.identifiers.short() + context.identifiers.short()).prefix(length)
        try FileSystem.createDirectory(context.home, permissions: 0o700)
        try FileSystem.write(Array((text + "\n").utf8), to: path(context), permissions: 0o600)
    }

    private static func path(_ context: Context) -> String { context.home + "/journal.id" }
}

/// Anchors as they are written after each delivery.
struct AnchorKeeper {
    let checkout: TargetCheckout
    let context: Context

    /// What fails here takes nothing back of what was delivered, and is told.
    func keep(_ journal: RunJournal) {
        do throws(StageError) {
            let opened = try StageError.journaled { () throws(JournalError) in try journal.toRead() }
            guard let opened else { return }
            let anchors = try JournalAnchors(checkout, context)
            try anchors.writeHeads(of: opened)
            if let remote = try MachineConfiguration.read(context).anchorRemote { try anchors.publish(to: remote) }
        } catch { context.observer.warning(error) }
    }
}

extension StageError {
    /// Runs something that reads the repository.
    static func reading<Value>(_ body: () throws(GitError) -> Value) throws(StageError) -> Value {
        do throws(GitError) { return try body() } catch { throw StageError(.invalid, error) }
    }
}
