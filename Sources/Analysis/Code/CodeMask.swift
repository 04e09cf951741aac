internal import Basics

/// Source code with its comments blanked and the contents of its strings filled, every byte at its old place.
package struct CodeMask {
    /// Stands for each byte of a string.
    package static let filling: UInt8 = 1
    private static let depthLimit = 40

    package private(set) var bytes: [UInt8]
    /// In the order of the text; those within an interpolation are part of the outer one.
    package private(set) var strings: [CodeString] = []
    /// Where the first string or comment begins that never ends.
    package private(set) var unclosed: Int?
    let source: [UInt8]
    let language: CodeLanguage
    var position = 0
    /// The last byte of code that is no space, by which a `/` is a division or begins a pattern.
    var lastCode: UInt8 = 0
    private var lastWordStart = 0
    /// Where hashes end that no quote follows, so that each is counted once.
    private var hashesEnd = 0
    /// What stands between the quotes of the string that was read last.
    var content = 0..<0
    /// The names that end the texts which begin on the next line, in Ruby and PHP.
    var heredocs: [Heredoc] = []
    /// Whether the string of C# that is read may hold code.
    var isInterpolated = false

    package init(_ source: [UInt8], _ language: CodeLanguage) {
        (bytes, self.source, self.language) = (source, source, language)
        if language == .php { skipPage() }
        code(until: nil, depth: 0)
    }

    /// Reads code up to the bracket that closes an interpolation, or to the end.
    private mutating func code(until close: UInt8?, depth: Int) {
        var open = 0
        while position < source.count {
            let byte = source[position]
            if let close {
                let opening: UInt8 = close == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "{")
                if byte == opening { open += 1 }
                if byte == close {
                    if open == 0 { return }
                    open -= 1
                }
            }
            let start = position
            if skipComment() { continue }
            if byte == 10, depth == 0, !heredocs.isEmpty {
                skipHeredocs()
                continue
            }
            if skipString(depth) {
                if depth == 0 { strings.append(CodeString(range: start..<position, content: content)) }
                continue
            }
            note(byte)
            position += 1
        }
    }

    private mutating func note(_ byte: UInt8) {
        guard byte > 32 else { return }
        if Self.isWord(byte), position == 0 || !Self.isWord(source[position - 1]) { lastWordStart = position }
        lastCode = byte
    }

    package static func isWord(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == UInt8(ascii: "_") || byte >= 128
    }

    func starts(with text: StaticString, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= source.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where source[place + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    mutating func replace(_ range: Range<Int>, with byte: UInt8) {
        for place in range where source[place] != 10 { bytes[place] = byte }
    }

    mutating func fill(_ range: Range<Int>) {
        replace(range, with: Self.filling)
        content = range
    }

    mutating func noteUnclosed(at start: Int) { unclosed = min(unclosed ?? start, start) }

    // MARK: Comments

    private mutating func skipComment() -> Bool {
        let start = position
        if language == .python {
            guard source[position] == UInt8(ascii: "#") else { return false }
            position = source[position...].firstIndex(of: 10) ?? source.count
        } else if language == .ruby {
            return skipRubyComment()
        } else if language == .php, skipPHPComment() {
            return true
        } else if starts(with: "//", at: position) {
            position = source[position...].firstIndex(of: 10) ?? source.count
        } else if starts(with: "/*", at: position) {
            skipBlockComment()
        } else {
            return false
        }
        replace(start..<position, with: 32)
        return true
    }

    mutating func skipBlockComment() {
        let start = position
        var depth = 1
        position += 2
        while position < source.count, depth > 0 {
            if starts(with: "*/", at: position) {
                (depth, position) = (depth - 1, position + 2)
            } else if language.nestsComments, starts(with: "/*", at: position) {
                (depth, position) = (depth + 1, position + 2)
            } else {
                position += 1
            }
        }
        if depth > 0 { noteUnclosed(at: start) }
    }

    // MARK: Strings

    private mutating func skipString(_ depth: Int) -> Bool {
        let byte = source[position]
        switch language {
        case .ruby: return skipRubyString(depth)
        case .php: return skipPHPString(depth)
        case .csharp where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "$"):
            return skipCSharpString(depth)
        default: break
        }
        switch byte {
        case UInt8(ascii: "\""): text(byte, isLong: language.hasLongStrings, hashes: 0, depth)
        case UInt8(ascii: "'"):
            switch language {
            case .python, .groovy: text(byte, isLong: true, hashes: 0, depth)
            case .script: text(byte, isLong: false, hashes: 0, depth)
            case .swift: return false
            default: return skipCharacter()
            }
        case UInt8(ascii: "`"):
            guard language == .script || language == .go else { return false }
            rawText(byte, depth)
        case UInt8(ascii: "#"):
            guard language == .swift else { return false }
            return skipHashed(from: position, depth)
        case UInt8(ascii: "r"):
            guard language == .rust,
                position == 0 || !Self.isWord(source[position - 1]) || source[position - 1] == UInt8(ascii: "b")
            else { return false }
            return skipHashed(from: position + 1, depth)
        case UInt8(ascii: "/"):
            guard language == .script, beginsPattern else { return false }
            return skipPattern()
        default: return false
        }
        lastCode = byte
        return true
    }

    /// `#"…"#` and `r#"…"#`, where only a quote with as many hashes ends the string.
    private mutating func skipHashed(from start: Int, _ depth: Int) -> Bool {
        guard start >= hashesEnd else { return false }
        let hashes = source[start...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = start + hashes
        guard quote < source.count, source[quote] == UInt8(ascii: "\""), language == .rust || hashes > 0 else {
            hashesEnd = quote
            return false
        }
        position = quote
        text(UInt8(ascii: "\""), isLong: language == .swift, hashes: hashes, depth, isRaw: true)
        lastCode = UInt8(ascii: "\"")
        return true
    }

    /// Reads a string from its quote.
    mutating func text(_ quote: UInt8, isLong: Bool, hashes: Int, _ depth: Int, isRaw: Bool = false) {
        let isTriple = isLong && source[position...].starts(with: [quote, quote, quote])
        let length = isTriple ? 3 : 1
        let quotes = position
        position += length
        let start = position
        let goesOn = isTriple || language.stringsSpanLines
        while position < source.count {
            let byte = source[position]
            if byte == quote, !isTriple || source[position...].starts(with: [quote, quote, quote]),
                closes(length, hashes)
            {
                break
            }
            // A quote that stands alone, as in the text of a page, ends with its line.
            if byte == 10, !goesOn { break }
            if byte == UInt8(ascii: "\\"), !isRaw, !(language == .kotlin && isTriple) {
                escape(depth)
            } else if byte == UInt8(ascii: "$"), interpolates(quote), starts(with: "${", at: position) {
                interpolation(UInt8(ascii: "}"), 2, depth)
            } else if beginsField(quote) {
                interpolation(UInt8(ascii: "}"), language == .ruby ? 2 : 1, depth)
            } else {
                position += 1
            }
        }
        fill(start..<min(position, source.count))
        if position < source.count, source[position] != 10 || goesOn {
            position = min(position + length + hashes, source.count)
        } else {
            // A backslash at the very end has nothing behind it.
            position = min(position, source.count)
            noteUnclosed(at: quotes)
        }
    }

    /// Whether `${` begins code in a string of such quotes.
    private func interpolates(_ quote: UInt8) -> Bool {
        language == .kotlin || language == .groovy && quote == UInt8(ascii: "\"")
    }

    private func closes(_ length: Int, _ hashes: Int) -> Bool {
        source[(position + length)...].prefix(hashes).count { $0 == UInt8(ascii: "#") } == hashes
    }

    private mutating func escape(_ depth: Int) {
        if language == .swift, starts(with: "\\(", at: position) {
            interpolation(UInt8(ascii: ")"), 2, depth)
        } else {
            position +=
                position + 1 < source.count && source[position + 1] == 10 && language != .rust
                    && language != .python && language != .script && !language.stringsSpanLines ? 1 : 2
        }
    }

    /// Skips `${…}` or `\(…)`, in which strings can stand again.
    mutating func interpolation(_ close: UInt8, _ length: Int, _ depth: Int) {
        position += length
        guard depth < Self.depthLimit else { return }
        code(until: close, depth: depth + 1)
        position = min(position + 1, source.count)
    }

    /// A template of JavaScript, or a raw string of Go.
    mutating func rawText(_ quote: UInt8, _ depth: Int) {
        let start = position + 1
        position = start
        while position < source.count, source[position] != quote {
            if language == .script, source[position] == UInt8(ascii: "\\") {
                position += 2
            } else if language == .script, starts(with: "${", at: position) {
                interpolation(UInt8(ascii: "}"), 2, depth)
            } else {
                position += 1
            }
        }
        fill(start..<min(position, source.count))
        if position >= source.count { noteUnclosed(at: start - 1) }
        position = min(position + 1, source.count)
    }

    /// A character in single quotes; a quote with no partner near is Rust's mark of a lifetime.
    private mutating func skipCharacter() -> Bool {
        let limit = min(position + 14, source.count)
        var end = position + 1
        guard end < limit else { return false }
        if source[end] == UInt8(ascii: "\\") { end += 2 } else { end += 1 }
        while end < limit, source[end] != UInt8(ascii: "'"), source[end] > 32,
            source[end - 1] >= 128 || source[position + 1] == UInt8(ascii: "\\")
        { end += 1 }
        guard end < limit, source[end] == UInt8(ascii: "'") else { return false }
        fill(position + 1..<end)
        position = end + 1
        lastCode = UInt8(ascii: "'")
        return true
    }

    // MARK: Patterns of JavaScript and Ruby

    private static let wordsBeforePatterns: Set<String> = [
        "if", "unless", "while", "until", "when", "and", "or", "not",
        "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield",
    ]

    var beginsPattern: Bool {
        if lastCode == 0 || "(,=:[!&|?{};+-*%~^<".utf8.contains(lastCode) { return true }
        guard Self.isWord(lastCode) else { return false }
        let word = source[lastWordStart...].prefix { Self.isWord($0) }
        return Self.wordsBeforePatterns.contains(String(decoding: word, as: UTF8.self))
    }

    mutating func skipPattern() -> Bool {
        var (end, isInClass) = (position + 1, false)
        while end < source.count, source[end] != 10 {
            switch source[end] {
            case UInt8(ascii: "\\"): end += 1
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            case UInt8(ascii: "/") where !isInClass:
                fill(position + 1..<end)
                position = end + 1
                lastCode = UInt8(ascii: ")")
                return true
            default: break
            }
            end += 1
        }
        return false
    }

    // MARK: Code that is never compiled

    /// Blanks what stands between `#if false` and its end, in Swift.
    package mutating func blankDeadBranches() {
        guard source.contains(piece: "#if false") else { return }
        var (start, depth, dead) = (0, 0, [Int]())
        while start < source.count {
            let end = source[start...].firstIndex(of: 10) ?? source.count
            let line = String(decoding: bytes[start..<end], as: UTF8.self).drop(while: \.isWhitespace)
            if line.hasPrefix("#if") {
                depth += 1
                if line.hasPrefix("#if false"), dead.isEmpty { dead.append(depth) }
            } else if line.hasPrefix("#endif") {
                if dead.last == depth { dead.removeLast() }
                depth -= 1
            } else if line.hasPrefix("#else"), dead.last == depth {
                dead.removeLast()
            }
            if !dead.isEmpty { replace(start..<end, with: 32) }
            start = end + 1
        }
    }
}
