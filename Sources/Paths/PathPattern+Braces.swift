/// Expands `{a,b}` into one spelling for each alternative.
enum BraceExpansion {
    private static let limit = 256

    static func expand(_ text: String) throws(PathPatternError) -> [String] {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return [text] }
        var finished: [String] = []
        var waiting = [text]
        while let next = waiting.popLast() {
            guard let open = firstBrace(in: next) else {
                finished.append(next)
                continue
            }
            guard let group = group(in: next, from: open) else {
                throw PathPatternError(pattern: text, problem: .unclosedBrace)
            }
            for choice in group.choices.reversed() {
                waiting.append(String(next[..<open]) + choice + next[next.index(after: group.end)...])
            }
            guard finished.count + waiting.count <= limit else {
                throw PathPatternError(pattern: text, problem: .tooManyAlternatives)
            }
        }
        return finished
    }

    private static func firstBrace(in text: String) -> String.Index? {
        var inClass = false
        for index in text.indices {
            switch text[index] {
            case "[": inClass = true
            case "]": inClass = false
            case "{" where !inClass: return index
            default: continue
            }
        }
        return nil
    }

    private static func group(in text: String, from open: String.Index) -> (choices: [String], end: String.Index)?
    {
        var depth = 0
        var choices: [String] = []
        var start = text.index(after: open)
        for index in text.indices[open...] {
            switch text[index] {
            case "{": depth += 1
            case ",", "}":
                if text[index] == "}" { depth -= 1 }
                let closes = depth == 0
                guard closes || (depth == 1 && text[index] == ",") else { continue }
                choices.append(String(text[start..<index]))
                start = text.index(after: index)
                if closes { return (choices, index) }
            default: continue
            }
        }
        return nil
    }
}

extension Wildmatch {
    /// Compiles a spelling of a policy's pattern that has no braces; `dir/` is the subtree.
    init(spelling: String, of pattern: String) throws(PathPatternError) {
        var bytes = Array(spelling.utf8)
        guard bytes.last == RepoPath.separator || bytes.contains(where: { "*?[".utf8.contains($0) }) else {
            self.init(exactly: bytes)
            return
        }
        if bytes.last == RepoPath.separator { bytes += "**".utf8 }
        do throws(Problem) { try self.init(bytes, .policy) } catch {
            throw PathPatternError(pattern: pattern, problem: error == .badRange ? .badRange : .unclosedBracket)
        }
    }
}
