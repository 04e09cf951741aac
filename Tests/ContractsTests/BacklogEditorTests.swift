import Basics
import Contracts
import Model
import TestSupport
import Testing

@Suite struct BacklogEditorTests {
    private let fields = WriteBackFields(
        attempt: "attempt-x", branch: "agent/b", completedAt: "2026-01-01T00:00:00Z")

    private func marked(_ text: String, _ id: String = "b") throws -> String {
        String(decoding: try BacklogEditor.marking(id, asCompleted: fields, in: Array(text.utf8)), as: UTF8.self)
    }

    private static let three =
        "last_attempt_id: attempt-x, branch_name: agent/b, completed_at: 2026-01-01T00:00:00Z"

    @Test func addsLinesToABlockTask() throws {
        let before =
            "# top\ntasks:\n  - id: a   # one\n    ready: true\n\n  # before b\n  - id: b\n    ready:   true  # now\n    status: 'pending'\n\n  - id: c\n"
        let after =
            "# top\ntasks:\n  - id: a   # one\n    ready: true\n\n  # before b\n  - id: b\n    ready:   false  # now\n    status: completed\n    last_attempt_id: attempt-x\n    branch_name: agent/b\n    completed_at: 2026-01-01T00:00:00Z\n\n  - id: c\n"
        #expect(try marked(before) == after)
        #expect(try marked(after) == after)
    }

    @Test(arguments: [
        ("tasks: [{id: b}]", "tasks: [{id: b, status: completed, ready: false, \(three)}]"),
        ("- {id: b, ready: true, }\n", "- {id: b, ready: false, status: completed, \(three), }\n"),
        (
            "- {id: b,   # here\n   ready: true   # there\n  }\n",
            "- {id: b,   # here\n   ready: false, status: completed, \(three)   # there\n  }\n"
        ),
        ("- {id: b, ready: , status: }", "- {id: b, ready: false , status: completed , \(three)}"),
        ("\u{FEFF}- {id: b}", "\u{FEFF}- {id: b, status: completed, ready: false, \(three)}"),
        ("- {id: b, ready}", "- {id: b, ready: false, status: completed, \(three)}"),
        (
            #"- {"id":"b","ready":true,"status":"pending"}"#,
            #"- {"id":"b","ready":false,"status":completed, \#(three)}"#
        ),
        (
            "- id: b\n  status:\n  ready: true # x\n  title: é",
            "- id: b\n  status: completed\n  ready: false # x\n  title: é\n  last_attempt_id: attempt-x\n  branch_name: agent/b\n  completed_at: 2026-01-01T00:00:00Z"
        ),
        (
            "tasks:\r\n- \"id\": b\r\n  ready: true\r\n",
            "tasks:\r\n- \"id\": b\r\n  ready: false\r\n  status: completed\r\n  last_attempt_id: attempt-x\r\n  branch_name: agent/b\r\n  completed_at: 2026-01-01T00:00:00Z\r\n"
        ),
        (
            "- id: b\n  ready: true\n  status: pending\n  description: |+\n    kept\n\n\n- id: c\n",
            "- id: b\n  ready: false\n  status: completed\n  last_attempt_id: attempt-x\n  branch_name: agent/b\n  completed_at: 2026-01-01T00:00:00Z\n  description: |+\n    kept\n\n\n- id: c\n"
        ),
        (
            "id: b\nready: true\nstatus: pending\n",
            "id: b\nready: false\nstatus: completed\nlast_attempt_id: attempt-x\nbranch_name: agent/b\ncompleted_at: 2026-01-01T00:00:00Z\n"
        ),
    ])
    func editsInTheStyleOfTheFile(before: String, after: String) throws {
        #expect(try marked(before) == after)
    }

    @Test(arguments: [
        "base: &x {ready: true}\ntasks:\n- <<: *x\n  id: b\n", "t: &x {id: b}\ntasks: [*x]\n",
        "t: &x {id: b}\ntasks: [<<: *x]\n", "tasks: [{id: b, ready: &r true}, {id: c, ready: *r}]",
        "r: &r true\ntasks: [{id: b, ready: *r}]", "tasks: [&t {id: b}, {id: c, inputs: *t}]",
        "tasks: [{id: c}]", "tasks: [", "", "tasks: [{id: b, status: [1]}]", "tasks: [{id: b, ready: !!str x}]",
        "tasks: [{id: b}, {id: b}]", "tasks: [{id: b, ready: true, ready: false}]", "just text", "tasks: {id: b}",
    ])
    func refusesWhereItCannotBeSafe(text: String) throws {
        let refusal = try #require(throws: WriteBackRefusal.self) { try marked(text) }
        #expect(refusal.message.hasPrefix("task 'b' cannot be marked as completed in the backlog: "))
        #expect(refusal.hint != nil)
    }

    private func markedBeside(_ text: String, _ id: String = "b") throws -> String {
        let known = try #require(tasks(text))
        return String(
            decoding: try BacklogEditor.marking(
                id, asCompleted: fields, in: Array(text.utf8), beside: BacklogNeighbours(known)), as: UTF8.self)
    }

    @Test(arguments: [
        "- {id: a, title: A}\n- {id: b, title: B}\n", "- {id: b, title: B}\n- {id: c, title: C}\n",
        "[{id: b, title: B}, {id: c, title: C}]", "- id: b\n  title: B\n  ready: true\n- {id: c, title: C}\n",
        "- id: b\n  title: B\n  ready: true\n- ready: true\n  id: c\n",
        "- {id: a, title: A}\n- {id: b, title: B}\n- {id: c, title: C, dependencies: [a]}\n",
    ])
    func marksNothingThatTouchesAnOpenTask(text: String) throws {
        let refusal = try #require(throws: WriteBackRefusal.self) { try markedBeside(text) }
        #expect(refusal.message.contains("its lines touch those of"), "\(refusal.message)")
    }

    @Test(arguments: [
        "- {id: a, status: completed}\n- {id: b, title: B}\n", "- {id: b, title: B}\n\n- {id: c, title: C}\n",
        "- {id: b, title: B}\n- {id: c, dependencies: [b]}\n",
        "- {id: a}\n- {id: b}\n\n- {id: c, dependencies: [b]}\n",
        "- id: a\n  title: A\n  ready: true\n- id: b\n  title: B\n- id: c\n",
    ])
    func marksWhatNobodyElseMarks(text: String) throws {
        #expect(try markedBeside(text) == marked(text))
    }

    @Test func keepsClearOfATaskOnTheNextLine() throws {
        let text = "- id: b\n  ready: true\n  title: B\n- {id: c, title: C}\n"
        let after = try markedBeside(text)
        #expect(after.hasPrefix("- id: b\n  ready: false\n  status: completed\n"), "\(after)")
        #expect(after.hasSuffix("\n  title: B\n- {id: c, title: C}\n"), "\(after)")
    }

    @Test func writesNamesThatLookLikeSomethingElseInQuotes() throws {
        let odd = WriteBackFields(attempt: "1e5", branch: "agent/a b", completedAt: "2026-01-01T00:00:00Z")
        let result = try BacklogEditor.marking("b", asCompleted: odd, in: Array("- id: b\n".utf8))
        let text = String(decoding: result, as: UTF8.self)
        #expect(text.contains("last_attempt_id: \"1e5\"\n  branch_name: \"agent/a b\"\n"))
    }

    @Test(.timeLimit(.minutes(60)), arguments: 0..<400)
    func touchesNothingButTheTask(seed: Int) throws {
        let generated = GeneratedBacklog(seed: UInt64(seed))
        let before = generated.text
        let source = MemorySource(backlog: before)
        let model = try #require(tasks(before), "\(before)\n\(ContractLoader.load(from: source).shown)")
        let after = try marked(before, "target")
        #expect(try marked(after, "target") == after)

        let lines = { (text: String) in
            Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        }
        let (old, new) = (lines(before), lines(after))
        let start = generated.targetLines.lowerBound
        let tail = old.count - generated.targetLines.upperBound
        #expect(Array(old[..<start]) == Array(new[..<start]), "\(after)")
        #expect(Array(old.suffix(tail)) == Array(new.suffix(tail)), "\(after)")

        var expected = model
        let index = try #require(expected.firstIndex { $0.id == "target" })
        expected[index].status = .completed
        expected[index].ready = false
        expected[index].outcome.lastAttempt = "attempt-x"
        expected[index].outcome.branch = "agent/b"
        expected[index].outcome.completedAt = Instant("2026-01-01T00:00:00Z")
        #expect(tasks(after) == expected, "\(after)")
    }

    @Test(.timeLimit(.minutes(60))) func handlesTwoThousandTasks() throws {
        let lines = (0..<2000).map { "- id: t\($0)\n  scope: docs\n  ready: true\n" }
        let after = try marked(lines.joined(), "t1234")
        let added =
            "  status: completed\n  last_attempt_id: attempt-x\n  branch_name: agent/b\n  completed_at: 2026-01-01T00:00:00Z\n"
        var expected = lines
        expected[1234] = "- id: t1234\n  scope: docs\n  ready: false\n" + added
        #expect(after == expected.joined())
    }

    /// The tasks as the loader reads them, their places left out; `nil` when there is an error.
    private func tasks(_ backlog: String) -> [BacklogTask]? {
        let policy = "allowed_paths: ['**']"
        return load(policy: policy, backlog: backlog).contract?.backlog.tasks.map { task in
            var task = task
            task.place = nil
            return task
        }
    }
}
