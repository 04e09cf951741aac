internal import Basics

extension TOMLReader {
    private static let deepest = 100

    mutating func value(depth: Int) throws(TOMLError) -> TOMLNode {
        guard depth <= Self.deepest else { throw failure("nested deeper than \(Self.deepest) levels") }
        let start = position
        switch peek {
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "{"): return try inlineTable(depth)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let (text, style) = try string()
            return TOMLNode(content: .scalar(.string(text), style), range: start..<position)
        default:
            let (value, style) = try word()
            return TOMLNode(content: .scalar(value, style), range: start..<position)
        }
    }

    private mutating func array(_ depth: Int) throws(TOMLError) -> TOMLNode {
        let start = position
        position += 1
        var elements: [TOMLNode] = []
        var endsWithComma = false
        while true {
            skipSpace()
            if take("]") { break }
            guard elements.isEmpty || endsWithComma else { throw failure("expected ',' or ']'") }
            guard peek != nil else { throw failure("an array without an end", at: start) }
            elements.append(try value(depth: depth + 1))
            skipSpace()
            endsWithComma = take(",")
        }
        return TOMLNode(content: .array(elements), range: start..<position, endsWithComma: endsWithComma)
    }

    private mutating func inlineTable(_ depth: Int) throws(TOMLError) -> TOMLNode {
        let start = position
        position += 1
        var pairs: [TOMLPair] = []
        let table = TOMLTable(.header(section: section), path: [], section: section)
        skipBlanks()
        if !take("}") {
            repeat {
                skipBlanks()
                let pair = try pair(depth: depth + 1)
                do throws(TOMLClash) { try table.add(pair, section: section) } catch {
                    let keys = pair.keys.joined(separator: ".")
                    throw failure("the key '\(keys)' stands twice", at: pair.keyRange.lowerBound)
                }
                pairs.append(pair)
                skipBlanks()
            } while take(",")
            guard take("}") else { throw failure("expected ',' or '}'") }
        }
        return TOMLNode(content: .table(pairs, table), range: start..<position)
    }

    /// A boolean, number, date or time.
    private mutating func word() throws(TOMLError) -> (JSON, TOMLNode.Style) {
        let start = position
        skipWord()
        // One space may stand between a date and a time.
        if peek == 32, position + 1 < bytes.count, (48...57).contains(bytes[position + 1]),
            TOMLDate.isDate(bytes[start..<position])
        {
            position += 1
            skipWord()
        }
        let word = bytes[start..<position]
        if let value = TOMLWord.value(of: word) { return (value, .other) }
        let text = String(decoding: word, as: UTF8.self)
        if TOMLDate.isValue(word) { return (.string(text), .dateTime) }
        guard !text.isEmpty else { throw failure("expected a value", at: start) }
        throw failure("'\(text.prefix(40))' is no value", at: start, hint: "text stands in quotes")
    }

    private mutating func skipWord() {
        while let byte = peek, byte.isNameByte || "+.:".utf8.contains(byte) { position += 1 }
    }
}
