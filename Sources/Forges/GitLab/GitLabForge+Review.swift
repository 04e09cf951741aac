package import Basics
internal import HTTP
package import Model

extension GitLabForge {
    package func states(of numbers: [Int]) throws(ForgeError) -> [Int: PullRequestState] {
        var found: [Int: PullRequestState] = [:]
        var rest = Array(Set(numbers)).sorted()[...]
        while !rest.isEmpty {
            let query = rest.prefix(100).map { ("iids[]", String($0)) } + [("per_page", "100")]
            let call = ForgeCall("read the state of merge requests", .get, try url("merge_requests", query: query))
            for state in try connection.list(call, as: Self.state) { found[state.number] = state }
            rest = rest.dropFirst(100)
        }
        return found.filter { numbers.contains($0.key) }
    }

    package func review(of number: Int) throws(ForgeError) -> PullRequestReview {
        let target = try url("merge_requests", String(number))
        let call = ForgeCall("read merge request !\(number)", .get, target)
        let answer = try connection.send(call)
        let json = try answer.json()
        var state = try connection.required(Self.state(json), call)
        let approvals = try connection.send(
            ForgeCall("read the approvals of merge request !\(number)", .get, target + "/approvals")
        ).json()
        state.approvals = (approvals["approved_by"]?.elements ?? []).count {
            $0.at("user", "username")?.string != nil
        }
        state.hasReviews = state.hasReviews || state.approvals > 0
        state.checks = Self.checks(json["head_pipeline"])
        var review = PullRequestReview(state: state)
        review.missingApprovals = approvals["approvals_left"]?.integer
        if let pipeline = json.at("head_pipeline", "id")?.integer { review.checks = try jobs(pipeline) }
        return review
    }

    private func jobs(_ pipeline: Int) throws(ForgeError) -> [PullRequestCheck] {
        let target = try url("pipelines", String(pipeline), "jobs", query: [("per_page", "100")])
        return try connection.list(ForgeCall("read the jobs of pipeline \(pipeline)", .get, target)).compactMap {
            job in
            guard let name = job["name"]?.string else { return nil }
            let outcome: PullRequestCheck.Outcome =
                switch job["status"]?.string {
                case "success": .passed
                case "skipped", "manual": .skipped
                case "failed", "canceled": .failed
                default: .pending
                }
            return PullRequestCheck(name, outcome, isRequired: job["allow_failure"]?.bool.map { !$0 })
        }
    }

    package func merge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) -> ObjectID? {
        let json = try accept(number, head, method, waits: false)
        return json["merge_commit_sha"]?.objectID ?? json["squash_commit_sha"]?.objectID ?? json["sha"]?.objectID
    }

    package func enableAutoMerge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) {
        _ = try accept(number, head, method, waits: true)
    }

    /// Whether a merge makes a merge commit or not is the project's own setting; only squashing is asked for.
    private func accept(
        _ number: Int, _ head: ObjectID, _ method: AutoMerge.Method, waits: Bool
    ) throws(ForgeError) -> JSON {
        let target = try url("merge_requests", String(number), "merge")
        var fields = [JSON.Member("sha", .string(head.hex)), JSON.Member("squash", .bool(method == .squash))]
        if waits {
            // The newer name, and the one that older servers know.
            fields += [JSON.Member("auto_merge", true), JSON.Member("merge_when_pipeline_succeeds", true)]
        }
        let operation =
            (waits ? "have" : "merge") + " merge request !\(number)" + (waits ? " merged once it may be" : "")
        return try connection.send(ForgeCall(operation, .put, target, .object(fields))).json()
    }

    static func state(_ json: JSON) -> PullRequestState? {
        guard let number = json["iid"]?.integer, let url = json["web_url"]?.string,
            let phase = GitLabShapes.phase(json), let head = json["source_branch"]?.string,
            let base = json["target_branch"]?.string
        else { return nil }
        var state = PullRequestState(number: number, url: url, phase: phase, head: head, base: base)
        state.isDraft = json["draft"]?.bool ?? false
        state.headCommit = json["sha"]?.objectID
        state.mergeCommit = json["merge_commit_sha"]?.objectID ?? json["squash_commit_sha"]?.objectID
        let status = json["detailed_merge_status"]?.string ?? json["merge_status"]?.string
        state.mergeability = json["has_conflicts"]?.bool == true ? .conflicting : mergeability(status)
        state.changesRequested = status == "requested_changes" ? 1 : 0
        state.hasReviews = (json["user_notes_count"]?.integer ?? 0) > 0 || state.changesRequested > 0
        state.isAutoMergeEnabled = json["merge_when_pipeline_succeeds"]?.bool ?? false
        switch status {
        case "ci_still_running": state.checks = .pending
        case "ci_must_pass": state.checks = .failing
        default: break
        }
        return state
    }

    private static func mergeability(_ status: String?) -> PullRequestState.Mergeability {
        switch status {
        case "mergeable", "can_be_merged": .clean
        case "conflict", "cannot_be_merged", "broken_status": .conflicting
        case "need_rebase": .behind
        case "draft_status": .draft
        case nil, "unchecked", "checking", "preparing", "approvals_syncing", "not_open",
            "cannot_be_merged_recheck":
            .unknown
        default: .blocked
        }
    }

    private static func checks(_ pipeline: JSON?) -> PullRequestState.Checks {
        switch pipeline?["status"]?.string {
        case "success": .passing
        case "failed", "canceled": .failing
        case nil, "skipped": .none
        case "manual": .unknown
        default: .pending
        }
    }
}
