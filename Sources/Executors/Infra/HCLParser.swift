internal import Basics
internal import Editing

/// A body of Terraform's language: attributes and blocks, with their places.
struct HCLBody {
    var attributes: [HCLAttribute] = []
    var blocks: [HCLBlock] = []

    subscript(name: String) -> HCLAttribute? { attributes.first { $0.name == name } }

    func blocks(_ type: String) -> [HCLBlock] { blocks.filter { $0.type == type } }
}

struct HCLBlock {
    let type: String
    let labels: [String]
    let body: HCLBody
}

struct HCLAttribute {
    let name: String
    /// From the name to the end of the value.
    let range: Range<Int>
    /// What stands between the quotes of a plain text; `nil` for any other value.
    let text: Range<Int>?
    /// The members of an object.
    let object: HCLBody?
}

/// Reads as much of Terraform's language as the versions in it need; expressions are passed over.
struct HCLParser {
    private let bytes: [UInt8]
    private var position: Int
    /// How many brackets are open around the position, in texts within brackets within texts as well.
    private var openBrackets = 0

    private static let depthLimit = 60

    static func parse(_ bytes: [UInt8]) throws(EditRefusal) -> HCLBody {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw EditRefusal(syntax: "it is not UTF-8 text")
        }
        var parser = HCLParser(bytes)
        return try parser.body(until: nil, depth: 0)
    }

    private init(_ bytes: [UInt8]) { (self.bytes, position) = (bytes, bytes.textStart) }

    private func failure(_ problem: String, at place: Int? = nil) -> EditRefusal {
        EditRefusal(
            syntax: "not valid Terraform: \(problem)", at: SourcePosition(of: place ?? position, in: bytes))
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func startsWith(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    // MARK: Bodies

    /// Up to the closing brace, which is taken too, or to the end of the file.
    private mutating func body(until close: UInt8?, depth: Int) throws(EditRefusal) -> HCLBody {
        guard depth < Self.depthLimit else { throw failure("it is nested too deeply") }
        var body = HCLBody()
        let start = position
        while true {
            try skipBlanks(lines: true)
            if current == UInt8(ascii: ",") {
                position += 1
                continue
            }
            guard let byte = current else {
                guard close == nil else { throw failure("a '{' without its '}'", at: start - 1) }
                return body
            }
            if byte == close {
                position += 1
                return body
            }
            try element(into: &body, depth: depth)
        }
    }

    private mutating func element(into body: inout HCLBody, depth: Int) throws(EditRefusal) {
        let start = position
        let name = try self.name()
        var labels: [String] = []
        while true {
            try skipBlanks(lines: false)
            switch current {
            case UInt8(ascii: "="), UInt8(ascii: ":"):
                guard labels.isEmpty else { throw failure("a block without its '{'", at: start) }
                position += 1
                body.attributes.append(try attribute(name, from: start, depth: depth))
                return
            case UInt8(ascii: "{"):
                position += 1
                let inner = try self.body(until: UInt8(ascii: "}"), depth: depth + 1)
                body.blocks.append(HCLBlock(type: name, labels: labels, body: inner))
                return
            case nil, Lines.feed, Lines.carriageReturn: throw failure("a name with nothing behind it", at: start)
            default: labels.append(try self.name())
            }
        }
    }

    /// A word, a text in quotes, or an expression in parentheses.
    private mutating func name() throws(EditRefusal) -> String {
        let start = position
        if current == UInt8(ascii: "\"") {
            let range = try string()
            return String(decoding: bytes[range], as: UTF8.self)
        }
        if current == UInt8(ascii: "(") {
            try bracketed()
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        while let byte = current, byte.isNameByte || byte == UInt8(ascii: ".") || byte >= 0x80 {
            position += 1
        }
        guard position > start else {
            throw failure("'\(Character(Unicode.Scalar(bytes[position])))' where a name is expected")
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func attribute(_ name: String, from start: Int, depth: Int) throws(EditRefusal)
        -> HCLAttribute
    {
        try skipBlanks(lines: false)
        let valueStart = position
        if current == UInt8(ascii: "{") {
            let mark = position
            position += 1
            // A comprehension, `{for …}`, holds no members.
            try skipBlanks(lines: true)
            if !startsWith("for ") {
                let object = try body(until: UInt8(ascii: "}"), depth: depth + 1)
                let end = position
                try expression()
                return HCLAttribute(name: name, range: start..<end, text: nil, object: object)
            }
            position = mark
        }
        var text: Range<Int>?
        if current == UInt8(ascii: "\"") {
            let range = try string()
            let isPlain = !bytes[range].contains {
                $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "%")
            }
            text = isPlain ? range : nil
        }
        let end = position
        try expression()
        guard position > valueStart else { throw failure("an attribute without a value", at: start) }
        return HCLAttribute(
            name: name, range: start..<max(end, position), text: position == end ? text : nil, object: nil)
    }

    // MARK: Expressions

    /// The rest of an expression: to the end of the line, a comma or a closing bracket.
    private mutating func expression() throws(EditRefusal) {
        var end = position
        while let byte = current {
            switch byte {
            case Lines.feed, Lines.carriageReturn, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"),
                UInt8(ascii: ")"):
                position = end
                return
            case UInt8(ascii: "#"):
                position = end
                return
            case UInt8(ascii: "/") where startsWith("//"):
                position = end
                return
            case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
            case UInt8(ascii: "/") where startsWith("/*"): try comment()
            default:
                try token()
                end = position
            }
        }
        position = end
    }

    private mutating func token() throws(EditRefusal) {
        switch current {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): try bracketed()
        case UInt8(ascii: "<") where startsWith("<<"): try heredoc()
        case UInt8(ascii: "/") where startsWith("/*"): try comment()
        default: position += 1
        }
    }

    /// Brackets of any kind with all that is between them.
    private mutating func bracketed() throws(EditRefusal) {
        let start = position
        var open: [UInt8] = []
        let outer = openBrackets
        defer { openBrackets = outer }
        while let byte = current {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                open.append(byte == UInt8(ascii: "(") ? UInt8(ascii: ")") : byte + 2)
                position += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard open.popLast() == byte else { throw failure("brackets that do not match") }
                position += 1
                if open.isEmpty { return }
            case UInt8(ascii: "#"): position = Lines.end(of: position, in: bytes)
            case UInt8(ascii: "/") where startsWith("//"): position = Lines.end(of: position, in: bytes)
            default: try token()
            }
            openBrackets = outer + open.count
            guard openBrackets < Self.depthLimit else { throw failure("it is nested too deeply") }
        }
        throw failure("a bracket that is never closed", at: start)
    }

    /// The range between the quotes; what `${…}` holds is passed over.
    private mutating func string() throws(EditRefusal) -> Range<Int> {
        let start = position
        position += 1
        while let byte = current, byte != Lines.feed {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return (start + 1)..<(position - 1)
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "$") where startsWith("${"), UInt8(ascii: "%") where startsWith("%{"):
                let isEscaped = position > start + 1 && bytes[position - 1] == byte
                position += 1
                if !isEscaped { try bracketed() }
            default: position += 1
            }
        }
        throw failure("a text without its closing quote", at: start)
    }

    private mutating func heredoc() throws(EditRefusal) {
        let start = position
        position += 2
        if current == UInt8(ascii: "-") { position += 1 }
        let wordStart = position
        while let byte = current, byte.isNameByte { position += 1 }
        let word = bytes[wordStart..<position]
        guard !word.isEmpty else { return }
        while let next = Lines.next(after: position, in: bytes) {
            position = next
            let end = next < bytes.count ? Lines.end(of: next, in: bytes) : next
            if bytes[next..<end].drop(while: Lines.isBlank).elementsEqual(word) {
                position = end
                return
            }
        }
        throw failure("a heredoc without its end", at: start)
    }

    private mutating func comment() throws(EditRefusal) {
        guard let end = bytes.firstIndex(of: Array("*/".utf8), from: position + 2) else {
            throw failure("a comment without its end")
        }
        position = end + 2
    }

    private mutating func skipBlanks(lines: Bool) throws(EditRefusal) {
        while let byte = current {
            if Lines.isBlank(byte) || lines && Lines.isSpace(byte) {
                position += 1
            } else if byte == UInt8(ascii: "#") || startsWith("//") {
                position = Lines.end(of: position, in: bytes)
                if !lines { return }
            } else if startsWith("/*") {
                try comment()
            } else {
                return
            }
        }
    }
}
