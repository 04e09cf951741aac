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
    private func written(_ framework: String, _ path: String, inTwo: Bool) throws -> TemporaryDirectory {
        var task = BacklogTask(id: "task-001")
        task.title = "Check \"API\" \\logging \\u000a"
        task.allowedPaths = try [PathPattern(path)]
        task.inputs = ["framework": .string(framework)]
        var scope = Scope(name: "tests")
        scope.allowedPaths = try [PathPattern("**")]
        let files = try MemoryFileView()
        let all = TestsExecutorTests.hostile
        for criteria in inTwo ? [Array(all.prefix(7)), all] : [all] {
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
}
