internal import Basics
internal import Editing
internal import Patterns

/// A text with `$1`, `${name}` and `$$` in it.
struct ReplacementTemplate {
    private enum Part {
        case text([UInt8])
        case number(Int)
        case name(String)
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "$" else {
                literal.append(character)
                continue
            }
            var part: Part?
            let digits = rest.prefix { $0.isASCII && $0.isNumber }.prefix(2)
            if rest.first == "$" {
                rest.removeFirst()
            } else if let number = Int(digits) {
                part = .number(number)
                rest = rest.dropFirst(digits.count)
            } else if let name = Self.name(rest) {
                part = Int(name).map(Part.number) ?? .name(name)
                rest = rest.dropFirst(name.count + 2)
            }
            guard let part else {
                literal.append("$")
                continue
            }
            parts += [.text(Array(literal.utf8)), part]
            literal = ""
        }
        self.parts = parts + [.text(Array(literal.utf8))]
    }

    /// Whether it writes nothing of its own, so that nothing shows that it was done.
    var isPlain: Bool { literals.isEmpty }

    private var literals: [[UInt8]] {
        parts.compactMap { if case .text(let text) = $0, !text.isEmpty { text } else { nil } }
    }

    /// The `name` of `{name}` at the start of a text; names have at most 32 characters.
    private static func name(_ text: Substring) -> String? {
        guard text.first == "{", let end = text.prefix(40).firstIndex(of: "}") else { return nil }
        let name = text[text.index(after: text.startIndex)..<end]
        let isName = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isName ? String(name) : nil
    }

    /// What stands in the place of a match.
    func bytes(
        for groups: [Range<Int>?], of pattern: Pattern, in text: [UInt8]
    ) throws(EditRefusal) -> [UInt8] {
        var result: [UInt8] = []
        for part in parts {
            let group: Int
            switch part {
            case .text(let text):
                result += text
                continue
            case .number(let number):
                guard number < groups.count else { throw EditRefusal("'pattern' has no group \(number)") }
                group = number
            case .name(let name):
                guard let number = pattern.group(named: name) else {
                    throw EditRefusal("'pattern' has no group '\(name)'")
                }
                group = number
            }
            if let range = groups[group] { result += text[range] }
        }
        return result
    }

    /// Whether a text holds what the template writes of its own, in order and with nothing but parts of a line between.
    ///
    /// Within one line the first fit is as good as any later one, so that each line is tried once.
    func couldHaveMade(_ text: [UInt8]) -> Bool {
        let pieces = literals
        var start = 0
        while let first = text.firstIndex(of: pieces[0], from: start) {
            if fits(pieces.dropFirst(), behind: first + pieces[0].count, in: text) { return true }
            guard let next = Lines.next(after: first, in: text) else { return false }
            start = next
        }
        return false
    }

    private func fits(_ pieces: ArraySlice<[UInt8]>, behind start: Int, in text: [UInt8]) -> Bool {
        var place = start
        for piece in pieces {
            let gapEnd = text[place...].firstIndex(of: Lines.feed) ?? text.count
            // A piece that itself holds the line's end has to have it there.
            let ownEnd = piece.firstIndex(of: Lines.feed)
            let found = ownEnd.map { gapEnd - $0 >= place ? gapEnd - $0 : text.count } ?? place
            guard found <= text.count,
                let next = text[..<min(text.count, gapEnd + piece.count)].firstIndex(of: piece, from: found),
                next <= gapEnd, ownEnd == nil || next == found
            else { return false }
            place = next + piece.count
        }
        return true
    }
}
