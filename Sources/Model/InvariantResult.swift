package import Basics

/// What became of an invariant.
package struct InvariantResult: Hashable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case passed, failed, skipped
        /// It ran, and failed on the base as well.
        case brokenAtBase = "broken-at-base"
        case timedOut = "timed-out"
        /// Its program was not found, could not be executed, had no set-up, or died before it began.
        case couldNotRun = "could-not-run"

        /// Whether nothing speaks against the change; skipping is decided by the policy's own `when`.
        package var isFine: Bool { self == .passed || self == .skipped }
    }

    package let name: String
    package let outcome: Outcome
    package let severity: Invariant.Severity
    package let cached: Bool
    package let duration: Duration
    package let log: Digest?
    /// Why it was skipped, or the last lines of a failure.
    package let detail: String?
    /// What the base had to say; `nil` where it was not asked.
    package let comparison: BaselineComparison?

    package init(
        name: String, outcome: Outcome, severity: Invariant.Severity, cached: Bool = false,
        duration: Duration = .zero, log: Digest? = nil, detail: String? = nil,
        comparison: BaselineComparison? = nil
    ) {
        (self.name, self.outcome, self.severity, self.cached) = (name, outcome, severity, cached)
        (self.duration, self.log, self.detail, self.comparison) = (duration, log, detail, comparison)
    }

    /// Let through although it failed, since the base fails in the same ways.
    package var isExcused: Bool { outcome == .brokenAtBase && comparison?.excuses == true }

    /// Whether the result stands in the way of a proposal.
    package var rejects: Bool { severity == .block && !outcome.isFine && !isExcused }
}

/// A failure on the change beside the same invariant on the base.
package struct BaselineComparison: Hashable, Sendable {
    /// What failed on the change and not on the base, by name.
    package let newFailures: [String]
    /// What failed on both.
    package let knownFailures: [String]
    /// Why the names do not tell everything; `nil` when they do.
    package let problem: String?
    /// Whether the policy lets the change through, and nothing new failed.
    package let excuses: Bool

    package init(newFailures: [String], knownFailures: [String], problem: String?, excuses: Bool) {
        (self.newFailures, self.knownFailures) = (newFailures, knownFailures)
        (self.problem, self.excuses) = (problem, excuses)
    }
}
