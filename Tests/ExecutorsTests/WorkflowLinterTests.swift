import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import Processes
import TestSupport
import Testing

/// Where `scripts/setup test` installs them.
private enum WorkflowLinters {
    static let place =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.build/venv/bin"

    static let areInstalled = ["actionlint", "zizmor"].allSatisfy { FileSystem.exists("\(place)/\($0)") }
}

/// What actionlint and zizmor, programs of others, say of the workflows that the executor `ci` writes.
@Suite(.enabled(if: WorkflowLinters.areInstalled), .timeLimit(.minutes(60))) struct WorkflowLinterTests {
    /// Their findings about one workflow, by kind.
    private static func findings(_ workflow: String) throws -> [String: Int] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(".github/workflows/test.yml", workflow)
        var counts: [String: Int] = [:]
        let first = try run(
            "actionlint", ["-format", "{{json .}}", "-shellcheck=", "-pyflakes=", path], in: directory)
        let answer = try JSON.parse(first.output.text)
        for finding in answer.elements ?? [] {
            counts["actionlint " + (finding["kind"]?.string ?? "?"), default: 0] += 1
        }
        let second = try run(
            "zizmor", ["--offline", "--quiet", "--no-config", "--format", "json", path], in: directory)
        let audit = try JSON.parse(second.output.text)
        for finding in try #require(audit.elements, "\(second.errors.text)") {
            counts["zizmor " + (finding["ident"]?.string ?? "?"), default: 0] += 1
        }
        return counts
    }

    private static func run(
        _ name: String, _ arguments: [String], in directory: TemporaryDirectory
    ) throws -> ProcessOutcome {
        var program = Subprocess(
            "\(WorkflowLinters.place)/\(name)", arguments,
            environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path])
        program.workingDirectory = directory.path
        return try program.run()
    }

    private static func written(_ inputs: JSON, over workflow: String?) throws -> String {
        let path = CIExecutorTests.path
        var task = BacklogTask(id: "task-001")
        (task.title, task.inputs, task.allowedPaths) = ("Run the tests", inputs, [try PathPattern(path)])
        var scope = Scope(name: "ci")
        scope.allowedPaths = task.allowedPaths
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        let job = Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
        let files = try MemoryFileView(workflow.map { [path: $0] } ?? [:])
        _ = try CIExecutor().execute(job, in: files)
        return try #require(try files.text(path))
    }

    @Test(arguments: ["python", "node", "go", "java", ""]) func haveNothingToSayOfANewWorkflow(language: String)
        throws
    {
        var workflow: [JSON.Member] = [.init("command", ["make lint", "make test"])]
        if !language.isEmpty { workflow += [.init("language", .string(language)), .init("version", "21")] }
        let text = try Self.written(["workflow": .object(workflow)], over: nil)
        #expect(try Self.findings(text) == [:], "\(text)")
    }

    @Test func findWhatIsWrong() throws {
        let wrong =
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: a/b@v1\n        wiht: {}\n"
        let found = try Self.findings(wrong)
        #expect(found["actionlint syntax-check"] != nil && found["zizmor unpinned-uses"] != nil, "\(found)")
    }

    @Test(arguments: CIExecutorTests.changes.map(\.0)) func findNothingNewInAChange(inputs: String) throws {
        let before = try Self.findings(CIExecutorTests.workflow)
        let after = try Self.findings(try Self.written(try JSON.parse(inputs), over: CIExecutorTests.workflow))
        for (kind, count) in after { #expect(count <= before[kind, default: 0], "\(kind)") }
    }
}
