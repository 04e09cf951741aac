package import Basics
internal import Git
package import Journal

/// The journal's head, written down in a repository's own history: whoever forges the journal afterwards would have to
/// forge that as well, in every copy of the repository.
package struct JournalAnchors {
    package static let reference = "refs/leviathan/journal"
    /// No more anchors are followed.
    private static let limit = 10_000

    /// What one anchor says.
    package struct Anchor: Hashable, Sendable {
        package let events: Int
        package let hash: Digest
    }

    private let repository: Repository

    package init(_ checkout: TargetCheckout) { repository = checkout.repository }

    /// Adds an anchor behind the newest one; nothing where that says the same already.
    package func write(_ journal: Journal, _ context: Context) throws(StageError) -> Anchor {
        let head: (sequence: Int, hash: Digest?)
        do throws(JournalError) { head = try journal.head() } catch { throw StageError(.unexpected, error) }
        guard let hash = head.hash else {
            throw StageError(.invalid, "the journal is empty: there is nothing to anchor")
        }
        let anchor = Anchor(events: head.sequence, hash: hash)
        do throws(GitError) {
            let old = try newest()
            if let old, Self.anchor(in: try repository.commit(old).message) == anchor { return anchor }
            try repository.updateReference(
                Self.reference, to: try commit(anchor, after: old, context), expecting: old,
                message: "leviathan: anchor the journal")
        } catch { throw StageError(.unexpected, error) }
        return anchor
    }

    private func commit(
        _ anchor: Anchor, after old: ObjectID?, _ context: Context
    ) throws(GitError) -> ObjectID {
        let author = Signature(
            name: "Leviathan", email: "leviathan@localhost", time: context.clock.now())
        return try repository.createCommit(
            tree: try repository.tree(updating: nil, with: []), parents: old.map { [$0] } ?? [], author: author,
            committer: author,
            message: "Anchor the journal\n\nJournal-Events: \(anchor.events)\nJournal-Hash: \(anchor.hash.hex)\n")
    }

    /// What the journal says differently than its anchors did.
    package func problems(_ journal: Journal) throws(StageError) -> [String] {
        var anchors: [Anchor] = []
        do throws(GitError) {
            var next = try newest()
            while let id = next, anchors.count < Self.limit {
                let commit = try repository.commit(id)
                if let anchor = Self.anchor(in: commit.message) { anchors.append(anchor) }
                next = commit.parents.first
            }
        } catch { throw StageError(.invalid, error) }
        guard !anchors.isEmpty else { return ["there is no anchor in \(Self.reference)"] }
        do throws(JournalError) {
            var problems: [String] = []
            for anchor in anchors.reversed() {
                if let problem = try problem(anchor, journal) { problems.append(problem) }
            }
            return problems
        } catch { throw StageError(.unexpected, error) }
    }

    private func newest() throws(GitError) -> ObjectID? {
        guard case .object(let id) = try repository.reference(Self.reference)?.target else { return nil }
        return id
    }

    private func problem(_ anchor: Anchor, _ journal: Journal) throws(JournalError) -> String? {
        switch try journal.hash(of: anchor.events) {
        case anchor.hash: nil
        case nil: "event \(anchor.events), which was anchored, is not in the journal"
        default: "event \(anchor.events) is not the one that was anchored: the journal was rewritten"
        }
    }

    private static func anchor(in message: String) -> Anchor? {
        func trailer(_ name: String) -> Substring? {
            message.split(separator: "\n").first { $0.hasPrefix(name + ": ") }?.dropFirst(name.count + 2)
        }
        guard let events = trailer("Journal-Events").flatMap({ Int($0) }),
            let hash = trailer("Journal-Hash").flatMap({ Digest(hex: $0) })
        else { return nil }
        return Anchor(events: events, hash: hash)
    }
}
