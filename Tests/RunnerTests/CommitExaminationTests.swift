import Basics
import Enforcement
import Git
import Model
import Paths
import TestSupport
import Testing

@testable import Runner

/// `examine` judges a change that git made, with rules of another commit and without a task run.
@Suite struct CommitExaminationTests {
    private let target: LineTarget
    private let base: ObjectID

    init() throws {
        target = try LineTarget()
        base = try #require(try Repository.open(target.repository.path).commitID("HEAD"))
    }

    private func rules(_ invariants: [Invariant] = []) throws -> RuleSet {
        var scope = Scope(name: "docs")
        scope.allowedPaths = [try PathPattern("docs/**")]
        return RuleSet(
            scope: scope, permission: Permission(scope: scope, policy: Policy(), limits: []),
            limits: EffectiveLimits([]), invariants: invariants,
            invariantWorkspace: invariants.isEmpty ? nil : .worktree, sandbox: Sandbox())
    }

    private func examination(of head: ObjectID, _ rules: RuleSet) throws -> Examination {
        try CommitExamination(try TargetCheckout.open(target.repository.path), target.context())
            .examine(rules, from: base, to: head)
    }

    @Test func approvesAChangeThatEveryRuleAccepts() throws {
        try target.repository.write("docs/a.md", "# A\n")
        let head = try target.repository.commitAll("By hand")
        let examination = try examination(of: head, rules())
        #expect(examination.approval?.changes.changes.map(\.path.description) == ["docs/a.md"])
    }

    @Test func namesWhatARuleRejects() throws {
        try target.repository.write("docs/a.md", "# A\n")
        try target.repository.write("src/b.py", "x = 1\n")
        let head = try target.repository.commitAll("By hand")
        let examination = try examination(of: head, rules())
        #expect(examination.findings.violations.map(\.rule) == ["path-not-allowed"])
        #expect(examination.approval == nil && examination.invariants == nil)
    }

    /// Nothing that the change itself says about the rules has any effect.
    @Test func aChangeOfTheRulesDoesNotJudgeItself() throws {
        try target.repository.write(
            ".leviathan/policy.yaml", "version: 1\nscopes:\n  docs: {allowed_paths: [\"**\"], executor: docs}\n")
        try target.repository.write("src/b.py", "x = 1\n")
        let head = try target.repository.commitAll("Loosen")
        let found = try examination(of: head, rules()).findings.violations
        #expect(found.map(\.path?.description) == [".leviathan/policy.yaml", "src/b.py"])
    }

    @Test func runsInvariantsOnTheTreeOfTheChange() throws {
        try target.repository.write("docs/a.md", "# A\n")
        let head = try target.repository.commitAll("By hand")
        let holds = Invariant(name: "there", check: .command("test -e docs/a.md"))
        let fails = Invariant(name: "gone", check: .command("test ! -e docs/a.md"))
        #expect(try examination(of: head, rules([holds])).approval != nil)
        let rejected = try examination(of: head, rules([holds, fails]))
        #expect(rejected.invariants?.map(\.outcome) == [.passed, .failed] && rejected.approval == nil)
    }
}
