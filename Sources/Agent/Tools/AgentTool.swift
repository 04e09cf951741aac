internal import Basics
internal import Model
internal import Paths

/// What a model may use.
enum AgentToolName: String, CaseIterable, Sendable {
    case list, read, search, write, edit, delete, run
}

/// What the use of a tool came to.
struct ToolResult {
    var text: String
    var isError = false
    /// Whether the same use may say something else another time, as a program's output may.
    var isVolatile = false

    static func refused(_ reason: String) -> ToolResult { ToolResult(text: reason, isError: true) }
}

/// Why a tool was not used; told to the model, which may do better.
struct ToolRefusal: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// How the tools are described to the model.
enum ToolCatalog {
    static func descriptions(_ tools: Set<AgentToolName>) -> [JSON] {
        AgentToolName.allCases.filter(tools.contains).map(description)
    }

    private static func description(_ tool: AgentToolName) -> JSON {
        switch tool {
        case .list:
            entry(
                tool, "Lists the files of the repository, at most \(ReadingTools.listLimit) of them.",
                [
                    "path": text("A directory; everything when it is left out."),
                    "glob": text("Such as src/**/*.py."),
                ])
        case .read:
            entry(
                tool, "Reads a text file, at most \(ReadingTools.readLines) lines at a time.",
                [
                    "path": text("A path relative to the root of the repository."),
                    "from_line": number("The first line wanted, counted from 1."),
                    "lines": number("How many lines are wanted."),
                ], required: ["path"])
        case .search:
            entry(
                tool, "Finds the lines that contain a text, byte for byte; no regular expressions.",
                [
                    "text": text("What to look for, within one line."),
                    "path": text("A directory to look in."), "glob": text("Which files to look in."),
                    "ignore_case": ["type": "boolean", "description": "Whether a and A are the same."],
                ], required: ["text"])
        case .write:
            entry(
                tool, "Writes a whole file, in place of what it held.",
                [
                    "path": text("A path that the task allows."), "content": text("All that the file shall hold."),
                    "executable": [
                        "type": "boolean", "description": "Whether it can be run; left out: as it was.",
                    ],
                ], required: ["path", "content"])
        case .edit:
            entry(
                tool, "Replaces a text in a file; it has to be there exactly once.",
                [
                    "path": text("A path that the task allows."),
                    "old": text("What stands there, white space included."),
                    "new": text("What shall stand there."),
                    "all": ["type": "boolean", "description": "Whether to replace it wherever it stands."],
                ], required: ["path", "old", "new"])
        case .delete:
            entry(tool, "Deletes a file.", ["path": text("A path that the task allows.")], required: ["path"])
        case .run:
            entry(
                tool,
                "Runs a command line with /bin/sh in the root of the repository, fenced in: only allowed paths can be written.",
                [
                    "command": text("The command line."),
                    "timeout_seconds": number("How long it may take, 120 when it is left out."),
                ], required: ["command"])
        }
    }

    private static func entry(
        _ tool: AgentToolName, _ description: String, _ properties: KeyValuePairs<String, JSON>,
        required: [String] = []
    ) -> JSON {
        let schema: JSON = [
            "type": "object", "properties": .object(properties.map { JSON.Member($0.key, $0.value) }),
            "required": .strings(required), "additionalProperties": false,
        ]
        return ["name": .string(tool.rawValue), "description": .string(description), "input_schema": schema]
    }

    private static func text(_ description: String) -> JSON {
        ["type": "string", "description": .string(description)]
    }

    private static func number(_ description: String) -> JSON {
        ["type": "integer", "minimum": 1, "description": .string(description)]
    }
}

/// What a model hands to a tool, read with care.
struct ToolInput {
    private let tool: AgentToolName
    private let members: JSON

    init(_ tool: AgentToolName, _ input: JSON, known: [String]) throws(ToolRefusal) {
        (self.tool, members) = (tool, input)
        for member in input.members ?? [] where !known.contains(member.name) {
            throw ToolRefusal(
                "'\(tool.rawValue)' takes no '\(PlainLine.text(member.name, limit: 60))'; it takes \(known.joined(separator: ", "))"
            )
        }
    }

    func text(_ name: String, limit: Int = 4096) throws(ToolRefusal) -> String {
        guard let text = try optionalText(name, limit: limit) else {
            throw ToolRefusal("'\(tool.rawValue)' needs '\(name)', a text")
        }
        return text
    }

    func optionalText(_ name: String, limit: Int = 4096) throws(ToolRefusal) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.string else { throw ToolRefusal("'\(name)' is no text") }
        guard text.utf8.count <= limit else {
            throw ToolRefusal("'\(name)' is longer than \(SizeText.text(limit))")
        }
        return text
    }

    func path(_ name: String = "path") throws(ToolRefusal) -> RepoPath { try Self.path(try text(name)) }

    /// `nil` for the whole tree, which `.` and `/` mean too.
    func directory() throws(ToolRefusal) -> RepoPath? {
        guard var text = try optionalText("path") else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        return text.isEmpty || text == "." ? nil : try Self.path(text)
    }

    private static func path(_ text: String) throws(ToolRefusal) -> RepoPath {
        let plain = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
        do throws(RepoPathError) { return try RepoPath(plain) } catch {
            throw ToolRefusal(
                PlainLine.text(error.message, limit: 300) + "; paths are relative to the repository's root")
        }
    }

    func glob() throws(ToolRefusal) -> PathPattern? {
        guard let text = try optionalText("glob") else { return nil }
        do throws(PathPatternError) { return try PathPattern(text) } catch {
            throw ToolRefusal(PlainLine.text(error.message, limit: 300))
        }
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(ToolRefusal) -> Int? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let number = value.integer, number >= range.lowerBound else {
            throw ToolRefusal("'\(name)' is no whole number from \(range.lowerBound)")
        }
        return min(number, range.upperBound)
    }

    func flag(_ name: String) throws(ToolRefusal) -> Bool? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let flag = value.bool else { throw ToolRefusal("'\(name)' is neither true nor false") }
        return flag
    }
}
