internal import Basics

/// The part of GitHub's GraphQL API that is asked for; reads just the queries that it knows.
enum FakeGitHubGraph {
    static func answer(_ call: FakeCall, _ state: inout FakeGitHub.State) -> HTTPTestReply {
        call.check(required: ["query": .string], optional: ["variables": .object])
        let query = call.json["query"]?.string ?? ""
        guard query.count(where: { $0 == "{" }) == query.count(where: { $0 == "}" }) else {
            call.faults.note("the query's braces do not match")
            return call.unexpected()
        }
        let variables = call.json["variables"] ?? .null
        if query.hasPrefix("mutation") { return mutate(call, query, variables, &state) }
        guard variables["owner"]?.string == state.owner, variables["name"]?.string == state.name else {
            return .jsonValue([
                "data": ["repository": nil],
                "errors": [["type": "NOT_FOUND", "message": "Could not resolve to a Repository"]],
            ])
        }
        guard query.contains("fragment State on PullRequest {") else { return call.unexpected() }
        return query.contains("$number: Int!") ? one(call, variables, state) : many(call, query, state)
    }

    /// `p7: pullRequest(number: 7) { ...State }`, once for each.
    private static func many(_ call: FakeCall, _ query: String, _ state: FakeGitHub.State) -> HTTPTestReply {
        var members: [JSON.Member] = []
        var errors: [JSON] = []
        for part in query.split(separator: "pullRequest(number: ").dropFirst() {
            let number = Int(part.prefix { $0 != ")" }) ?? 0
            let pull = state.pulls.indices.contains(number - 1) ? state.pulls[number - 1] : nil
            members.append(JSON.Member("p\(number)", pull.map { Self.state($0, state) } ?? .null))
            if pull == nil {
                errors.append(["type": "NOT_FOUND", "message": "Could not resolve to a PullRequest"])
            }
        }
        if members.count > 100 { call.faults.note("\(members.count) pull requests at once") }
        var answer: [JSON.Member] = [JSON.Member("data", ["repository": .object(members)])]
        if !errors.isEmpty { answer.append(JSON.Member("errors", .array(errors))) }
        return .jsonValue(.object(answer))
    }

    private static func one(_ call: FakeCall, _ variables: JSON, _ state: FakeGitHub.State) -> HTTPTestReply {
        let number = variables["number"]?.integer ?? 0
        guard state.pulls.indices.contains(number - 1) else {
            return .jsonValue([
                "data": ["repository": ["pullRequest": nil]],
                "errors": [["type": "NOT_FOUND", "message": "Could not resolve to a PullRequest"]],
            ])
        }
        let pull = state.pulls[number - 1]
        let start = variables["after"]?.string.flatMap { Int($0) } ?? 0
        let page = pull.checks.dropFirst(start).prefix(100)
        let contexts: JSON = [
            "pageInfo": [
                "hasNextPage": .bool(start + page.count < pull.checks.count),
                "endCursor": .string(String(start + page.count)),
            ],
            "nodes": .array(
                page.map { check in
                    [
                        "__typename": "CheckRun", "name": .string(check.name),
                        "status": check.conclusion == nil ? "IN_PROGRESS" : "COMPLETED",
                        "conclusion": .optional(check.conclusion), "isRequired": .bool(check.isRequired),
                    ]
                }),
        ]
        let rollup: JSON = pull.rollup.map { ["state": .string($0), "contexts": contexts] } ?? .null
        var members = Self.state(pull, state).members ?? []
        members.removeAll { $0.name == "commits" }
        members.append(JSON.Member("commits", ["nodes": [["commit": ["statusCheckRollup": rollup]]]]))
        members.append(JSON.Member("reviewDecision", pull.reviews.isEmpty ? "REVIEW_REQUIRED" : "APPROVED"))
        return .jsonValue(["data": ["repository": ["pullRequest": .object(members)]]])
    }

    private static func state(_ pull: FakeGitHub.Pull, _ state: FakeGitHub.State) -> JSON {
        let phase = pull.isMerged ? "MERGED" : pull.state.uppercased()
        let rollup: JSON = pull.rollup.map { ["state": .string($0)] } ?? .null
        return [
            "number": .integer(pull.number), "url": .string("https://x/\(pull.number)"), "state": .string(phase),
            "isDraft": .bool(pull.isDraft), "headRefName": .string(pull.head),
            "headRefOid": .string(pull.headCommit),
            "baseRefName": .string(pull.base), "mergeable": .string(pull.mergeable),
            "mergeStateStatus": .string(pull.mergeState),
            "autoMergeRequest": pull.autoMerge.map { ["enabledAt": .string($0)] } ?? .null, "mergeCommit": .null,
            "reviews": ["totalCount": .integer(pull.reviews.count)],
            "latestOpinionatedReviews": [
                "nodes": .array(
                    pull.reviews.map { ["state": .string($0.state), "author": ["login": .string($0.author)]] })
            ],
            "commits": ["nodes": [["commit": ["statusCheckRollup": rollup]]]],
        ]
    }

    private static func mutate(
        _ call: FakeCall, _ query: String, _ variables: JSON, _ state: inout FakeGitHub.State
    ) -> HTTPTestReply {
        guard let number = variables["id"]?.string?.dropFirst(3), let index = Int(number).map({ $0 - 1 }),
            state.pulls.indices.contains(index)
        else { return call.unexpected() }
        func refuse(_ message: String) -> HTTPTestReply {
            .jsonValue(["data": .null, "errors": [["type": "UNPROCESSABLE", "message": .string(message)]]])
        }
        if query.contains("convertPullRequestToDraft(") {
            state.pulls[index].isDraft = true
        } else if query.contains("markPullRequestReadyForReview(") {
            state.pulls[index].isDraft = false
        } else if query.contains("enablePullRequestAutoMerge(") {
            if state.pulls[index].mergeState == "CLEAN" {
                return refuse("Pull request Pull request is in clean status")
            }
            guard variables["head"]?.string == state.pulls[index].headCommit else { return refuse("head moved") }
            state.pulls[index].autoMerge = variables["method"]?.string
        } else {
            return call.unexpected()
        }
        return .jsonValue(["data": ["done": true]])
    }
}
