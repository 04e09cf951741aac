package import Basics

/// Which chain of a journal: one for each target, one for the home itself, and closed ones that are kept whole.
package struct ChainName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// What concerns no single target.
    package static let home = ChainName("home")
    /// The one chain that the first edition had for everything.
    package static let firstEdition = ChainName("first-edition")

    package static func target(_ name: String) -> ChainName { ChainName("target/" + name) }

    /// A chain that came from elsewhere, named by its first event here.
    package static func imported(_ first: Digest) -> ChainName { ChainName("import/" + first.hex) }

    /// The chain that goes on with an event about this.
    package init(of subject: EventSubject) { self = subject.target.map(ChainName.target) ?? .home }

    /// Nothing is appended to it any more; the home's chain seals its head.
    package var isClosed: Bool { self != .home && !text.hasPrefix("target/") }

    package var description: String { text }
}

/// How far a chain goes.
package struct ChainHead: Hashable, Sendable {
    package let name: ChainName
    /// The hash that its first event names as its predecessor; `nil` where it began here.
    package let start: Digest?
    /// Its events, those that were removed among them.
    package let events: Int
    /// The hash of its last event.
    package let hash: Digest

    package init(name: ChainName, start: Digest?, events: Int, hash: Digest) {
        (self.name, self.start, self.events, self.hash) = (name, start, events, hash)
    }
}

/// The newest event of a journal.
package struct JournalHead: Hashable, Sendable {
    /// 0 in an empty journal.
    package let sequence: Int
    package let hash: Digest?

    package init(sequence: Int, hash: Digest?) { (self.sequence, self.hash) = (sequence, hash) }
}
