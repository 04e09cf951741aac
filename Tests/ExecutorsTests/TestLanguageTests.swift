import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import Processes
import TestSupport
import Testing

/// What was written as tests, read and where possible run by the languages' own tools.
@Suite(.timeLimit(.minutes(60))) struct TestLanguageTests {
    private static let names = TestsExecutorTests.hostile.count

    /// The file for the hostile criteria: written whole, or half of it added to the other half.
    private func written(
        _ framework: String, _ path: String, inTwo: Bool, criteria: [String]? = nil
    ) throws -> TemporaryDirectory {
        var task = BacklogTask(id: "task-001")
        task.title = "Check \"API\" \\logging \\u000a"
        task.allowedPaths = try [PathPattern(path)]
        task.inputs = ["framework": .string(framework)]
        var scope = Scope(name: "tests")
        scope.allowedPaths = try [PathPattern("**")]
        let files = try MemoryFileView()
        let all = criteria ?? TestsExecutorTests.hostile
        for criteria in inTwo ? [Array(all.prefix(all.count / 2)), all] : [all] {
            task.acceptanceCriteria = criteria
            let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
            let job = Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
            _ = try TestsExecutor().execute(job, in: files)
        }
        let directory = try TemporaryDirectory()
        try directory.write(path, try files.text(path) ?? "")
        return directory
    }

    @Test(arguments: [false, true]) func pytestSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("pytest", "test_api.py", inTwo: inTwo)
        let outcome = try InstalledTool("python3").run(
            ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_api.py"], in: directory,
            probe: ["-c", "import pytest"])
        guard let outcome else { return }
        #expect(outcome.output.text.contains("\n\(Self.names) skipped"), "\(outcome.output.text)")
    }

    @Test(arguments: [false, true]) func unittestSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("unittest", "test_api.py", inTwo: inTwo)
        guard let outcome = try InstalledTool("python3").run(["test_api.py"], in: directory) else { return }
        #expect(outcome.errors.text.hasSuffix("OK (skipped=\(Self.names))\n"), "\(outcome.errors.text)")
    }

    @Test(arguments: ["swift-testing", "xctest"], [false, true]) func swiftParses(framework: String, inTwo: Bool)
        throws
    {
        let directory = try written(framework, "APITests.swift", inTwo: inTwo)
        let outcome = try InstalledTool("swiftc").run(["-frontend", "-parse", "APITests.swift"], in: directory)
        #expect(outcome?.succeeded != false, "\(outcome?.errors.text ?? "")")
    }

    @Test(arguments: [false, true]) func nodeSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("jest", "api.test.js", inTwo: inTwo)
        try directory.write(
            "run.js",
            """
            let titles = new Set();
            global.describe = (_, body) => body();
            global.test = () => { throw new Error("not skipped"); };
            global.test.skip = (title, body) => { if (typeof body === "function") titles.add(title); };
            require("./api.test.js");
            console.log(titles.size);
            """)
        guard let outcome = try InstalledTool("node").run(["run.js"], in: directory) else { return }
        #expect(outcome.output.text == "\(Self.names)\n", "\(outcome.errors.text)")
    }

    @Test(arguments: [false, true]) func nodeParsesModules(inTwo: Bool) throws {
        let directory = try written("vitest", "api.test.mjs", inTwo: inTwo)
        let outcome = try InstalledTool("node").run(["--check", "api.test.mjs"], in: directory)
        #expect(outcome?.succeeded != false, "\(outcome?.errors.text ?? "")")
    }

    @Test(arguments: [false, true]) func rustIgnoresEachOfThem(inTwo: Bool) throws {
        let directory = try written("rust", "api.rs", inTwo: inTwo)
        let compiled = try InstalledTool("rustc").run(
            ["--edition", "2021", "--test", "api.rs", "-o", "api"], in: directory, probe: ["--version"])
        guard let compiled else { return }
        #expect(compiled.succeeded, "\(compiled.errors.text)")
        let outcome = try InstalledTool(directory.path + "/api").run([], in: directory)
        #expect(outcome?.output.text.contains(" 0 passed; 0 failed; \(Self.names) ignored") == true)
    }

    @Test(arguments: [false, true]) func javaCompiles(inTwo: Bool) throws {
        let path = "src/test/java/org/example/ApiTest.java"
        let directory = try written("junit5", path, inTwo: inTwo)
        for name in ["Test", "Disabled", "DisplayName"] {
            let value = name == "Test" ? "" : "String value();"
            try directory.write(
                "org/junit/jupiter/api/\(name).java",
                "package org.junit.jupiter.api; public @interface \(name) { \(value) }")
        }
        try directory.write(
            "org/junit/jupiter/api/Assertions.java",
            "package org.junit.jupiter.api; public class Assertions { public static void fail(String m) {} }")
        let outcome = try InstalledTool("javac").run(
            ["-encoding", "UTF-8", "-sourcepath", ".", "-d", "out", path], in: directory, probe: ["-version"])
        #expect(outcome?.succeeded != false, "\(outcome?.errors.text ?? "")")
    }

    @Test(arguments: [false, true]) func goFormats(inTwo: Bool) throws {
        let directory = try written("go", "api_test.go", inTwo: inTwo)
        let outcome = try InstalledTool("gofmt").run(["-e", "-l", "api_test.go"], in: directory)
        #expect(
            outcome?.succeeded != false && outcome?.output.text.isEmpty != false, "\(outcome?.errors.text ?? "")")
    }

    // MARK: Ruby, PHP and more of JavaScript

    @Test(arguments: [false, true]) func rspecSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("rspec", "spec/api_spec.rb", inTwo: inTwo)
        let checked = try InstalledTool("ruby").run(["-wc", "spec/api_spec.rb"], in: directory)
        #expect(checked?.output.text ?? "Syntax OK\n" == "Syntax OK\n" && checked?.errors.text ?? "" == "")
        guard let outcome = try InstalledTool("rspec").run(["--no-color"], in: directory, probe: ["--version"])
        else { return }
        #expect(
            outcome.output.text.contains("\(Self.names) examples, 0 failures, \(Self.names) pending"),
            "\(outcome.output.text)")
    }

    @Test(arguments: [false, true]) func phpunitSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("phpunit", "tests/ApiTest.php", inTwo: inTwo)
        let checked = try InstalledTool("php").run(["-l", "tests/ApiTest.php"], in: directory)
        #expect(checked?.succeeded != false, "\(checked?.output.text ?? "")")
        let outcome = try InstalledTool("phpunit").run(
            ["--no-configuration", "--colors=never", "tests/ApiTest.php"], in: directory, probe: ["--version"])
        guard let outcome else { return }
        #expect(
            outcome.output.text.contains("Tests: \(Self.names), Assertions: 0, Skipped: \(Self.names)."),
            "\(outcome.output.text)")
    }

    @Test(arguments: ["test/api.test.mjs", "test/api.test.cjs"], [false, true])
    func nodesOwnRunnerSkipsEachOfThem(path: String, inTwo: Bool) throws {
        let directory = try written("node-test", path, inTwo: inTwo)
        guard let outcome = try InstalledTool("node").run(["--test", "--test-reporter=tap", path], in: directory)
        else { return }
        #expect(
            outcome.succeeded && outcome.output.text.contains("# skipped \(Self.names)\n"),
            "\(outcome.output.text)")
    }

    @Test(arguments: [
        ("mocha", "test/api.mjs"), ("mocha", "test/api.cjs"), ("ava", "test/api.mjs"), ("ava", "test/api.cjs"),
    ])
    func nodeParsesTheOthers(framework: String, path: String) throws {
        for inTwo in [false, true] {
            let outcome = try InstalledTool("node").run(
                ["--check", path], in: try written(framework, path, inTwo: inTwo))
            #expect(outcome?.succeeded != false, "\(outcome?.errors.text ?? "")")
        }
    }

    // MARK: Formatters

    private static let python =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.build/venv/bin/"

    /// Each changes nothing in what was written.
    @Test(arguments: [
        ("pytest", "test_api.py", python + "black", ["-q", "--check"]),
        ("unittest", "test_api.py", python + "black", ["-q", "--check"]),
        ("pytest", "test_api.py", python + "ruff", ["format", "--check"]),
        ("unittest", "test_api.py", python + "ruff", ["format", "--check"]),
        ("pytest", "test_api.py", python + "ruff", ["check", "--select", "E4,E7,E9,F,I,W"]),
        ("rust", "api.rs", "rustfmt", ["--check"]),
        (
            "swift-testing", "APITests.swift", "swift-format",
            ["lint", "--strict", "--configuration", "{\"version\": 1, \"indentation\": {\"spaces\": 4}}"]
        ),
        ("jest", "api.test.js", "prettier", ["--check"]), ("vitest", "api.test.mjs", "prettier", ["--check"]),
        ("node-test", "api.test.mjs", "prettier", ["--check"]), ("ava", "test/api.mjs", "prettier", ["--check"]),
    ]) func formattersFindNothingToDo(framework: String, path: String, tool: String, arguments: [String]) throws {
        // Lines that are longer than a formatter likes hold one text that cannot be broken.
        let isSwift = framework == "swift-testing"
        for inTwo in [false, true] {
            let directory = try written(
                framework, path, inTwo: inTwo, criteria: isSwift ? ["It works", "It says \"x\""] : nil)
            let outcome = try InstalledTool(tool).run(arguments + [path], in: directory)
            #expect(outcome?.succeeded != false, "\(outcome?.output.text ?? "") \(outcome?.errors.text ?? "")")
        }
    }
}
