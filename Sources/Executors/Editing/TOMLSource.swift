internal import Basics

/// TOML: sections of pairs, and the tables that they add up to.
struct TOMLSource: StructuredText {
    let bytes: [UInt8]
    let sections: [TOMLSection]
    let root: TOMLTable
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        sections = try TOMLParser.parse(bytes)
        var builder = TOMLTableBuilder(bytes: bytes)
        for (index, section) in sections.enumerated() { try builder.add(section, index: index) }
        root = builder.root
        value = root.value
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        [try TOMLWriter(source: self).edits(setting: value, at: steps)]
    }
}

/// Adds section after section to the tables of a file, and refuses what TOML forbids.
struct TOMLTableBuilder {
    let root = TOMLTable(.header(section: 0), path: [], section: 0)
    private let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func add(_ section: TOMLSection, index: Int) throws(EditRefusal) {
        let table = section.kind == .root ? root : try open(section, index: index)
        for pair in section.pairs { try add(pair, to: table, section: index) }
    }

    private func failure(_ keys: some Sequence<String>, _ problem: String, at offset: Int) -> EditRefusal {
        EditRefusal(
            syntax: "not valid TOML: '\(TOMLText.keys(keys))' \(problem)",
            at: SourcePosition(of: offset, in: bytes))
    }

    private func open(_ section: TOMLSection, index: Int) throws(EditRefusal) -> TOMLTable {
        let place = section.headerLine.lowerBound
        var table = root
        table.lastSection = index
        for depth in 0..<(section.keys.count - 1) {
            let name = section.keys[depth]
            switch table[name] {
            case .table(let inner): table = inner
            case .tables(let tables): table = tables[tables.count - 1]
            case .value: throw failure(section.keys[...depth], "is no table", at: place)
            case nil:
                let inner = TOMLTable(.implicit, path: Array(section.keys[...depth]), section: index)
                table[name] = .table(inner)
                table = inner
            }
            table.lastSection = index
        }
        return try openLast(section, in: table, index: index)
    }

    private func openLast(
        _ section: TOMLSection, in table: TOMLTable, index: Int
    ) throws(EditRefusal) -> TOMLTable {
        let (name, place) = (section.keys[section.keys.count - 1], section.headerLine.lowerBound)
        switch (section.kind, table[name]) {
        case (.arrayElement, .tables(let tables)):
            let element = TOMLTable(.header(section: index), path: section.keys, section: index)
            table[name] = .tables(tables + [element])
            return element
        case (.arrayElement, nil):
            let element = TOMLTable(.header(section: index), path: section.keys, section: index)
            table[name] = .tables([element])
            return element
        case (_, .table(let inner)):
            guard section.kind == .table, case .implicit = inner.origin else {
                throw failure(section.keys, "stands twice", at: place)
            }
            inner.origin = .header(section: index)
            inner.lastSection = index
            return inner
        case (.table, nil):
            let inner = TOMLTable(.header(section: index), path: section.keys, section: index)
            table[name] = .table(inner)
            return inner
        default: throw failure(section.keys, "stands twice", at: place)
        }
    }

    private func add(_ pair: TOMLPair, to table: TOMLTable, section: Int) throws(EditRefusal) {
        let place = pair.keyRange.lowerBound
        var table = table
        for (depth, name) in pair.keys.dropLast().enumerated() {
            switch table[name] {
            case nil:
                let inner = TOMLTable(.dotted(section: section), path: table.path + [name], section: section)
                table[name] = .table(inner)
                table = inner
            case .table(let inner):
                guard case .dotted(section) = inner.origin else {
                    throw failure(pair.keys[...depth], "is defined elsewhere", at: place)
                }
                table = inner
            default: throw failure(pair.keys[...depth], "is no table", at: place)
            }
        }
        guard table[pair.keys[pair.keys.count - 1]] == nil else {
            throw failure(pair.keys, "stands twice", at: place)
        }
        table[pair.keys[pair.keys.count - 1]] = .value(pair.value)
    }
}
