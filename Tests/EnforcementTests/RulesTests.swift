import Basics
import Enforcement
import Model
import Paths
import TestSupport
import Testing

@Suite struct RulesTests {
    @Test func approvesWhatEveryLayerAllows() throws {
        let findings = Rules.findings(
            in: try ChangeFixture(allowed: ["docs/"]).with("docs/a.md", "# A\n").subject())
        #expect(findings.violations == [] && findings.warnings == [])
    }

    @Test func reportsEveryViolationInOneVerdict() throws {
        let fixture = try ChangeFixture(allowed: ["docs/"], operations: [.create])
            .with("src/x.py", "x = 1\n").with(".git/config", "").with("docs/a.md", "", operation: .delete)
        #expect(rules(fixture) == ["file-name", "path-not-allowed", "path-protected", "operation-not-allowed"])
    }

    @Test func anEmptyListAllowsNothing() throws {
        let verdict = Rules.findings(in: try ChangeFixture(allowed: []).with("a", "").subject())
        #expect(verdict.violations.map(\.rule) == ["path-not-allowed"])
        #expect(verdict.violations.first?.hint?.contains("an empty list allows nothing") == true)
    }

    @Test(arguments: [
        ".gitmodules", ".leviathan/policy.yaml", "CODEOWNERS", "docs/CODEOWNERS", ".github/CODEOWNERS",
        ".github/workflows/ci.yml", ".gitlab-ci.yml", "x/.GIT/hooks/pre-commit", "git~1/config",
        ".Leviathan/backlog.yaml",
        "a/.g\u{200c}it/config", ".git /x", ".git::$INDEX_ALLOCATION/x", ".GITMODULE\u{17f}", ".gitmodules. .",
        ".leviathan ./policy.yaml", "Codeowners.", "\u{AD}CODEOWNERS", "docs./codeowners",
        ".GitHub /Workflows./ci.yml",
        ".GitLab-CI.yml ",
        "JENKINSFILE", ".\u{2060}circleci/config.yml",
    ])
    func protectsWhateverThePathsSay(path: String) throws {
        #expect(rules(try ChangeFixture(allowed: ["**"]).with(path, "")).contains("path-protected"))
    }

    @Test func aScopeOpensCIFilesOnlyByTheirExactName() throws {
        let exact = try ChangeFixture(allowed: [".github/workflows/ci.yml"]).with(".github/workflows/ci.yml", "")
        let glob = try ChangeFixture(allowed: [".github/**"]).with(".github/workflows/ci.yml", "")
        #expect(rules(exact) == [])
        #expect(rules(glob) == ["path-protected"])
    }

    @Test func forbiddenWinsOverAllowed() throws {
        let fixture = try ChangeFixture(allowed: ["**"], forbidden: ["**/*.key"]).with("a/b.key", "")
        #expect(rules(fixture) == ["path-forbidden"])
    }

    /// What is allowed is compared byte by byte; what is forbidden as the most lenient file system would.
    @Test(arguments: [
        ("src/secret/**", "src/SECRET/a"), ("src/secret/**", "src/secret./a"), ("src/secret/**", "src/Secret /a"),
        ("src/SECRET/", "src/secret/a"), ("**/*.key", "a/B.KEY"), ("**/*.key", "b.key. "),
        ("docs/größe.md", "docs/gro\u{308}\u{DF}e.md"), ("docs/gro\u{308}\u{DF}e.md", "docs/GRÖSSE.md"),
        ("keys/id", "keys/i\u{200d}d"), ("keys/id", "keys/\u{FEFF}ID.."), ("keys/k", "keys/\u{212A}"),
        ("{a,B}/C", "b/c"), ("a/[A-C]x", "a/bX"), ("secret.", "secret"), ("secrets.", "SECRETS. "),
    ])
    func whatIsForbiddenIsSoInEverySpelling(pattern: String, path: String) throws {
        #expect(
            rules(try ChangeFixture(allowed: ["**"], forbidden: [pattern]).with(path, "")).contains(
                "path-forbidden"))
        let pattern = try PathPattern(pattern)
        let path = try RepoPath(path)
        #expect(pattern.forbids(path) && PathPatternSet([pattern]).forbids(path))
    }

    @Test(arguments: [
        ("docs/a.md", "DOCS/a.md"), ("docs/a.md", "docs/a.md."), ("docs/größe.md", "docs/gro\u{308}ße.md"),
        ("docs/**", "Docs/x"),
    ])
    func whatIsAllowedIsSoByteByByte(pattern: String, path: String) throws {
        #expect(rules(try ChangeFixture(allowed: [pattern]).with(path, "")).contains("path-not-allowed"))
    }

    @Test(arguments: [
        ("src/secret/**", "src/secrets/a"), ("docs/*.", "docs/a"), ("**/*.key", "a.keys"), ("a", "a/b"),
        ("...", "x"), ("a/B", "a/c"),
    ])
    func foldingForbidsNoMore(pattern: String, path: String) throws {
        #expect(rules(try ChangeFixture(allowed: ["**"], forbidden: [pattern]).with(path, "")) == [])
    }

    @Test func limitsCount() throws {
        var limits = Limits()
        limits.maxFiles = 1
        limits.maxPatchBytes = 10
        limits.maxFileSizes = [
            Limits.FileSize(pattern: try PathPattern("*.md"), bytes: 3),
            Limits.FileSize(pattern: try PathPattern("*"), bytes: 100),
        ]
        let fixture = try ChangeFixture(allowed: ["**"], limits: limits).with("d/a.md", "1234").with(
            "d/b.txt", "1234")
        #expect(rules(fixture, patchBytes: 11) == ["too-many-files", "patch-too-large", "file-too-large"])
    }

    @Test(arguments: [
        (Scope.Requirement.tests, "tests/test_a.py", true), (.tests, "src/a_test.go", true),
        (.tests, "src/a.go", false),
        (.docs, "README.md", true), (.docs, "src/a.go", false), (.tests, "web/a.spec.ts", true),
        (.docs, "requirements.txt", false), (.docs, "NOTES.txt", true), (.docs, "docs/x.png", true),
        (.tests, "Tests/AppTests/X.swift", true), (.tests, "src/UserServiceTest.java", true),
        (.tests, "src/Contest.java", false),
    ])
    func requiresCompanions(requirement: Scope.Requirement, path: String, met: Bool) throws {
        let fixture = try ChangeFixture(allowed: ["**"], requires: [requirement]).with(path, "x")
        #expect(rules(fixture) == (met ? [] : ["requirement-missing"]))
    }

    @Test func aRenameIsADeletionAndACreation() throws {
        let fixture = try ChangeFixture(allowed: ["docs/"], operations: [.create, .update])
            .with("docs/b.md", "x", movedFrom: "docs/a.md").without("docs/a.md", "x")
        #expect(rules(fixture) == ["operation-not-allowed"])
        let outside = try ChangeFixture(allowed: ["docs/"]).with("docs/b.md", "x", movedFrom: "src/a.md")
            .without("src/a.md", "x")
        #expect(try outside.violations().map(\.path?.description) == ["src/a.md"])
    }

    @Test func warningsDoNotRejectAndAreNotLost() throws {
        let fixture = try ChangeFixture(allowed: ["tests/"]).without(
            "tests/test_a.py", "def test_a():\n    assert f() == 1\n")
        let accepted = Rules.findings(in: try fixture.subject())
        #expect(accepted.violations.isEmpty && accepted.warnings.map(\.rule) == ["test-file-deleted"])
        let verdict = Rules.findings(in: try fixture.with("src/x", "").subject())
        #expect(verdict.violations.map(\.rule) == ["path-not-allowed"])
        #expect(verdict.warnings.map(\.rule) == ["test-file-deleted"])
        let blocked = Rules.findings(in: try fixture.subject(blocksWeakenedTests: true))
        #expect(blocked.violations.map(\.rule) == ["test-file-deleted"] && blocked.warnings.isEmpty)
    }

    @Test func theWriteBackIsExemptOnlyAsItWasWritten() throws {
        let fixture = try ChangeFixture(allowed: ["docs/"]).with("docs/a.md", "a").with(
            ".leviathan/backlog.yaml", "done")
        let path = try RepoPath(".leviathan/backlog.yaml")
        let honest = WriteBack(path: path, blob: try #require(fixture.changes[1].newBlob))
        let other = WriteBack(path: path, blob: .zero)
        #expect(Rules.findings(in: try fixture.subject(writeBack: honest)).violations.isEmpty)
        #expect(
            Rules.findings(in: try fixture.subject(writeBack: other)).violations.map(\.rule) == ["path-protected"])
    }

    private func rules(_ fixture: ChangeFixture, patchBytes: Int = 0) -> [String] {
        let subject = try? fixture.subject(patchBytes: patchBytes)
        return subject.map { Rules.findings(in: $0).violations.map(\.rule) } ?? ["no subject"]
    }
}
