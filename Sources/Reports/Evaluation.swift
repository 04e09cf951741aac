package import Basics
package import Model

/// What `check` found about a branch: one value, from which every form of the result is made.
package struct Evaluation: Sendable {
    /// A commit, and what a person calls it.
    package struct Revision: Hashable, Sendable {
        package let name: String
        package let commit: ObjectID

        package init(_ name: String, _ commit: ObjectID) { (self.name, self.commit) = (name, commit) }

        /// `origin/main (1a2b3c4)`.
        package var text: String { name == commit.hex ? commit.short : "\(name) (\(commit.short))" }
    }

    /// Why invariants were not run.
    package enum Omission: String, Sendable {
        case notAsked = "not asked for"
        case rejectedBefore = "the rules rejected the change first"
    }

    /// What running the task again gave.
    package struct Reproduction: Hashable, Sendable {
        package enum Outcome: String, Sendable {
            case reproduced, differs
            case notReproducible = "not reproducible"
        }

        package let outcome: Outcome
        package let commit: ObjectID
        /// Why it differs, or could not be run again.
        package let reason: String?

        package init(_ outcome: Outcome, of commit: ObjectID, reason: String? = nil) {
            (self.outcome, self.commit, self.reason) = (outcome, commit, reason)
        }
    }

    package enum Verdict: String, Sendable {
        case accepted, rejected
        /// The branch is no agent branch, or brings nothing.
        case notJudged = "not-judged"
    }

    /// What is judged.
    package let head: Revision
    /// The tip of the target branch, whose rules judge.
    package let rules: Revision
    /// What head and target have in common: what is judged is the way from there to the head.
    package let mergeBases: [ObjectID]
    /// How many commits the head has that the target has not.
    package let commits: Int
    package var task: String?
    package var title: String?
    /// How the task was found, such as `the branch's name`.
    package var taskSource: String?
    package var scope: String?
    package var changes: [Change] = []
    /// The file in which the task is marked as completed.
    package var writeBackPath: String?
    package var violations: [Violation] = []
    package var warnings: [Violation] = []
    /// What the commits say of themselves and what is so, where these differ.
    package var differences: [String] = []
    package var notes: [String] = []
    /// In the order of the policy; `nil` where they were not run.
    package var invariants: [InvariantResult]?
    package var invariantCount = 0
    package var omission: Omission?
    /// Where the policy defines each invariant, by name.
    package var invariantPlaces: [String: SourcePlace] = [:]
    package var reproduction: Reproduction?
    /// Whether rules looked at a change at all.
    package var isJudged = false
    package var duration: Duration = .zero
    /// Takes what programs were given as secrets out of what is shown.
    package var redaction: (any SecretRedaction)?

    package init(head: Revision, rules: Revision, mergeBases: [ObjectID], commits: Int) {
        (self.head, self.rules, self.mergeBases, self.commits) = (head, rules, mergeBases, commits)
    }

    package var rejectingInvariants: [InvariantResult] { (invariants ?? []).filter(\.rejects) }

    package var verdict: Verdict {
        if !violations.isEmpty || !rejectingInvariants.isEmpty { return .rejected }
        if let reproduction, reproduction.outcome != .reproduced { return .rejected }
        return isJudged ? .accepted : .notJudged
    }

    /// What was decided, with all that was not looked at.
    package var summary: String {
        switch verdict {
        case .accepted:
            let held = invariants.map { "every rule and \(Self.count($0.count, "invariant")) accepted it" }
            let left = invariantCount == 0 ? "every rule accepted it; there are no invariants" : nil
            return held.flatMap { invariantCount == 0 ? nil : $0 } ?? left
                ?? "every rule accepted it; \(Self.count(invariantCount, "invariant")) not run: "
                + (omission?.rawValue ?? "")
        case .rejected:
            let parts = [
                violations.isEmpty ? nil : Self.count(violations.count, "violation"),
                rejectingInvariants.isEmpty ? nil : Self.count(rejectingInvariants.count, "invariant"),
                reproduction.flatMap { $0.outcome == .reproduced ? nil : $0.outcome.rawValue },
            ].compactMap(\.self)
            return parts.joined(separator: ", ")
        case .notJudged: return notes.last ?? "nothing was looked at"
        }
    }

    package static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
}
