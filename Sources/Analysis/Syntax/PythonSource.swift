internal import Basics

/// What the Python reader notes down on its way: tokens, and where logical lines begin.
struct PythonRecord {
    var tokens: [PythonSource.Token] = []
    var lines: [PythonSource.Line] = []

    mutating func beginLine(column: Int) { lines.append(.init(first: tokens.count, column: column)) }

    /// Adds what the reader read in one step, unless it was white space or a comment.
    mutating func add(_ range: Range<Int>, of bytes: [UInt8]) {
        guard let last = range.last else { return }
        switch bytes[range.lowerBound] {
        case 0...32, UInt8(ascii: "#"), UInt8(ascii: "\\"): return
        case 48...57: tokens.append(.init(kind: .number, range: range))
        case let first where PythonReader.isWord(first):
            let isString = bytes[last] == UInt8(ascii: "\"") || bytes[last] == UInt8(ascii: "'")
            tokens.append(.init(kind: isString ? .string : .word, range: range))
        case UInt8(ascii: "\""), UInt8(ascii: "'"): tokens.append(.init(kind: .string, range: range))
        default: tokens.append(.init(kind: .sign, range: range))
        }
    }
}

/// Python source as tokens in logical lines.
package struct PythonSource {
    package struct Token {
        package enum Kind { case word, number, string, sign }

        package let kind: Kind
        package let range: Range<Int>
    }

    /// A logical line: its first token, and how far it is indented.
    package struct Line {
        package let first: Int
        package let column: Int
    }

    package let bytes: [UInt8]
    package let tokens: [Token]
    package let lines: [Line]
    /// For each bracket that opens the place of the one that closes it; each other token's own place.
    private let partners: [Int]

    /// `nil` where the file is not valid Python, or in an encoding in which quotes cannot be told from letters.
    package init?(_ bytes: [UInt8]) {
        guard PythonEncoding(bytes) == .utf8 else { return nil }
        var reader = PythonReader(bytes, checksLetters: false)
        reader.record = PythonRecord()
        do throws(SyntaxProblem) { try reader.file() } catch { return nil }
        guard let record = reader.record else { return nil }
        (self.bytes, tokens, lines) = (bytes, record.tokens, record.lines)
        var partners = Array(record.tokens.indices)
        var open: [Int] = []
        for (place, token) in record.tokens.enumerated() where token.kind == .sign {
            switch bytes[token.range.lowerBound] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(place)
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if let first = open.popLast() { partners[first] = place }
            default: continue
            }
        }
        self.partners = partners
    }

    package func text(_ place: Int) -> String {
        tokens.indices.contains(place) ? String(decoding: bytes[tokens[place].range], as: UTF8.self) : ""
    }

    package func isWord(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .word }

    package func isString(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .string }

    package func isWord(_ place: Int, _ word: String) -> Bool {
        isWord(place) && bytes[tokens[place].range].elementsEqual(word.utf8)
    }

    package func isSign(_ place: Int, _ sign: String) -> Bool {
        tokens.indices.contains(place) && tokens[place].kind == .sign
            && bytes[tokens[place].range].elementsEqual(sign.utf8)
    }

    package func partner(_ place: Int) -> Int { partners.indices.contains(place) ? partners[place] : place }

    /// The tokens between a bracket and the one that closes it.
    package func inside(_ place: Int) -> Range<Int> { place + 1..<max(place + 1, partner(place)) }

    /// The tokens of a logical line.
    package func range(ofLine number: Int) -> Range<Int> {
        lines[number].first..<(number + 1 < lines.count ? lines[number + 1].first : tokens.count)
    }

    /// The parts of a range that commas separate, brackets passed over.
    package func parts(_ range: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var (start, place) = (range.lowerBound, range.lowerBound)
        while place < range.upperBound {
            if isSign(place, ",") {
                parts.append(start..<place)
                start = place + 1
            }
            place = max(place, partner(place)) + 1
        }
        if start < range.upperBound { parts.append(start..<range.upperBound) }
        return parts
    }

    /// The first sign of a range that stands outside of its brackets.
    package func first(_ sign: String, in range: Range<Int>) -> Int? {
        var place = range.lowerBound
        while place < range.upperBound {
            if isSign(place, sign) { return place }
            place = max(place, partner(place)) + 1
        }
        return nil
    }

    /// The text with which the module documents itself.
    package var docstring: String? {
        guard let line = lines.first, isString(line.first), range(ofLine: 0).allSatisfy(isString) else {
            return nil
        }
        return PythonValues(self, constants: [:]).text(range(ofLine: 0))
    }
}
