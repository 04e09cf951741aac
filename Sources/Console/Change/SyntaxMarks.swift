internal import Analysis
internal import Basics

/// Which parts of a file's lines are comments, strings and words of the language.
struct SyntaxMarks {
    enum Mark: String { case comment, string, keyword }

    /// By the file's name; nothing is marked in a language that is not known.
    private let language: CodeLanguage?

    init(file name: String) { language = Self.language(of: name) }

    /// The marks of lines that stand below each other, each line's by its own bytes.
    func marks(_ lines: [[UInt8]]) -> [[(range: Range<Int>, mark: Mark)]] {
        guard let language else { return lines.map { _ in [] } }
        let text = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        let mask = CodeMask(text, language)
        var kinds = [Mark?](repeating: nil, count: text.count)
        for place in text.indices where mask.bytes[place] <= 32 {
            if text[place] > 32 {
                kinds[place] = mask.bytes[place] == CodeMask.filling ? .string : .comment
            } else if place > 0, text[place] != UInt8(ascii: "\n"), kinds[place - 1] == .comment {
                kinds[place] = .comment
            }
        }
        for string in mask.strings { for place in string.range { kinds[place] = .string } }
        Self.markWords(in: mask.bytes, &kinds)
        var start = 0
        return lines.map { line in
            defer { start += line.count + 1 }
            return Self.runs(kinds[start..<(start + line.count)])
        }
    }

    private static func markWords(in code: [UInt8], _ kinds: inout [Mark?]) {
        var place = 0
        while place < code.count {
            guard CodeMask.isWord(code[place]) else {
                place += 1
                continue
            }
            let start = place
            while place < code.count, CodeMask.isWord(code[place]) { place += 1 }
            guard keywords.contains(String(decoding: code[start..<place], as: UTF8.self)) else { continue }
            for each in start..<place where kinds[each] == nil { kinds[each] = .keyword }
        }
    }

    private static func runs(_ kinds: ArraySlice<Mark?>) -> [(range: Range<Int>, mark: Mark)] {
        var runs: [(range: Range<Int>, mark: Mark)] = []
        for (place, kind) in kinds.enumerated() {
            guard let kind else { continue }
            if let last = runs.last, last.mark == kind, last.range.upperBound == place {
                runs[runs.count - 1].range = last.range.lowerBound..<(place + 1)
            } else {
                runs.append((place..<(place + 1), kind))
            }
        }
        return runs
    }

    private static func language(of name: String) -> CodeLanguage? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[dot...] {
        case ".py", ".pyi": return .python
        case ".swift": return .swift
        case ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".json5", ".jsonc": return .script
        case ".go": return .go
        case ".rs": return .rust
        case ".java": return .java
        case ".kt", ".kts": return .kotlin
        case ".groovy", ".gradle": return .groovy
        default: return nil
        }
    }

    /// Words that begin or join statements in any of the languages.
    private static let keywords = Set(
        """
        and as assert async await break case catch class const continue def default defer del do elif else enum \
        except export extends extension extern fallthrough false final finally fn for from func function go goto guard \
        if impl implements import in init inout interface internal is lambda let loop match mod module move mut new nil \
        none not null or override package pass private protected protocol public raise range return self static struct \
        super switch this throw throws trait true try type typealias undefined union unsafe use val var void when where \
        while with yield False None True
        """.split(separator: " ").map(String.init))
}
