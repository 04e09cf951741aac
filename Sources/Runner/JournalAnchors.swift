package import Basics
internal import Crypto
internal import Git
package import Journal

/// The heads of the journal's chains, written down in a repository's own history: whoever forges the journal afterwards
/// would have to forge that as well, in every copy of the repository.
package struct JournalAnchors {
    /// Where homes have theirs, each under its journal's identifier: two never collide.
    private static let directory = "refs/leviathan/journal/"
    /// No more anchors are followed.
    private static let limit = 10_000

    /// What one anchor says.
    package struct Anchor: Hashable, Sendable {
        package let events: Int
        package let hash: Digest
        /// Where each chain stood; none in an anchor of the first edition, which knew but one.
        package let chains: [Chain]
    }

    /// A chain is named by a digest of its name: a repository is not told which other targets there are.
    package struct Chain: Hashable, Sendable {
        package let name: Digest
        package let events: Int
        package let hash: Digest
    }

    package let reference: String
    private let identity: String
    private let repository: Repository
    /// Where git runs.
    private let root: String
    private let context: Context
    /// Whether each is signed, where the user has git sign commits.
    private let signs: Bool

    /// Those of this home's journal in a target's repository.
    package init(_ checkout: TargetCheckout, _ context: Context) throws(StageError) {
        (repository, root, self.context, signs) = (checkout.repository, checkout.root, context, false)
        identity = try JournalIdentity.read(context)
        reference = Self.directory + identity
    }

    /// Those of a control plane, in a repository of its own; both may stand at one remote.
    init(ofPlaneIn repository: Repository, _ context: Context) throws(StageError) {
        (self.repository, root, self.context, signs) = (repository, repository.gitDirectory, context, true)
        identity = try JournalIdentity.read(context)
        reference = Self.directory + identity + "-plane"
    }

    /// Where repositories keep this home's anchors; `nil` where it never wrote one.
    package static func reference(of context: Context) throws(StageError) -> String? {
        JournalIdentity.isThere(context) ? directory + (try JournalIdentity.read(context)) : nil
    }

    /// Adds an anchor behind the newest one; nothing where that says the same already.
    ///
    /// A journal that does not fit is not anchored.
    package func write(_ journal: Journal) throws(StageError) -> Anchor {
        let found: JournalVerification
        do throws(JournalError) { found = try journal.verify() } catch { throw StageError(.unexpected, error) }
        if let broken = found.firstBreak {
            throw StageError(
                .unexpected, JournalError.doesNotFit(broken, doing: "nothing was anchored"))
        }
        guard let hash = found.head else {
            throw StageError(.invalid, "the journal is empty: there is nothing to anchor")
        }
        return try write(Self.anchor(found.intactEvents + found.prunedEvents, hash, found.chains))
    }

    /// Adds the heads as they are, without looking at what lies before them.
    func writeHeads(of journal: any JournalStore) throws(StageError) {
        let anchor: Anchor? = try StageError.journaled { () throws(JournalError) in
            try journal.reading { () throws(JournalError) in
                let head = try journal.head()
                guard let hash = head.hash else { return nil }
                return Self.anchor(head.sequence, hash, try journal.chainHeads())
            }
        }
        if let anchor { _ = try write(anchor) }
    }

    private static func anchor(_ events: Int, _ hash: Digest, _ heads: [ChainHead]) -> Anchor {
        let chains = heads.map { Chain(name: SHA256.digest(of: $0.name.text), events: $0.events, hash: $0.hash) }
        return Anchor(events: events, hash: hash, chains: chains.sorted { $0.name.hex < $1.name.hex })
    }

    private func write(_ anchor: Anchor) throws(StageError) -> Anchor {
        let old = try StageError.reading { () throws(GitError) in try newest() }
        let isKnown = try StageError.reading { () throws(GitError) in
            try old.map { (id) throws(GitError) in Self.anchor(in: try repository.commit(id).message) == anchor }
        }
        if isKnown != true {
            let new = try commit(anchor, after: old)
            try ReferenceLocks(repository, context).write(reference, failing: .unexpected) { () throws(GitError) in
                try repository.updateReference(
                    reference, to: new, expecting: old, message: "leviathan: anchor the journal")
            }
        }
        JournalTrust(context).remember(anchor, of: identity)
        return anchor
    }

    private func commit(_ anchor: Anchor, after old: ObjectID?) throws(StageError) -> ObjectID {
        let author = Signature(
            name: "Leviathan", email: "leviathan@localhost", time: context.clock.now())
        let chains = anchor.chains.map { "Journal-Chain: \($0.name.hex) \($0.events) \($0.hash.hex)\n" }.joined()
        let message =
            "Anchor the journal\n\nJournal-Events: \(anchor.events)\nJournal-Hash: \(anchor.hash.hex)\n\(chains)"
        let parents = old.map { [$0] } ?? []
        do {
            let tree = try repository.tree(updating: nil, with: [])
            guard signs, repository.configBool("commit.gpgsign") == true else {
                return try repository.createCommit(
                    tree: tree, parents: parents, author: author, committer: author, message: message)
            }
            return try git.signedCommit(
                tree: tree, parents: parents, author: author, committer: author, message: message, in: root,
                cancellation: context.cancellation)
        } catch let error as GitCommandError {
            throw StageError(.unexpected, error)
        } catch let error as GitError {
            throw StageError(.unexpected, error)
        } catch { throw StageError(.unexpected, "\(error)") }
    }

    // MARK: Comparing

    /// Every anchor here and at the anchor remote.
    package func known(remote: String?) throws(StageError) -> KnownAnchors {
        var known = KnownAnchors()
        known.add(
            try all(from: try StageError.reading { () throws(GitError) in try newest() }),
            from: "\(reference) in '\(root)'")
        if let remote {
            do throws(StageError) {
                known.add(try all(from: try newest(at: remote)), from: "\(reference) at '\(remote)'")
            } catch { known.unseen.append("those at '\(remote)' were not looked at: \(error.message)") }
        }
        return known
    }

    private func all(from newest: ObjectID?) throws(StageError) -> [Anchor] {
        var anchors: [Anchor] = []
        do throws(GitError) {
            var (next, count) = (newest, 0)
            while let id = next, count < Self.limit {
                let commit = try repository.commit(id)
                if let anchor = Self.anchor(in: commit.message) { anchors.append(anchor) }
                (next, count) = (commit.parents.first, count + 1)
            }
        } catch { throw StageError(.invalid, error) }
        return anchors
    }

    private func newest() throws(GitError) -> ObjectID? {
        guard case .object(let id) = try repository.reference(reference)?.target else { return nil }
        return id
    }

    // MARK: The anchor remote

    private var git: GitCommand { GitCommand(environment: context.environment, lockPatience: context.patience) }

    /// The newest anchor there, brought here without a reference to it.
    private func newest(at remote: String) throws(StageError) -> ObjectID? {
        do throws(GitCommandError) {
            let listing = try git.listRemote(
                remote, patterns: [reference], in: root, cancellation: context.cancellation)
            guard let id = listing.references[reference] else { return nil }
            try git.fetchObjects(reference, from: remote, in: root, cancellation: context.cancellation)
            return id
        } catch { throw StageError(.delivery, error) }
    }

    /// Brings the anchors to a remote, where they go on from what is there.
    func publish(to remote: String) throws(StageError) {
        guard let own = try StageError.reading({ () throws(GitError) in try newest() }) else { return }
        let there = try newest(at: remote)
        if there == own { return }
        if let there {
            let isBehind = try StageError.reading { () throws(GitError) in
                try repository.isAncestor(there, of: own)
            }
            guard isBehind else {
                throw StageError(
                    .delivery, "the anchors at '\(remote)' are not those that were written here before",
                    causes: ["\(reference) is \(there.short) there, and \(own.short) does not go on from it"],
                    hint: "'leviathan journal verify' compares the journal with both")
            }
        }
        let url = try StageError.reading { () throws(GitError) in try repository.remoteURL(remote, push: true) }
        let written = repository.writtenURL(ofRemote: remote, push: true)
        try TargetForge.admitPush(to: url ?? remote, written: written ?? remote, context)
        do throws(GitCommandError) {
            try git.push(
                remote: remote, updates: [PushUpdate(own, to: reference, expecting: there)], in: root,
                cancellation: context.cancellation)
        } catch { throw StageError(.delivery, error) }
    }

    private static func anchor(in message: String) -> Anchor? {
        var (events, hash, chains): (Int?, Digest?, [Chain]) = (nil, nil, [])
        for line in message.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words.first {
            case "Journal-Events:" where words.count == 2: events = Int(words[1])
            case "Journal-Hash:" where words.count == 2: hash = Digest(hex: words[1])
            case "Journal-Chain:" where words.count == 4:
                guard let name = Digest(hex: words[1]), let count = Int(words[2]), let head = Digest(hex: words[3])
                else { return nil }
                chains.append(Chain(name: name, events: count, hash: head))
            default: break
            }
        }
        guard let events, let hash else { return nil }
        return Anchor(events: events, hash: hash, chains: chains)
    }
}
