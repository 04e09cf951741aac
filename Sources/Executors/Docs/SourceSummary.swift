internal import Analysis
internal import Basics
internal import Editing
internal import Paths

/// The one line in which a file says what it is: its first heading, or the comment that documents it.
///
/// Only what the language takes for documentation of the file, or of the one thing that a file of the language holds, counts.
enum SourceSummary {
    /// A summary further down is none of the whole file.
    private static let lineLimit = 120

    static func line(of path: RepoPath, _ text: String) -> String {
        let head = text.prefix(16 << 10).split(
            separator: "\n", maxSplits: lineLimit, omittingEmptySubsequences: false)
        let lines = head.prefix(lineLimit).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        let found: String?
        switch path.loweredExtension {
        case "md", "markdown": found = heading(in: lines.map { String($0).trimmed })
        case "py", "pyi": found = PythonSource(Array(text.utf8))?.docstring.flatMap(firstParagraph)
        case "rs": found = marked("//!", in: lines, skipping: ["//", "#!["])
        case "swift": found = marked("///", in: lines, skipping: ["//", "import ", "@", "public import", "#"])
        case "cs":
            found = marked("///", in: lines, skipping: ["//", "using ", "namespace ", "#"]).map(withoutTags)
        case "go": found = packageComment(lines)
        case "js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "cts": found = fileBlock(lines, mayDescribeNext: false)
        case "java", "kt", "kts", "scala", "groovy", "php", "c", "h", "cc", "cpp", "hpp", "css", "scss":
            found = fileBlock(lines, mayDescribeNext: true)
        case "sh", "bash", "zsh", "rb", "pl", "mk", "dockerfile", "": found = scriptComment(lines)
        default: found = nil
        }
        return found.map(firstSentence) ?? ""
    }

    private static func heading(in lines: [String]) -> String? {
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("#") {
                let words = line.drop { $0 == "#" }
                if words.first == " " { return String(words).trimmed }
            }
            let isUnderlined = index + 1 < lines.count && !line.isEmpty && lines[index + 1].count > 2
            if isUnderlined, lines[index + 1].allSatisfy({ $0 == "=" }) { return line }
        }
        return nil
    }

    // MARK: Comments that document

    /// The first lines of a mark at the left edge, before anything but what may precede them.
    private static func marked(_ mark: String, in lines: [Substring], skipping: [String]) -> String? {
        guard let first = lines.firstIndex(where: { $0.hasPrefix(mark) }) else { return nil }
        let isHead = lines[..<first].allSatisfy { line in
            line.isEmpty || line.first?.isWhitespace == true || skipping.contains(where: line.hasPrefix)
        }
        guard isHead else { return nil }
        let block = lines[first...].prefix { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)).trimmed }
        return firstParagraph(block.joined(separator: "\n"))
    }

    /// The comment that ends on the line before the package clause.
    private static func packageComment(_ lines: [Substring]) -> String? {
        guard let clause = lines.firstIndex(where: { $0.hasPrefix("package ") }), clause > 0 else { return nil }
        if lines[clause - 1].hasSuffix("*/") {
            return fileBlock(Array(lines[..<clause]), mayDescribeNext: true, "/*")
        }
        let block = lines[..<clause].reversed().prefix { $0.hasPrefix("//") && !$0.hasPrefix("//go:") }.reversed()
        return firstParagraph(block.map { String($0.dropFirst(2)).trimmed }.joined(separator: "\n"))
    }

    private static let fileTags = [
        "@file", "@fileoverview", "@overview", "@module", "@packageDocumentation", "\\file",
    ]

    /// The first `/** … */` before any code.
    ///
    /// In scripts it has to say that it is the file's, or to stand apart from what follows.
    private static func fileBlock(_ lines: [Substring], mayDescribeNext: Bool, _ mark: String = "/**") -> String? {
        var index = 0
        while index < lines.count {
            let line = String(lines[index]).trimmed
            guard line.hasPrefix("/*") else {
                if line.hasPrefix("//") || line.isEmpty || prologues.contains(where: line.hasPrefix) {
                    index += 1
                    continue
                }
                return nil
            }
            guard let end = lines[index...].firstIndex(where: { $0.contains("*/") }) else { return nil }
            let texts = lines[index...end].map { plain(String($0).trimmed) }
            let isMarked = texts.contains { text in fileTags.contains(where: text.hasPrefix) }
            let next = end + 1 < lines.count ? String(lines[end + 1]).trimmed : ""
            let isApart = next.isEmpty || prologues.contains(where: next.hasPrefix)
            if line.hasPrefix(mark), !isAside(texts), mayDescribeNext || isMarked || isApart {
                return described(texts)
            }
            index = end + 1
        }
        return nil
    }

    /// What may stand before the documentation of a file, or directly behind it.
    private static let prologues = [
        "#!", "'use strict'", "\"use strict\"", "import ", "package ", "<?php", "namespace ", "use ", "declare(",
        "#",
        "@file:", "const {", "export *",
    ]

    private static func plain(_ line: String) -> String {
        var text = line[...]
        if text.hasPrefix("/*") { text = text.dropFirst(2).drop { $0 == "*" || $0 == "!" } }
        if text.hasSuffix("*/") { text = text.dropLast(2) }
        return String(text.drop { $0 == "*" }).trimmed
    }

    /// The description of a block, or what its tag says.
    private static func described(_ texts: [String]) -> String? {
        let lines = texts.map { text -> String in
            for tag in fileTags + ["@brief", "\\brief", "@description"] where text.hasPrefix(tag + " ") {
                // A name of a file or module is no description.
                let rest = String(text.dropFirst(tag.count)).trimmed
                return rest.contains(" ") ? rest : ""
            }
            return text
        }
        let start = lines.drop { $0.isEmpty || $0.hasPrefix("@") || $0.hasPrefix("\\") }
        return firstParagraph(start.prefix { !$0.hasPrefix("@") }.joined(separator: "\n"))
    }

    /// The comment at the head of a script, where the language has no other documentation.
    private static func scriptComment(_ lines: [Substring]) -> String? {
        let start = lines.first?.hasPrefix("#!") == true ? 1 : 0
        let body = lines.dropFirst(start).drop { $0.isEmpty || $0 == "#" || isAside([String($0)]) }
        let block = body.prefix { $0.hasPrefix("#") }.map { String($0.drop { $0 == "#" }).trimmed }
        return block.isEmpty || isAside(block) ? nil : firstParagraph(block.joined(separator: "\n"))
    }

    private static let asides = [
        "copyright", "spdx-", "license", "licence", "-*-", "eslint", "@ts-", "shellcheck", "coding:", "+build",
        "pragma", "generated by", "do not edit", "frozen_string_literal", "vim:", "syntax=",
    ]

    /// Whether a comment is for a machine or about rights.
    private static func isAside(_ texts: [String]) -> Bool {
        texts.contains { text in
            let lowered = text.lowercased()
            return asides.contains { lowered.contains($0) }
        }
    }

    // MARK: Texts

    private static func firstParagraph(_ text: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).trimmed }
        let paragraph = lines.drop { $0.isEmpty }.prefix { !$0.isEmpty }.joined(separator: " ")
        return paragraph.contains(where: \.isLetter) && !isAside([paragraph]) ? paragraph : nil
    }

    /// Without the tags of an XML comment.
    private static func withoutTags(_ text: String) -> String {
        var (result, isTag) = ("", false)
        for letter in text {
            if letter == "<" { isTag = true }
            if !isTag { result.append(letter) }
            if letter == ">" { isTag = false }
        }
        return result.trimmed
    }

    private static func firstSentence(_ text: String) -> String {
        let end = text.firstRange(of: ". ")?.lowerBound ?? text.endIndex
        let sentence = String(text[..<end]).trimmed
        let plain = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return plain.count > 160 ? plain.prefix(159) + "…" : plain
    }
}
