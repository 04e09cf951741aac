import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import Testing

/// Tests added to files that people wrote: in the file's own framework and words, with imports in their place.
@Suite struct ExistingTestsTests {
    private func added(
        _ path: String, _ text: String, _ criteria: [String] = ["Größe is kept"], beside: [String: String] = [:]
    )
        throws -> String
    {
        var task = BacklogTask(id: "task-001")
        task.title = "Check it"
        task.acceptanceCriteria = criteria
        task.allowedPaths = try [PathPattern(path)]
        var scope = Scope(name: "tests")
        scope.allowedPaths = try [PathPattern("**")]
        let permission = Permission(task: task, scope: scope, policy: Policy(), limits: [])
        let job = Job(task: task, permission: permission, now: Instant(secondsSinceEpoch: 0))
        let files = try MemoryFileView(beside.merging([path: text]) { $1 })
        do throws(ExecutorError) { _ = try TestsExecutor().execute(job, in: files) } catch {
            return "refused: \(error)"
        }
        return try files.text(path) ?? ""
    }

    private static let jestManifest = ["package.json": "{\"devDependencies\": {\"jest\": \"29\"}}"]

    /// What the manifests say differs from what each file says.
    @Test(arguments: [
        (
            "test/a.test.js",
            "const { describe, it } = require('node:test');\nconst a = require('a');\n\nit('x', () => {});\n",
            "const { describe, it } = require('node:test');\nconst a = require('a');\n\nit('x', () => {});\n\ndescribe('Check it', () => {\n  it.skip('Größe is kept', () => {\n    throw new Error('not implemented');\n  });\n});\n"
        ),
        (
            "test/c.test.ts",
            "import { it } from 'vitest'\n\n/**\n * Why.\n */\nit('x', () => {\n\tconst a = 1\n\tcheck(a)\n})\n",
            "import { it } from 'vitest'\nimport { describe } from 'vitest'\n\n/**\n * Why.\n */\nit('x', () => {\n\tconst a = 1\n\tcheck(a)\n})\n\ndescribe('Check it', () => {\n\tit.skip('Größe is kept', () => {\n\t\tthrow new Error('not implemented')\n\t})\n})\n"
        ),
        (
            "test/a.mjs", "import { test } from \"vitest\";\nimport b from \"b\";\n\ntest(\"x\", () => {});\n",
            "import { test } from \"vitest\";\nimport b from \"b\";\nimport { describe } from \"vitest\";\n\ntest(\"x\", () => {});\n\ndescribe(\"Check it\", () => {\n  test.skip(\"Größe is kept\", () => {\n    throw new Error(\"not implemented\");\n  });\n});\n"
        ),
        (
            "test/a.js",
            "const { expect } = require(\"chai\");\n\ndescribe(\"a\", () => {\n  it(\"x\", () => {});\n});\n",
            "const { expect } = require(\"chai\");\n\ndescribe(\"a\", () => {\n  it(\"x\", () => {});\n});\n\ndescribe(\"Check it\", () => {\n  it.skip(\"Größe is kept\", () => {\n    throw new Error(\"not implemented\");\n  });\n});\n"
        ),
        (
            "test/b.js", "import check from \"ava\";\n\ncheck(\"x\", (t) => t.pass());\n",
            "import check from \"ava\";\n\ncheck(\"x\", (t) => t.pass());\n\ncheck.skip(\"Größe is kept\", (t) => {\n  t.fail(\"not implemented\");\n});\n"
        ),
        (
            "tests/test_a.py",
            "\"\"\"Tests.\"\"\"\nfrom __future__ import annotations\n\nimport os\nfrom typing import Any\n\nimport requests\nfrom yarl import URL\n\nfrom app import a\n\n\ndef test_a():\n    assert a\n",
            "\"\"\"Tests.\"\"\"\nfrom __future__ import annotations\n\nimport os\nfrom typing import Any\n\nimport pytest\nimport requests\nfrom yarl import URL\n\nfrom app import a\n\n\ndef test_a():\n    assert a\n\n\n@pytest.mark.skip(reason=\"not implemented: Größe is kept\")\ndef test_groesse_is_kept():\n    pytest.fail(\"not implemented\")\n"
        ),
        (
            "tests/test_b.py", "import os\n\nfrom app import a\n\n\ndef test_a():\n    assert a\n",
            "import os\n\nimport pytest\n\nfrom app import a\n\n\ndef test_a():\n    assert a\n\n\n@pytest.mark.skip(reason=\"not implemented: Größe is kept\")\ndef test_groesse_is_kept():\n    pytest.fail(\"not implemented\")\n"
        ),
        (
            "tests/test_c.py", "def test_a():\n    assert a\n",
            "import pytest\n\n\ndef test_a():\n    assert a\n\n\n@pytest.mark.skip(reason=\"not implemented: Größe is kept\")\ndef test_groesse_is_kept():\n    pytest.fail(\"not implemented\")\n"
        ),
        (
            "tests/test_d.py",
            "import sys\nimport unittest.mock\nfrom unittest import TestCase\n\n\nclass A(TestCase):\n    pass\n",
            "import sys\nimport unittest\nimport unittest.mock\nfrom unittest import TestCase\n\n\nclass A(TestCase):\n    pass\n\n\nclass Task001Tests(unittest.TestCase):\n    @unittest.skip(\"not implemented: Größe is kept\")\n    def test_groesse_is_kept(self):\n        self.fail(\"not implemented\")\n"
        ),
        (
            "Tests/ATests.swift",
            "import Basics\nimport XCTest\n@testable import App\n\nfinal class A: XCTestCase {}\n",
            "import Basics\nimport XCTest\n@testable import App\n\nfinal class A: XCTestCase {}\n\nfinal class Task001Tests: XCTestCase {\n    func testGroesseIsKept() throws {\n        throw XCTSkip(\"not implemented: Größe is kept\")\n    }\n}\n"
        ),
        (
            "src/test/java/ATest.java",
            "import java.util.List;\nimport org.junit.jupiter.api.Test;\n\nclass ATest {\n    @Test\n    void a() {}\n}\n",
            "import java.util.List;\nimport org.junit.jupiter.api.Assertions;\nimport org.junit.jupiter.api.Disabled;\nimport org.junit.jupiter.api.DisplayName;\nimport org.junit.jupiter.api.Test;\n\nclass ATest {\n    @Test\n    void a() {}\n}\n\nclass Task001Test {\n    @Test\n    @Disabled(\"not implemented: Größe is kept\")\n    @DisplayName(\"Größe is kept\")\n    void groesseIsKept() {\n        Assertions.fail(\"not implemented\");\n    }\n}\n"
        ),
        (
            "src/test/kotlin/A.kt",
            "package a\n\nimport kotlin.test.Test\nimport kotlin.test.assertEquals\n\nclass A {\n    @Test fun a() {}\n}\n",
            "package a\n\nimport kotlin.test.Ignore\nimport kotlin.test.Test\nimport kotlin.test.assertEquals\n\nclass A {\n    @Test fun a() {}\n}\n\nclass Task001Test {\n    @Ignore\n    @Test\n    fun groesseIsKept() {\n        TODO(\"not implemented: Größe is kept\")\n    }\n}\n"
        ),
        (
            "tests/A.cs", "using System;\nusing Xunit;\n\npublic class A { [Fact] public void B() {} }\n",
            "using System;\nusing Xunit;\n\npublic class A { [Fact] public void B() {} }\n\npublic class Task001Tests\n{\n    [Fact(DisplayName = \"Größe is kept\", Skip = \"not implemented\")]\n    public void GroesseIsKept()\n    {\n        Assert.Fail(\"not implemented\");\n    }\n}\n"
        ),
        (
            "tests/ATest.php",
            "<?php\n\nuse PHPUnit\\Framework\\TestCase;\n\nclass ATest extends TestCase\n{\n    public function testA(): void\n    {\n    }\n}\n",
            "<?php\n\nuse PHPUnit\\Framework\\TestCase;\n\nclass ATest extends TestCase\n{\n    public function testA(): void\n    {\n    }\n\n    public function testGroesseIsKept(): void\n    {\n        $this->markTestSkipped('not implemented: Größe is kept');\n    }\n}\n"
        ),
        (
            "spec/a_spec.rb", "describe A do\n  it { is_expected.to be }\nend\n",
            "describe A do\n  it { is_expected.to be }\nend\n\nRSpec.describe \"Check it\" do\n  it \"Größe is kept\", skip: \"not implemented\" do\n    raise \"not implemented\"\n  end\nend\n"
        ),
    ]) func areInTheWordsOfTheFile(path: String, text: String, expected: String) throws {
        let beside = Self.jestManifest.merging(["src/app/__init__.py": ""]) { $1 }
        #expect(try added(path, text, beside: beside) == expected)
        let returns = text.replacing("\n", with: "\r\n")
        #expect(try added(path, returns, beside: beside) == expected.replacing("\n", with: "\r\n"))
    }

    @Test(arguments: [
        ("test/a_test.rb", "class ATest < Minitest::Test\nend\n", "minitest"),
        ("tests/ATest.php", "<?php\nit('x', fn () => 1);\n", "Pest"),
        ("tests/A.cs", "using NUnit.Framework;\n", "NUnit"),
        ("src/test/java/ATest.java", "import org.junit.Test;\n", "JUnit 4"),
        ("src/test/kotlin/ATest.kt", "import io.kotest.core.spec.style.StringSpec\n", "Kotest"),
        ("tests/a.spec.ts", "import { test } from '@playwright/test'\n", "Playwright"),
    ]) func whatIsWrittenForAnotherIsRefused(path: String, text: String, name: String) throws {
        let said = try added(path, text)
        #expect(
            said.hasPrefix("refused: ") && said.contains("'\(path)' is written for \(name), for which no"),
            "\(said)")
    }

    @Test(arguments: [
        ("Größe", "groesse"), ("Straße über Öl", "strasse_ueber_oel"), ("Gro\u{0308}\u{00DF}e", "groesse"),
        ("naïve café", "naive_cafe"),
        ("Smørrebrød på Ærø", "smoerrebroed_paa_aeroe"), ("Łódź", "lodz"), ("Привет, мир", "privet_mir"),
        ("Ωμέγα", "omega"),
        ("日本", "criterion_1"), ("İstanbul ıslak", "istanbul_islak"),
    ]) func lettersBecomeWhatPeopleWrite(text: String, name: String) throws {
        #expect(try added("tests/test_a.py", "import pytest\n", [text]).contains("def test_\(name)():"))
    }

    /// Imports are added as the file does it, whatever the manifest says.
    @Test func aFileSaysItselfHowItImports() throws {
        let module = try added("a.test.js", "\u{FEFF}import { test } from 'vitest';\n\ntest('x', () => {})")
        #expect(
            module.hasPrefix("\u{FEFF}import { test } from 'vitest';\nimport { describe } from 'vitest';\n"),
            "\(module)")
        let script = try added("a.test.mts", "const { test } = require('vitest');\ntest('x', () => {})\n")
        #expect(script.contains("const { describe } = require('vitest');\n"), "\(script)")
    }

    @Test func brokenPythonIsLeftAlone() throws {
        let said = try added("test_a.py", "import pytest\ndef (:\n")
        #expect(said.contains("cannot be read as Python"), "\(said)")
    }

    @Test func blankLinesThatAreThereCount() throws {
        let text =
            "import pytest\n\n\ndef test_a():\n    pass\n\n\nif __name__ == \"__main__\":\n    pytest.main()\n"
        let after = try added("test_a.py", text, ["x"])
        #expect(
            after
                == text.replacing(
                    "if __name__",
                    with:
                        "@pytest.mark.skip(reason=\"not implemented: x\")\ndef test_x():\n    pytest.fail(\"not implemented\")\n\n\nif __name__"
                ))
    }

    /// Methods of PHP that differ in the case of letters alone are one.
    @Test func namesThatPHPTakesForOneAreTwo() throws {
        let after = try added("tests/ATest.php", "", ["to string", "toString"])
        #expect(after.contains("testToString()") && after.contains("testTostring2()"), "\(after)")
    }
}
