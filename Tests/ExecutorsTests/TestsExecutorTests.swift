import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct TestsExecutorTests {
    /// Criteria that names and strings of some language could stumble over.
    static let hostile = [
        "Every endpoint has an example", "every endpoint has an example", "", "   ", "return", "class", "self",
        "init",
        "Main", "run", "to string", "toString", "2 plus 2 is 4", "says \"hello\" and 'bye'",
        "ends with a backslash \\",
        "\\u0041 \\(x) ${y} #{z} %s {0} `tick` \\N{BULLET} $(rm)", "</script> */ // # \"\"\" ''' ``` -->",
        "two\nlines\r\nand\ttab", "Überprüft Größe und Café", "日本語の条件", "日本語の条件", "🚀🚀", "nul \u{0} here",
        "a\u{202E}b\u{2066}c",
        "\u{FEFF}bom", "line\u{2028}separator", String(repeating: "very long words ", count: 200), "_", "-",
        "x; DROP TABLE",
        "don't", "criterion 3", "test", "describe", "import", "fail",
    ]

    private func job(
        _ criteria: [String], paths: [String], inputs: JSON = [:], id: String = "task-001"
    ) throws -> Job {
        var task = BacklogTask(id: id)
        task.title = "Check \"API\" \\logging"
        task.acceptanceCriteria = criteria
        task.allowedPaths = try paths.map { try PathPattern($0) }
        task.inputs = inputs
        var scope = Scope(name: "tests")
        scope.allowedPaths = try [PathPattern("**")]
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        return Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
    }

    @discardableResult
    private func run(
        _ criteria: [String], paths: [String], in files: MemoryFileView, inputs: JSON = [:]
    ) throws -> [String] {
        try TestsExecutor().execute(job(criteria, paths: paths, inputs: inputs), in: files).notes
    }

    static let targets = [
        ("pytest", "tests/test_api.py"), ("unittest", "tests/test_api.py"),
        ("swift-testing", "Tests/APITests.swift"),
        ("xctest", "Tests/APITests.swift"), ("go", "api/api_test.go"), ("jest", "tests/api.test.js"),
        ("vitest", "tests/api.test.mjs"), ("junit5", "src/test/java/org/example/ApiTest.java"),
        ("rust", "tests/api.rs"), ("mocha", "test/api.js"), ("node-test", "test/api.test.mjs"),
        ("ava", "test/api.mjs"), ("rspec", "spec/api_spec.rb"), ("phpunit", "tests/ApiTest.php"),
        ("junit5-kotlin", "src/test/kotlin/org/example/ApiTest.kt"), ("kotlin-test", "src/test/kotlin/ApiTest.kt"),
        ("xunit", "tests/ApiTests.cs"),
    ]

    private static let first: [String: String] = [
        "pytest":
            "import pytest\n\n\n@pytest.mark.skip(reason='not implemented: It \"works\"')\ndef test_it_works():\n    pytest.fail(\"not implemented\")\n",
        "unittest":
            "    @unittest.skip('not implemented: It \"works\"')\n    def test_it_works(self):\n        self.fail(",
        "swift-testing":
            "    @Test(\"It \\\"works\\\"\", .disabled(\"not implemented\"))\n    func itWorks() {\n        Issue.record(",
        "xctest":
            "    func testItWorks() throws {\n        throw XCTSkip(\"not implemented: It \\\"works\\\"\")\n",
        "go":
            "package api\n\nimport \"testing\"\n\nfunc TestItWorks(t *testing.T) {\n\tt.Skip(\"not implemented: It \\\"works\\\"\")\n}\n",
        "jest":
            "describe('Check \"API\" \\\\logging', () => {\n  test.skip('It \"works\"', () => {\n    throw new Error(",
        "vitest": "import { describe, test } from \"vitest\";\n\ndescribe(",
        "junit5": "package org.example;\n\nimport org.junit.jupiter.api.Assertions;\n",
        "rust":
            "#[cfg(test)]\nmod task_001 {\n    #[test]\n    #[ignore = \"not implemented: It \\\"works\\\"\"]\n    fn it_works() {\n",
        "mocha": "describe('Check \"API\" \\\\logging', () => {\n  it.skip('It \"works\"', () => {\n",
        "node-test": "import { describe, test } from \"node:test\";\n\ndescribe(",
        "ava": "import test from \"ava\";\n\ntest.skip('It \"works\"', (t) => {\n  t.fail(",
        "rspec":
            "RSpec.describe \"Check \\\"API\\\" \\\\logging\" do\n  it \"It \\\"works\\\"\", skip: \"not implemented\" do\n",
        "phpunit":
            "declare(strict_types=1);\n\nuse PHPUnit\\Framework\\TestCase;\n\nfinal class ApiTest extends TestCase\n{\n    public function testItWorks(): void\n    {\n        $this->markTestSkipped('not implemented: It \"works\"');\n",
        "junit5-kotlin":
            "package org.example\n\nimport org.junit.jupiter.api.Disabled\nimport org.junit.jupiter.api.DisplayName\nimport org.junit.jupiter.api.Test\n\nclass ApiTest {\n    @Test\n    @Disabled(\"not implemented\")\n    @DisplayName(\"It \\\"works\\\"\")\n    fun itWorks() {\n",
        "kotlin-test":
            "import kotlin.test.Ignore\nimport kotlin.test.Test\n\nclass ApiTest {\n    @Ignore\n    @Test\n    fun itWorks() {\n        TODO(",
        "xunit":
            "using Xunit;\n\npublic class ApiTests\n{\n    [Fact(DisplayName = \"It \\\"works\\\"\", Skip = \"not implemented\")]\n    public void ItWorks()\n",
    ]

    @Test(arguments: targets) func eachFrameworkHasItsOwnShape(framework: String, path: String) throws {
        let files = try MemoryFileView()
        let notes = try run(["It \"works\""], paths: [path], in: files, inputs: ["framework": .string(framework)])
        let text = try #require(try files.text(path))
        #expect(text.contains(try #require(Self.first[framework])), "\(text)")
        #expect(notes == ["\(path): 1 skipped test for \(framework)"])
    }

    @Test(arguments: targets) func aSecondRunChangesNothing(framework: String, path: String) throws {
        let files = try MemoryFileView()
        let inputs: JSON = ["framework": .string(framework)]
        try run(Self.hostile, paths: [path], in: files, inputs: inputs)
        let once = try files.text(path)
        let notes = try run(Self.hostile, paths: [path], in: files, inputs: inputs)
        #expect(try files.text(path) == once)
        #expect(notes.first == "\(path) has a test for each criterion already" && files.writeCount == 1)
    }

    @Test(arguments: targets) func whatIsThereStays(framework: String, path: String) throws {
        for newLine in ["\n", "\r\n"] {
            let files = try MemoryFileView()
            let inputs: JSON = ["framework": .string(framework)]
            try run(["One", "Two"], paths: [path], in: files, inputs: inputs)
            // Somebody writes the first test, and drops the last line break.
            let own = try #require(try files.text(path)).replacing("not implemented: One", with: "is mine")
                .replacing("\n", with: newLine)
            let before = String(own.dropLast())
            let edited = try MemoryFileView([path: before])
            let notes = try run(["One", "Three", "Two"], paths: [path], in: edited, inputs: inputs)
            let after = try #require(try edited.text(path))
            #expect(notes.contains("2 criteria have their tests already"))
            #expect(
                after.contains("Three") && after.ranges(of: "is mine").count == own.ranges(of: "is mine").count)
            var rest = after.utf8[...]
            for byte in before.utf8 {
                guard let place = rest.firstIndex(of: byte) else {
                    Issue.record("a byte of the file was lost: \(after)")
                    break
                }
                rest = rest[rest.index(after: place)...]
            }
            #expect(newLine == "\n" || !after.replacing("\r\n", with: "").contains("\n"))
            try run(["One", "Three", "Two"], paths: [path], in: edited, inputs: inputs)
            #expect(try edited.text(path) == after)
        }
    }

    // MARK: Where, and in what

    @Test(arguments: [
        (["tests/"], ["pyproject.toml": "[tool.pytest.ini_options]\n"], "tests/test_task_001.py", "pytest"),
        (["tests/"], ["setup.py": ""], "tests/test_task_001.py", "unittest"),
        (["tests/**/*.py"], ["conftest.py": "", "package.json": "{}"], "tests/test_task_001.py", "pytest"),
        (
            ["Tests/AppTests/"], ["Package.swift": "// swift-tools-version: 6.0\n"],
            "Tests/AppTests/Task001Tests.swift", "import Testing"
        ),
        (
            ["Tests/AppTests/**"], ["Package.swift": "// swift-tools-version:5.9\n"],
            "Tests/AppTests/Task001Tests.swift", "import XCTest"
        ),
        (
            ["pkg/store/*"], ["go.mod": "module x\n", "pkg/store/a.go": "// A\npackage storage\n"],
            "pkg/store/task_001_test.go", "storage"
        ),
        (
            ["web/"], ["package.json": "{\"devDependencies\": {\"vitest\": \"^1\"}}", "tsconfig.json": "{}"],
            "web/task-001.test.ts", "vitest"
        ),
        (
            ["web/src/"], ["package.json": "{}", "web/package.json": "{\"devDependencies\": {\"jest\": \"29\"}}"],
            "web/src/task-001.test.js", "test.skip"
        ),
        (["**"], ["pom.xml": ""], "src/test/java/Task001Test.java", "class Task001Test"),
        (["tests/"], ["Cargo.toml": ""], "tests/task_001.rs", "mod task_001"),
        (["src/a.py", "tests/test_a.py"], [:], "tests/test_a.py", "unittest"),
        (["src/lib.rs"], ["src/lib.rs": "pub fn f() {}\n"], "src/lib.rs", "mod task_001"),
        (
            ["**"], ["package.json": "{\"devDependencies\": {\"mocha\": \"10\"}}"], "test/task-001.test.js",
            "it.skip"
        ),
        (
            ["test/"], ["package.json": "{\"type\": \"module\", \"scripts\": {\"test\": \"node --test\"}}"],
            "test/task-001.test.js", "import { describe, test } from \"node:test\";"
        ),
        (
            ["test/"], ["package.json": "{\"scripts\": {\"test\": \"node --test\"}}"], "test/task-001.test.js",
            "const { describe, test } = require(\"node:test\");"
        ),
        (
            ["test/"], ["package.json": "{\"devDependencies\": {\"ava\": \"6\"}}"], "test/task-001.test.js",
            "require(\"ava\")"
        ),
        (["**"], ["Gemfile": ""], "spec/task_001_spec.rb", "RSpec.describe"),
        (
            ["tests/Unit/"],
            ["composer.json": "{\"autoload-dev\": {\"psr-4\": {\"App\\\\Tests\\\\\": \"tests/\"}}}"],
            "tests/Unit/Task001Test.php", "namespace App\\Tests\\Unit;\n\nuse PHPUnit"
        ),
        (
            ["**"], ["build.gradle.kts": "kotlin(\"test\")", "src/main/kotlin/A.kt": ""],
            "src/test/kotlin/Task001Test.kt", "import kotlin.test.Test"
        ),
        (
            ["**"], ["build.gradle.kts": "junit-jupiter", "src/main/kotlin/A.kt": ""],
            "src/test/kotlin/Task001Test.kt", "import org.junit.jupiter.api.Test"
        ),
        (
            ["App.Tests/"],
            ["App.Tests/App.Tests.csproj": "", "App.Tests/A.cs": "using Xunit;\n\nnamespace App.Tests;\n"],
            "App.Tests/Task001Tests.cs", "namespace App.Tests;\n\npublic class Task001Tests\n"
        ),
    ])
    func choosesFileAndFramework(paths: [String], present: [String: String], expected: String, says: String) throws
    {
        let files = try MemoryFileView(present)
        try run(["It works"], paths: paths, in: files)
        #expect(try files.text(expected)?.contains(says) == true, "\(files.files.keys)")
        #expect(files.writeCount == 1)
    }

    @Test(arguments: [
        (["tests/"], [:], ["x"], "nothing in the repository says in which language"),
        (
            ["tests/"], ["go.mod": "", "Cargo.toml": ""], ["x"],
            "several languages: Go (go.mod), Rust (Cargo.toml)"
        ),
        (
            ["tests/a_test.py", "tests/b_test.py"], [:], ["x"],
            "allows several test files: tests/a_test.py, tests/b_test.py"
        ),
        (["src/a.py"], ["setup.py": ""], ["x"], "can hold 'test_task_001.py'"),
        (["docs/x.md"], ["go.mod": ""], ["x"], "can hold 'task_001_test.go'"),
        (["web/x.test.js"], ["package.json": "{}"], ["x"], "names none of vitest"),
        (["tests/"], ["go.mod": ""], [], "no acceptance criteria"),
    ])
    func refusesWhatIsUnclear(paths: [String], present: [String: String], criteria: [String], says: String) throws
    {
        let job = try job(criteria, paths: paths)
        #expect {
            try TestsExecutor().execute(job, in: MemoryFileView(present))
        } throws: { "\($0)".contains(says) }
    }

    @Test func anUnknownFrameworkIsNamed() throws {
        let job = try job(["x"], paths: ["tests/"], inputs: ["framework": "pytset"])
        #expect {
            try TestsExecutor().execute(job, in: MemoryFileView())
        } throws: { ($0 as? ExecutorError)?.hint == "did you mean 'pytest'?" }
    }

    @Test func aFileOutsideThePermissionIsNotRead() throws {
        let files = try MemoryFileView(["tests/test_a.py": "x", "tests/b.py": "y"])
        try run(["x"], paths: ["tests/test_a.py"], in: files, inputs: ["framework": "pytest"])
        #expect(Set(files.reads.map(\.description)) == ["tests/test_a.py"])
    }

    @Test func contradictionsAreTold() throws {
        let files = try MemoryFileView()
        let notes = try run(
            ["The cache is cleared on logout", "Errors are logged", "The cache is not cleared on logout"],
            paths: ["t/"], in: files, inputs: ["framework": "pytest"])
        #expect(
            notes.last
                == "criteria 1 and 3 contradict each other: 'The cache is cleared on logout', 'The cache is not cleared on logout'"
        )
    }

    @Test(arguments: targets) func tenThousandCriteriaGetTenThousandNames(framework: String, path: String) throws {
        let criteria = (0..<10_000).map { $0 % 3 == 0 ? "The same words" : "Row \($0 / 2) is kept" }
        let files = try MemoryFileView()
        try run(criteria, paths: [path], in: files, inputs: ["framework": .string(framework)])
        let text = try #require(try files.text(path))
        #expect(
            text.utf8.split(separator: UInt8(ascii: "\n")).filter {
                Array($0).contains(piece: "not implemented")
            }.count >= 10_000)
        let notes = try run(criteria, paths: [path], in: files, inputs: ["framework": .string(framework)])
        #expect(notes == ["\(path) has a test for each criterion already"])
    }
}
