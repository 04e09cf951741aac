import Basics
import Contracts
import Testing

/// A new task at the end of a backlog, and every other byte as it was.
@Suite struct BacklogAdditionTests {
    private func task() -> NewTask {
        var task = NewTask(id: "b", title: "Say: more")
        (task.scope, task.allowedPaths) = ("docs", ["docs/b.md"])
        task.inputs = ["template": "guide", "points": ["one, two", "x"], "text": "a\n\nb\n"]
        return task
    }

    private func added(_ text: String) throws -> String {
        String(decoding: try BacklogAddition.adding(task(), to: Array(text.utf8)), as: UTF8.self)
    }

    private static let lines = [
        "id: b", "title: \"Say: more\"", "scope: docs", "ready: false", "allowed_paths: [docs/b.md]", "inputs:",
        "  template: guide", "  points: [\"one, two\", x]", "  text: |", "    a", "", "    b",
    ]

    private static func item(_ indent: String, _ newLine: String = "\n") -> String {
        lines.enumerated().map { index, line in
            line.isEmpty ? newLine : indent + (index == 0 ? "- " : "  ") + line + newLine
        }.joined()
    }

    @Test(arguments: [
        ("", "version: 1\ntasks:\n" + item("  ")),
        ("# none yet\n", "# none yet\nversion: 1\ntasks:\n" + item("  ")),
        ("version: 1\n", "version: 1\ntasks:\n" + item("  ")),
        ("tasks:\n", "tasks:\n" + item("  ")),
        ("tasks: []\n", "tasks:\n" + item("  ")),
        ("- id: a\n", "- id: a\n" + item("")),
        ("tasks:\n- id: a\n  ready: true # x", "tasks:\n- id: a\n  ready: true # x\n" + item("")),
        ("tasks:\n  - id: a\n\n  - id: c\n", "tasks:\n  - id: a\n\n  - id: c\n\n" + item("  ")),
        (
            "tasks:\n    - id: a\n      description: |+\n        kept\n\n",
            "tasks:\n    - id: a\n      description: |+\n        kept\n\n" + item("    ")
        ),
        ("tasks:\n  - id: a\nlimits: {}\n", "tasks:\n  - id: a\n" + item("  ") + "limits: {}\n"),
        ("tasks:\r\n  - id: a\r\n", "tasks:\r\n  - id: a\r\n" + item("  ", "\r\n")),
        ("tasks:\n  - id: a\n# after\n", "tasks:\n  - id: a\n" + item("  ") + "# after\n"),
        ("tasks:\n  - {id: a}\n  # - id: old\n", "tasks:\n  - {id: a}\n" + item("  ") + "  # - id: old\n"),
    ])
    func goesBehindTheLast(before: String, after: String) throws {
        #expect(try added(before) == after)
    }

    @Test func goesIntoAListInBrackets() throws {
        let after = try added("tasks: [{id: a}, ]\n")
        #expect(after.hasPrefix("tasks: [{id: a}, {\"id\":\"b\""), "\(after)")
    }

    @Test(arguments: [
        "tasks: {a: 1}", "tasks: x", "just text", "--- \ntasks: []\n---\ntasks: []\n", "tasks: [] # none\n",
        "tasks: [",
        "t: &x [{id: a}]\ntasks: *x\n", "{version: 1}",
    ])
    func refusesWhereItCannotBeSafe(text: String) throws {
        let error = try #require(throws: BacklogAdditionError.self) { try added(text) }
        #expect(error.message.hasPrefix("no task can be added to the backlog: ") && error.hint != nil)
    }

    @Test(arguments: [
        "plain", "yes", "true", "1.5", "a: b", "- x", "#x", "'q'", "\"q\"", "é", " lead", "trail ", "a #b", "x:",
        "a\nb",
        "a\nb\n", "\na", "a\n b\n", " a\nb", "a\tb", "a\n\n\n", "&x", "*x", "!x", "%x", "@x", "`x`", "{x}", "[x]",
        "a, b",
        "", "null", "~", "0x1f", "2026-01-01", "\u{85}x", "\u{FEFF}x", "a\r\nb", "| x", "> x", "? x", "=",
    ])
    func everyTextReadsBackAsItself(text: String) throws {
        var task = NewTask(id: "b", title: text)
        (task.details, task.criteria, task.inputs) = (
            text, [text, text], ["k": .string(text), "m": [[.string(text)]]]
        )
        task.inputs = .object([JSON.Member("k" + text, .string(text)), JSON.Member("l", [["a": .string(text)]])])
        _ = try BacklogAddition.adding(task, to: Array("tasks:\n  - id: a\n".utf8))
    }

    @Test func anIDComesFromTheTitle() {
        #expect(NewTask.id(from: "Explain the API's logging!", besides: []) == "explain-the-api-s-logging")
        #expect(NewTask.id(from: "Größe", besides: []) == "gr-e")
        #expect(NewTask.id(from: "…", besides: ["task"]) == "task-2")
        #expect(NewTask.id(from: "a b", besides: ["a-b", "a-b-2"]) == "a-b-3")
        #expect(NewTask.id(from: String(repeating: "word ", count: 50), besides: []).count <= 51)
    }
}
