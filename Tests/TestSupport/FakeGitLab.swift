internal import Basics

/// GitLab's API, as far as merge requests need it.
package final class FakeGitLab: FakeForge {
    package struct Request: FakeNumbered {
        package var number = 0
        package var state = "opened"
        package var title = ""
        package var body = ""
        package var head = ""
        package var headCommit = String(repeating: "a", count: 40)
        package var base = "main"
        package var labels: [String] = []
        package var reviewers: [Int] = []
        package var sourceProject = 42
        package var status = "mergeable"
        package var pipeline: String?
        package var jobs: [(name: String, status: String, mayFail: Bool)] = []
        package var approvers: [String] = []
        package var approvalsLeft = 0
        package var merges = false

        package init() {}
    }

    package struct State: Sendable {
        package var path = "group/sub/name"
        package var token = "test-token"
        package var isArchived = false
        package var accessLevel = 40
        package var scopes: [String]? = ["api"]
        package var requests: [Request] = []
        package var branches: [String: String] = [:]
        /// A bare repository whose branches count as well, as they are pushed there.
        package var gitDirectory: String?
        package var users = ["alice": 7, "bob": 8]
        package var creations = 0

        package mutating func add(_ request: Request) -> Int { requests.number(request) }
    }

    package let host: FakeHost<State>

    package init() throws {
        host = try FakeHost(State()) { request, faults, state in
            FakeGitLabCore(faults: faults).answer(request, &state)
        }
    }

    package var apiURL: String { url + "/api/v4" }
}

/// Answers requests.
struct FakeGitLabCore {
    let faults: FakeFaults

    func answer(_ request: HTTPTestRequest, _ state: inout FakeGitLab.State) -> HTTPTestReply {
        let call = FakeCall(request, faults)
        guard request.header("Authorization") == "Bearer \(state.token)" else {
            return .json(#"{"message":"401 Unauthorized"}"#, status: 401)
        }
        guard call.segments.starts(with: ["api", "v4"]) else { return call.unexpected() }
        return route(call, Array(call.segments.dropFirst(2)), &state)
    }

    private func route(_ call: FakeCall, _ path: [String], _ state: inout FakeGitLab.State) -> HTTPTestReply {
        switch (call.request.method, path.first) {
        case ("GET", "users"):
            let name = call.query["username"] ?? ""
            let found =
                state.users[name].map { [["id": .integer($0), "username": .string(name)]] as [JSON] } ?? []
            return .jsonValue(.array(found))
        case ("GET", "personal_access_tokens") where path == ["personal_access_tokens", "self"]:
            guard let scopes = state.scopes else { return .json(#"{"message":"404 Not Found"}"#, status: 404) }
            return .jsonValue(["scopes": .strings(scopes)])
        case (_, "projects") where path.count >= 2 && (path[1] == state.path || path[1] == "42"):
            return project(call, Array(path.dropFirst(2)), &state)
        case (_, "projects"): return .json(#"{"message":"404 Project Not Found"}"#, status: 404)
        default: return call.unexpected()
        }
    }

    private func project(_ call: FakeCall, _ path: [String], _ state: inout FakeGitLab.State) -> HTTPTestReply {
        if state.isArchived, call.request.method != "GET" {
            return .json(#"{"message":"403 Forbidden - Project is archived"}"#, status: 403)
        }
        switch (call.request.method, path.first, path.count) {
        case ("GET", nil, _):
            return .jsonValue([
                "id": 42, "path_with_namespace": .string(state.path), "default_branch": "main",
                "archived": .bool(state.isArchived), "visibility": "private",
                "permissions": [
                    "project_access": nil, "group_access": ["access_level": .integer(state.accessLevel)],
                ],
            ])
        case ("GET", "merge_requests", 1): return list(call, state)
        case ("POST", "merge_requests", 1): return create(call, &state)
        case (_, "merge_requests", 2...): return request(call, Array(path.dropFirst()), &state)
        case ("GET", "pipelines", 3): return jobs(call, Int(path[1]) ?? 0, state)
        case (_, "repository", 3): return branch(call, path, &state)
        default: return call.unexpected()
        }
    }

    private func list(_ call: FakeCall, _ state: FakeGitLab.State) -> HTTPTestReply {
        call.checkQuery("state", "source_branch", "per_page", "page", "iids[]")
        let wanted = call.query["state"] ?? "all"
        let numbers = call.queryPairs.filter { $0.name == "iids[]" }.compactMap { Int($0.value) }
        let found = state.requests.reversed().filter { request in
            (wanted == "all" || wanted == request.state)
                && (call.query["source_branch"].map { $0 == request.head } ?? true)
                && (numbers.isEmpty || numbers.contains(request.number))
        }
        return call.page(found.map { Self.json($0, call.base) })
    }

    private func create(_ call: FakeCall, _ state: inout FakeGitLab.State) -> HTTPTestReply {
        call.check(
            required: ["source_branch": .string, "target_branch": .string, "title": .string],
            optional: ["description": .string, "labels": .string, "reviewer_ids": .integers, "squash": .bool])
        var request = FakeGitLab.Request()
        request.title = call.json["title"]?.string ?? ""
        request.body = call.json["description"]?.string ?? ""
        request.head = call.json["source_branch"]?.string ?? ""
        request.base = call.json["target_branch"]?.string ?? ""
        request.labels = Self.labels(call.json["labels"])
        request.reviewers = (call.json["reviewer_ids"]?.elements ?? []).compactMap(\.integer)
        if request.title.count > 255 { return .json(#"{"message":{"title":["is too long"]}}"#, status: 400) }
        guard let commit = state.branches[request.head] ?? FakeBranches.pushed(request.head, state.gitDirectory)
        else {
            return .json(#"{"message":{"validate_branches":["Source branch does not exist"]}}"#, status: 409)
        }
        if let other = state.requests.first(where: {
            $0.state == "opened" && $0.head == request.head && $0.base == request.base && $0.sourceProject == 42
        }) {
            let words = "Another open merge request already exists for this source branch: !\(other.number)"
            return .jsonValue(["message": [.string(words)]], status: 409)
        }
        request.headCommit = commit
        state.creations += 1
        let number = state.add(request)
        return .jsonValue(Self.json(state.requests[number - 1], call.base), status: 201)
    }

    private func request(_ call: FakeCall, _ path: [String], _ state: inout FakeGitLab.State) -> HTTPTestReply {
        guard let number = Int(path[0]), state.requests.indices.contains(number - 1) else {
            return .json(#"{"message":"404 Not found"}"#, status: 404)
        }
        let index = number - 1
        switch (call.request.method, path.dropFirst().first) {
        case ("GET", nil): break
        case ("PUT", nil): change(call, &state.requests[index])
        case ("PUT", "merge"): return merge(call, &state.requests[index])
        case ("GET", "approvals"):
            return .jsonValue([
                "approved": .bool(state.requests[index].approvalsLeft == 0),
                "approvals_left": .integer(state.requests[index].approvalsLeft),
                "approved_by": .array(state.requests[index].approvers.map { ["user": ["username": .string($0)]] }),
            ])
        default: return call.unexpected()
        }
        return .jsonValue(Self.json(state.requests[index], call.base))
    }

    private func change(_ call: FakeCall, _ request: inout FakeGitLab.Request) {
        call.check(optional: [
            "title": .string, "description": .string, "add_labels": .string, "reviewer_ids": .integers,
        ])
        if let title = call.json["title"]?.string { request.title = title }
        if let body = call.json["description"]?.string { request.body = body }
        for label in Self.labels(call.json["add_labels"]) where !request.labels.contains(label) {
            request.labels.append(label)
        }
        if let reviewers = call.json["reviewer_ids"]?.elements {
            request.reviewers = reviewers.compactMap(\.integer)
        }
    }

    private func merge(_ call: FakeCall, _ request: inout FakeGitLab.Request) -> HTTPTestReply {
        call.check(
            required: ["sha": .string],
            optional: ["squash": .bool, "auto_merge": .bool, "merge_when_pipeline_succeeds": .bool])
        if call.json["sha"]?.string != request.headCommit {
            return .json(#"{"message":"SHA does not match HEAD of source branch"}"#, status: 409)
        }
        if call.json["auto_merge"]?.bool == true, request.status != "mergeable" {
            request.merges = true
        } else if request.status == "mergeable" {
            request.state = "merged"
        } else {
            return .json(#"{"message":"405 Method Not Allowed"}"#, status: 405)
        }
        return .jsonValue(Self.json(request, call.base))
    }

    private func jobs(_ call: FakeCall, _ pipeline: Int, _ state: FakeGitLab.State) -> HTTPTestReply {
        guard state.requests.indices.contains(pipeline - 1001) else { return call.unexpected() }
        return call.page(
            state.requests[pipeline - 1001].jobs.map {
                ["name": .string($0.name), "status": .string($0.status), "allow_failure": .bool($0.mayFail)]
            })
    }

    private func branch(_ call: FakeCall, _ path: [String], _ state: inout FakeGitLab.State) -> HTTPTestReply {
        guard path[1] == "branches" else { return call.unexpected() }
        guard let commit = state.branches[path[2]] ?? FakeBranches.pushed(path[2], state.gitDirectory) else {
            return .json(#"{"message":"404 Branch"}"#, status: 404)
        }
        if call.request.method == "DELETE" {
            state.branches[path[2]] = nil
            return .status(204)
        }
        return .jsonValue(["name": .string(path[2]), "commit": ["id": .string(commit)]])
    }

    private static func labels(_ value: JSON?) -> [String] {
        (value?.string ?? "").split(separator: ",").map(String.init)
    }

    private static func json(_ request: FakeGitLab.Request, _ base: String) -> JSON {
        let isDraft = request.title.lowercased().hasPrefix("draft:")
        let pipeline: JSON =
            request.pipeline.map {
                ["id": .integer(1000 + request.number), "status": .string($0)]
            } ?? .null
        return [
            "iid": .integer(request.number), "id": .integer(9000 + request.number),
            "web_url": .string("\(base)/group/sub/name/-/merge_requests/\(request.number)"),
            "state": .string(request.state), "title": .string(request.title), "description": .string(request.body),
            "draft": .bool(isDraft), "labels": .strings(request.labels), "sha": .string(request.headCommit),
            "source_branch": .string(request.head), "target_branch": .string(request.base),
            "source_project_id": .integer(request.sourceProject), "target_project_id": 42,
            "reviewers": .array(
                request.reviewers.map { ["id": .integer($0), "username": .string($0 == 7 ? "alice" : "bob")] }),
            "detailed_merge_status": .string(request.status), "has_conflicts": .bool(request.status == "conflict"),
            "merge_when_pipeline_succeeds": .bool(request.merges), "head_pipeline": pipeline,
            "merge_commit_sha": request.state == "merged" ? .string(String(repeating: "d", count: 40)) : .null,
            "user_notes_count": 0,
        ]
    }
}
