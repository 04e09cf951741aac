package import Basics
internal import SQLite

/// What an import came to.
package struct ImportResult: Hashable, Sendable {
    package var imported = 0
    /// Events that were there already.
    package var known = 0
    /// The last line, where it was torn off.
    package var tornLine: Int?

    package init(imported: Int = 0, known: Int = 0, tornLine: Int? = nil) {
        (self.imported, self.known, self.tornLine) = (imported, known, tornLine)
    }
}

extension Journal {
    /// Takes events from lines of JSON, whose own chains are followed on the way: all of them, or none where a line does
    /// not fit.
    ///
    /// Only the last line may be torn off; it is left out. No hash ever changes: lines that go on where a chain of this
    /// journal ends go on with it, and others are kept whole as closed chains, whose heads `note` seals.
    ///
    /// `failure` says, once the lines have ended, why they ended early.
    package func importEvents(
        from lines: some Sequence<[UInt8]>, failure: () -> FileError? = { nil }, note: (Event) -> EventDraft
    ) throws(JournalError) -> ImportResult {
        try transaction { () throws(JournalError) in
            var reader = ImportReader()
            var importer = Importer(self, try ChainWriter(self), after: try head().sequence)
            for bytes in lines { if let line = try reader.take(bytes) { try importer.take(line) } }
            if let failure = failure() { throw .file(failure) }
            if let line = reader.tornLine, !reader.hasEvents {
                throw .unreadableImport(line: line, reason: reader.tornReason)
            }
            var result = try importer.finish(note)
            result.tornLine = reader.tornLine
            return result
        }
    }
}

extension Journal {
    fileprivate func chain(of event: EventRecord) throws(JournalError) -> ChainName? {
        var name: ChainName?
        let sql = "SELECT name FROM chains JOIN events ON chain = chains.id WHERE events.sequence = ?"
        try query(sql, [.integer(event.sequence)]) { row in name = row.text(0).map(ChainName.init) }
        return name
    }
}

/// Puts the lines of a file where they belong.
struct Importer {
    private let journal: Journal
    private var writer: ChainWriter
    private let after: Int
    private(set) var result = ImportResult()
    /// Where the chains of the file go on here.
    private var places: [String: ChainName] = [:]
    /// Whether the file is of this very journal: this one was empty, or has some of its events in chains that go on.
    private var isOurs: Bool
    /// How many events came into each closed chain.
    private var closed: [ChainName: Int] = [:]

    init(_ journal: Journal, _ writer: ChainWriter, after: Int) {
        (self.journal, self.writer, self.after) = (journal, writer, after)
        isOurs = after == 0
    }

    mutating func take(_ line: ImportReader.Line) throws(JournalError) {
        if let known = try journal.event(id: line.draft.id) {
            guard known.hash == line.hash || known.describes(line.draft) else {
                throw .differentEvent(id: line.draft.id)
            }
            result.known += 1
            if !isOurs, known.hash == line.hash { isOurs = try journal.chain(of: known)?.isClosed == false }
            return
        }
        if result.imported == 0 { try writer.closeChains(like: line.draft) }
        let place = try place(of: line)
        places[line.chain] = place
        let start = try writer.known(place) == nil ? line.previous : nil
        guard try writer.insert(line.draft, line.subject, place, startingAt: start)?.hash == line.hash else {
            throw .strayEvent(id: line.draft.id, chain: place)
        }
        result.imported += 1
        if place.isClosed { closed[place, default: 0] += 1 }
    }

    /// The chain that ends with the line's predecessor; else the one that the file names, where that begins here; else
    /// a closed one of its own.
    private mutating func place(of line: ImportReader.Line) throws(JournalError) -> ChainName {
        let own = ChainName(of: line.subject)
        let named = ChainName(line.chain)
        if let previous = line.previous {
            for name in [places[line.chain], named].compactMap(\.self) {
                guard let row = try writer.known(name), row.hash == previous.hex else { continue }
                if name.isClosed || name == own { return name }
            }
            if let row = try writer.chain(endingWith: previous), row.name.isClosed { return row.name }
        } else if !line.chain.isEmpty, named.isClosed || (named == own && isOurs),
            try writer.known(named) == nil
        {
            return named
        }
        return .imported(line.hash)
    }

    mutating func finish(_ note: (Event) -> EventDraft) throws(JournalError) -> ImportResult {
        for (name, count) in closed.sorted(by: { $0.key.text < $1.key.text }) {
            guard let row = try writer.known(name), let head = row.head, row.sealed != row.hash else { continue }
            let seal = Event.ImportSeal(events: count, after: after, sourceHead: head.hash, chain: head)
            _ = try writer.append(note(.journalImported(seal)))
        }
        try writer.finish()
        return result
    }
}
