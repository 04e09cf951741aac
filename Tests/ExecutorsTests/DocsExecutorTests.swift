import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import Testing

@Suite struct DocsExecutorTests {
    private func job(_ paths: [String], _ change: (inout BacklogTask) -> Void = { _ in }) throws -> Job {
        var task = BacklogTask(id: "task-001")
        task.title = "Add API logging guide"
        task.details = "How requests are logged."
        task.acceptanceCriteria = ["Every endpoint has an example"]
        task.allowedPaths = try paths.map { try PathPattern($0) }
        change(&task)
        var scope = Scope(name: "docs")
        scope.allowedPaths = try [PathPattern("**")]
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        return Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
    }

    @Test func writesAWholePage() throws {
        let files = try MemoryFileView()
        _ = try DocsExecutor().execute(job(["docs/guide.md"]), in: files)
        let expected = """
            # Add API logging guide

            <!-- leviathan:begin task-001 -->
            How requests are logged.

            ## What this page covers

            - Every endpoint has an example
            <!-- leviathan:end task-001 -->

            """
        #expect(try files.text("docs/guide.md") == expected)
    }

    @Test(arguments: [
        (["docs/"], "docs/TASK_001.md"), (["docs/**"], "docs/TASK_001.md"),
        (["docs/api/*.md"], "docs/api/TASK_001.md"),
        (["src/a.py", "docs/x.md"], "docs/x.md"), (["**"], "TASK_001.md"), (["docs/", "README.md"], "README.md"),
    ])
    func choosesThePage(paths: [String], expected: String) throws {
        let files = try MemoryFileView()
        _ = try DocsExecutor().execute(job(paths), in: files)
        #expect(files.files.keys.map(\.description) == [expected])
    }

    @Test(arguments: [["docs/a.md", "docs/b.md"], ["src/a.py"], ["docs/*/x.txt"], []])
    func refusesWhatNamesNoSinglePage(paths: [String]) throws {
        let job = try job(paths)
        #expect(throws: ExecutorError.self) { try DocsExecutor().execute(job, in: MemoryFileView()) }
    }

    @Test(arguments: ["# Mine\n\nText.\n", "# Mine\r\n\r\nText.\r\n", "no final newline", ""])
    func leavesEveryOtherByteAlone(existing: String) throws {
        let files = try MemoryFileView(["docs/guide.md": existing])
        let job = try job(["docs/guide.md"])
        _ = try DocsExecutor().execute(job, in: files)
        let once = try #require(try files.text("docs/guide.md"))
        #expect(Array(once.utf8).starts(with: existing.utf8))
        #expect(once.contains("leviathan:begin task-001"))
        _ = try DocsExecutor().execute(job, in: files)
        #expect(try files.text("docs/guide.md") == once)
    }

    @Test func replacesOnlyItsOwnBlock() throws {
        let before = "top\n<!-- leviathan:begin task-001 -->\nold\n<!-- leviathan:end task-001 -->\nbottom"
        let files = try MemoryFileView(["docs/guide.md": before])
        _ = try DocsExecutor().execute(job(["docs/guide.md"]), in: files)
        let after = try #require(try files.text("docs/guide.md"))
        #expect(after.hasPrefix("top\n<!-- leviathan:begin task-001 -->\nHow requests"))
        #expect(after.hasSuffix("<!-- leviathan:end task-001 -->\nbottom"))
        #expect(!after.contains("old"))
    }

    @Test(arguments: ["<!-- leviathan:begin task-001 -->", "<!-- leviathan:end task-001 -->"])
    func refusesABrokenBlock(existing: String) throws {
        let files = try MemoryFileView(["docs/guide.md": existing])
        let job = try job(["docs/guide.md"])
        #expect(throws: ExecutorError.self) { try DocsExecutor().execute(job, in: files) }
    }

    @Test func rendersSections() throws {
        let files = try MemoryFileView()
        let job = try job(["docs/guide.md"]) { task in
            task.inputs = [
                "sections": [
                    ["title": "Levels", "table": ["columns": ["Level", "Use"], "rows": [["info", "a|b"]]]],
                    ["title": "Try it", "code": "echo ```", "language": "sh", "points": ["one"]],
                ]
            ]
        }
        _ = try DocsExecutor().execute(job, in: files)
        let text = try #require(try files.text("docs/guide.md"))
        #expect(text.contains("## Levels\n\n| Level | Use |\n| --- | --- |\n| info | a\\|b |"))
        #expect(text.contains("- one\n\n````sh\necho ```\n````"))
    }

    @Test func namesTheBrokenSection() throws {
        let job = try job(["docs/guide.md"]) { $0.inputs = ["sections": [["title": "a"], ["text": "b"]]] }
        #expect {
            try DocsExecutor().execute(job, in: MemoryFileView())
        } throws: { error in
            "\(error)".contains("inputs.sections[1]")
        }
    }
}
