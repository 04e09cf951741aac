internal import Basics

/// One word, number, string or sign of source code.
package struct CodeToken {
    package enum Kind: UInt8 { case word, string, sign }

    package let kind: Kind
    package let start: Int
    package let end: Int
}

/// Source code cut into tokens, with the brackets that belong together.
package struct CodeTokens {
    package let source: [UInt8]
    package let mask: CodeMask
    package let language: CodeLanguage
    package private(set) var tokens: [CodeToken] = []
    /// For each opening bracket the place of the one that closes it; the end where there is none.
    private(set) var partners: [Int: Int] = [:]
    private let lineStarts: [Int]

    package init(_ source: [UInt8], _ language: CodeLanguage) {
        (self.source, self.language) = (source, language)
        var mask = CodeMask(source, language)
        if language == .swift { mask.blankDeadBranches() }
        self.mask = mask
        lineStarts = [0] + source.indices.filter { source[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        cut()
        pair()
    }

    package var count: Int { tokens.count }

    private mutating func cut() {
        let bytes = mask.bytes
        var strings = mask.strings[...]
        // A byte order mark is no part of the first word.
        var index = source.textStart
        while index < bytes.count {
            let start = index
            let byte = bytes[index]
            if let string = strings.first?.range, string.lowerBound == index {
                strings.removeFirst()
                index = string.upperBound
                tokens.append(CodeToken(kind: .string, start: start, end: index))
            } else if byte <= 32 {
                index += 1
            } else if CodeMask.isWord(byte) {
                let end = strings.first?.range.lowerBound ?? bytes.count
                while index < end, CodeMask.isWord(bytes[index]) { index += 1 }
                tokens.append(CodeToken(kind: .word, start: start, end: index))
            } else {
                index += 1
                tokens.append(CodeToken(kind: .sign, start: start, end: index))
            }
        }
    }

    private mutating func pair() {
        var open: [(place: Int, closing: UInt8)] = []
        /// How many of each kind are open, so that a stray bracket is not looked for in vain.
        var counts: [UInt8: Int] = [:]
        for place in tokens.indices where tokens[place].kind == .sign {
            let byte = mask.bytes[tokens[place].start]
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                let closing = byte == UInt8(ascii: "(") ? byte + 1 : byte + 2
                open.append((place, closing))
                counts[closing, default: 0] += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard counts[byte, default: 0] > 0 else { continue }
                while let last = open.popLast() {
                    counts[last.closing, default: 0] -= 1
                    if last.closing == byte {
                        partners[last.place] = place
                        break
                    }
                }
            default: continue
            }
        }
    }

    // MARK: Looking at tokens

    package func isWord(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .word }

    package func isString(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .string }

    package func isSign(_ place: Int, _ sign: Unicode.Scalar) -> Bool {
        tokens.indices.contains(place) && tokens[place].kind == .sign
            && mask.bytes[tokens[place].start] == UInt8(ascii: sign)
    }

    package func isWord(_ place: Int, _ word: StaticString) -> Bool {
        guard isWord(place), tokens[place].end - tokens[place].start == word.utf8CodeUnitCount else {
            return false
        }
        for offset in 0..<word.utf8CodeUnitCount
        where source[tokens[place].start + offset] != word.utf8Start[offset] { return false }
        return true
    }

    /// The text of a token as it is written; empty behind the end.
    package func text(_ place: Int) -> String {
        guard tokens.indices.contains(place) else { return "" }
        return String(decoding: source[tokens[place].start..<tokens[place].end], as: UTF8.self)
    }

    /// The place of the closing bracket; the bracket itself where it is never closed.
    package func partner(_ place: Int) -> Int { partners[place] ?? place }

    /// The tokens between a bracket and the one that closes it.
    package func inside(_ place: Int) -> Range<Int> { place + 1..<max(place + 1, partner(place)) }

    /// The first of these signs at or behind `start`, in a declaration of usual length.
    package func first(of signs: String, from start: Int) -> Int? {
        let end = min(count, start + 400)
        guard start < end else { return nil }
        return (start..<end).first { place in
            tokens[place].kind == .sign && signs.utf8.contains(mask.bytes[tokens[place].start])
        }
    }

    /// The line of a token, counted from 1.
    package func line(_ place: Int) -> Int {
        guard tokens.indices.contains(place) else { return lineStarts.count }
        let start = tokens[place].start
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= start { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// A number that is the same for the same code, however it is indented and commented.
    func fingerprint(_ range: Range<Int>) -> UInt64? {
        guard range.count >= 4 else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for place in range {
            for byte in source[tokens[place].start..<tokens[place].end] {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        return hash
    }
}
