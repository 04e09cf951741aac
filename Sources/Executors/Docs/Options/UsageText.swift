internal import Basics

/// Lines of a usage text: `  -v, --verbose   Say more`.
enum UsageText {
    static func options(in text: String) -> [CommandOption] {
        var options: [CommandOption] = []
        for line in text.split(whereSeparator: \.isNewline) where options.count < CommandOption.limit {
            let words = String(line).trimmed
            guard words.hasPrefix("-") else { continue }
            let gap = words.firstRange(of: "  ") ?? words.firstRange(of: "\t")
            let name = gap.map { String(words[..<$0.lowerBound]) } ?? words
            let help = gap.map { String(words[$0.upperBound...]).trimmed } ?? ""
            // In a script the line can be the rest of a command.
            let isCode = help.hasPrefix("#") || help.hasSuffix("\\") || help.hasPrefix("-")
            guard name.utf8.count <= 80, !isCode, isName(name) else { continue }
            options.append(CommandOption([name], help: help))
        }
        return options
    }

    /// Whether these are options alone, each perhaps with what stands for its value.
    private static func isName(_ text: String) -> Bool {
        let words = text.split(separator: " ").map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
        guard let first = words.first, isOption(first) else { return false }
        return words.dropFirst().allSatisfy { isOption($0) || isPlaceholder($0) || $0 == "|" || $0 == "/" }
    }

    private static func isOption(_ word: Substring) -> Bool {
        guard word.hasPrefix("-") else { return false }
        let name = word.drop { $0 == "-" }
        guard word.count - name.count <= 2, let first = name.first, first.isLetter || first.isNumber else {
            return false
        }
        let end = name.firstIndex { "=[".contains($0) } ?? name.endIndex
        guard name[..<end].allSatisfy({ $0.isLetter || $0.isNumber || "-_.?".contains($0) }) else { return false }
        return name[end...].allSatisfy { $0.isLetter || $0.isNumber || "=[]<>-_|.,:".contains($0) }
    }

    /// `FILE`, `<file>` or `[file]`.
    private static func isPlaceholder(_ word: Substring) -> Bool {
        if let first = word.first, let last = word.last, "<[".contains(first), ">]…".contains(last) { return true }
        return word.allSatisfy { $0.isUppercase || $0.isNumber || "-_.|=:/".contains($0) }
            && word.contains(where: \.isLetter)
    }
}
