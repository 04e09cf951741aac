package import Basics
package import Model

/// Whether a pull request may merge by itself now, and why.
package enum AutoMergeDecision: Hashable, Sendable {
    /// It stays as it is; a person has to do something, or the policy does not want it.
    case leave(reason: String)
    /// Something is still under way; look again later.
    case wait(reason: String)
    /// Everything asked for is there, and the forge's own rules say so too.
    case merge(AutoMerge.Method, reason: String)
    /// Everything asked for is there; the forge merges once its own rules are met.
    case leaveToForge(AutoMerge.Method, reason: String)

    package var reason: String {
        switch self {
        case .leave(let reason), .wait(let reason), .merge(_, let reason), .leaveToForge(_, let reason): reason
        }
    }

    /// Everything that the decision hangs on.
    package struct Case: Hashable, Sendable {
        package var settings: AutoMerge
        package var scope: String
        package var review: PullRequestReview
        /// The last commit that Leviathan pushed; a later one is somebody else's.
        package var expectedHead: ObjectID
        /// Whether the forge can merge by itself later on.
        package var forgeMerges: Bool

        package init(
            settings: AutoMerge, scope: String, review: PullRequestReview, expectedHead: ObjectID,
            forgeMerges: Bool
        ) {
            (self.settings, self.scope, self.review) = (settings, scope, review)
            (self.expectedHead, self.forgeMerges) = (expectedHead, forgeMerges)
        }
    }

    /// What cannot be seen counts as not there; nothing here overrides the forge's protection.
    package static func decide(_ given: Case) -> AutoMergeDecision {
        permission(given) ?? checks(given) ?? approvals(given) ?? merging(given)
    }

    private static func permission(_ given: Case) -> AutoMergeDecision? {
        let state = given.review.state
        if !given.settings.enabled { return .leave(reason: "auto-merge is off") }
        if !given.settings.scopes.contains(given.scope) {
            return .leave(reason: "auto-merge is not on for the scope '\(given.scope)'")
        }
        if state.phase != .open { return .leave(reason: "it is \(state.phase.rawValue) already") }
        if state.isDraft { return .leave(reason: "it is a draft") }
        guard AgentBranch.isOne(state.head) else { return .leave(reason: "its branch is not Leviathan's") }
        guard state.headCommit == given.expectedHead else {
            return .leave(reason: "its last commit is not the one that Leviathan pushed")
        }
        return state.mergeability == .conflicting ? .leave(reason: "it conflicts with its base") : nil
    }

    private static func checks(_ given: Case) -> AutoMergeDecision? {
        let review = given.review
        let counting = review.checks.filter { $0.isRequired != false }
        if let failed = counting.first(where: { $0.outcome == .failed }) {
            return .leave(reason: "the check '\(ForgeText.shown(failed.name, limit: 80))' failed")
        }
        // One that is not required may fail, where the forge says which ones are.
        let saysWhich = review.checks.contains { $0.isRequired != nil }
        if review.state.checks == .failing, !saysWhich { return .leave(reason: "a check failed") }
        guard given.settings.requiresChecks else { return nil }
        if let pending = counting.first(where: { $0.outcome == .pending }) {
            return .wait(reason: "the check '\(ForgeText.shown(pending.name, limit: 80))' is not done")
        }
        if saysWhich, counting.contains(where: { $0.outcome == .passed }) { return nil }
        switch review.state.checks {
        case .passing: return nil
        case .pending: return .wait(reason: "the checks are not done")
        case .failing: return .leave(reason: "a check failed")
        case .none: return .leave(reason: "no check ran, and checks are asked for")
        case .unknown: return .wait(reason: "the checks cannot be seen")
        }
    }

    private static func approvals(_ given: Case) -> AutoMergeDecision? {
        let state = given.review.state
        if state.changesRequested > 0 { return .leave(reason: "a reviewer asks for changes") }
        let missing = max(given.settings.requiredApprovals - state.approvals, 0)
        if missing > 0 {
            return .wait(reason: "\(missing) more \(missing == 1 ? "approval is" : "approvals are") needed")
        }
        return nil
    }

    private static func merging(_ given: Case) -> AutoMergeDecision {
        let method = given.settings.method
        let state = given.review.state
        let met = "checks and approvals are there"
        if (given.review.missingApprovals ?? 0) > 0, !given.forgeMerges {
            return .wait(reason: "the forge wants more approvals")
        }
        switch state.mergeability {
        case .clean: return .merge(method, reason: met)
        case .unstable
        where !given.settings.requiresChecks || given.review.checks.contains { $0.isRequired != nil }:
            return .merge(method, reason: met + "; what fails is not required")
        case .conflicting: return .leave(reason: "it conflicts with its base")
        case .draft: return .leave(reason: "it is a draft")
        case .blocked, .behind, .unstable, .unknown:
            if state.isAutoMergeEnabled { return .wait(reason: "the forge will merge it") }
            return given.forgeMerges
                ? .leaveToForge(method, reason: met + "; the forge's own rules are not met yet")
                : .wait(reason: "the forge's own rules are not met yet")
        }
    }
}
