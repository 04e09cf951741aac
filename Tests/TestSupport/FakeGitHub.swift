package import Basics

/// GitHub's API, as far as pull requests need it: a real server that keeps state and refuses what is not documented.
package final class FakeGitHub: FakeForge {
    package struct Pull: FakeNumbered {
        package var number = 0
        package var state = "open"
        package var isMerged = false
        package var title = ""
        package var body: String?
        package var head = ""
        package var headCommit = String(repeating: "a", count: 40)
        package var base = "main"
        package var isDraft = false
        package var labels: [String] = []
        package var reviewers: [String] = []
        package var teams: [String] = []
        /// The repository that the branch lies in; `nil` for this one.
        package var fork: String?
        /// Author and state of each one's last review.
        package var reviews: [(author: String, state: String)] = []
        package var rollup: String?
        package var checks: [(name: String, conclusion: String?, isRequired: Bool)] = []
        package var mergeable = "MERGEABLE"
        package var mergeState = "CLEAN"
        package var autoMerge: String?

        package init() {}
    }

    package struct State: Sendable {
        package var owner = "octo"
        package var name = "repo"
        /// A name that it had before, from which it redirects.
        package var formerName: String?
        package var defaultBranch = "main"
        package var isArchived = false
        package var isPrivate = true
        package var canPush = true
        package var scopes: String? = "repo, read:org"
        package var token = "test-token"
        package var pulls: [Pull] = []
        package var labels: Set<String> = []
        package var branches: [String: String] = [:]
        /// A bare repository whose branches count as well, as they are pushed there.
        package var gitDirectory: String?
        package var collaborators: Set<String> = ["alice", "bob", "carol"]
        package var creations = 0
        package var rateRemaining: Int?
        package var rateReset = 1_700_000_600
        /// Apps that were made of a manifest and that nobody has taken over yet, by their codes.
        var begunApps: [String: FakeGitHubApps.Begun] = [:]
        package var appSecrets = (
            key: "-----BEGIN RSA " + "PRIVATE KEY-----\nthe key of the app\n", client: "the client's secret",
            webhook: "the secret of the app's hook"
        )

        package mutating func add(_ pull: Pull) -> Int { pulls.number(pull) }
    }

    package let host: FakeHost<State>

    package init() throws {
        host = try FakeHost(State()) { request, faults, state in
            FakeGitHubCore(faults: faults).answer(request, &state)
        }
    }

    /// The base of the REST API, as on a server of one's own.
    package var apiURL: String { url + "/api/v3" }

    /// A pull request as the REST API describes it.
    package static func describe(_ pull: Pull, owner: String, name: String) -> JSON {
        var state = State()
        (state.owner, state.name) = (owner, name)
        return FakeGitHubCore.json(pull, state, "https://github.example")
    }
}

/// Answers requests.
struct FakeGitHubCore {
    let faults: FakeFaults

    func answer(_ request: HTTPTestRequest, _ state: inout FakeGitHub.State) -> HTTPTestReply {
        let call = FakeCall(request, faults)
        if request.path.hasSuffix("/settings/apps/new") {
            return FakeGitHubApps(faults: faults).answer(request, call, &state) ?? call.unexpected()
        }
        let place = "\(request.method) \(request.path)"
        if request.header("User-Agent")?.isEmpty != false { faults.note("\(place): no User-Agent") }
        if request.header("Accept") != "application/vnd.github+json" { faults.note("\(place): no Accept") }
        if request.header("X-GitHub-Api-Version") != "2022-11-28" { faults.note("\(place): no version") }
        if let reply = FakeGitHubApps(faults: faults).answer(request, call, &state) { return reply }
        guard request.header("Authorization") == "Bearer \(state.token)" else {
            return .json(#"{"message":"Bad credentials"}"#, status: 401)
        }
        Self.follow(&state)
        if let refusal = Self.limit(&state) { return refusal }
        if call.segments == ["api", "graphql"] { return FakeGitHubGraph.answer(call, &state) }
        guard call.segments.starts(with: ["api", "v3"]) else { return call.unexpected() }
        return route(call, Array(call.segments.dropFirst(2)), &state)
    }

    /// A pull request brings whatever its branch has become.
    private static func follow(_ state: inout FakeGitHub.State) {
        for index in state.pulls.indices where state.pulls[index].state == "open" {
            guard let commit = FakeBranches.pushed(state.pulls[index].head, state.gitDirectory) else { continue }
            state.pulls[index].headCommit = commit
        }
    }

    private static func limit(_ state: inout FakeGitHub.State) -> HTTPTestReply? {
        guard let remaining = state.rateRemaining else { return nil }
        guard remaining > 0 else {
            return .jsonValue(
                ["message": "API rate limit exceeded for user ID 1."], status: 403,
                headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", String(state.rateReset))])
        }
        state.rateRemaining = remaining - 1
        return nil
    }

    private func route(_ call: FakeCall, _ path: [String], _ state: inout FakeGitHub.State) -> HTTPTestReply {
        guard path.first == "repos" || path.first == "repositories" else { return call.unexpected() }
        if path == ["repositories", "1"] { return repository(state) }
        guard path.count >= 3, path[1] == state.owner else {
            return .json(#"{"message":"Not Found"}"#, status: 404)
        }
        if path[2] == state.formerName {
            return .redirect(call.request.method == "GET" ? 301 : 307, to: call.base + "/api/v3/repositories/1")
        }
        guard path[2] == state.name else { return .json(#"{"message":"Not Found"}"#, status: 404) }
        let rest = Array(path.dropFirst(3))
        if state.isArchived, call.request.method != "GET" {
            return .json(#"{"message":"Repository was archived so is read-only."}"#, status: 403)
        }
        switch (call.request.method, rest.first ?? "", rest.count) {
        case ("GET", "", 0): return repository(state)
        case ("GET", "pulls", 1): return list(call, state)
        case ("POST", "pulls", 1): return create(call, &state)
        case (_, "pulls", 2...): return pull(call, Array(rest.dropFirst()), &state)
        case (_, "issues", 3): return issue(call, Array(rest.dropFirst()), &state)
        case (_, "labels", 1...): return label(call, Array(rest.dropFirst()), &state)
        case (_, "git", 4...): return branch(call, Array(rest.dropFirst()), &state)
        default: return call.unexpected()
        }
    }

    private func repository(_ state: FakeGitHub.State) -> HTTPTestReply {
        let headers = state.scopes.map { [("X-OAuth-Scopes", $0)] } ?? []
        return .jsonValue(
            [
                "id": 1, "name": .string(state.name), "full_name": .string("\(state.owner)/\(state.name)"),
                "private": .bool(state.isPrivate), "default_branch": .string(state.defaultBranch),
                "archived": .bool(state.isArchived),
                "permissions": ["admin": false, "push": .bool(state.canPush), "pull": true],
                "allow_auto_merge": true,
            ], headers: headers)
    }

    private func list(_ call: FakeCall, _ state: FakeGitHub.State) -> HTTPTestReply {
        call.checkQuery("state", "head", "per_page", "page", "base", "sort", "direction")
        let wanted = call.query["state"] ?? "open"
        let head = call.query["head"]
        if let head, !head.contains(":") { call.faults.note("the head '\(head)' has no owner, and is ignored") }
        let found = state.pulls.reversed().filter { pull in
            let label = "\(pull.fork?.split(separator: "/").first.map(String.init) ?? state.owner):\(pull.head)"
            return (wanted == "all" || wanted == pull.state) && (head == nil || head == label)
        }
        return call.page(found.map { Self.json($0, state, call.base) })
    }

    private func create(_ call: FakeCall, _ state: inout FakeGitHub.State) -> HTTPTestReply {
        call.check(
            required: ["title": .string, "head": .string, "base": .string],
            optional: ["body": .string, "draft": .bool, "maintainer_can_modify": .bool])
        var pull = FakeGitHub.Pull()
        pull.title = call.json["title"]?.string ?? ""
        pull.body = call.json["body"]?.string
        pull.head = call.json["head"]?.string ?? ""
        pull.base = call.json["base"]?.string ?? ""
        pull.isDraft = call.json["draft"]?.bool ?? false
        guard let commit = state.branches[pull.head] ?? FakeBranches.pushed(pull.head, state.gitDirectory) else {
            return Self.invalid([["resource": "PullRequest", "field": "head", "code": "invalid"]])
        }
        if pull.title.unicodeScalars.count > 256 || (pull.body ?? "").unicodeScalars.count > 65_536 {
            return Self.invalid([
                ["resource": "PullRequest", "field": "body", "code": "custom", "message": "body is too long"]
            ])
        }
        if state.pulls.contains(where: {
            $0.state == "open" && $0.head == pull.head && $0.fork == nil && $0.base == pull.base
        }) {
            let message = "A pull request already exists for \(state.owner):\(pull.head)."
            return Self.invalid([["resource": "PullRequest", "code": "custom", "message": .string(message)]])
        }
        pull.headCommit = commit
        state.creations += 1
        let number = state.add(pull)
        return .jsonValue(Self.json(state.pulls[number - 1], state, call.base), status: 201)
    }

    private func pull(_ call: FakeCall, _ path: [String], _ state: inout FakeGitHub.State) -> HTTPTestReply {
        guard let number = Int(path[0]), state.pulls.indices.contains(number - 1) else {
            return .json(#"{"message":"Not Found"}"#, status: 404)
        }
        switch (call.request.method, path.dropFirst().first) {
        case ("GET", nil): break
        case ("PATCH", nil):
            call.check(optional: ["title": .string, "body": .string, "state": .string, "base": .string])
            if let title = call.json["title"]?.string { state.pulls[number - 1].title = title }
            if let body = call.json["body"]?.string { state.pulls[number - 1].body = body }
            if let phase = call.json["state"]?.string { state.pulls[number - 1].state = phase }
        case ("POST", "requested_reviewers"): return reviewers(call, number, &state)
        case ("PUT", "merge"): return merge(call, number, &state)
        default: return call.unexpected()
        }
        return .jsonValue(Self.json(state.pulls[number - 1], state, call.base))
    }

    private func reviewers(_ call: FakeCall, _ number: Int, _ state: inout FakeGitHub.State) -> HTTPTestReply {
        call.check(optional: ["reviewers": .strings, "team_reviewers": .strings])
        let users = (call.json["reviewers"]?.elements ?? []).compactMap(\.string)
        guard users.allSatisfy({ state.collaborators.contains($0) }) else {
            return Self.invalid([], "Reviews may only be requested from collaborators.")
        }
        state.pulls[number - 1].reviewers += users
        state.pulls[number - 1].teams += (call.json["team_reviewers"]?.elements ?? []).compactMap(\.string)
        return .jsonValue(Self.json(state.pulls[number - 1], state, call.base), status: 201)
    }

    private func merge(_ call: FakeCall, _ number: Int, _ state: inout FakeGitHub.State) -> HTTPTestReply {
        call.check(required: ["sha": .string, "merge_method": .string], optional: ["commit_title": .string])
        let pull = state.pulls[number - 1]
        if pull.headCommit != call.json["sha"]?.string {
            return .json(#"{"message":"Head branch was modified. Review and try the merge again."}"#, status: 409)
        }
        guard pull.state == "open", pull.mergeState == "CLEAN" || pull.mergeState == "UNSTABLE" else {
            return .json(#"{"message":"Pull Request is not mergeable"}"#, status: 405)
        }
        (state.pulls[number - 1].isMerged, state.pulls[number - 1].state) = (true, "closed")
        return .jsonValue(["sha": .string(String(repeating: "d", count: 40)), "merged": true, "message": "merged"])
    }

    private func issue(_ call: FakeCall, _ path: [String], _ state: inout FakeGitHub.State) -> HTTPTestReply {
        guard call.request.method == "POST", let number = Int(path[0]), state.pulls.indices.contains(number - 1)
        else {
            return call.unexpected()
        }
        guard path[1] == "labels" else { return call.unexpected() }
        call.check(required: ["labels": .strings])
        for label in (call.json["labels"]?.elements ?? []).compactMap(\.string)
        where !state.pulls[number - 1].labels.contains(label) {
            state.pulls[number - 1].labels.append(label)
        }
        return .jsonValue(.array(state.pulls[number - 1].labels.map { ["name": .string($0)] }))
    }

    private func label(_ call: FakeCall, _ path: [String], _ state: inout FakeGitHub.State) -> HTTPTestReply {
        if call.request.method == "GET", path.count == 1 {
            guard state.labels.contains(path[0]) else { return .json(#"{"message":"Not Found"}"#, status: 404) }
            return .jsonValue(["name": .string(path[0])])
        }
        guard call.request.method == "POST", path.isEmpty else { return call.unexpected() }
        call.check(required: ["name": .string], optional: ["color": .string, "description": .string])
        let name = call.json["name"]?.string ?? ""
        guard state.labels.insert(name).inserted else {
            return Self.invalid([["resource": "Label", "code": "already_exists", "field": "name"]])
        }
        return .jsonValue(["name": .string(name)], status: 201)
    }

    private func branch(_ call: FakeCall, _ path: [String], _ state: inout FakeGitHub.State) -> HTTPTestReply {
        let name = path.dropFirst(2).joined(separator: "/")
        switch (call.request.method, path[0], path[1]) {
        case ("GET", "ref", "heads"):
            guard let commit = state.branches[name] ?? FakeBranches.pushed(name, state.gitDirectory) else {
                return .json(#"{"message":"Not Found"}"#, status: 404)
            }
            return .jsonValue([
                "ref": .string("refs/heads/\(name)"), "object": ["type": "commit", "sha": .string(commit)],
            ])
        case ("DELETE", "refs", "heads"):
            let file = state.gitDirectory.map { "\($0)/refs/heads/\(name)" }
            let wasPushed = file.map { FileSystem.exists($0) } ?? false
            if let file, wasPushed { try? FileSystem.removeTree(file) }
            guard state.branches.removeValue(forKey: name) != nil || wasPushed else {
                return .json(#"{"message":"Reference does not exist"}"#, status: 422)
            }
            return .status(204)
        default: return call.unexpected()
        }
    }

    private static func invalid(_ errors: [JSON], _ message: String = "Validation Failed") -> HTTPTestReply {
        .jsonValue(["message": .string(message), "errors": .array(errors)], status: 422)
    }

    static func json(_ pull: FakeGitHub.Pull, _ state: FakeGitHub.State, _ base: String) -> JSON {
        let full = "\(state.owner)/\(state.name)"
        return [
            "number": .integer(pull.number), "html_url": .string("\(base)/\(full)/pull/\(pull.number)"),
            "node_id": .string("PR_\(pull.number)"), "state": .string(pull.state),
            "merged_at": pull.isMerged ? "2026-01-01T00:00:00Z" : .null, "title": .string(pull.title),
            "body": .optional(pull.body), "draft": .bool(pull.isDraft),
            "labels": .array(pull.labels.map { ["name": .string($0)] }),
            "requested_reviewers": .array(pull.reviewers.map { ["login": .string($0)] }),
            "requested_teams": .array(pull.teams.map { ["slug": .string($0)] }),
            "head": [
                "ref": .string(pull.head), "sha": .string(pull.headCommit),
                "repo": ["full_name": .string(pull.fork ?? full)],
            ],
            "base": ["ref": .string(pull.base), "repo": ["full_name": .string(full)]],
        ]
    }
}
