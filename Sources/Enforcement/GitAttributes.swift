internal import Analysis
internal import Basics
internal import Paths

/// What the lines of one `.gitattributes` file say about filters.
struct GitAttributes {
    /// One line that gives or takes a filter.
    struct Line {
        let number: Int
        let givesFilter: Bool
        fileprivate let pattern: Pattern
    }

    fileprivate enum Pattern {
        case name(Wildmatch)
        case path(Wildmatch)
        /// In quotes or malformed, and so taken to mean any file.
        case any
    }

    let lines: [Line]
    /// The macros that carry a filter, or take it away; git heeds them in the top directory.
    let macros: [String: Bool]
    /// Where macros that give a filter are defined.
    let macroLines: [Int]

    /// Reads a file; `macros` are those of the top directory.
    init(_ bytes: [UInt8], macros known: [String: Bool] = [:]) {
        var (lines, macros, macroLines) = ([Line](), known, [Int]())
        bytes.forEachLine { number, range in
            let text = String(decoding: bytes[range], as: UTF8.self)
            var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })[...]
            guard let first = words.first, first.first != "#" else { return }
            if first.hasPrefix("[attr]") {
                guard let filter = Self.filter(in: words.dropFirst(), macros) else { return }
                macros[String(first.dropFirst(6))] = filter
                if filter { macroLines.append(number) }
                return
            }
            let isQuoted = first.first == "\""
            words = isQuoted ? Self.wordsBehindQuotes(text) : words.dropFirst()
            guard let filter = Self.filter(in: words, macros) else { return }
            guard let pattern = isQuoted ? .any : Self.pattern(String(first)) else { return }
            lines.append(Line(number: number, givesFilter: filter, pattern: pattern))
        }
        (self.lines, self.macros, self.macroLines) = (lines, macros, macroLines)
    }

    /// Whether the last line that speaks of the path gives it a filter; `nil` when none speaks of it.
    func filter(_ path: RepoPath, below directory: Int) -> Bool? {
        let inner = path.bytes[directory...]
        let name = inner.lastIndex(of: RepoPath.separator).map { inner[($0 + 1)...] } ?? inner
        return lines.last { line in
            switch line.pattern {
            case .name(let pattern): pattern.matches(name)
            case .path(let pattern): pattern.matches(inner)
            case .any: line.givesFilter
            }
        }?.givesFilter
    }

    private static func wordsBehindQuotes(_ line: String) -> ArraySlice<Substring> {
        (line.split(separator: "\"").last?.split { $0 == " " || $0 == "\t" || $0 == "\r" } ?? [])[...]
    }

    /// The last word on filters in a list of attributes; `nil` when there is none.
    private static func filter(in words: some Sequence<Substring>, _ macros: [String: Bool]) -> Bool? {
        var result: Bool?
        for word in words {
            if word.hasPrefix("filter=") {
                result = true
            } else if word == "-filter" || word == "!filter" || word == "filter" {
                result = false
            } else if let macro = macros[String(word)] {
                result = macro
            }
        }
        return result
    }

    /// `nil` for what git ignores: patterns that are negated, and those for directories.
    private static func pattern(_ text: String) -> Pattern? {
        if text.first == "!" || text.hasSuffix("/") { return nil }
        let bytes = Array(text.utf8)
        let isPath = bytes.contains(RepoPath.separator)
        let anchored = bytes.first == RepoPath.separator ? Array(bytes.dropFirst()) : bytes
        // Git takes a malformed one to match nothing, and so may change its mind with its version: stricter here.
        guard let pattern = try? Wildmatch(anchored, .git) else { return .any }
        return isPath ? .path(pattern) : .name(pattern)
    }
}
