internal import Basics

/// A search by a regular expression of Swift's kind; `^` and `$` match at the ends of lines.
struct PatternSearch {
    /// Larger files are not searched by patterns.
    private static let sizeLimit = 1 << 20
    private static let patternLimit = 1000

    let pattern: String
    private let regex: Regex<AnyRegexOutput>
    private let template: ReplacementTemplate

    init(_ pattern: String, _ replacement: String) throws(EditRefusal) {
        guard pattern.utf8.count <= Self.patternLimit else {
            throw EditRefusal("'pattern' is longer than \(Self.patternLimit) bytes")
        }
        if let group = RepetitionCheck.nestedRepetition(in: pattern) {
            throw EditRefusal(
                "'pattern' repeats '\(group)', which repeats itself",
                hint:
                    "such a pattern can take for ever on a text that does not match; write it without the inner repetition"
            )
        }
        do { regex = try Regex(pattern).matchingSemantics(.unicodeScalar).anchorsMatchLineEndings() } catch {
            throw EditRefusal("'pattern' cannot be read: \(error)")
        }
        self.pattern = pattern
        template = ReplacementTemplate(replacement)
    }

    static func canRead(_ bytes: [UInt8]) -> Bool {
        bytes.count <= sizeLimit && !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }

    func find(in bytes: [UInt8]) throws(EditRefusal) -> ReplaceOperation.Finding {
        guard bytes.count <= Self.sizeLimit else {
            throw EditRefusal("it is larger than \(SizeText.text(Self.sizeLimit)), too large for 'pattern'")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EditRefusal("it is not UTF-8 text")
        }
        // With one kind of line end throughout, patterns see `\n` only.
        let isWindows = Self.endsAllLinesWithReturn(bytes)
        let plain = isWindows ? text.replacing("\r\n", with: "\n") : text
        let (result, count) = try replacing(in: plain)
        let again = result == plain ? result : try replacing(in: result).result
        if again != result {
            throw EditRefusal(
                "'pattern' matches what it was replaced with",
                hint: "a second run would go on replacing; narrow it")
        }
        var done = result == plain ? count : 0
        if count == 0 {
            let shape = try template.shape()
            if template.isPlain || plain.contains(shape) { done = 1 }
        }
        let written = isWindows ? result.replacing("\n", with: "\r\n") : result
        return ReplaceOperation.Finding(pending: count, done: done, result: Array(written.utf8))
    }

    private func replacing(in text: String) throws(EditRefusal) -> (result: String, count: Int) {
        var (result, position, count) = ("", text.startIndex, 0)
        for match in text.matches(of: regex) {
            result += text[position..<match.range.lowerBound]
            result += try template.text(for: match.output)
            position = match.range.upperBound
            count += 1
        }
        return (result + text[position...], count)
    }

    private static func endsAllLinesWithReturn(_ bytes: [UInt8]) -> Bool {
        var hasLines = false
        for index in bytes.indices where bytes[index] == Lines.feed {
            guard index > 0, bytes[index - 1] == Lines.carriageReturn else { return false }
            hasLines = true
        }
        return hasLines
    }
}

/// A text with `$1`, `${name}` and `$$` in it.
struct ReplacementTemplate {
    private enum Part {
        case text(String)
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
            parts += [.text(literal), part]
            literal = ""
        }
        self.parts = parts + [.text(literal)]
    }

    /// Whether it writes nothing of its own, so that nothing shows that it was done.
    var isPlain: Bool {
        parts.allSatisfy { if case .text(let text) = $0 { text.isEmpty } else { true } }
    }

    /// The `name` of `{name}` at the start of a text.
    private static func name(_ text: Substring) -> String? {
        guard text.first == "{", let end = text.firstIndex(of: "}") else { return nil }
        let name = text[text.index(after: text.startIndex)..<end]
        let isName = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isName ? String(name) : nil
    }

    func text(for match: AnyRegexOutput) throws(EditRefusal) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .number(let number):
                guard number < match.count else { throw EditRefusal("'pattern' has no group \(number)") }
                result += match[number].substring ?? ""
            case .name(let name):
                guard let capture = match[name] else { throw EditRefusal("'pattern' has no group '\(name)'") }
                result += capture.substring ?? ""
            }
        }
        return result
    }

    /// A pattern for what the template makes, to find out whether it was made before.
    func shape() throws(EditRefusal) -> Regex<AnyRegexOutput> {
        var pattern = ""
        for part in parts {
            guard case .text(let text) = part else {
                pattern += "[^\\n]*?"
                continue
            }
            for scalar in text.unicodeScalars {
                let isPlain =
                    scalar.value >= 0x80 || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                pattern +=
                    scalar == "\n" ? "\\n" : isPlain ? String(scalar) : "\\x{\(String(scalar.value, radix: 16))}"
            }
        }
        do { return try Regex(pattern).matchingSemantics(.unicodeScalar) } catch {
            throw EditRefusal("'with' cannot be looked for: \(error)")
        }
    }
}

/// Finds repetitions of what is itself repeated without bound, such as `(a+)*`: their time can double with each byte.
enum RepetitionCheck {
    /// The group, as it is written; `nil` where there is none.
    static func nestedRepetition(in pattern: String) -> String? {
        let characters = Array(pattern)
        var open: [(start: Int, holdsRepetition: Bool)] = []
        var index = 0
        while index < characters.count {
            switch characters[index] {
            case "\\": index += 1
            case "[": index = endOfClass(in: characters, from: index)
            case "(": open.append((index, false))
            case ")":
                guard let group = open.popLast() else { return nil }
                let isRepeated = isUnbounded(characters, at: index + 1)
                if isRepeated, group.holdsRepetition { return String(characters[group.start...index]) }
                if isRepeated || group.holdsRepetition, !open.isEmpty {
                    open[open.count - 1].holdsRepetition = true
                }
            default:
                if isUnbounded(characters, at: index), !open.isEmpty {
                    open[open.count - 1].holdsRepetition = true
                }
            }
            index += 1
        }
        return nil
    }

    private static func endOfClass(in characters: [Character], from start: Int) -> Int {
        var index = start + 1
        var depth = 1
        if index < characters.count, characters[index] == "^" { index += 1 }
        if index < characters.count, characters[index] == "]" { index += 1 }
        while index < characters.count {
            switch characters[index] {
            case "\\": index += 1
            case "[": depth += 1
            case "]":
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return index
    }

    /// `*`, `+`, `{n,}`, and `{n}` of more than a few.
    private static func isUnbounded(_ characters: [Character], at index: Int) -> Bool {
        guard index < characters.count else { return false }
        if characters[index] == "*" || characters[index] == "+" { return true }
        guard characters[index] == "{", let end = characters[index...].firstIndex(of: "}") else { return false }
        let bounds = String(characters[(index + 1)..<end]).split(separator: ",", omittingEmptySubsequences: false)
        guard bounds.allSatisfy({ $0.allSatisfy(\.isNumber) }), let last = bounds.last else { return false }
        return last.isEmpty || Int(last).map { $0 > 10 } ?? true
    }
}
