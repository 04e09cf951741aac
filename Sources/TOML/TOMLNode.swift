package import Basics

/// A value of a TOML file and where it stands.
package struct TOMLNode {
    package enum Style { case basic, literal, multilineBasic, multilineLiteral, dateTime, other }

    package enum Content {
        case scalar(JSON, Style)
        case array([TOMLNode])
        /// An inline table: its pairs, and what they add up to.
        case table([TOMLPair], TOMLTable)
    }

    package let content: Content
    package let range: Range<Int>
    /// Whether a comma follows the last element.
    package var endsWithComma = false

    package var elementRanges: [Range<Int>] {
        switch content {
        case .scalar: []
        case .array(let elements): elements.map(\.range)
        case .table(let pairs, _): pairs.map(\.range)
        }
    }

    package var value: JSON {
        switch content {
        case .scalar(let value, _): value
        case .array(let elements): .array(elements.map(\.value))
        case .table(_, let table): table.value
        }
    }
}

/// `a.b = value`, and where it stands.
package struct TOMLPair {
    package let keys: [String]
    package let keyRange: Range<Int>
    package let value: TOMLNode

    package var range: Range<Int> { keyRange.lowerBound..<value.range.upperBound }
}

/// The pairs below a header, or those before the first one.
package struct TOMLSection {
    package enum Kind { case root, table, arrayElement }

    package let kind: Kind
    package let keys: [String]
    /// From the start of the header's line to its end, its comment included; empty for the root.
    package let headerLine: Range<Int>
    package internal(set) var pairs: [TOMLPair] = []
}
