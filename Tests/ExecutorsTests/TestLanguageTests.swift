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
    private static let hasPytest = InstalledTool.works("python3", ["-c", "import pytest"])
    private static let hasPython = InstalledTool.works("python3")
    private static let hasNode = InstalledTool.works("node")

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

    @Test(.enabled(if: hasPytest), arguments: [false, true]) func pytestSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("pytest", "test_api.py", inTwo: inTwo)
        let outcome = try InstalledTool("python3").run(
            ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_api.py"], in: directory)
        #expect(outcome.output.text.contains("\n\(Self.names) skipped"), "\(outcome.output.text)")
    }

    @Test(.enabled(if: hasPython), arguments: [false, true]) func unittestSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("unittest", "test_api.py", inTwo: inTwo)
        let outcome = try InstalledTool("python3").run(["test_api.py"], in: directory)
        #expect(outcome.errors.text.hasSuffix("OK (skipped=\(Self.names))\n"), "\(outcome.errors.text)")
    }

    @Test(.enabled(if: InstalledTool.works("swiftc")), arguments: ["swift-testing", "xctest"], [false, true])
    func swiftParses(framework: String, inTwo: Bool)
        throws
    {
        let directory = try written(framework, "APITests.swift", inTwo: inTwo)
        let outcome = try InstalledTool("swiftc").run(["-frontend", "-parse", "APITests.swift"], in: directory)
        #expect(outcome.succeeded, "\(outcome.errors.text)")
    }

    @Test(.enabled(if: hasNode), arguments: [false, true]) func nodeSkipsEachOfThem(inTwo: Bool) throws {
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
        let outcome = try InstalledTool("node").run(["run.js"], in: directory)
        #expect(outcome.output.text == "\(Self.names)\n", "\(outcome.errors.text)")
    }

    @Test(.enabled(if: hasNode), arguments: [false, true]) func nodeParsesModules(inTwo: Bool) throws {
        let directory = try written("vitest", "api.test.mjs", inTwo: inTwo)
        let outcome = try InstalledTool("node").run(["--check", "api.test.mjs"], in: directory)
        #expect(outcome.succeeded, "\(outcome.errors.text)")
    }

    @Test(.enabled(if: InstalledTool.works("rustc")), arguments: [false, true]) func rustIgnoresEachOfThem(
        inTwo: Bool
    ) throws {
        let directory = try written("rust", "api.rs", inTwo: inTwo)
        let compiled = try InstalledTool("rustc").run(
            ["--edition", "2021", "--test", "api.rs", "-o", "api"], in: directory)
        #expect(compiled.succeeded, "\(compiled.errors.text)")
        let outcome = try InstalledTool(directory.path + "/api").run([], in: directory)
        #expect(outcome.output.text.contains(" 0 passed; 0 failed; \(Self.names) ignored"))
    }

    @Test(.enabled(if: InstalledTool.works("javac", ["-version"])), arguments: [false, true]) func javaCompiles(
        inTwo: Bool
    ) throws {
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
            ["-encoding", "UTF-8", "-sourcepath", ".", "-d", "out", path], in: directory)
        #expect(outcome.succeeded, "\(outcome.errors.text)")
    }

    @Test(.enabled(if: InstalledTool.works("gofmt", ["-h"])), arguments: [false, true]) func goFormats(inTwo: Bool)
        throws
    {
        let directory = try written("go", "api_test.go", inTwo: inTwo)
        let outcome = try InstalledTool("gofmt").run(["-e", "-l", "api_test.go"], in: directory)
        #expect(outcome.succeeded && outcome.output.text.isEmpty, "\(outcome.errors.text)")
    }

    // MARK: Ruby, PHP and more of JavaScript

    @Test(.enabled(if: InstalledTool.works("rspec") && InstalledTool.works("ruby")), arguments: [false, true])
    func rspecSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("rspec", "spec/api_spec.rb", inTwo: inTwo)
        let checked = try InstalledTool("ruby").run(["-wc", "spec/api_spec.rb"], in: directory)
        #expect(checked.output.text == "Syntax OK\n" && checked.errors.text.isEmpty)
        let outcome = try InstalledTool("rspec").run(["--no-color"], in: directory)
        #expect(
            outcome.output.text.contains("\(Self.names) examples, 0 failures, \(Self.names) pending"),
            "\(outcome.output.text)")
    }

    @Test(.enabled(if: InstalledTool.works("phpunit") && InstalledTool.works("php")), arguments: [false, true])
    func phpunitSkipsEachOfThem(inTwo: Bool) throws {
        let directory = try written("phpunit", "tests/ApiTest.php", inTwo: inTwo)
        let checked = try InstalledTool("php").run(["-l", "tests/ApiTest.php"], in: directory)
        #expect(checked.succeeded, "\(checked.output.text)")
        let outcome = try InstalledTool("phpunit").run(
            ["--no-configuration", "--colors=never", "tests/ApiTest.php"], in: directory)
        #expect(
            outcome.output.text.contains("Tests: \(Self.names), Assertions: 0, Skipped: \(Self.names)."),
            "\(outcome.output.text)")
    }

    @Test(.enabled(if: hasNode), arguments: ["test/api.test.mjs", "test/api.test.cjs"], [false, true])
    func nodesOwnRunnerSkipsEachOfThem(path: String, inTwo: Bool) throws {
        let directory = try written("node-test", path, inTwo: inTwo)
        let outcome = try InstalledTool("node").run(["--test", "--test-reporter=tap", path], in: directory)
        #expect(
            outcome.succeeded && outcome.output.text.contains("# skipped \(Self.names)\n"),
            "\(outcome.output.text)")
    }

    @Test(
        .enabled(if: hasNode),
        arguments: [
            ("mocha", "test/api.mjs"), ("mocha", "test/api.cjs"), ("ava", "test/api.mjs"), ("ava", "test/api.cjs"),
        ])
    func nodeParsesTheOthers(framework: String, path: String) throws {
        for inTwo in [false, true] {
            let outcome = try InstalledTool("node").run(
                ["--check", path], in: try written(framework, path, inTwo: inTwo))
            #expect(outcome.succeeded, "\(outcome.errors.text)")
        }
    }

    // MARK: Formatters

    private static let python =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.build/venv/bin/"

    private static let (black, ruff) = (python + "black", python + "ruff")

    /// What a formatter changes nothing in; a criterion in two halves is written in two goes.
    private func expectNothing(
        of tool: String, _ arguments: [String], in framework: String, _ path: String, criteria: [String]? = nil
    ) throws {
        for inTwo in [false, true] {
            let directory = try written(framework, path, inTwo: inTwo, criteria: criteria)
            let outcome = try InstalledTool(tool).run(arguments + [path], in: directory)
            #expect(outcome.succeeded, "\(outcome.output.text) \(outcome.errors.text)")
        }
    }

    @Test(.enabled(if: InstalledTool.works(black)), arguments: ["pytest", "unittest"])
    func blackFindsNothingToDo(framework: String) throws {
        try expectNothing(of: Self.black, ["-q", "--check"], in: framework, "test_api.py")
    }

    @Test(.enabled(if: InstalledTool.works(ruff)), arguments: ["pytest", "unittest"])
    func ruffFindsNothingToDo(framework: String) throws {
        try expectNothing(of: Self.ruff, ["format", "--check"], in: framework, "test_api.py")
        guard framework == "pytest" else { return }
        try expectNothing(of: Self.ruff, ["check", "--select", "E4,E7,E9,F,I,W"], in: framework, "test_api.py")
    }

    @Test(.enabled(if: InstalledTool.works("rustfmt"))) func rustfmtFindsNothingToDo() throws {
        try expectNothing(of: "rustfmt", ["--check"], in: "rust", "api.rs")
    }

    /// Lines that are longer than it likes hold one text that cannot be broken.
    @Test(.enabled(if: InstalledTool.works("swift-format"))) func swiftFormatFindsNothingToDo() throws {
        let style = "{\"version\": 1, \"indentation\": {\"spaces\": 4}}"
        try expectNothing(
            of: "swift-format", ["lint", "--strict", "--configuration", style], in: "swift-testing",
            "APITests.swift", criteria: ["It works", "It says \"x\""])
    }

    @Test(
        .enabled(if: InstalledTool.works("prettier")),
        arguments: [
            ("jest", "api.test.js"), ("vitest", "api.test.mjs"), ("node-test", "api.test.mjs"),
            ("ava", "test/api.mjs"),
        ])
    func prettierFindsNothingToDo(framework: String, path: String) throws {
        try expectNothing(of: "prettier", ["--check"], in: framework, path)
    }
}
