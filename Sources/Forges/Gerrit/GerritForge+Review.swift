package import Basics
internal import HTTP
package import Model

extension GerritForge {
    package func states(of numbers: [Int]) throws(ForgeError) -> [Int: PullRequestState] {
        var found: [Int: PullRequestState] = [:]
        var rest = Array(Set(numbers)).sorted()[...]
        while !rest.isEmpty {
            let condition = rest.prefix(40).map { "change:\($0)" }.joined(separator: " OR ")
            let (elements, call) = try search("(\(condition))")
            for state in try connection.read(elements, call, as: state) { found[state.number] = state }
            rest = rest.dropFirst(40)
        }
        return found
    }

    package func review(of number: Int) throws(ForgeError) -> PullRequestReview {
        let (elements, call) = try search("change:\(number)")
        guard let element = elements.first else {
            throw ForgeError(.notFound, "read change \(number)", host: connection.host)
        }
        var review = PullRequestReview(state: try connection.required(state(element), call))
        let verified = GerritShapes.verified(element)
        let outcome: PullRequestCheck.Outcome? =
            switch verified {
            case .passing: .passed
            case .failing: .failed
            case .pending: .pending
            case .none, .unknown: nil
            }
        review.checks = outcome.map { [PullRequestCheck("Verified", $0, isRequired: true)] } ?? []
        review.missingApprovals = element.at("labels", "Code-Review", "approved") != nil ? 0 : 1
        return review
    }

    private func state(_ json: JSON) -> PullRequestState? {
        guard let change = change(json) else { return nil }
        var state = PullRequestState(
            number: change.number, url: change.url, phase: change.phase, head: change.head, base: change.base)
        (state.isDraft, state.headCommit) = (change.isDraft, change.headCommit)
        state.mergeCommit = change.phase == .merged ? change.headCommit : nil
        state.approvals = GerritShapes.votes(json, "Code-Review") { $0 == 2 }
        state.changesRequested = GerritShapes.votes(json, "Code-Review") { $0 < 0 }
        state.hasReviews = GerritShapes.votes(json, "Code-Review") { $0 != 0 } > 0
        state.checks = GerritShapes.verified(json)
        state.mergeability =
            if json["mergeable"]?.bool == false {
                .conflicting
            } else if change.isDraft {
                .draft
            } else if let isSubmittable = json["submittable"]?.bool {
                isSubmittable ? .clean : .blocked
            } else {
                .unknown
            }
        return state
    }

    /// Submits exactly the expected version; Gerrit refuses one that is not the newest.
    package func merge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) -> ObjectID? {
        let target = url("changes", String(number), "revisions", head.hex, "submit")
        _ = try connection.send(ForgeCall("submit change \(number)", .post, target, .object([])))
        return head
    }

    package func enableAutoMerge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) {
        throw ForgeError(
            .unsupported, "have change \(number) merged once it may be", host: connection.host,
            details: ["Gerrit has no such thing of its own"])
    }
}

/// Reads what Gerrit answers.
enum GerritShapes {
    static func phase(_ json: JSON) -> PullRequest.Phase? {
        switch json["status"]?.string {
        case "NEW": .open
        case "MERGED": .merged
        case "ABANDONED": .closed
        default: nil
        }
    }

    /// How many votes of a label count.
    static func votes(_ json: JSON, _ label: String, where counts: (Int) -> Bool) -> Int {
        (json.at("labels", label, "all")?.elements ?? []).count { counts($0["value"]?.integer ?? 0) }
    }

    static func verified(_ json: JSON) -> PullRequestState.Checks {
        guard let label = json.at("labels", "Verified") else { return .none }
        if label["rejected"] != nil { return .failing }
        return label["approved"] != nil ? .passing : .pending
    }
}
