internal import Basics

/// Reads TOML 1.0 section by section, and refuses what TOML forbids as soon as it is met.
///
/// Its bytes are valid UTF-8; control characters are looked for elsewhere.
struct TOMLReader {
    private static let mostKeys = 100

    let bytes: [UInt8]
    var position: Int
    private(set) var sections: [TOMLSection]
    let root = TOMLTable(.header(section: 0), path: [], section: 0)
    /// The table that the pairs of the last section go into.
    private var current: TOMLTable

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.textStart
        sections = [TOMLSection(kind: .root, keys: [], headerLine: position..<position)]
        current = root
    }

    /// The number of the section that is being read.
    var section: Int { sections.count - 1 }

    mutating func document() throws(TOMLError) {
        while true {
            skipSpace()
            guard let byte = peek else { return }
            if byte == UInt8(ascii: "[") { try header() } else { try assignment() }
        }
    }

    private mutating func assignment() throws(TOMLError) {
        let pair = try pair(depth: 0)
        try endLine()
        do throws(TOMLClash) { try current.add(pair, section: section) } catch {
            throw failure(error, at: pair.keyRange.lowerBound)
        }
        sections[section].pairs.append(pair)
    }

    private mutating func header() throws(TOMLError) {
        let start = bytes[..<position].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.textStart
        let isArray = take("[[")
        if !isArray { position += 1 }
        skipBlanks()
        let keys = try keys()
        skipBlanks()
        guard take(isArray ? "]]" : "]") else { throw failure("expected '\(isArray ? "]]" : "]")'") }
        try endLine()
        let section = TOMLSection(
            kind: isArray ? .arrayElement : .table, keys: keys, headerLine: start..<position)
        do throws(TOMLClash) { current = try root.open(section, index: sections.count) } catch {
            throw failure(error, at: start)
        }
        sections.append(section)
    }

    private mutating func endLine() throws(TOMLError) {
        skipBlanks()
        skipComment()
        guard peek == nil || isAtLineBreak else { throw failure("expected the end of the line") }
    }

    // MARK: Pairs

    mutating func pair(depth: Int) throws(TOMLError) -> TOMLPair {
        let start = position
        let keys = try keys()
        let end = position
        skipBlanks()
        guard take("=") else { throw failure("expected '='") }
        skipBlanks()
        // Each dotted key is a table more around the value.
        return TOMLPair(
            keys: keys, keyRange: start..<end, value: try value(depth: depth + keys.count - 1))
    }

    private mutating func keys() throws(TOMLError) -> [String] {
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
            guard keys.count <= Self.mostKeys else {
                throw failure("a key of more than \(Self.mostKeys) parts")
            }
        }
    }

    private mutating func key() throws(TOMLError) -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
            guard !looksAt("\"\"\""), !looksAt("'''") else { throw failure("a key on several lines") }
            return try string().text
        }
        let start = position
        while let byte = peek, byte.isNameByte { position += 1 }
        guard position > start else { throw failure("expected a key") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: Bytes

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    var isAtLineBreak: Bool { peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "\r") }

    func looksAt(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    mutating func take(_ text: String) -> Bool {
        guard looksAt(text) else { return false }
        position += text.utf8.count
        return true
    }

    mutating func skipBlanks() { while peek == 32 || peek == 9 { position += 1 } }

    /// Blanks, comments and line breaks.
    mutating func skipSpace() {
        while true {
            skipBlanks()
            skipComment()
            guard isAtLineBreak else { return }
            position += 1
        }
    }

    private mutating func skipComment() {
        guard peek == UInt8(ascii: "#") else { return }
        while peek != nil, !isAtLineBreak { position += 1 }
    }

    // MARK: Refusing

    func failure(_ problem: String, at offset: Int? = nil, hint: String? = nil) -> TOMLError {
        TOMLError(problem, at: SourcePosition(of: offset ?? position, in: bytes), hint: hint)
    }

    private func failure(_ clash: TOMLClash, at offset: Int) -> TOMLError {
        failure("'\(TOMLText.keys(clash.keys))' \(clash.problem)", at: offset)
    }
}
