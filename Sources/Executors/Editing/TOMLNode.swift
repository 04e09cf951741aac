internal import Basics

/// A value of a TOML file and where it stands.
struct TOMLNode {
    enum Style { case basic, literal, multilineBasic, multilineLiteral, dateTime, other }

    enum Content {
        case scalar(JSON, Style)
        case array([TOMLNode])
        case table([TOMLPair])
    }

    let content: Content
    let range: Range<Int>
    /// Whether a comma follows the last element.
    var endsWithComma = false

    var elementRanges: [Range<Int>] {
        switch content {
        case .scalar: []
        case .array(let elements): elements.map(\.range)
        case .table(let pairs): pairs.map(\.range)
        }
    }
}

/// `a.b = value`, and where it stands.
struct TOMLPair {
    let keys: [String]
    let keyRange: Range<Int>
    let value: TOMLNode

    var range: Range<Int> { keyRange.lowerBound..<value.range.upperBound }
}

/// The pairs below a header, or those before the first one.
struct TOMLSection {
    enum Kind { case root, table, arrayElement }

    let kind: Kind
    let keys: [String]
    /// From the start of the header's line to its end, its comment included; empty for the root.
    let headerLine: Range<Int>
    var pairs: [TOMLPair] = []
}

/// What the sections of a file add up to.
final class TOMLTable {
    enum Origin {
        /// Only deeper headers name it.
        case implicit
        /// It has a header of its own, or is the root.
        case header(section: Int)
        /// Dotted keys of a section name it.
        case dotted(section: Int)
    }

    enum Entry {
        case value(TOMLNode)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    var origin: Origin
    /// The keys from the root.
    let path: [String]
    private(set) var names: [String] = []
    private(set) var entries: [String: Entry] = [:]
    /// The last section that adds to this table or to one within it.
    var lastSection: Int

    init(_ origin: Origin, path: [String], section: Int) {
        (self.origin, self.path, lastSection) = (origin, path, section)
    }

    subscript(name: String) -> Entry? {
        get { entries[name] }
        set {
            if entries[name] == nil { names.append(name) }
            entries[name] = newValue
        }
    }

    var value: JSON {
        .object(
            names.compactMap { name in
                switch entries[name] {
                case .value(let node): JSON.Member(name, node.value)
                case .table(let table): JSON.Member(name, table.value)
                case .tables(let tables): JSON.Member(name, .array(tables.map(\.value)))
                case nil: nil
                }
            })
    }
}

extension TOMLNode {
    var value: JSON {
        switch content {
        case .scalar(let value, _): return value
        case .array(let elements): return .array(elements.map(\.value))
        case .table(let pairs):
            var value = JSON.object([])
            for pair in pairs {
                value = JSON.setting(pair.value.value, at: pair.keys.map(ValuePath.Step.key)[...], in: value)
            }
            return value
        }
    }
}
