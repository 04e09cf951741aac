internal import Basics

/// Checks Python source as far as its tokens go: brackets, strings, indentation, blocks, and what may stand
/// next to what.
///
/// It is no parser, so it misses some errors, but what Python 3.8 to 3.13 compiles it accepts.
enum PythonSyntax {
    static func problem(in bytes: [UInt8]) -> SyntaxProblem? {
        let encoding = PythonEncoding(bytes)
        // In encodings such as Shift JIS a quote can be half of a character.
        guard encoding != .foreign else { return nil }
        var reader = PythonReader(bytes, checksLetters: encoding == .utf8)
        // Comments may hold anything, so only a file with stray bytes is looked at word by word.
        reader.hasStrayBytes = encoding == .utf8 && String(validating: bytes, as: UTF8.self) == nil
        do throws(SyntaxProblem) {
            try reader.file()
            return nil
        } catch { return error }
    }
}

/// How the bytes of a source file are meant.
enum PythonEncoding {
    case utf8
    /// One byte a character, the lower half ASCII.
    case singleByte
    case foreign

    /// By the comment in one of the first two lines that declares it.
    init(_ bytes: [UInt8]) {
        self = .utf8
        for line in bytes.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false).prefix(2) {
            let text = String(decoding: line.prefix(200), as: UTF8.self)
            guard let mark = text.firstIndex(of: "#") else {
                if text.contains(where: { !$0.isWhitespace }) { return }
                continue
            }
            guard text[..<mark].allSatisfy({ $0.isWhitespace || $0 == "\u{FEFF}" }) else { return }
            guard let name = Self.declared(in: text[mark...]) else { continue }
            if name.hasPrefix("utf-8") || name.hasPrefix("utf_8") || name == "utf8" { return }
            let prefixes = ["latin", "iso-8859", "iso8859", "cp125", "windows-125", "ascii", "us-ascii", "koi8"]
            self = prefixes.contains { name.hasPrefix($0) } ? .singleByte : .foreign
            return
        }
    }

    private static func declared(in comment: Substring) -> String? {
        for word in comment.ranges(of: "coding") {
            var rest = comment[word.upperBound...]
            guard let sign = rest.popFirst(), sign == ":" || sign == "=" else { continue }
            let name = rest.drop { $0 == " " || $0 == "\t" }
                .prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            if !name.isEmpty { return name.lowercased() }
        }
        return nil
    }
}

/// Reads a source file line by line, with the indentation that is open.
struct PythonReader {
    /// Columns with tabs to the next multiple of eight, and with tabs as one, which must agree on what is deeper.
    private struct Indentation: Equatable {
        var column = 0
        var alternative = 0
    }

    let bytes: [UInt8]
    let checksLetters: Bool
    var position: Int
    /// The open brackets: their bytes and places.
    var brackets: [(byte: UInt8, place: Int)] = []
    var grammar = PythonGrammar()
    var stringDepth = 0
    var hasStrayBytes = false
    /// The tokens and logical lines, where somebody asks for them.
    var record: PythonRecord?
    private var indentations = [Indentation()]
    /// The first word of the last statement at each level.
    private var statements: [PythonKeyword?] = [nil]
    /// The place of a colon that a block has to follow.
    private var expectedBlock: Int?

    init(_ bytes: [UInt8], checksLetters: Bool) {
        (self.bytes, self.checksLetters) = (bytes, checksLetters)
        position = bytes.textStart
    }

    mutating func file() throws(SyntaxProblem) {
        while position < bytes.count {
            guard let indentation = try lineStart() else { continue }
            try indent(indentation)
            try logicalLine()
        }
        if let place = expectedBlock { throw problem("a block is missing after ':'", at: place) }
        try leave(to: 1)
        try finishTry(at: position)
    }

    func problem(_ message: String, at place: Int) -> SyntaxProblem {
        SyntaxProblem("not valid Python: \(message)", line: bytes.line(at: place))
    }

    /// Refuses a word or string that is not UTF-8, in a file that declares no other encoding.
    func checkEncoding(from start: Int) throws(SyntaxProblem) {
        if hasStrayBytes, String(validating: bytes[start..<min(position, bytes.count)], as: UTF8.self) == nil {
            throw problem("not valid UTF-8, and no other encoding is declared", at: start)
        }
    }

    // MARK: Indentation

    /// The indentation of a line with code; `nil` for any other, which is skipped.
    private mutating func lineStart() throws(SyntaxProblem) -> Indentation? {
        var indentation = Indentation()
        var kept: Indentation?
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "):
                indentation.column += 1
                indentation.alternative += 1
            case UInt8(ascii: "\t"):
                indentation.column = (indentation.column / 8 + 1) * 8
                indentation.alternative += 1
            case 12: indentation = Indentation()
            case UInt8(ascii: "\\"):
                kept = kept ?? indentation
                try continuation()
                continue
            case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                skipToLineEnd()
                skipLineEnd()
                return nil
            default: return kept ?? indentation
            }
            position += 1
        }
        return nil
    }

    private mutating func indent(_ new: Indentation) throws(SyntaxProblem) {
        let old = indentations[indentations.count - 1]
        if new.column > old.column {
            guard expectedBlock != nil else {
                throw problem("this line is indented without a reason", at: position)
            }
            guard new.alternative > old.alternative else { throw mixture() }
            indentations.append(new)
            statements.append(nil)
        } else {
            if let place = expectedBlock { throw problem("an indented block is missing after ':'", at: place) }
            guard let level = indentations.lastIndex(where: { $0.column == new.column }) else {
                throw problem("this line's indentation matches no line above", at: position)
            }
            guard indentations[level] == new else { throw mixture() }
            try leave(to: level + 1)
        }
        expectedBlock = nil
    }

    private func mixture() -> SyntaxProblem { problem("tabs and spaces are mixed", at: position) }

    private mutating func leave(to count: Int) throws(SyntaxProblem) {
        while indentations.count > count {
            try finishTry(at: position)
            indentations.removeLast()
            statements.removeLast()
        }
    }

    // MARK: Statements

    private mutating func logicalLine() throws(SyntaxProblem) {
        let start = position
        grammar = PythonGrammar()
        record?.beginLine(column: indentations[indentations.count - 1].column)
        while position < bytes.count {
            if bytes[position] == 10 || bytes[position] == 13, brackets.isEmpty { break }
            let first = position
            try token()
            record?.add(first..<position, of: bytes)
        }
        if let open = brackets.last {
            throw problem("'\(Character(Unicode.Scalar(open.byte)))' is never closed", at: open.place)
        }
        skipLineEnd()
        if let message = grammar.endOfLine() { throw problem(message, at: start) }
        try beginStatement(grammar.firstWord, at: start)
        if grammar.endsInColon { expectedBlock = max(start, position - 2) }
    }

    private mutating func beginStatement(_ word: PythonKeyword?, at place: Int) throws(SyntaxProblem) {
        let level = statements.count - 1
        let previous = statements[level]
        let mayFollow: Set<PythonKeyword>? =
            switch word {
            case .else: [.if, .elif, .for, .while, .except]
            case .elif: [.if, .elif]
            case .except: [.try, .except]
            case .finally: [.try, .except, .else]
            default: nil
            }
        if let mayFollow {
            guard let previous, mayFollow.contains(previous) else {
                throw problem("'\(word?.rawValue ?? "")' does not follow what it belongs to", at: place)
            }
        } else {
            try finishTry(at: place)
        }
        statements[level] = word
    }

    /// A `try` needs something behind it.
    private func finishTry(at place: Int) throws(SyntaxProblem) {
        if statements[statements.count - 1] == .try {
            throw problem("a 'try' has neither 'except' nor 'finally'", at: place)
        }
    }

    // MARK: Lines

    mutating func skipToLineEnd() {
        while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
    }

    mutating func skipLineEnd() {
        if position < bytes.count, bytes[position] == 13 {
            position += 1
            if position < bytes.count, bytes[position] == 10 { position += 1 }
        } else if position < bytes.count {
            position += 1
        }
    }

    /// A backslash joins two lines, and nothing else may follow it.
    mutating func continuation() throws(SyntaxProblem) {
        let start = position
        position += 1
        guard position < bytes.count, bytes[position] == 10 || bytes[position] == 13 else {
            throw problem("something follows a backslash", at: start)
        }
        skipLineEnd()
    }
}
