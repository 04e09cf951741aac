/// A piece of a page.
///
/// Its literal parts are markup; every text that is put into one is escaped on the way, in an element as between quotes.
/// Nothing else makes markup of a text that came from elsewhere.
package struct Markup: Hashable, Sendable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package init() { text = "" }

    package init(stringLiteral value: StaticString) { text = value.description }

    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

        package mutating func appendInterpolation(_ value: String) { Markup.escape(value, into: &text) }

        package mutating func appendInterpolation(_ value: Int) { text += "\(value)" }

        package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        /// Pieces one behind the other.
        package mutating func appendInterpolation(_ pieces: [Markup]) {
            for piece in pieces { text += piece.text }
        }
    }

    package static func + (first: Markup, second: Markup) -> Markup {
        var sum = first
        sum.text += second.text
        return sum
    }

    package static func += (sum: inout Markup, piece: Markup) { sum.text += piece.text }

    package var isEmpty: Bool { text.isEmpty }

    /// A name that may be written from right to left: what stands around it keeps its place.
    package static func name(_ text: String) -> Markup { "<bdi>\(text)</bdi>" }

    /// A link for people to follow; of an address that is neither of the web nor of this place, only the words are left.
    package static func link(_ words: Markup, to address: String) -> Markup {
        isSafe(address) ? "<a href=\"\(address)\">\(words)</a>" : words
    }

    private static func isSafe(_ address: String) -> Bool {
        if address.hasPrefix("https://") || address.hasPrefix("http://") || address.hasPrefix("#") { return true }
        return address.hasPrefix("/") && !address.hasPrefix("//") && !address.contains("\\")
    }

    private static func escape(_ value: String, into text: inout String) {
        // Most texts are plain, and go in as they are.
        if value.utf8.allSatisfy(isPlain) { return text += value }
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\n", "\t": text.unicodeScalars.append(scalar)
            default:
                if isHidden(scalar) {
                    text += "[U+" + String(scalar.value, radix: 16, uppercase: true) + "]"
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        case 0x20..<0x7F, UInt8(ascii: "\n"), UInt8(ascii: "\t"): true
        default: false
        }
    }

    /// What nobody sees, or what lets a text look like another one: it is named instead.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE007F: true
        default: false
        }
    }
}

extension [Markup] {
    package func joined(separator: Markup = Markup()) -> Markup {
        var sum = Markup()
        for (index, piece) in enumerated() {
            if index > 0 { sum += separator }
            sum += piece
        }
        return sum
    }
}
