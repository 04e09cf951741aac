import Basics
import TestSupport

/// A fenced block of a page for people.
struct ShownBlock: Sendable {
    let page: String
    let number: Int
    let language: String
    let lines: [String]

    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    /// Pages with blocks that people may copy.
    ///
    /// What the program itself prints as a page is left out, since tests compare all of it.
    static func pages() throws -> [String] {
        let made = ["docs/commands.md", "docs/diagnostics.md"]
        var found = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
        var places = ["docs", "deploy", "examples", "hooks", "templates"]
        while let place = places.popLast() {
            for name in try FileSystem.list(root + "/" + place).map({ place + "/" + $0 }) {
                if name.hasSuffix(".md") {
                    found.append(name)
                } else if FileSystem.isDirectory(root + "/" + name) {
                    places.append(name)
                }
            }
        }
        return found.filter { !made.contains($0) }.sorted()
    }

    static func all() throws -> [ShownBlock] { try pages().flatMap(blocks) }

    static func blocks(of page: String) throws -> [ShownBlock] {
        let text = String(decoding: try FileSystem.read(root + "/" + page, limit: 1 << 21), as: UTF8.self)
        var (found, language, inside): ([ShownBlock], String?, [String]) = ([], nil, [])
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            let content = line.drop { $0 == " " }
            if content.hasPrefix("```") {
                if let open = language {
                    found.append(ShownBlock(page: page, number: found.count + 1, language: open, lines: inside))
                    (language, inside) = (nil, [])
                } else {
                    language = String(content.dropFirst(3))
                }
            } else if language != nil {
                inside.append(line)
            }
        }
        return found
    }

    /// Whole commands: a line that ends with `|` or a backslash goes on in the next.
    private static func joined(_ lines: [String]) -> [String] {
        var (commands, isOpen): ([String], Bool) = ([], false)
        for line in lines where !line.isEmpty {
            if isOpen { commands[commands.count - 1] += "\n" + line } else { commands.append(line) }
            isOpen = line.hasSuffix("|") || line.hasSuffix("\\")
        }
        return commands
    }

    /// What a person types, each with the output that is shown below it; without a prompt none is shown.
    var commands: [ShownCommand] {
        switch language {
        case "console":
            return lines.split(omittingEmptySubsequences: true) { $0.isEmpty }.flatMap { $0 }
                .reduce(into: [ShownCommand]()) { commands, line in
                    if line.hasPrefix("$ ") {
                        commands.append(ShownCommand(page: page, line: String(line.dropFirst(2)), output: []))
                    } else if !commands.isEmpty {
                        commands[commands.count - 1].output?.append(line)
                    }
                }
        case "crontab":
            // Five fields say when.
            return lines.map { line in
                let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
                return ShownCommand(page: page, line: words.last.map(String.init) ?? line)
            }
        case "sh":
            return Self.joined(lines).map { ShownCommand(page: page, line: $0) }
        default:
            return []
        }
    }
}

/// A command line of a page.
///
/// It ends with 0, or with what `# ends with N` behind it says.
struct ShownCommand: Sendable {
    let page: String
    let line: String
    var output: [String]?

    init(page: String, line: String, output: [String]? = nil) {
        (self.page, self.line, self.output) = (page, line, output)
    }

    /// Whether it ended as it should: with an error where one is shown.
    func isEnd(_ code: String) -> Bool {
        if output?.contains(where: { $0.hasPrefix("error: ") }) == true { return code != "0" }
        let parts = line.split(separator: "# ends with ")
        return code == (parts.count == 2 ? String(parts[1]) : "0")
    }

    /// Whether a program printed what is shown: ids and times differ, `[…]` stands for anything, and the lines of
    /// stages, which vanish from a terminal, count only where some are shown.
    func isOutput(_ printed: String) -> Bool {
        let shown = (output ?? []).map(Self.steady)
        var lines = printed.split(separator: "\n").map(String.init)
        if !shown.contains(where: Self.isStage) { lines.removeAll(where: Self.isStage) }
        return Self.matches(shown[...], lines.map(Self.steady)[...])
    }

    private static func matches(_ shown: ArraySlice<String>, _ lines: ArraySlice<String>) -> Bool {
        guard let first = shown.first else { return lines.isEmpty }
        if first.hasPrefix("[…") {
            return (lines.startIndex...lines.endIndex).contains { matches(shown.dropFirst(), lines[$0...]) }
        }
        return lines.first == first && matches(shown.dropFirst(), lines.dropFirst())
    }

    private static func isStage(_ line: String) -> Bool { line.prefixMatch(of: #/[0-9:]{8} /#) != nil }

    private static func steady(_ line: String) -> String {
        line.replacing(#/^[0-9]{2}:[0-9]{2}:[0-9]{2}/#, with: "00:00:00")
            .replacing(#/\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,40}\b/#, with: "0000000")
    }
}
