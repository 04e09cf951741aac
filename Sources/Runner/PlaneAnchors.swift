package import Basics
internal import Git
package import Journal
internal import Model

/// Anchors that a control plane writes by itself: in a repository of its home, and at the anchor remote.
///
/// Targets' own repositories get theirs with each delivery; these cover what is recorded in between, and what concerns no
/// target.
package struct PlaneAnchors {
    private let context: Context
    private var directory: String { context.home + "/anchors.git" }

    package init(_ context: Context) { self.context = context }

    /// The anchors to compare the journal with; `nil` where no control plane ever wrote any.
    package func existing() throws(StageError) -> JournalAnchors? {
        guard FileSystem.exists(directory + "/HEAD"), JournalIdentity.isThere(context) else { return nil }
        return try anchors()
    }

    private func anchors() throws(StageError) -> JournalAnchors {
        let repository: Repository
        do throws(GitError) {
            repository = try Repository.discover(from: directory, ceiling: [context.home])
        } catch {
            throw StageError(.unexpected, error)
        }
        return try JournalAnchors(ofPlaneIn: repository, context)
    }

    /// Writes the heads as they are down, and brings them to the anchor remote where that is an address: a name is one
    /// of a checkout's remotes.
    package func keep(_ journal: any JournalStore) throws(StageError) {
        guard try StageError.journaled({ () throws(JournalError) in try journal.head().hash }) != nil else {
            return
        }
        if !FileSystem.exists(directory + "/HEAD") { try make() }
        let anchors = try anchors()
        try anchors.writeHeads(of: journal)
        guard let remote = try Self.remote(context) else { return }
        try anchors.publish(to: remote)
    }

    /// The anchor remote, where it is an address.
    package static func remote(_ context: Context) throws(StageError) -> String? {
        try MachineConfiguration.read(context).anchorRemote.flatMap {
            $0.contains { "/:".contains($0) } ? $0 : nil
        }
    }

    private func make() throws(StageError) {
        do throws(GitCommandError) {
            _ = try GitCommand(environment: context.environment).run(
                ["init", "--quiet", "--bare", "--template=", "--", directory], in: nil,
                as: "make the repository of anchors", cancellation: context.cancellation)
        } catch { throw StageError(.unexpected, error) }
    }
}
