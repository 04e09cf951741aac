package import Basics
internal import Crypto
internal import Git
package import Journal

/// The heads of the journal's chains, written down in a repository's own history: whoever forges the journal afterwards
/// would have to forge that as well, in every copy of the repository.
package struct JournalAnchors {
    package static let reference = "refs/leviathan/journal"
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

    /// What became of anchors that were held against the journal.
    package struct Comparison: Hashable, Sendable {
        package internal(set) var anchors = 0
        /// Heads that were looked for and found, and heads whose events were removed and sealed since: nobody can look
        /// for those any more.
        package internal(set) var found = 0
        package internal(set) var removed = 0
        package internal(set) var problems: [String] = []
    }

    private let repository: Repository

    package init(_ checkout: TargetCheckout) { repository = checkout.repository }

    /// Adds an anchor behind the newest one; nothing where that says the same already.
    ///
    /// A journal that does not fit is not anchored.
    package func write(_ journal: Journal, _ context: Context) throws(StageError) -> Anchor {
        let found: JournalVerification
        do throws(JournalError) { found = try journal.verify() } catch { throw StageError(.unexpected, error) }
        if let broken = found.firstBreak {
            throw StageError(
                .unexpected, JournalError.doesNotFit(broken, doing: "nothing was anchored"))
        }
        guard let hash = found.head else {
            throw StageError(.invalid, "the journal is empty: there is nothing to anchor")
        }
        let chains = found.chains.map {
            Chain(name: SHA256.digest(of: $0.name.text), events: $0.events, hash: $0.hash)
        }
        let anchor = Anchor(
            events: found.intactEvents + found.prunedEvents, hash: hash,
            chains: chains.sorted { $0.name.hex < $1.name.hex })
        let locks = ReferenceLocks(repository, context)
        try locks.write(Self.reference, failing: .unexpected) { () throws(GitError) in
            let old = try newest()
            if let old, Self.anchor(in: try repository.commit(old).message) == anchor { return }
            try repository.updateReference(
                Self.reference, to: try commit(anchor, after: old, context), expecting: old,
                message: "leviathan: anchor the journal")
        }
        return anchor
    }

    private func commit(
        _ anchor: Anchor, after old: ObjectID?, _ context: Context
    ) throws(GitError) -> ObjectID {
        let author = Signature(
            name: "Leviathan", email: "leviathan@localhost", time: context.clock.now())
        let chains = anchor.chains.map { "Journal-Chain: \($0.name.hex) \($0.events) \($0.hash.hex)\n" }.joined()
        return try repository.createCommit(
            tree: try repository.tree(updating: nil, with: []), parents: old.map { [$0] } ?? [], author: author,
            committer: author,
            message:
                "Anchor the journal\n\nJournal-Events: \(anchor.events)\nJournal-Hash: \(anchor.hash.hex)\n\(chains)"
        )
    }

    // MARK: Comparing

    /// Holds the journal against every anchor.
    package func compare(_ journal: Journal) throws(StageError) -> Comparison {
        let anchors = try all()
        guard !anchors.isEmpty else {
            var none = Comparison()
            none.problems = ["there is no anchor in \(Self.reference)"]
            return none
        }
        do throws(JournalError) {
            return try Self.compare(anchors, journal)
        } catch { throw StageError(.unexpected, error) }
    }

    private static func compare(_ anchors: [Anchor], _ journal: Journal) throws(JournalError) -> Comparison {
        var places = AnchoredHeads(anchors)
        let pruned = try journal.prunedEvents()
        try journal.eachPlace { places.see($0, $1, $2, $3) }
        var result = Comparison()
        result.anchors = anchors.count
        for place in places.wanted.sorted(by: { ($0.number, $0.hash) < ($1.number, $1.hash) }) {
            if places.found.contains(place) {
                result.found += 1
            } else if place.number < places.oldest(of: place.chain, pruned) {
                result.removed += 1
            } else {
                let what =
                    place.chain == nil ? "event \(place.number)" : "event \(place.number) of one of its chains"
                result.problems.append(
                    "\(what) is not the one that was anchored: the journal was rewritten or cut off")
            }
        }
        return result
    }

    private func all() throws(StageError) -> [Anchor] {
        var anchors: [Anchor] = []
        do throws(GitError) {
            var (next, count) = (try newest(), 0)
            while let id = next, count < Self.limit {
                let commit = try repository.commit(id)
                if let anchor = Self.anchor(in: commit.message) { anchors.append(anchor) }
                (next, count) = (commit.parents.first, count + 1)
            }
        } catch { throw StageError(.invalid, error) }
        return anchors
    }

    private func newest() throws(GitError) -> ObjectID? {
        guard case .object(let id) = try repository.reference(Self.reference)?.target else { return nil }
        return id
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

/// The places that anchors name, and which of them the journal has.
private struct AnchoredHeads {
    struct Place: Hashable {
        /// `nil` for a place in the one chain of the first edition.
        let chain: Digest?
        let number: Int
        let hash: String
    }

    let wanted: Set<Place>
    private let hashes: Set<String>
    private(set) var found: Set<Place> = []
    private var names: [ChainName: Digest] = [:]
    /// The number of the first event that is still there, or of the last that was removed.
    private var oldest: [Digest: Int] = [:]

    init(_ anchors: [JournalAnchors.Anchor]) {
        var wanted: Set<Place> = []
        for anchor in anchors {
            if anchor.chains.isEmpty {
                wanted.insert(Place(chain: nil, number: anchor.events, hash: anchor.hash.hex))
            }
            for chain in anchor.chains {
                wanted.insert(Place(chain: chain.name, number: chain.events, hash: chain.hash.hex))
            }
        }
        self.wanted = wanted
        hashes = Set(wanted.map(\.hash))
    }

    mutating func see(_ sequence: Int, _ chain: ChainName, _ number: Int, _ hash: String) {
        let name = names[chain] ?? SHA256.digest(of: chain.text)
        names[chain] = name
        if oldest[name] == nil { oldest[name] = number }
        guard hashes.contains(hash) else { return }
        for place in [
            Place(chain: name, number: number, hash: hash), Place(chain: nil, number: sequence, hash: hash),
        ] where wanted.contains(place) { found.insert(place) }
    }

    func oldest(of chain: Digest?, _ pruned: Int) -> Int {
        guard let chain else { return pruned }
        return oldest[chain] ?? 0
    }
}
