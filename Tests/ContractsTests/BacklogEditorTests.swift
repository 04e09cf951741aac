import Basics
import Contracts
import TestSupport
import Testing

@Suite struct BacklogEditorTests {
    private let fields = WriteBackFields(
        attempt: "attempt-x", branch: "agent/b", completedAt: "2026-01-01T00:00:00Z")

    private func marked(_ text: String, _ id: String = "b") throws -> String {
        String(decoding: try BacklogEditor.marking(id, asCompleted: fields, in: Array(text.utf8)), as: UTF8.self)
    }

    @Test func addsLinesToABlockTask() throws {
        let before =
            "# top\ntasks:\n  - id: a   # one\n    ready: true\n\n  # before b\n  - id: b\n    ready:   true  # now\n    status: 'pending'\n\n  - id: c\n"
        let after =
            "# top\ntasks:\n  - id: a   # one\n    ready: true\n\n  # before b\n  - id: b\n    ready:   false  # now\n    status: completed\n    last_attempt_id: attempt-x\n    branch_name: agent/b\n    completed_at: 2026-01-01T00:00:00Z\n\n  - id: c\n"
        #expect(try marked(before) == after)
        #expect(try marked(after) == after)
    }

    @Test(arguments: [
        (
            "tasks: [{id: b}]",
            "tasks: [{id: b, status: completed, ready: false, last_attempt_id: attempt-x, branch_name: agent/b, completed_at: 2026-01-01T00:00:00Z}]"
        ),
        (
            "- {id: b, ready: true, }\n",
            "- {id: b, ready: false, status: completed, last_attempt_id: attempt-x, branch_name: agent/b, completed_at: 2026-01-01T00:00:00Z }\n"
        ),
        (
            "- id: b\n  status:\n  ready: true # x\n  title: é",
            "- id: b\n  status: completed\n  ready: false # x\n  title: é\n  last_attempt_id: attempt-x\n  branch_name: agent/b\n  completed_at: 2026-01-01T00:00:00Z"
        ),
        (
            "tasks:\r\n- \"id\": b\r\n  ready: true\r\n",
            "tasks:\r\n- \"id\": b\r\n  ready: false\r\n  status: completed\r\n  last_attempt_id: attempt-x\r\n  branch_name: agent/b\r\n  completed_at: 2026-01-01T00:00:00Z\r\n"
        ),
    ])
    func editsInTheStyleOfTheFile(before: String, after: String) throws {
        #expect(try marked(before) == after)
    }

    @Test(arguments: [
        "base: &x {ready: true}\ntasks:\n- <<: *x\n  id: b\n", "t: &x {id: b}\ntasks: [*x]\n",
        "tasks: [{id: b, ready: &r true}, {id: c, ready: *r}]",
        "tasks: [{id: c}]", "tasks: [", "", "tasks: [{id: b, status: [1]}]",
    ])
    func refusesWhereItCannotBeSafe(text: String) {
        #expect(throws: WriteBackRefusal.self) { try marked(text) }
    }

    /// Backlogs of every layout: other tasks, comments, quotes, blank lines, line endings.
    private func backlog(_ random: inout SeededRandom) -> [String] {
        let newLine = ["\n", "\r\n"].randomElement(using: &random) ?? "\n"
        var lines = [
            ["tasks:", "# tâsks\ttab", "version: 1" + newLine + "tasks:"].randomElement(using: &random) ?? "tasks:"
        ]
        if !lines[0].hasSuffix("tasks:") { lines.append("tasks:") }
        let indent = ["", "  ", "      "].randomElement(using: &random) ?? ""
        let target = Int.random(in: 0..<4, using: &random)
        for number in 0..<4 {
            let id = number == target ? "b" : "other-\(number)"
            var entries = [
                "id: \(id)", "title: 'x # y'", "ready: true", "allowed_paths: [docs/, \"a b/\"]",
                "description: \"é: 1\"",
            ]
            if Bool.random(using: &random) { entries.append("status: \"pending\"") }
            if Bool.random(using: &random) { entries.append("last_attempt_id: old") }
            entries = [entries[0]] + entries.dropFirst().shuffled(using: &random)
            if Bool.random(using: &random) {
                lines.append(
                    "\(indent)- {\(entries.joined(separator: ", "))}"
                        + (Bool.random(using: &random) ? "  # flow" : ""))
            } else {
                for (place, entry) in entries.enumerated() {
                    lines.append(
                        indent + (place == 0 ? "- " : "  ") + entry
                            + (Bool.random(using: &random) ? "   # \tnote ü" : ""))
                    if Bool.random(using: &random) {
                        lines.append(["", "\(indent)  # between", "   "].randomElement(using: &random) ?? "")
                    }
                }
            }
        }
        return [lines.joined(separator: newLine) + (Bool.random(using: &random) ? newLine : "")]
    }

    @Test func changesOnlyTheLinesOfTheTask() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<1500 {
            let before = backlog(&random)[0]
            let after = try marked(before)
            #expect(try marked(after) == after)
            let kept = before.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
                !["ready:", "status:", "last_attempt_id:", "id: b"].contains { line.contains($0) }
            }
            var rest = after.split(separator: "\n", omittingEmptySubsequences: false)[...]
            for line in kept {
                let found = rest.firstIndex { $0 == line || $0 == line + "\r" }
                #expect(found != nil, "lost \(line)")
                rest = rest[((found ?? rest.startIndex) + 1)...]
            }
        }
    }

    @Test func handlesTwoThousandTasks() throws {
        let lines = (0..<2000).map { "- id: t\($0)\n  scope: docs\n  ready: true\n" }
        let after = try marked(lines.joined(), "t1234")
        #expect(
            after.count - lines.joined().count
                == "  status: completed\n  last_attempt_id: attempt-x\n  branch_name: agent/b\n  completed_at: 2026-01-01T00:00:00Z\n"
                .count + 1)
    }
}
