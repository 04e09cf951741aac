internal import Basics

/// What the table of chains says of one; to be believed only after `verify`.
struct ChainRow {
    let id: Int
    let name: ChainName
    let start: Digest?
    var events: Int
    /// The hash of the last event, as it is stored.
    var hash: String?
    /// The same, decoded.
    var digest: Digest?
    /// The place of the last event.
    var sequence: Int
    /// The head that the home's chain seals, where this one is closed.
    let sealed: String?

    init(_ row: borrowing JournalRow) {
        (id, name) = (row.integer(0), ChainName(row.text(1) ?? ""))
        start = row.text(2).flatMap { Digest(hex: $0) }
        (events, hash, sequence, sealed) = (row.integer(3), row.text(4), row.integer(5), row.text(6))
        digest = hash.flatMap { Digest(hex: $0) }
    }

    init(id: Int, name: ChainName, start: Digest?) {
        (self.id, self.name, self.start) = (id, name, start)
        (events, hash, sequence, sealed) = (0, nil, 0, nil)
    }

    var head: ChainHead? {
        hash.flatMap { Digest(hex: $0) }.map { ChainHead(name: name, start: start, events: events, hash: $0) }
    }

    /// The hash that the next event names.
    var previous: String? { hash ?? start?.hex }
}
