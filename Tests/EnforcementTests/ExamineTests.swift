import Basics
import Enforcement
import Model
import Testing

@Suite struct ExamineTests {
    /// A change that every rule accepts, to be examined with these invariants as well.
    private func subject(_ invariants: [Invariant]) throws -> RuleSubject {
        try ChangeFixture(allowed: ["docs/"]).with("docs/a.md", "# A\n").subject(invariants: invariants)
    }

    private func examination(_ subject: RuleSubject, _ results: [InvariantResult]) -> Examination {
        examine(subject) { _ in
        } invariants: {
            results
        }
    }

    private func invariant(_ name: String, _ severity: Invariant.Severity = .block) -> Invariant {
        var invariant = Invariant(name: name, check: .command("true"))
        invariant.severity = severity
        return invariant
    }

    private func result(
        _ name: String, _ outcome: InvariantResult.Outcome, _ severity: Invariant.Severity = .block
    ) -> InvariantResult {
        InvariantResult(name: name, outcome: outcome, severity: severity)
    }

    @Test func approvesExactlyTheChangeThatWasExamined() throws {
        let subject = try subject([invariant("test")])
        let approval = try #require(examination(subject, [result("test", .passed)]).approval)
        #expect(approval.changes == subject.changes)
    }

    @Test func approvesNothingThatARuleRejects() throws {
        let subject = try ChangeFixture(allowed: ["docs/"]).with("src/a", "").subject()
        var asked = false
        let examination = examine(subject) { _ in
        } invariants: {
            asked = true
            return []
        }
        #expect(examination.approval == nil && examination.invariants == nil && !asked)
    }

    @Test(arguments: [InvariantResult.Outcome.failed, .timedOut])
    func approvesNothingThatAnInvariantRejects(outcome: InvariantResult.Outcome) throws {
        #expect(examination(try subject([invariant("test")]), [result("test", outcome)]).approval == nil)
        let warns = try subject([invariant("test", .warn)])
        #expect(examination(warns, [result("test", outcome, .warn)]).approval != nil)
    }

    @Test func approvesNothingWhereAnInvariantWasNotLookedAt() throws {
        let subject = try subject([invariant("one"), invariant("two")])
        #expect(examination(subject, []).approval == nil)
        #expect(examination(subject, [result("one", .passed)]).approval == nil)
        #expect(examination(subject, [result("one", .passed), result("other", .passed)]).approval == nil)
        #expect(examination(subject, [result("one", .passed), result("two", .failed, .warn)]).approval == nil)
        #expect(examination(subject, [result("one", .passed), result("two", .skipped)]).approval != nil)
    }
}
