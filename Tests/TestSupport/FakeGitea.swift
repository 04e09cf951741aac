internal import Basics

/// The API of Gitea and Forgejo, as far as pull requests need it.
package final class FakeGitea: FakeForge {
    package struct Pull: FakeNumbered {
        package var number = 0
        package var state = "open"
        package var isMerged = false
        package var title = ""
        package var body = ""
        package var head = ""
        package var headCommit = String(repeating: "a", count: 40)
        package var base = "main"
        package var labels: [Int] = []
        package var reviewers: [String] = []
        package var sourceRepository = 5
        package var isBranchDeleted = false
        package var reviews: [(author: String, state: String, isStale: Bool)] = []
        package var statuses: [(name: String, state: String)] = []
        package var isMergeable = true
        package var merges = false

        package init() {}
    }

    package struct State: Sendable {
        /// As the header has to be.
        package var authorization = "token test-token"
        package var isArchived = false
        package var canPush = true
        package var pulls: [Pull] = []
        package var labels: [String] = []
        package var branches: [String: String] = [:]
        /// A bare repository whose branches count as well, as they are pushed there.
        package var gitDirectory: String?
        package var users: Set<String> = ["alice", "bob"]
        package var creations = 0

        package mutating func add(_ pull: Pull) -> Int { pulls.number(pull) }
    }

    package let host: FakeHost<State>

    package init() throws {
        host = try FakeHost(State()) { request, faults, state in
            FakeGiteaCore(faults: faults).answer(request, &state)
        }
    }

    package var apiURL: String { url + "/api/v1" }
}

/// Answers requests.
struct FakeGiteaCore {
    let faults: FakeFaults

    func answer(_ request: HTTPTestRequest, _ state: inout FakeGitea.State) -> HTTPTestReply {
        let call = FakeCall(request, faults)
        guard request.header("Authorization") == state.authorization else {
            return .json(#"{"message":"invalid username, password or token"}"#, status: 401)
        }
        guard call.segments.starts(with: ["api", "v1", "repos", "octo", "repo"]) else {
            return .json(#"{"message":"The target couldn't be found."}"#, status: 404)
        }
        if state.isArchived, request.method != "GET" {
            return .json(#"{"message":"repo is archived"}"#, status: 423)
        }
        return route(call, Array(call.segments.dropFirst(5)), &state)
    }

    private func route(_ call: FakeCall, _ path: [String], _ state: inout FakeGitea.State) -> HTTPTestReply {
        switch (call.request.method, path.first ?? "", path.count) {
        case ("GET", "", 0):
            return .jsonValue([
                "full_name": "octo/repo", "default_branch": "main", "archived": .bool(state.isArchived),
                "private": true, "permissions": ["push": .bool(state.canPush), "pull": true],
            ])
        case ("GET", "pulls", 1):
            call.checkQuery("state", "limit", "page", "sort")
            let wanted = call.query["state"] ?? "open"
            let found = state.pulls.reversed().filter { wanted == "all" || $0.state == wanted }
            return call.page(found.map { [state] in Self.json($0, state, call.base) }, sizeName: "limit", most: 50)
        case ("POST", "pulls", 1): return create(call, &state)
        case (_, "pulls", 2...): return pull(call, Array(path.dropFirst()), &state)
        case ("POST", "issues", 3): return issue(call, Array(path.dropFirst()), &state)
        case (_, "labels", 1): return label(call, &state)
        case ("GET", "commits", 3): return status(call, path[1], state)
        case (_, "branches", 2...): return branch(call, path.dropFirst().joined(separator: "/"), &state)
        default: return call.unexpected()
        }
    }

    private func create(_ call: FakeCall, _ state: inout FakeGitea.State) -> HTTPTestReply {
        call.check(
            required: ["title": .string, "head": .string, "base": .string],
            optional: ["body": .string, "labels": .integers, "assignees": .strings])
        var pull = FakeGitea.Pull()
        pull.title = call.json["title"]?.string ?? ""
        pull.body = call.json["body"]?.string ?? ""
        pull.head = call.json["head"]?.string ?? ""
        pull.base = call.json["base"]?.string ?? ""
        pull.labels = (call.json["labels"]?.elements ?? []).compactMap(\.integer)
        guard let commit = state.branches[pull.head] ?? FakeBranches.pushed(pull.head, state.gitDirectory) else {
            return .json(#"{"message":"The target couldn't be found."}"#, status: 404)
        }
        if state.pulls.contains(where: {
            $0.state == "open" && $0.head == pull.head && $0.base == pull.base && $0.sourceRepository == 5
        }) {
            let words = "pull request already exists for these targets [id: 1, issue_id: 1, head_repo_id: 5]"
            return .jsonValue(["message": .string(words)], status: 409)
        }
        pull.headCommit = commit
        state.creations += 1
        let number = state.add(pull)
        return .jsonValue(Self.json(state.pulls[number - 1], state, call.base), status: 201)
    }

    private func pull(_ call: FakeCall, _ path: [String], _ state: inout FakeGitea.State) -> HTTPTestReply {
        guard let number = Int(path[0]), state.pulls.indices.contains(number - 1) else {
            return .json(#"{"message":"The target couldn't be found."}"#, status: 404)
        }
        let index = number - 1
        switch (call.request.method, path.dropFirst().first) {
        case ("GET", nil): break
        case ("PATCH", nil):
            call.check(optional: ["title": .string, "body": .string, "state": .string])
            if let title = call.json["title"]?.string { state.pulls[index].title = title }
            if let body = call.json["body"]?.string { state.pulls[index].body = body }
            if let phase = call.json["state"]?.string { state.pulls[index].state = phase }
        case ("POST", "requested_reviewers"):
            call.check(optional: ["reviewers": .strings, "team_reviewers": .strings])
            let names = (call.json["reviewers"]?.elements ?? []).compactMap(\.string)
            guard names.allSatisfy({ state.users.contains($0) }) else {
                return .json(#"{"message":"user does not exist"}"#, status: 422)
            }
            state.pulls[index].reviewers += names
            return .jsonValue([], status: 201)
        case ("GET", "reviews"):
            return call.page(
                state.pulls[index].reviews.map {
                    [
                        "user": ["login": .string($0.author)], "state": .string($0.state),
                        "stale": .bool($0.isStale),
                        "dismissed": false,
                    ]
                }, sizeName: "limit", most: 50)
        case ("POST", "merge"): return merge(call, &state.pulls[index])
        default: return call.unexpected()
        }
        return .jsonValue(Self.json(state.pulls[index], state, call.base))
    }

    private func merge(_ call: FakeCall, _ pull: inout FakeGitea.Pull) -> HTTPTestReply {
        call.check(
            required: ["Do": .string], optional: ["head_commit_id": .string, "merge_when_checks_succeed": .bool])
        if call.json["head_commit_id"]?.string != pull.headCommit {
            return .json(#"{"message":"head out of date"}"#, status: 409)
        }
        guard pull.isMergeable else { return .json(#"{"message":"Please try again later"}"#, status: 405) }
        if call.json["merge_when_checks_succeed"]?.bool == true {
            pull.merges = true
            return .status(201)
        }
        (pull.state, pull.isMerged) = ("closed", true)
        return .status(200)
    }

    private func issue(_ call: FakeCall, _ path: [String], _ state: inout FakeGitea.State) -> HTTPTestReply {
        guard let number = Int(path[0]), state.pulls.indices.contains(number - 1) else { return call.unexpected() }
        call.check(required: ["labels": .integers])
        for label in (call.json["labels"]?.elements ?? []).compactMap(\.integer)
        where !state.pulls[number - 1].labels.contains(label) {
            state.pulls[number - 1].labels.append(label)
        }
        return .jsonValue([])
    }

    private func label(_ call: FakeCall, _ state: inout FakeGitea.State) -> HTTPTestReply {
        if call.request.method == "GET" {
            return call.page(
                state.labels.enumerated().map { ["id": .integer($0.offset + 1), "name": .string($0.element)] },
                sizeName: "limit", most: 50)
        }
        call.check(required: ["name": .string, "color": .string])
        state.labels.append(call.json["name"]?.string ?? "")
        return .jsonValue(["id": .integer(state.labels.count)], status: 201)
    }

    private func status(_ call: FakeCall, _ commit: String, _ state: FakeGitea.State) -> HTTPTestReply {
        let statuses = state.pulls.first { $0.headCommit == commit }?.statuses ?? []
        let worst = ["failure", "pending"].first { word in statuses.contains { $0.state == word } } ?? "success"
        return .jsonValue([
            "state": statuses.isEmpty ? "" : .string(worst), "total_count": .integer(statuses.count),
            "statuses": .array(statuses.map { ["context": .string($0.name), "status": .string($0.state)] }),
        ])
    }

    private func branch(_ call: FakeCall, _ name: String, _ state: inout FakeGitea.State) -> HTTPTestReply {
        guard let commit = state.branches[name] ?? FakeBranches.pushed(name, state.gitDirectory) else {
            return .json(#"{"message":"no branch"}"#, status: 404)
        }
        if call.request.method == "DELETE" {
            state.branches[name] = nil
            return .status(204)
        }
        return .jsonValue(["name": .string(name), "commit": ["id": .string(commit)]])
    }

    private static func json(_ pull: FakeGitea.Pull, _ state: FakeGitea.State, _ base: String) -> JSON {
        let reference = pull.isBranchDeleted ? "refs/pull/\(pull.number)/head" : pull.head
        let isDraft = pull.title.hasPrefix("WIP:")
        return [
            "number": .integer(pull.number), "html_url": .string("\(base)/octo/repo/pulls/\(pull.number)"),
            "state": .string(pull.state), "merged": .bool(pull.isMerged), "title": .string(pull.title),
            "body": .string(pull.body), "draft": .bool(isDraft), "mergeable": .bool(pull.isMergeable),
            "labels": .array(pull.labels.map { ["id": .integer($0), "name": .string(state.labels[$0 - 1])] }),
            "requested_reviewers": .array(pull.reviewers.map { ["login": .string($0)] }),
            "head": [
                "label": .string(pull.head), "ref": .string(reference), "sha": .string(pull.headCommit),
                "repo_id": .integer(pull.sourceRepository),
            ],
            "base": ["label": .string(pull.base), "ref": .string(pull.base), "repo_id": 5],
            "comments": 0, "review_comments": .integer(pull.reviews.count),
            "merge_commit_sha": pull.isMerged ? .string(String(repeating: "d", count: 40)) : .null,
        ]
    }
}
