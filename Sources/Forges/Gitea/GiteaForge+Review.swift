package import Basics
internal import HTTP
package import Model

extension GiteaForge {
    /// Up to so many are asked for one by one; more come with the list of all.
    private static let fewest = 20

    package func states(of numbers: [Int]) throws(ForgeError) -> [Int: PullRequestState] {
        let wanted = Set(numbers)
        var found: [Int: PullRequestState] = [:]
        if wanted.count > Self.fewest {
            for state in try list(state: "all", as: Self.state) where wanted.contains(state.number) {
                found[state.number] = state
            }
            return found
        }
        for number in wanted.sorted() {
            let call = ForgeCall("read pull request #\(number)", .get, try url("pulls", String(number)))
            let answer = try connection.send(call.accepting(404))
            if answer.status == 404 { continue }
            found[number] = try connection.required(Self.state(try answer.json()), call)
        }
        return found
    }

    package func review(of number: Int) throws(ForgeError) -> PullRequestReview {
        let target = try url("pulls", String(number))
        let call = ForgeCall("read pull request #\(number)", .get, target)
        var state = try connection.required(Self.state(try connection.send(call).json()), call)
        let reviews = try connection.list(
            ForgeCall("read the reviews of pull request #\(number)", .get, target + "/reviews?limit=50&page=1"))
        let standing = Self.standing(reviews)
        state.approvals = standing.values.count { $0 == "APPROVED" }
        state.changesRequested = standing.values.count { $0 == "REQUEST_CHANGES" }
        state.hasReviews = reviews.contains { $0["state"]?.string != "REQUEST_REVIEW" }
        var review = PullRequestReview(state: state)
        if let head = state.headCommit { try readChecks(head, &review) }
        return review
    }

    /// The last word of each person that still counts.
    private static func standing(_ reviews: [JSON]) -> [String: String] {
        var standing: [String: String] = [:]
        for review in reviews where review["dismissed"]?.bool != true && review["stale"]?.bool != true {
            guard let author = review.at("user", "login")?.string, let word = review["state"]?.string,
                word == "APPROVED" || word == "REQUEST_CHANGES"
            else { continue }
            standing[author] = word
        }
        return standing
    }

    private func readChecks(_ commit: ObjectID, _ review: inout PullRequestReview) throws(ForgeError) {
        let call = ForgeCall("read the checks of \(commit.short)", .get, try url("commits", commit.hex, "status"))
        let json = try connection.send(call).json()
        let statuses = json["statuses"]?.elements ?? []
        review.checks = statuses.compactMap { status in
            guard let name = status["context"]?.string else { return nil }
            let outcome: PullRequestCheck.Outcome =
                switch status["status"]?.string {
                case "success", "warning": .passed
                case "pending": .pending
                case "skipped": .skipped
                default: .failed
                }
            return PullRequestCheck(name, outcome)
        }
        review.state.checks =
            switch json["state"]?.string {
            case _ where statuses.isEmpty: .none
            case "success", "warning": .passing
            case "pending": .pending
            case "failure", "error": .failing
            default: .unknown
            }
    }

    package func merge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) -> ObjectID? {
        try accept(number, head, method, waits: false)
        return nil
    }

    package func enableAutoMerge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) {
        try accept(number, head, method, waits: true)
    }

    private func accept(
        _ number: Int, _ head: ObjectID, _ method: AutoMerge.Method, waits: Bool
    ) throws(ForgeError) {
        let body: JSON = [
            "Do": .string(method.rawValue), "head_commit_id": .string(head.hex),
            "merge_when_checks_succeed": .bool(waits),
        ]
        let operation =
            waits ? "have pull request #\(number) merged once it may be" : "merge pull request #\(number)"
        _ = try connection.send(ForgeCall(operation, .post, try url("pulls", String(number), "merge"), body))
    }

    static func state(_ json: JSON) -> PullRequestState? {
        guard let number = json["number"]?.integer, let url = json["html_url"]?.string,
            let phase = GiteaShapes.phase(json), let head = GiteaShapes.branch(json["head"]),
            let base = GiteaShapes.branch(json["base"])
        else { return nil }
        var state = PullRequestState(number: number, url: url, phase: phase, head: head, base: base)
        state.isDraft = GiteaShapes.pullRequest(json)?.isDraft ?? false
        state.headCommit = json.at("head", "sha")?.objectID
        state.mergeCommit = phase == .merged ? json["merge_commit_sha"]?.objectID : nil
        state.hasReviews = (json["review_comments"]?.integer ?? 0) > 0 || (json["comments"]?.integer ?? 0) > 0
        if phase == .open, let isMergeable = json["mergeable"]?.bool {
            state.mergeability = isMergeable ? (state.isDraft ? .draft : .clean) : .conflicting
        }
        return state
    }
}
