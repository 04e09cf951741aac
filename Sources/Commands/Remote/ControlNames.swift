internal import CommandLine

/// `leviathanctl`, another name of this program: the older system's commands, asked of a control plane.
enum ControlNames {
    static let name = "leviathanctl"

    /// What each command is here.
    static let commands: [(older: String, words: [String], summary: String)] = [
        ("graph-summary", ["graph", "summary"], "Count nodes and edges by type"),
        ("attempts-list", ["attempts"], "List attempts, the newest first"),
        ("attempts-show", ["attempts", "show"], "Show one attempt in full: attempts-show ATTEMPT"),
        ("failures-recent", ["failures"], "List attempts that failed, and why"),
        ("invalidate", ["attempts", "invalidate"], "Declare an attempt void: invalidate ATTEMPT --reason TEXT"),
    ]

    /// Whether the program was started under that name.
    static func isMeant(by path: String) -> Bool { path.split(separator: "/").last.map { $0 == name } ?? false }

    /// The command line as this program has it; `nil` where it asks for nothing but help.
    static func translated(_ words: [String]) throws(UsageError) -> [String]? {
        var (rest, url, before): ([String], String?, [String]) = (words, nil, [])
        var command: (older: String, words: [String], summary: String)?
        var after: [String] = []
        while !rest.isEmpty {
            let word = rest.removeFirst()
            if word == "--url" {
                guard !rest.isEmpty else { throw UsageError("'--url' needs an address") }
                url = rest.removeFirst()
            } else if word.hasPrefix("--url=") {
                url = String(word.dropFirst("--url=".count))
            } else if command == nil, word.hasPrefix("-") {
                before.append(word)
            } else if command == nil {
                command = commands.first { $0.older == word }
                guard command != nil else {
                    throw UsageError(
                        "\(name) has no command '\(word)': it has \(commands.map(\.older).joined(separator: ", "))"
                    )
                }
            } else {
                after.append(word)
            }
        }
        guard let command else { return nil }
        return command.words + [url.map { "--remote=" + $0 } ?? "--remote"] + before + after
    }

    static var help: String {
        let width = commands.map(\.older.count).max() ?? 0
        let lines = commands.map { command in
            "  " + command.older + String(repeating: " ", count: width + 2 - command.older.count) + command.summary
        }
        return """
            usage: \(name) [--url URL] COMMAND [OPTIONS]

            Asks a control plane: the one of --url, or of LEVIATHAN_CONTROL_PLANE_URL.
            LEVIATHAN_CONTROL_PLANE_TOKEN holds the key, which goes to that host alone.

            \(lines.joined(separator: "\n"))

            Options are those of 'leviathan attempts', 'failures' and 'graph summary'.

            """
    }
}
