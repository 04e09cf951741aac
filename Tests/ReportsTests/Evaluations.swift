import Basics
import Model
import Paths

@testable import Reports

/// Evaluations that tests of the forms render.
enum Evaluations {
    static let oid = ObjectID(hex: String(repeating: "1", count: 40)) ?? .zero

    /// What nobody would write and somebody does.
    static let hostile = "50% of\r\nit: a,b;c] <b>&\"'`|*_[x](y) \u{1B}[2J\u{0} @you ##vso[x] ::error::"

    static func empty() -> Evaluation {
        Evaluation(
            head: Evaluation.Revision("agent/task-001", oid), rules: Evaluation.Revision("origin/main", oid),
            mergeBases: [oid], commits: 1)
    }

    static func accepted() -> Evaluation {
        var evaluation = empty()
        (evaluation.isJudged, evaluation.task, evaluation.scope) = (true, "task-001", "docs")
        evaluation.invariants = [
            InvariantResult(name: "fine", outcome: .passed, severity: .block),
            InvariantResult(name: "left", outcome: .skipped, severity: .block, detail: "touches none of src/**"),
        ]
        evaluation.invariantCount = 2
        return evaluation
    }

    /// One of everything, with names and texts that try to break out of each form.
    static func rejected() throws -> Evaluation {
        var evaluation = accepted()
        evaluation.title = hostile
        evaluation.violations = [
            Violation("path-not-allowed", path: try RepoPath("src/a b#%.py"), hostile, hint: hostile),
            Violation("secret", path: try RepoPath("docs/a.md"), line: 7, "it seems to contain a secret"),
            Violation("too-many-files", "the change touches 11 files"),
        ]
        evaluation.warnings = [Violation("test-skipped", path: try RepoPath("t.py"), "skipped", severity: .warn)]
        evaluation.differences = [hostile]
        evaluation.invariants = [
            InvariantResult(name: hostile, outcome: .failed, severity: .block, detail: hostile),
            InvariantResult(
                name: "slow", outcome: .timedOut, severity: .block, duration: .milliseconds(60_100),
                detail: "60 s"),
            InvariantResult(
                name: "mild", outcome: .failed, severity: .warn, duration: .milliseconds(200), detail: "x"),
        ]
        evaluation.reproduction = Evaluation.Reproduction(.differs, of: oid, reason: hostile)
        return evaluation
    }

    static func many(_ count: Int) throws -> Evaluation {
        var evaluation = accepted()
        let path = try RepoPath("src/a.py")
        evaluation.violations = (1...count).map { Violation("path-not-allowed", path: path, "number \($0)") }
        return evaluation
    }
}
