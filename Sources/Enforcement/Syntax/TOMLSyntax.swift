internal import Basics

/// Checks a text against TOML 1.0, that no key is given twice included; values are not kept.
enum TOMLSyntax {
    static func problem(in bytes: [UInt8]) -> SyntaxProblem? {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return SyntaxProblem("not valid TOML: not valid UTF-8", line: 1)
        }
        var reader = TOMLReader(bytes)
        do throws(SyntaxProblem) {
            try reader.document()
            return nil
        } catch { return error }
    }
}

/// A table as far as the rules about giving a key twice need it.
final class TOMLTable {
    enum Entry {
        case value
        case table(TOMLTable)
        /// An array of tables; later headers speak of its last one.
        case tables(TOMLTable)
    }

    var entries: [String: Entry] = [:]
    /// Whether a header or a finished section has defined the table, so that no other may.
    var isDefined = false
}

/// Reads a TOML document statement by statement.
struct TOMLReader {
    let bytes: [UInt8]
    var position: Int
    private let root = TOMLTable()
    private var current: TOMLTable
    /// Tables that dotted keys made in this section; the next header closes them.
    private var open: [TOMLTable] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        current = root
    }

    mutating func document() throws(SyntaxProblem) {
        while true {
            skipBlanks()
            guard let byte = peek else { return }
            switch byte {
            case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            case UInt8(ascii: "["): try header()
            default:
                let keys = try key()
                try assignment(keys, in: current, isInline: false)
            }
            try endOfLine()
        }
    }

    // MARK: Tables

    private mutating func header() throws(SyntaxProblem) {
        position += 1
        let isArray = take("[")
        skipBlanks()
        let keys = try key()
        skipBlanks()
        guard take("]"), !isArray || take("]") else { throw problem("a table's header is not closed") }
        for table in open { table.isDefined = true }
        open = []
        var table = root
        for part in keys.dropLast() {
            switch table.entries[part] {
            case nil:
                let inner = TOMLTable()
                table.entries[part] = .table(inner)
                table = inner
            case .table(let inner), .tables(let inner): table = inner
            case .value: throw problem("'\(part)' is a value already, and cannot be a table")
            }
        }
        guard let name = keys.last else { throw problem("a table without a name") }
        current = try isArray ? elementTable(name, in: table) : plainTable(name, in: table)
    }

    private func plainTable(_ name: String, in parent: TOMLTable) throws(SyntaxProblem) -> TOMLTable {
        switch parent.entries[name] {
        case nil:
            let table = TOMLTable()
            table.isDefined = true
            parent.entries[name] = .table(table)
            return table
        case .table(let table) where !table.isDefined:
            table.isDefined = true
            return table
        default: throw problem("the table '\(name)' is defined twice")
        }
    }

    private func elementTable(_ name: String, in parent: TOMLTable) throws(SyntaxProblem) -> TOMLTable {
        switch parent.entries[name] {
        case nil, .tables: break
        default: throw problem("'\(name)' is defined already, and not as an array of tables")
        }
        let table = TOMLTable()
        table.isDefined = true
        parent.entries[name] = .tables(table)
        return table
    }

    /// Reads `= value` and enters it under a dotted key.
    mutating func assignment(
        _ keys: [String], in start: TOMLTable, isInline: Bool, depth: Int = 0
    ) throws(SyntaxProblem) {
        skipBlanks()
        guard take("=") else { throw problem("expected '=' after a key") }
        skipBlanks()
        var table = start
        for part in keys.dropLast() {
            switch table.entries[part] {
            case nil:
                let inner = TOMLTable()
                table.entries[part] = .table(inner)
                table = inner
            case .table(let inner) where !inner.isDefined: table = inner
            default: throw problem("'\(part)' is defined already, and cannot be extended here")
            }
            if !isInline { open.append(table) }
        }
        guard let name = keys.last, table.entries[name] == nil else {
            throw problem("the key '\(keys.last ?? "")' is given twice")
        }
        table.entries[name] = .value
        try value(depth: depth)
    }

    // MARK: Keys

    /// One or more names with dots between them.
    mutating func key() throws(SyntaxProblem) -> [String] {
        var parts: [String] = []
        repeat {
            skipBlanks()
            parts.append(try simpleKey())
            skipBlanks()
            guard parts.count <= 200 else { throw problem("a key of more than 200 parts") }
        } while take(".")
        return parts
    }

    private mutating func simpleKey() throws(SyntaxProblem) -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") { return try string(allowsLines: false) }
        let start = position
        while let byte = peek, Self.isBare(byte) { position += 1 }
        guard position > start else { throw problem(peek == nil ? "unexpected end" : "expected a key") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    static func isBare(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    // MARK: Bytes

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    func problem(_ message: String) -> SyntaxProblem {
        SyntaxProblem("not valid TOML: \(message)", line: bytes.line(at: position))
    }

    mutating func skipBlanks() { while peek == 32 || peek == 9 { position += 1 } }

    /// Nothing but a comment may stand before the end of the line.
    private mutating func endOfLine() throws(SyntaxProblem) {
        skipBlanks()
        try comment()
        _ = take("\r")
        guard peek == nil || take("\n") else { throw problem("something follows on the same line") }
        if peek == nil, bytes.last == UInt8(ascii: "\r") { throw problem("a lone carriage return") }
    }

    mutating func comment() throws(SyntaxProblem) {
        guard take("#") else { return }
        while let byte = peek, byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "\r"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") {
                return
            }
            guard byte >= 32 && byte != 127 || byte == 9 else { throw problem("a control character in a comment") }
            position += 1
        }
    }

    /// Blanks, line breaks and comments between the elements of an array.
    mutating func skipLines() throws(SyntaxProblem) {
        while true {
            skipBlanks()
            try comment()
            if take("\n") { continue }
            guard peek == UInt8(ascii: "\r"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "\n")
            else { return }
            position += 2
        }
    }
}
