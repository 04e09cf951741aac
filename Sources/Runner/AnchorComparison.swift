internal import Basics
internal import Crypto
package import Journal

/// Anchors from wherever they are kept, to hold a journal against.
package struct KnownAnchors: Sendable {
    private(set) var anchors: [JournalAnchors.Anchor] = []
    /// Where they came from.
    private(set) var places: [String] = []
    /// What could not be looked at, and why.
    package internal(set) var unseen: [String] = []

    package init() {}

    package var isEmpty: Bool { anchors.isEmpty }

    mutating func add(_ anchors: [JournalAnchors.Anchor], from place: String) {
        guard !anchors.isEmpty else { return }
        self.anchors += anchors
        places.append(place)
    }

    package mutating func add(_ other: KnownAnchors) {
        anchors += other.anchors
        places += other.places
        unseen += other.unseen
    }

    /// `nil` where there is nothing to compare with, and nothing that was not looked at or is `missing`.
    package func compared(_ journal: Journal, missing: [String]) throws(StageError) -> AnchorComparison? {
        guard !anchors.isEmpty || !unseen.isEmpty || !missing.isEmpty else { return nil }
        return try StageError.journaled { () throws(JournalError) in
            try AnchorComparison(self, journal, missing: missing)
        }
    }
}

/// What became of anchors that were held against the journal.
package struct AnchorComparison: Hashable, Sendable {
    package private(set) var anchors = 0
    /// Heads that were looked for and found, and heads whose events were removed and sealed since: nobody can look
    /// for those any more.
    package private(set) var found = 0
    package private(set) var removed = 0
    package private(set) var problems: [String]
    /// Where the anchors came from, and why others were not looked at.
    package let places: [String]
    package let unseen: [String]

    fileprivate init(_ known: KnownAnchors, _ journal: Journal, missing: [String]) throws(JournalError) {
        (places, unseen, problems) = (known.places, known.unseen, missing)
        // The same one may stand here and at the remote.
        anchors = Set(known.anchors).count
        var heads = AnchoredHeads(known.anchors)
        let pruned = try journal.prunedEvents()
        try journal.eachPlace { heads.see($0, $1, $2, $3) }
        for place in heads.wanted.sorted(by: { ($0.number, $0.hash) < ($1.number, $1.hash) }) {
            if heads.found.contains(place) {
                found += 1
            } else if place.number < heads.oldest(of: place.chain, pruned) {
                removed += 1
            } else {
                let what =
                    place.chain == nil ? "event \(place.number)" : "event \(place.number) of one of its chains"
                problems.append(
                    "\(what) is not the one that was anchored: the journal was rewritten or cut off")
            }
        }
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
