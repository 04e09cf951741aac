internal import Analysis
internal import Basics
internal import Editing

/// How a file of JavaScript or TypeScript is laid out: its quotes, its indentation and whether statements end in semicolons.
struct ScriptStyle {
    private let quote: String
    private let unit: String
    private let hasSemicolons: Bool

    /// As prettier has it, where nothing says otherwise.
    static let standard = ScriptStyle(quote: "\"", unit: "  ", hasSemicolons: true)

    private init(quote: String, unit: String, hasSemicolons: Bool) {
        (self.quote, self.unit, self.hasSemicolons) = (quote, unit, hasSemicolons)
    }

    init(of bytes: [UInt8]) {
        let lines = Lines.all(of: bytes).map { bytes[$0] }
        let quotes = SourceWords.quotes(in: bytes)
        quote = quotes.single > quotes.double ? "'" : "\""
        unit = Self.unit(of: lines)
        let ends = lines.compactMap { $0.last { !Lines.isBlank($0) } }
        let semicolons = ends.count { $0 == UInt8(ascii: ";") }
        let calls = ends.count { $0 == UInt8(ascii: ")") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
        hasSemicolons = semicolons >= calls
    }

    /// What the first line that is indented begins with; a comment's star is no indentation.
    private static func unit(of lines: [ArraySlice<UInt8>]) -> String {
        for line in lines {
            let blanks = line.prefix(while: Lines.isBlank)
            guard !blanks.isEmpty, blanks.count < line.count, line[blanks.endIndex] != UInt8(ascii: "*") else {
                continue
            }
            return blanks.first == UInt8(ascii: "\t") ? "\t" : String(repeating: " ", count: min(blanks.count, 8))
        }
        return "  "
    }

    /// A text between the file's quotes, or between those of which the text has fewer.
    func quoted(_ text: String) -> String {
        let other = quote == "'" ? "\"" : "'"
        let isAwkward = Self.count(quote, in: text) > Self.count(other, in: text)
        return TestSource.quoted(text, isAwkward ? other : quote, escaping: "\\" + (isAwkward ? other : quote))
    }

    private static func count(_ quote: String, in text: String) -> Int { text.count { String($0) == quote } }

    /// Lines as prettier would write them, as this file's own are written.
    func styled(_ text: String) -> String {
        let lines: [Substring] = text.split(separator: "\n", omittingEmptySubsequences: false)
        let styled = lines.map { line -> String in
            let blanks = line.prefix { $0 == " " }.count
            let result = String(repeating: unit, count: blanks / 2) + line.dropFirst(blanks)
            return !hasSemicolons && result.last == ";" ? String(result.dropLast()) : result
        }
        return styled.joined(separator: "\n")
    }
}

extension SourceWords {
    /// How many strings stand between each kind of quote.
    static func quotes(in bytes: [UInt8]) -> (single: Int, double: Int) {
        let code = CodeTokens(bytes, .script)
        let starts = code.tokens.map { bytes[$0.start] }
        return (starts.count { $0 == UInt8(ascii: "'") }, starts.count { $0 == UInt8(ascii: "\"") })
    }
}
