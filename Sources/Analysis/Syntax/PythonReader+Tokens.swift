internal import Basics

extension PythonReader {
    /// Reads one token, or white space, a comment, or a line break within brackets.
    mutating func token() throws(SyntaxProblem) {
        let byte = bytes[position]
        switch byte {
        case 32, 9, 12, 10, 13: position += 1
        case UInt8(ascii: "#"): skipToLineEnd()
        case UInt8(ascii: "\\"): try continuation()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): try string(prefix: [])
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            guard brackets.count < 1000 else { throw problem("too many brackets are open", at: position) }
            try accept(.open)
            brackets.append((byte, position))
            position += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): try close(byte)
        case 48...57: try number()
        case UInt8(ascii: "."): try dot()
        case UInt8(ascii: "_"), 65...90, 97...122, 128...: try word()
        default: try sign(byte)
        }
    }

    mutating func accept(_ token: PythonToken) throws(SyntaxProblem) {
        guard let message = grammar.accept(token, isBracketed: !brackets.isEmpty) else { return }
        guard let open = brackets.last else { throw problem(message, at: position) }
        // Mostly it is the bracket that was forgotten.
        let place = "in the '\(Character(Unicode.Scalar(open.byte)))' of line \(bytes.line(at: open.place))"
        throw problem("\(message), \(place)", at: position)
    }

    private mutating func close(_ byte: UInt8) throws(SyntaxProblem) {
        let name = Character(Unicode.Scalar(byte))
        guard let open = brackets.popLast() else { throw problem("'\(name)' closes nothing", at: position) }
        let expected: UInt8 = open.byte == UInt8(ascii: "(") ? 41 : open.byte == UInt8(ascii: "[") ? 93 : 125
        guard byte == expected else {
            let line = bytes.line(at: open.place)
            throw problem(
                "'\(name)' closes the '\(Character(Unicode.Scalar(open.byte)))' of line \(line)", at: position)
        }
        try accept(.close)
        position += 1
    }

    // MARK: Words and numbers

    private mutating func word() throws(SyntaxProblem) {
        let start = position
        var isPlain = true
        while position < bytes.count, Self.isWord(bytes[position]) {
            if bytes[position] >= 128 { isPlain = false }
            position += 1
        }
        let word = bytes[start..<position]
        if isPlain, position < bytes.count,
            bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'"),
            Self.isStringPrefix(word)
        {
            return try string(prefix: word)
        }
        try checkEncoding(from: start)
        if !isPlain, checksLetters, let scalar = Self.strangeLetter(word) {
            position = start
            throw problem("'\(Character(scalar))' (U+\(String(scalar.value, radix: 16))) is no letter", at: start)
        }
        let end = position
        position = start
        try accept(.word(isPlain ? PythonKeyword(word) : nil, isSoft: PythonKeyword.isSoft(word)))
        position = end
    }

    static func isWord(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == UInt8(ascii: "_") || byte >= 128
    }

    private static func isStringPrefix(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count <= 2 else { return false }
        let letters = String(decoding: word.map { $0 | 0x20 }, as: UTF8.self)
        return ["r", "b", "u", "f", "t", "rb", "br", "fr", "rf", "tr", "rt"].contains(letters)
    }

    /// A sign or a space, such as a quote from a word processor, that can be no part of a name.
    private static func strangeLetter(_ word: ArraySlice<UInt8>) -> Unicode.Scalar? {
        String(decoding: word, as: UTF8.self).unicodeScalars.first { scalar in
            guard !scalar.isASCII, !scalar.properties.isXIDContinue, !scalar.properties.isIDContinue else {
                return false
            }
            switch scalar.properties.generalCategory {
            case .mathSymbol, .currencySymbol, .otherSymbol, .dashPunctuation, .openPunctuation, .closePunctuation,
                .initialPunctuation, .finalPunctuation, .otherPunctuation, .spaceSeparator, .lineSeparator,
                .paragraphSeparator, .control, .format:
                return true
            default: return false
            }
        }
    }

    private mutating func number() throws(SyntaxProblem) {
        try accept(.number)
        let second = position + 1 < bytes.count ? bytes[position + 1] | 0x20 : 0
        if bytes[position] == UInt8(ascii: "0"), "xob".utf8.contains(second) {
            position += 2
            let isHex = second == UInt8(ascii: "x")
            skip { (48...57).contains($0) || $0 == 95 || (isHex && (97...102).contains($0 | 0x20)) }
            return
        }
        skipDigits()
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            skipDigits()
        }
        skipExponent()
    }

    private mutating func skipExponent() {
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            var digit = position + 1
            if digit < bytes.count, "+-".utf8.contains(bytes[digit]) { digit += 1 }
            if digit < bytes.count, (48...57).contains(bytes[digit]) {
                position = digit
                skipDigits()
            }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "j") { position += 1 }
    }

    private mutating func skipDigits() { skip { (48...57).contains($0) || $0 == UInt8(ascii: "_") } }

    private mutating func skip(_ isWanted: (UInt8) -> Bool) {
        while position < bytes.count, isWanted(bytes[position]) { position += 1 }
    }

    private mutating func dot() throws(SyntaxProblem) {
        let rest = bytes[position...]
        if rest.count > 1, (48...57).contains(rest[position + 1]) {
            try accept(.number)
            position += 1
            skipDigits()
            skipExponent()
        } else if rest.starts(with: "...".utf8) {
            try accept(.ellipsis)
            position += 3
        } else {
            try accept(.dot)
            position += 1
        }
    }

    // MARK: Operators

    /// Longest first.
    private static let operators = [
        "**=", "//=", ">>=", "<<=", "->", ":=", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "<>", "+=", "-=",
        "*=", "/=", "%=", "&=", "|=", "^=", "@=", "+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "=", ":",
        ",", ";", "@",
    ].map { (bytes: Array($0.utf8), token: PythonToken($0)) }

    private static let operatorsByFirstByte: [[(bytes: [UInt8], token: PythonToken)]] = {
        var table = [[(bytes: [UInt8], token: PythonToken)]](repeating: [], count: 128)
        for entry in operators { table[Int(entry.bytes[0])].append(entry) }
        return table
    }()

    private mutating func sign(_ byte: UInt8) throws(SyntaxProblem) {
        guard byte < 128,
            let match = Self.operatorsByFirstByte[Int(byte)].first(where: {
                bytes[position...].starts(with: $0.bytes)
            })
        else {
            let name = byte < 32 || byte == 127 ? "a control character" : "'\(Character(Unicode.Scalar(byte)))'"
            throw problem("\(name) is no part of the language", at: position)
        }
        try accept(match.token)
        position += match.bytes.count
    }
}
