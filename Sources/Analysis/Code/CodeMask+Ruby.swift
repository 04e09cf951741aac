internal import Basics

/// A text that begins on the next line and ends on the one that holds its name.
struct Heredoc {
    let name: ArraySlice<UInt8>
    /// Whether the name may be indented.
    let isIndented: Bool
}

extension CodeMask {
    private var isLineStart: Bool { position == 0 || source[position - 1] == 10 }

    /// `# …`, `=begin … =end`, and what follows `__END__`.
    mutating func skipRubyComment() -> Bool {
        let start = position
        if source[position] == UInt8(ascii: "#") {
            position = source[position...].firstIndex(of: 10) ?? source.count
        } else if isLineStart, starts(with: "=begin", at: position) {
            while position < source.count, !starts(with: "=end", at: position) { skipLine() }
            if position < source.count { skipLine() } else { noteUnclosed(at: start) }
        } else if isLineStart, starts(with: "__END__\n", at: position) {
            position = source.count
        } else {
            return false
        }
        replace(start..<position, with: 32)
        return true
    }

    private mutating func skipLine() {
        position = source[position...].firstIndex(of: 10).map { $0 + 1 } ?? source.count
    }

    mutating func skipRubyString(_ depth: Int) -> Bool {
        let byte = source[position]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            // `$'` and `$"` are variables.
            guard lastCode != UInt8(ascii: "$") || position == 0 || source[position - 1] != lastCode else {
                return false
            }
            text(byte, isLong: false, hashes: 0, depth)
        case UInt8(ascii: "%"):
            guard beginsPattern || beginsArgument else { return false }
            return skipPercent()
        case UInt8(ascii: "/"):
            guard beginsPattern || beginsArgument else { return false }
            return skipPattern()
        case UInt8(ascii: "<"):
            noteHeredoc()
            return false
        default: return false
        }
        lastCode = byte
        return true
    }

    /// Whether a space stands before and none behind, as before the argument of a call without brackets.
    private var beginsArgument: Bool {
        position > 0 && source[position - 1] == 32 && position + 1 < source.count && source[position + 1] > 32
            && source[position + 1] != UInt8(ascii: "=")
    }

    /// `%w[a b]`, `%q(…)` and their like, in which brackets of the same kind can stand.
    private mutating func skipPercent() -> Bool {
        var open = position + 1
        if open < source.count, "qQwWiIrsx".utf8.contains(source[open]) { open += 1 }
        guard open < source.count, !Self.isWord(source[open]), source[open] > 32 else { return false }
        let closing: UInt8 =
            switch source[open] {
            case UInt8(ascii: "("): UInt8(ascii: ")")
            case UInt8(ascii: "["): UInt8(ascii: "]")
            case UInt8(ascii: "{"): UInt8(ascii: "}")
            case UInt8(ascii: "<"): UInt8(ascii: ">")
            default: source[open]
            }
        var (end, depth) = (open + 1, 1)
        while end < source.count {
            if source[end] == UInt8(ascii: "\\") {
                end += 1
            } else if source[end] == closing {
                depth -= 1
                if depth == 0 { break }
            } else if source[end] == source[open] {
                depth += 1
            }
            end += 1
        }
        guard end < source.count else { return false }
        fill(open + 1..<end)
        position = end + 1
        lastCode = UInt8(ascii: "\"")
        return true
    }

    // MARK: Texts that begin on the next line

    /// `<<~NAME`, `<<-NAME`, `<<NAME`, and PHP's `<<<NAME`, each also with quotes.
    mutating func noteHeredoc() {
        let mark = language == .php ? 3 : 2
        guard source[position...].prefix(mark).count(where: { $0 == UInt8(ascii: "<") }) == mark else { return }
        var start = position + mark
        var isIndented = language == .php
        if language == .php {
            while start < source.count, source[start] == 32 { start += 1 }
        } else if start < source.count, source[start] == UInt8(ascii: "~") || source[start] == UInt8(ascii: "-") {
            (start, isIndented) = (start + 1, true)
        }
        let isQuoted = start < source.count && "\"'`".utf8.contains(source[start])
        if isQuoted { start += 1 }
        let name = source[start...].prefix { Self.isWord($0) }
        // `a <<b` shifts or appends: a plain name is one in capitals.
        guard let first = name.first, isQuoted || isIndented || (65...90).contains(first),
            !(48...57).contains(first),
            heredocs.count < 20
        else { return }
        heredocs.append(Heredoc(name: name, isIndented: isIndented))
        // The quotes around the name would begin a string.
        if isQuoted, name.endIndex < source.count {
            replace(start - 1..<name.endIndex + 1, with: 32)
            position = name.endIndex
        }
    }

    /// Fills the texts of the line that ends here.
    mutating func skipHeredocs() {
        position += 1
        for heredoc in heredocs {
            let start = position
            while position < source.count, !endsHeredoc(heredoc) { skipLine() }
            fill(start..<min(position, source.count))
            guard position < source.count else {
                noteUnclosed(at: min(start, source.count - 1))
                break
            }
            // What follows the name in PHP is code again.
            while position < source.count, source[position] == 32 || source[position] == 9 { position += 1 }
            position += heredoc.name.count
        }
        heredocs = []
    }

    private func endsHeredoc(_ heredoc: Heredoc) -> Bool {
        var start = position
        if heredoc.isIndented {
            while start < source.count, source[start] == 32 || source[start] == 9 { start += 1 }
        }
        let end = start + heredoc.name.count
        guard end <= source.count, source[start..<end].elementsEqual(heredoc.name) else { return false }
        return end == source.count || !Self.isWord(source[end])
    }
}
