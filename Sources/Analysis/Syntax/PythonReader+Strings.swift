internal import Basics

extension PythonReader {
    /// Reads a string from its first quote; `prefix` are the letters before it.
    mutating func string(prefix: ArraySlice<UInt8>) throws(SyntaxProblem) {
        let letters = prefix.map { $0 | 0x20 }
        try accept(.string)
        let quote = bytes[position]
        let isLong = bytes[position...].starts(with: [quote, quote, quote])
        let kind = StringKind(
            quote: quote, isLong: isLong, isRaw: letters.contains(UInt8(ascii: "r")), start: position)
        position += isLong ? 3 : 1
        if letters.contains(UInt8(ascii: "f")) || letters.contains(UInt8(ascii: "t")) {
            try formattedString(kind)
        } else {
            while try !takeEnd(kind) { position += bytes[position] == UInt8(ascii: "\\") ? escapeLength : 1 }
        }
        try checkEncoding(from: kind.start)
    }

    struct StringKind {
        let quote: UInt8
        let isLong: Bool
        let isRaw: Bool
        let start: Int
    }

    /// Whether the string ends here; what stands here otherwise may be skipped.
    private mutating func takeEnd(_ kind: StringKind) throws(SyntaxProblem) -> Bool {
        guard position < bytes.count else { throw problem("a string is never closed", at: kind.start) }
        let byte = bytes[position]
        if kind.isLong {
            guard bytes[position...].starts(with: [kind.quote, kind.quote, kind.quote]) else { return false }
            position += 3
            return true
        }
        if byte == 10 || byte == 13 { throw problem("a string is not closed on its line", at: kind.start) }
        guard byte == kind.quote else { return false }
        position += 1
        return true
    }

    // MARK: Formatted strings, by the rules of Python 3.12, which allow all that was allowed before

    private mutating func formattedString(_ kind: StringKind) throws(SyntaxProblem) {
        stringDepth += 1
        defer { stringDepth -= 1 }
        guard stringDepth <= 320 else { throw problem("strings are nested too deep", at: kind.start) }
        while try !takeEnd(kind) {
            switch bytes[position] {
            case UInt8(ascii: "\\"): skipEscape(kind)
            case UInt8(ascii: "{"): try brace(kind)
            case UInt8(ascii: "}"):
                guard next == UInt8(ascii: "}") else {
                    throw problem("a single '}' in a formatted string", at: position)
                }
                position += 2
            default: position += 1
            }
        }
    }

    /// A backslash takes the next byte with it, or both of a line's end.
    private var escapeLength: Int {
        next == 13 && position + 2 < bytes.count && bytes[position + 2] == 10 ? 3 : 2
    }

    private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

    /// A backslash and what it takes with it, which is never a brace but in `\N{…}`.
    private mutating func skipEscape(_ kind: StringKind) {
        if !kind.isRaw, next == UInt8(ascii: "N"), position + 2 < bytes.count,
            bytes[position + 2] == UInt8(ascii: "{"),
            let end = bytes[position...].prefix(200).firstIndex(of: UInt8(ascii: "}"))
        {
            position = end + 1
        } else {
            position += next == UInt8(ascii: "{") || next == UInt8(ascii: "}") ? 1 : escapeLength
        }
    }

    private mutating func brace(_ kind: StringKind) throws(SyntaxProblem) {
        if next == UInt8(ascii: "{") {
            position += 2
        } else {
            try field(kind)
        }
    }

    /// `{expression!r:format}`, the format perhaps with fields of its own.
    private mutating func field(_ kind: StringKind) throws(SyntaxProblem) {
        let open = position
        let outer = grammar
        let depth = brackets.count
        stringDepth += 1
        defer { stringDepth -= 1 }
        guard stringDepth <= 320 else { throw problem("strings are nested too deep", at: open) }
        grammar = PythonGrammar(isField: true)
        position += 1
        brackets.append((UInt8(ascii: "{"), open))
        while true {
            guard position < bytes.count else { throw problem("'{' in a string is never closed", at: open) }
            let byte = bytes[position]
            guard brackets.count == depth + 1 else {
                try token()
                continue
            }
            if byte == UInt8(ascii: "}") { break }
            if byte == UInt8(ascii: "!"), next != UInt8(ascii: "=") {
                position += 1
                while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
                continue
            }
            if byte == UInt8(ascii: ":") {
                position += 1
                try format(kind, open)
                break
            }
            // `{name=}` shows the expression itself.
            if byte == UInt8(ascii: "="), next != UInt8(ascii: "="), grammar.endsOperand {
                position += 1
                continue
            }
            try token()
        }
        position += 1
        brackets.removeLast()
        grammar = outer
    }

    /// Stops at the brace that closes the field.
    private mutating func format(_ kind: StringKind, _ open: Int) throws(SyntaxProblem) {
        while true {
            guard position < bytes.count else { throw problem("'{' in a string is never closed", at: open) }
            switch bytes[position] {
            case UInt8(ascii: "}"): return
            case UInt8(ascii: "{"): try field(kind)
            case UInt8(ascii: "\\"): skipEscape(kind)
            case kind.quote
            where !kind.isLong || bytes[position...].starts(with: [kind.quote, kind.quote, kind.quote]):
                throw problem("'{' in a string is never closed", at: open)
            default: position += 1
            }
        }
    }
}
