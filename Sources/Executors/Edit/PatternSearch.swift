internal import Basics
internal import Editing
internal import Patterns

/// A search by a regular expression, and what to put in the place of each match.
struct PatternSearch {
    /// Larger files are not searched by patterns.
    private static let sizeLimit = 1 << 20

    private let pattern: Pattern
    private let template: ReplacementTemplate

    var text: String { pattern.text }

    init(_ pattern: String, _ replacement: String) throws(EditRefusal) {
        do throws(PatternError) { self.pattern = try Pattern(pattern) } catch { throw EditRefusal(error) }
        template = ReplacementTemplate(replacement)
    }

    static func canRead(_ bytes: [UInt8]) -> Bool {
        bytes.count <= sizeLimit && !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }

    func find(in bytes: [UInt8], until deadline: Deadline) throws(EditRefusal) -> ReplaceOperation.Finding {
        guard bytes.count <= Self.sizeLimit else {
            throw EditRefusal("it is larger than \(SizeText.text(Self.sizeLimit)), too large for 'pattern'")
        }
        // With one kind of line end throughout, patterns see `\n` only.
        let isWindows = Self.endsAllLinesWithReturn(bytes)
        // A byte order mark is no part of the first line.
        let (mark, text) = (bytes[..<bytes.textStart], Array(bytes[bytes.textStart...]))
        let plain = isWindows ? Lines.withoutReturns(text) : text
        let (result, count) = try replacing(in: plain, until: deadline)
        if result != plain, try replacing(in: result, until: deadline).result != result {
            throw EditRefusal(
                "'pattern' matches what it was replaced with",
                hint: "a second run would go on replacing; narrow it")
        }
        var done = result == plain ? count : 0
        if count == 0, template.isPlain || template.couldHaveMade(plain) { done = 1 }
        return ReplaceOperation.Finding(
            pending: count, done: done, result: mark + (isWindows ? Lines.withReturns(result) : result))
    }

    private func replacing(
        in text: [UInt8], until deadline: Deadline
    ) throws(EditRefusal) -> (result: [UInt8], count: Int) {
        var (result, position, count) = ([UInt8](), 0, 0)
        let matches: PatternMatches
        do throws(PatternError) { matches = try PatternMatches(of: pattern, in: text, until: deadline) } catch {
            throw EditRefusal(error)
        }
        while let groups = try Self.next(matches), let whole = groups[0] {
            result += text[position..<whole.lowerBound]
            result += try template.bytes(for: groups, of: pattern, in: text)
            position = whole.upperBound
            count += 1
        }
        return (result + text[position...], count)
    }

    private static func next(_ matches: PatternMatches) throws(EditRefusal) -> [Range<Int>?]? {
        do throws(PatternError) { return try matches.next() } catch { throw EditRefusal(error) }
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
