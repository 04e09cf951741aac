package import Basics

/// What the sections of a file, or the pairs of an inline table, add up to.
package final class TOMLTable {
    package enum Origin {
        /// Only deeper headers name it.
        case implicit
        /// It has a header of its own, or is the root or an inline table.
        case header(section: Int)
        /// Dotted keys of a section name it.
        case dotted(section: Int)
    }

    package enum Entry {
        case value(TOMLNode)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    package private(set) var origin: Origin
    /// The keys from the root.
    package let path: [String]
    package private(set) var names: [String] = []
    private var entries: [String: Entry] = [:]
    /// Apart from the other entries, so that an array grows in place.
    private var arrays: [String: [TOMLTable]] = [:]
    /// The last section that adds to this table or to one within it.
    package private(set) var lastSection: Int

    init(_ origin: Origin, path: [String], section: Int) {
        (self.origin, self.path, lastSection) = (origin, path, section)
    }

    package subscript(name: String) -> Entry? { entries[name] ?? arrays[name].map(Entry.tables) }

    package var value: JSON {
        .object(
            names.compactMap { name in
                switch self[name] {
                case .value(let node): JSON.Member(name, node.value)
                case .table(let table): JSON.Member(name, table.value)
                case .tables(let tables): JSON.Member(name, .array(tables.map(\.value)))
                case nil: nil
                }
            })
    }

    private func insert(_ entry: Entry, _ name: String) {
        names.append(name)
        entries[name] = entry
    }

    /// The first or a further table in the array of a name.
    private func append(_ table: TOMLTable, _ name: String) {
        if arrays[name] == nil { names.append(name) }
        arrays[name, default: []].append(table)
    }
}

/// Keys that a table cannot take in, and why.
struct TOMLClash: Error {
    let keys: [String]
    let problem: String
}

extension TOMLTable {
    /// The table that a section's header opens, seen from the root.
    func open(_ section: TOMLSection, index: Int) throws(TOMLClash) -> TOMLTable {
        var table = self
        table.lastSection = index
        for (depth, name) in section.keys.dropLast().enumerated() {
            let path = Array(section.keys[...depth])
            switch table[name] {
            case .table(let inner): table = inner
            case .tables(let tables): table = tables[tables.count - 1]
            case .value: throw TOMLClash(keys: path, problem: "is no table")
            case nil:
                let inner = TOMLTable(.implicit, path: path, section: index)
                table.insert(.table(inner), name)
                table = inner
            }
            table.lastSection = index
        }
        return try table.openLast(section, index: index)
    }

    private func openLast(_ section: TOMLSection, index: Int) throws(TOMLClash) -> TOMLTable {
        let name = section.keys[section.keys.count - 1]
        let new = TOMLTable(.header(section: index), path: section.keys, section: index)
        let isFree = entries[name] == nil
        if isFree, section.kind == .arrayElement {
            append(new, name)
        } else if isFree, arrays[name] == nil {
            insert(.table(new), name)
        } else if section.kind == .table, case .table(let inner) = entries[name],
            case .implicit = inner.origin
        {
            (inner.origin, inner.lastSection) = (new.origin, index)
            return inner
        } else {
            throw TOMLClash(keys: section.keys, problem: "stands twice")
        }
        return new
    }

    /// Enters a pair of a section whose table this is.
    func add(_ pair: TOMLPair, section: Int) throws(TOMLClash) {
        var table = self
        for (depth, name) in pair.keys.dropLast().enumerated() {
            let keys = Array(pair.keys[...depth])
            switch table[name] {
            case nil:
                let inner = TOMLTable(.dotted(section: section), path: table.path + [name], section: section)
                table.insert(.table(inner), name)
                table = inner
            case .table(let inner):
                switch inner.origin {
                case .dotted(section): break
                case .implicit: (inner.origin, inner.lastSection) = (.dotted(section: section), section)
                default: throw TOMLClash(keys: keys, problem: "is defined elsewhere")
                }
                table = inner
            default: throw TOMLClash(keys: keys, problem: "is no table")
            }
        }
        let name = pair.keys[pair.keys.count - 1]
        guard table[name] == nil else { throw TOMLClash(keys: pair.keys, problem: "stands twice") }
        table.insert(.value(pair.value), name)
    }
}
