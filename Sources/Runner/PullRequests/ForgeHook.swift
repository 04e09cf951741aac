package import Basics
internal import Forges
internal import Journal
package import Model

/// What a forge says has happened to a pull request: where to look, and no more than that.
package struct ForgeHook: Hashable, Sendable {
    package let target: String
    package let number: Int

    package init(target: String, number: Int) { (self.target, self.number) = (target, number) }

    /// Asks the forge about that one pull request and records what became of it; nothing else is done about it.
    ///
    /// `nil` where the journal knows no such pull request.
    package func follow(_ context: Context) throws(StageError) -> SyncResult? {
        let journal = try StageError.journaled { () throws(JournalError) in try context.readJournal() }
        guard let journal else { return nil }
        let known = try StageError.journaled { () throws(JournalError) in
            try journal.pullRequests(target: target).contains { $0.number == number }
        }
        guard known else { return nil }
        let registration = try TargetRegistry(context).target(named: target)
        var request = SyncRequest(directory: try TargetClone(registration, context).ready())
        (request.number, request.refreshes) = (number, false)
        return try Sync(request, context).run()
    }
}

extension TargetRegistration {
    /// Whether an address that a forge gives is one of this target's repository, over whatever protocol.
    package func isAt(_ address: String) -> Bool {
        guard let own = RemoteAddress(repositoryURL), let other = RemoteAddress(address), !other.host.isEmpty
        else {
            return false
        }
        return own.host == other.host && own.path.map { $0.lowercased() } == other.path.map { $0.lowercased() }
    }
}
