internal import Basics

/// Reads TOML 1.0 into sections and pairs with their places.
struct TOMLParser {
    let bytes: [UInt8]
    var position: Int

    static func parse(_ bytes: [UInt8]) throws(EditRefusal) -> [TOMLSection] {
        if let problem = Self.stray(in: bytes) { throw problem }
        var parser = TOMLParser(bytes: bytes, position: Lines.textStart(of: bytes))
        return try parser.sections()
    }

    private static func stray(in bytes: [UInt8]) -> EditRefusal? {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return EditRefusal(syntax: "not valid TOML: the file is not valid UTF-8")
        }
        let control = bytes.indices.first { index in
            let byte = bytes[index]
            if byte == Lines.carriageReturn { return index + 1 == bytes.count || bytes[index + 1] != Lines.feed }
            return byte < 0x20 && byte != Lines.feed && byte != UInt8(ascii: "\t") || byte == 0x7F
        }
        return control.map {
            EditRefusal(syntax: "not valid TOML: a control character", at: SourcePosition(of: $0, in: bytes))
        }
    }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ problem: String, at offset: Int? = nil) -> EditRefusal {
        EditRefusal(syntax: "not valid TOML: \(problem)", at: SourcePosition(of: offset ?? position, in: bytes))
    }

    func looksAt(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    mutating func take(_ text: String) -> Bool {
        guard looksAt(text) else { return false }
        position += text.utf8.count
        return true
    }

    mutating func skipBlanks() { while let byte = peek, Lines.isBlank(byte) { position += 1 } }

    private mutating func skipComment() {
        if peek == UInt8(ascii: "#") { position = Lines.end(of: position, in: bytes) }
    }

    /// Blanks, comments and line breaks.
    mutating func skipSpace() {
        while let byte = peek, Lines.isSpace(byte) || byte == UInt8(ascii: "#") {
            if byte == UInt8(ascii: "#") { skipComment() } else { position += 1 }
        }
    }

    private mutating func sections() throws(EditRefusal) -> [TOMLSection] {
        var sections = [TOMLSection(kind: .root, keys: [], headerLine: position..<position)]
        while true {
            skipSpace()
            guard let byte = peek else { return sections }
            if byte == UInt8(ascii: "[") {
                sections.append(try header())
            } else {
                sections[sections.count - 1].pairs.append(try pair(depth: 0))
                try endLine()
            }
        }
    }

    private mutating func header() throws(EditRefusal) -> TOMLSection {
        let start = Lines.start(of: position, in: bytes)
        let isArray = take("[[")
        if !isArray { position += 1 }
        skipBlanks()
        let keys = try keys()
        skipBlanks()
        guard take(isArray ? "]]" : "]") else { throw failure("expected '\(isArray ? "]]" : "]")'") }
        try endLine()
        return TOMLSection(kind: isArray ? .arrayElement : .table, keys: keys, headerLine: start..<position)
    }

    private mutating func endLine() throws(EditRefusal) {
        skipBlanks()
        skipComment()
        guard let byte = peek else { return }
        guard byte == Lines.feed || byte == Lines.carriageReturn else {
            throw failure("expected the end of the line")
        }
    }

    mutating func pair(depth: Int) throws(EditRefusal) -> TOMLPair {
        let start = position
        let keys = try keys()
        let end = position
        skipBlanks()
        guard take("=") else { throw failure("expected '='") }
        skipBlanks()
        return TOMLPair(keys: keys, keyRange: start..<end, value: try value(depth: depth))
    }

    // MARK: Keys

    private mutating func keys() throws(EditRefusal) -> [String] {
        var keys = [try key()]
        while true {
            let end = position
            skipBlanks()
            guard take(".") else {
                position = end
                return keys
            }
            skipBlanks()
            keys.append(try key())
            guard keys.count <= 100 else { throw failure("a key of more than 100 parts") }
        }
    }

    private mutating func key() throws(EditRefusal) -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
            guard !looksAt("\"\"\""), !looksAt("'''") else { throw failure("a key on several lines") }
            return try string().text
        }
        let start = position
        while let byte = peek, TOMLText.isBareKey(byte) { position += 1 }
        guard position > start else { throw failure("expected a key") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(EditRefusal) -> TOMLNode {
        guard depth <= 100 else { throw failure("nested deeper than 100 levels") }
        let start = position
        switch peek {
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "{"): return try inlineTable(depth)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let (text, style) = try string()
            return TOMLNode(content: .scalar(.string(text), style), range: start..<position)
        default:
            let (value, style) = try bareValue()
            return TOMLNode(content: .scalar(value, style), range: start..<position)
        }
    }

    private mutating func array(_ depth: Int) throws(EditRefusal) -> TOMLNode {
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

    private mutating func inlineTable(_ depth: Int) throws(EditRefusal) -> TOMLNode {
        let start = position
        position += 1
        var pairs: [TOMLPair] = []
        skipBlanks()
        if !take("}") {
            repeat {
                skipBlanks()
                pairs.append(try pair(depth: depth + 1))
                skipBlanks()
            } while take(",")
            guard take("}") else { throw failure("expected ',' or '}'") }
        }
        try checkInline(pairs, at: start)
        return TOMLNode(content: .table(pairs), range: start..<position)
    }

    /// No key of an inline table may stand twice, or be a value and a table at once.
    private func checkInline(_ pairs: [TOMLPair], at start: Int) throws(EditRefusal) {
        var values: Set<[String]> = []
        var tables: Set<[String]> = []
        for pair in pairs {
            let outer = (1..<max(pair.keys.count, 1)).map { Array(pair.keys[..<$0]) }
            guard values.insert(pair.keys).inserted, !tables.contains(pair.keys),
                values.isDisjoint(with: outer)
            else {
                throw failure(
                    "the key '\(pair.keys.joined(separator: "."))' stands twice", at: pair.keyRange.lowerBound)
            }
            tables.formUnion(outer)
        }
    }

    /// A boolean, number, date or time.
    private mutating func bareValue() throws(EditRefusal) -> (JSON, TOMLNode.Style) {
        let start = position
        func isPart(_ byte: UInt8) -> Bool { TOMLText.isBareKey(byte) || "+.:".utf8.contains(byte) }
        while let byte = peek, isPart(byte) { position += 1 }
        // One space may stand between a date and a time.
        if position - start == 10, peek == UInt8(ascii: " "), position + 1 < bytes.count,
            (48...57).contains(bytes[position + 1]), bytes[start + 4] == UInt8(ascii: "-")
        {
            position += 1
            while let byte = peek, isPart(byte) { position += 1 }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let value = TOMLText.number(text) { return (value, .other) }
        if TOMLText.isDateTime(text) { return (.string(text), .dateTime) }
        throw failure(text.isEmpty ? "expected a value" : "'\(text.prefix(40))' is no value", at: start)
    }
}
