import Basics
import Enforcement
import Model
import Testing

@Suite struct WeakenedTestsRuleTests {
    /// One way to write tests: a file with a test that holds, and the same weakened in three ways.
    struct Dialect: CustomTestStringConvertible, Sendable {
        let path: String
        /// `TEST` marks where the test stands; another one stays beside it.
        let frame: String
        let test: String
        let skipped: [String]
        let emptied: [String]
        /// Edits that are none of it.
        let harmless: [String]
        let name: String

        var testDescription: String { "\(path): \(name)" }

        func file(_ test: String) -> String { frame.replacing("TEST", with: test) }
    }

    @Test(arguments: Dialect.all) func seesARemovedTest(dialect: Dialect) throws {
        let found = try warnings(dialect, dialect.file(""))
        #expect(found.map(\.rule) == ["test-removed"], "\(found)")
        #expect(found.first?.message.contains("'\(dialect.name)'") == true, "\(found)")
        let line =
            dialect.frame.split(separator: "TEST", omittingEmptySubsequences: false)[0].count { $0 == "\n" } + 1
        #expect((line...line + 3).contains(found.first?.line ?? 0), "\(found)")
    }

    @Test(arguments: Dialect.all) func seesATestThatIsCommentedOut(dialect: Dialect) throws {
        let mark = [".py", ".rb"].contains { dialect.path.hasSuffix($0) } ? "#" : "//"
        let lines = dialect.test.split(separator: "\n", omittingEmptySubsequences: false).map { mark + $0 }
        #expect(try warnings(dialect, dialect.file(lines.joined(separator: "\n"))).map(\.rule) == ["test-removed"])
    }

    @Test(arguments: Dialect.all) func seesASkippedTest(dialect: Dialect) throws {
        for skipped in dialect.skipped {
            let found = try warnings(dialect, dialect.file(skipped))
            #expect(found.map(\.rule) == ["test-skipped"], "\(skipped): \(found)")
        }
    }

    @Test(arguments: Dialect.all) func seesAnAssertionThatIsGone(dialect: Dialect) throws {
        for emptied in dialect.emptied {
            let found = try warnings(dialect, dialect.file(emptied))
            #expect(found.map(\.rule) == ["assertions-removed"], "\(emptied): \(found)")
        }
    }

    @Test(arguments: Dialect.all) func leavesOtherEditsAlone(dialect: Dialect) throws {
        for edit in dialect.harmless { #expect(try warnings(dialect, dialect.file(edit)) == [], "\(edit)") }
        #expect(try warnings(dialect, dialect.file(dialect.test + "\n\n" + dialect.test)) == [])
        // What was skipped before may go.
        for skipped in dialect.skipped {
            let fixture = try ChangeFixture().with(dialect.path, dialect.file(""), before: dialect.file(skipped))
            #expect(Rules.findings(in: try fixture.subject()).warnings.isEmpty, "\(skipped)")
        }
    }

    @Test(arguments: Dialect.all) func aMovedTestIsNotLost(dialect: Dialect) throws {
        let file = dialect.file(dialect.test)
        let other = dialect.path.replacing("parser", with: "reader")
        let renamed = try ChangeFixture().with(other, file, movedFrom: dialect.path).without(dialect.path, file)
        #expect(Rules.findings(in: try renamed.subject()).warnings == [])
        let moved = try ChangeFixture().with(dialect.path, dialect.file(""), before: file).with(other, file)
        #expect(Rules.findings(in: try moved.subject()).warnings == [])
        let weaker = try ChangeFixture().with(other, dialect.file(dialect.emptied[0]), movedFrom: dialect.path)
            .without(dialect.path, file)
        #expect(Rules.findings(in: try weaker.subject()).warnings.map(\.rule) == ["assertions-removed"])
        let gone = try ChangeFixture().without(dialect.path, file)
        let found = Rules.findings(in: try gone.subject()).warnings
        #expect(found.map(\.rule) == ["test-file-deleted"] && found.first?.message.contains("2 tests") == true)
    }

    @Test func theSeverityIsThePolicys() throws {
        let dialect = Dialect.all[0]
        let fixture = try ChangeFixture().with(dialect.path, dialect.file(""), before: dialect.file(dialect.test))
        #expect(Rules.findings(in: try fixture.subject()).violations.isEmpty)
        let blocked = Rules.findings(in: try fixture.subject(blocksWeakenedTests: true))
        #expect(blocked.violations.map(\.rule) == ["test-removed"])
    }

    @Test(arguments: [
        ("it.only('a', () => {})", true), ("describe.only('b', () => { it('a', () => {}) })", true),
        ("fit('a', () => {})", true),
        ("it('a', () => {})", false), ("// it.only('b', f)\nit('a', () => {})", false),
    ])
    func seesATestThatSilencesTheOthers(text: String, seen: Bool) throws {
        let fixture = try ChangeFixture().with("a.test.js", text, before: "it('a', () => {})")
        #expect(Rules.findings(in: try fixture.subject()).warnings.map(\.rule) == (seen ? ["test-focused"] : []))
    }

    @Test(arguments: [
        ("src/parser.py", "def test_mode():\n    assert x\n"),
        ("parser.go", "func TestX(t *testing.T) { t.Error() }\n"),
        ("src/a.js", "pattern.test('x')\nit = test\n"), ("A.swift", "func testFlight() { run() }\n"),
        ("test_a.py", "def helper():\n    def test_inner():\n        assert x\n"),
        ("a.rs", "fn test() { assert!(x) }\n"),
        ("a_test.go", "func Testify(t *testing.T) {}\nfunc TestMain(m *testing.M) {}\n"),
        ("test_a.py", "'''\ndef test_a():\n    assert x\n'''\n"),
        ("ATest.java", "/* @Test void a() {} */ String s = \"@Test void b() {}\";\n"),
    ])
    func whatOnlyLooksLikeATestIsNone(path: String, before: String) throws {
        #expect(Rules.findings(in: try ChangeFixture().without(path, before).subject()).warnings == [])
    }

    @Test func garbageIsReadWithoutHarm() throws {
        let starts = [
            "\"", "\"\\", "'''", "`${`${", "/*", "r#\"", "#\"\\(", "f(", "{{{{", "@Test", "#[test]", "it('",
            "func Test",
            "'", "/[", "class A:\n def test", "#if false\n",
        ]
        for path in ["test_a.py", "a.test.ts", "a_test.go", "a.rs", "ATest.java", "ATest.kt", "ATests.swift"] {
            for start in starts {
                for text in [
                    start, start + "\n" + start, "import XCTest\n#[test]\nit('x')\n@Test\n" + start,
                    String(repeating: start, count: 300),
                ] {
                    _ = Rules.findings(in: try ChangeFixture().with(path, text, before: start + "x").subject())
                }
            }
        }
    }

    @Test func testsThatCannotBeReadAreNotTakenForUnchangedOnes() throws {
        let fixture = try ChangeFixture(allowed: ["tests/"]).with(
            "tests/test_a.py", "x = 1\n", before: "def test_a():\n    assert f() == 1\n")
        for blocks in [false, true] {
            let subject = try fixture.subject(blocksWeakenedTests: blocks)
            let blind = RuleSubject(changes: subject.changes, rules: subject.rules, contents: Unreadable())
            let findings = Rules.findings(in: blind)
            let told = blocks ? findings.violations : findings.warnings
            #expect(told.map(\.rule).contains("tests-unread"))
        }
    }

    private func warnings(_ dialect: Dialect, _ after: String) throws -> [Violation] {
        let fixture = try ChangeFixture().with(dialect.path, after, before: dialect.file(dialect.test))
        return Rules.findings(in: try fixture.subject()).warnings
    }
}
