internal import Basics

/// A JSON value and where it stands.
struct JSONNode {
    enum Content {
        case scalar(JSON)
        case array([JSONNode])
        case object([Member])
    }

    struct Member {
        let name: String
        let nameRange: Range<Int>
        let value: JSONNode
    }

    let content: Content
    let range: Range<Int>
    /// Whether a comma follows the last element.
    var endsWithComma = false

    var value: JSON {
        switch content {
        case .scalar(let value): value
        case .array(let elements): .array(elements.map(\.value))
        case .object(let members): .object(members.map { JSON.Member($0.name, $0.value.value) })
        }
    }

    func child(_ step: ValuePath.Step) -> JSONNode? {
        switch (step, content) {
        case (.key(let key), .object(let members)): members.last { $0.name == key }?.value
        case (.index(let index), .array(let elements)): elements.indices.contains(index) ? elements[index] : nil
        default: nil
        }
    }

    /// Where each element, or member with its name, stands.
    var elementRanges: [Range<Int>] {
        switch content {
        case .scalar: []
        case .array(let elements): elements.map(\.range)
        case .object(let members): members.map { $0.nameRange.lowerBound..<$0.value.range.upperBound }
        }
    }
}

/// JSON as it is defined.
struct JSONSource: StructuredText {
    let bytes: [UInt8]
    let root: JSONNode
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        (self.bytes, root) = (bytes, try JSONTreeParser.parse(bytes, allowsComments: false))
        value = root.value
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        try JSONWriter(bytes: bytes, root: root).edits(setting: value, at: steps)
    }
}

/// JSON with comments and trailing commas.
struct CommentedJSONSource: StructuredText {
    let bytes: [UInt8]
    let root: JSONNode
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        (self.bytes, root) = (bytes, try JSONTreeParser.parse(bytes, allowsComments: true))
        value = root.value
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        try JSONWriter(bytes: bytes, root: root).edits(setting: value, at: steps)
    }
}

/// Reads JSON and keeps every place.
struct JSONTreeParser {
    private let bytes: [UInt8]
    private let allowsComments: Bool
    private var position: Int

    static func parse(_ bytes: [UInt8], allowsComments: Bool) throws(EditRefusal) -> JSONNode {
        var parser = JSONTreeParser(
            bytes: bytes, allowsComments: allowsComments, position: bytes.textStart)
        let node = try parser.node(depth: 0)
        try parser.skipSpace()
        guard parser.peek == nil else { throw parser.failure("something follows the value") }
        return node
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ problem: String, at offset: Int? = nil, hint: String? = nil) -> EditRefusal {
        EditRefusal(
            syntax: "not valid JSON: \(problem)", at: SourcePosition(of: offset ?? position, in: bytes),
            hint: hint)
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() throws(EditRefusal) {
        while let byte = peek {
            if Lines.isSpace(byte) {
                position += 1
            } else if byte == UInt8(ascii: "/") {
                try skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(EditRefusal) {
        guard allowsComments else {
            throw failure(
                "a comment", hint: "JSON has no comments; add 'format: jsonc' where the tool allows them")
        }
        guard let end = JSONComment.end(at: position, in: bytes) else { throw failure("a comment without an end") }
        position = end
    }

    private mutating func node(depth: Int) throws(EditRefusal) -> JSONNode {
        guard depth <= 200 else { throw failure("nested deeper than 200 levels") }
        try skipSpace()
        let start = position
        switch peek {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case nil: throw failure("unexpected end")
        case UInt8(ascii: "\""): return JSONNode(content: .scalar(.string(try string())), range: start..<position)
        default:
            while let byte = peek, !Lines.isSpace(byte), !",]}/\"".utf8.contains(byte) { position += 1 }
            guard let value = try? JSON.parse(bytes[start..<position]) else {
                throw failure("unknown word", at: start)
            }
            return JSONNode(content: .scalar(value), range: start..<position)
        }
    }

    private mutating func string() throws(EditRefusal) -> String {
        let start = position
        position += 1
        var hasEscape = false
        while let byte = peek, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                position += 1
            }
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            position += 1
        }
        guard take("\"") else { throw failure("a string without an end", at: start) }
        let text =
            hasEscape
            ? (try? JSON.parse(bytes[start..<position]))?.string
            : String(validating: bytes[(start + 1)..<(position - 1)], as: UTF8.self)
        guard let text else { throw failure("a string that cannot be read", at: start) }
        return text
    }

    private mutating func object(_ depth: Int) throws(EditRefusal) -> JSONNode {
        let start = position
        position += 1
        var members: [JSONNode.Member] = []
        var names: Set<String> = []
        var endsWithComma = false
        while true {
            try skipSpace()
            if take("}") { break }
            guard members.isEmpty || endsWithComma else { throw failure("expected ',' or '}'") }
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a member name") }
            let nameStart = position
            let name = try string()
            guard names.insert(name).inserted else {
                throw failure("the member '\(name)' stands twice in one object", at: nameStart)
            }
            let nameRange = nameStart..<position
            try skipSpace()
            guard take(":") else { throw failure("expected ':'") }
            members.append(.init(name: name, nameRange: nameRange, value: try node(depth: depth + 1)))
            endsWithComma = try takeComma(before: "}")
        }
        return JSONNode(content: .object(members), range: start..<position, endsWithComma: endsWithComma)
    }

    private mutating func array(_ depth: Int) throws(EditRefusal) -> JSONNode {
        let start = position
        position += 1
        var elements: [JSONNode] = []
        var endsWithComma = false
        while true {
            try skipSpace()
            if take("]") { break }
            guard elements.isEmpty || endsWithComma else { throw failure("expected ',' or ']'") }
            elements.append(try node(depth: depth + 1))
            endsWithComma = try takeComma(before: "]")
        }
        return JSONNode(content: .array(elements), range: start..<position, endsWithComma: endsWithComma)
    }

    private mutating func takeComma(before end: Unicode.Scalar) throws(EditRefusal) -> Bool {
        try skipSpace()
        guard take(",") else { return false }
        let comma = position - 1
        try skipSpace()
        if !allowsComments, peek == UInt8(ascii: end) { throw failure("a comma before '\(end)'", at: comma) }
        return true
    }
}

/// `// …` to the end of the line, and `/* … */`.
enum JSONComment {
    /// Where the comment ends that begins at the offset; `nil` for one without an end or for none.
    static func end(at offset: Int, in bytes: [UInt8]) -> Int? {
        guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "/") else { return nil }
        if bytes[offset + 1] == UInt8(ascii: "/") { return Lines.end(of: offset, in: bytes) }
        guard bytes[offset + 1] == UInt8(ascii: "*") else { return nil }
        return bytes[(offset + 2)...].firstRange(of: Array("*/".utf8))?.upperBound
    }
}
