/// How a JSON value is written down.
package struct JSONStyle: Sendable {
    /// Spaces a level; `nil` puts everything on one line without spaces.
    package var indent: Int?
    package var sortsKeys = false
    package var escapesNonASCII = false

    package static let compact = JSONStyle(indent: nil)
    package static let pretty = JSONStyle(indent: 2)
    /// The form that is hashed: sorted keys, no spaces, only ASCII.
    package static let canonical = JSONStyle(indent: nil, sortsKeys: true, escapesNonASCII: true)
}

extension JSON {
    package func text(_ style: JSONStyle = .compact) -> String { String(decoding: utf8(style), as: UTF8.self) }

    package func utf8(_ style: JSONStyle = .compact) -> [UInt8] {
        var printer = JSONPrinter(style: style)
        printer.write(self, depth: 0)
        return printer.output
    }

    /// Appends the text to what was written before.
    func append(to output: inout [UInt8], _ style: JSONStyle) {
        var printer = JSONPrinter(style: style, output: output)
        output = []
        printer.write(self, depth: 0)
        output = printer.output
    }

    /// A double in its shortest round-trip form, as Python's `repr` writes it.
    package static func shortest(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        let (digits, exponent) = shortestDigits(of: value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        if exponent < -4 || exponent >= 16 { return sign + scientific(digits, exponent) }
        return sign + positional(digits, exponent)
    }

    /// The significant digits, and the power of ten of the first one.
    private static func shortestDigits(of magnitude: Double) -> (digits: String, exponent: Int) {
        guard magnitude != 0 else { return ("0", 0) }
        let parts = magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = mantissa[0] + (mantissa.count > 1 ? mantissa[1] : "")
        exponent += mantissa[0].count - 1
        while digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), exponent)
    }

    private static func scientific(_ digits: String, _ exponent: Int) -> String {
        let fraction = digits.dropFirst()
        let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
        return "\(digits.prefix(1))\(fraction.isEmpty ? "" : ".")\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
    }

    private static func positional(_ digits: String, _ exponent: Int) -> String {
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let whole = digits.prefix(exponent + 1)
        let fraction = digits.dropFirst(exponent + 1)
        return whole + String(repeating: "0", count: exponent + 1 - whole.count) + "."
            + (fraction.isEmpty ? "0" : fraction)
    }
}

private struct JSONPrinter {
    let style: JSONStyle
    var output: [UInt8] = []

    init(style: JSONStyle, output: [UInt8] = []) { (self.style, self.output) = (style, output) }

    mutating func write(_ value: JSON, depth: Int) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .bigInteger(let digits): output += digits.utf8
        case .double(let value): output += JSON.shortest(value).utf8
        case .string(let text): write(text)
        case .array(let elements):
            writeGroup(elements, "[", "]", depth) { $0.write($1, depth: depth + 1) }
        case .object(let members):
            let ordered = style.sortsKeys ? JSON.sorted(members) : members
            writeGroup(ordered, "{", "}", depth) { printer, member in
                printer.write(member.name)
                printer.output += (printer.style.indent == nil ? ":" : ": ").utf8
                printer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func writeGroup<Item>(
        _ items: [Item], _ open: String, _ close: String, _ depth: Int, each: (inout JSONPrinter, Item) -> Void
    ) {
        output += open.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            newLine(depth + 1)
            each(&self, item)
        }
        if !items.isEmpty { newLine(depth) }
        output += close.utf8
    }

    private mutating func newLine(_ depth: Int) {
        guard let indent = style.indent else { return }
        output.append(UInt8(ascii: "\n"))
        output += repeatElement(UInt8(ascii: " "), count: indent * depth)
    }

    private mutating func write(_ text: String) {
        JSON.appendString(text, to: &output, escapesNonASCII: style.escapesNonASCII)
    }
}

extension JSON {
    /// Members by code point of their names, as Python sorts its strings: the order of their UTF-8.
    static func sorted(_ members: [Member]) -> [Member] {
        let isSorted = zip(members, members.dropFirst()).allSatisfy {
            !$1.name.utf8.lexicographicallyPrecedes($0.name.utf8)
        }
        return isSorted ? members : members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Appends a text in quotes.
    package static func appendString(_ text: String, to output: inout [UInt8], escapesNonASCII: Bool) {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            output.append(UInt8(ascii: "\""))
            let isPlain = bytes.allSatisfy {
                0x20...0x7e ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
            if isPlain { output.append(contentsOf: bytes) }
            return isPlain
        }
        if !isPlain { for scalar in text.unicodeScalars { append(scalar, to: &output, escapesNonASCII) } }
        output.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8], _ escapesNonASCII: Bool) {
        switch scalar {
        case "\"": output += "\\\"".utf8
        case "\\": output += "\\\\".utf8
        case "\n": output += "\\n".utf8
        case "\r": output += "\\r".utf8
        case "\t": output += "\\t".utf8
        case "\u{8}": output += "\\b".utf8
        case "\u{c}": output += "\\f".utf8
        case _ where scalar.value < 0x20 || (scalar.value > 0x7e && escapesNonASCII):
            for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
                output += "\\u".utf8
                output += Hex.encode([UInt8(unit >> 8), UInt8(unit & 255)]).utf8
            }
        default: output += UTF8.encode(scalar).map(Array.init) ?? []
        }
    }
}
