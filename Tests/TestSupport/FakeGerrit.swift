package import Basics
internal import Processes

/// Gerrit's REST API, and what pushing to `refs/for/` does to it.
package final class FakeGerrit: FakeForge {
    package struct Change: Sendable {
        package var number = 0
        package var changeID = ""
        package var status = "NEW"
        package var topic = ""
        package var branch = "main"
        package var commit = ""
        package var message = ""
        package var isDraft = false
        package var hashtags: [String] = []
        package var reviewers: [String] = []
        package var codeReview: [(user: String, value: Int)] = []
        package var verified: Int?
        package var isSubmittable = false
        package var versions = 1

        package init() {}
    }

    package struct State: Sendable {
        package var project = "tools/x"
        package var authorization = "Basic bWU6dGVzdC10b2tlbg=="
        package var isReadOnly = false
        package var changes: [Change] = []
        /// The messages of commits that a push may bring.
        package var commits: [String: String] = [:]
        /// A bare repository whose references below `refs/for/` are pushes that came in.
        package var gitDirectory: String?
        package var users: Set<String> = ["alice", "bob"]
        package var pageSize = 100

        package mutating func add(_ change: Change) -> Int {
            var change = change
            change.number = changes.count + 1
            changes.append(change)
            return change.number
        }
    }

    package let host: FakeHost<State>

    package init() throws {
        host = try FakeHost(State()) { request, faults, state in
            FakeGerritCore(faults: faults).answer(request, &state)
        }
    }

    package var apiURL: String { url }

    /// What came in by git counts, though no request has come since.
    package var state: State {
        change { state in
            FakeGerritCore(faults: faults).takePushes(&state)
            return state
        }
    }

    /// What the server makes of a push; `nil`, or why it is turned away.
    package func push(_ commit: ObjectID, to reference: String) -> String? {
        change { FakeGerritCore(faults: faults).push(commit.hex, reference, &$0) }
    }
}

/// Answers requests.
struct FakeGerritCore {
    let faults: FakeFaults

    func push(_ commit: String, _ reference: String, _ state: inout FakeGerrit.State) -> String? {
        guard reference.hasPrefix("refs/for/") else {
            faults.note("pushed to '\(reference)'")
            return "prohibited by Gerrit"
        }
        let parts = reference.dropFirst("refs/for/".count).split(separator: "%", maxSplits: 1)
        let message = state.commits[commit] ?? ""
        guard let id = message.split(separator: "\n").last(where: { $0.hasPrefix("Change-Id: I") }), id.count == 52
        else { return "missing Change-Id in message footer" }
        let changeID = String(id.dropFirst("Change-Id: ".count))
        var change = FakeGerrit.Change()
        var place: Int?
        if let known = state.changes.firstIndex(where: { $0.changeID == changeID && $0.branch == parts[0] }) {
            guard state.changes[known].status == "NEW" else { return "change \(known + 1) closed" }
            if state.changes[known].commit == commit { return "no new changes" }
            change = state.changes[known]
            change.versions += 1
            place = known
        }
        (change.changeID, change.branch, change.commit) = (changeID, String(parts[0]), commit)
        change.message = message
        for option in parts.dropFirst().first?.split(separator: ",") ?? [] {
            let pair = option.split(separator: "=", maxSplits: 1).map(String.init)
            switch pair[0] {
            case "topic": change.topic = pair[1]
            case "wip": change.isDraft = true
            case "t": change.hashtags.append(pair[1])
            case "r": change.reviewers.append(pair[1])
            default: faults.note("the option '\(option)' is not documented")
            }
        }
        if let place { state.changes[place] = change } else { _ = state.add(change) }
        return nil
    }

    func answer(_ request: HTTPTestRequest, _ state: inout FakeGerrit.State) -> HTTPTestReply {
        let call = FakeCall(request, faults)
        takePushes(&state)
        guard call.segments.first == "a" else { return call.unexpected() }
        guard request.header("Authorization") == state.authorization else {
            return .text("Unauthorized", status: 401)
        }
        return route(call, Array(call.segments.dropFirst()), &state)
    }

    /// What came in by git since the last request: it becomes changes, and its references vanish.
    func takePushes(_ state: inout FakeGerrit.State) {
        guard let directory = state.gitDirectory else { return }
        func git(_ words: String...) -> String {
            let program = Subprocess(
                "git", ["--git-dir", directory] + words, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
            return (try? program.run())?.output.text ?? ""
        }
        for line in git("for-each-ref", "--format=%(objectname) %(refname)", "refs/for").split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            let commit = git("cat-file", "commit", parts[0])
            state.commits[parts[0]] = commit.firstRange(of: "\n\n").map { String(commit[$0.upperBound...]) }
            if let refusal = push(parts[0], parts[1], &state) { faults.note("the push came through: \(refusal)") }
            _ = git("update-ref", "refs/changes/\(parts[0])", parts[0])
            _ = git("update-ref", "-d", parts[1])
        }
    }

    private func route(_ call: FakeCall, _ path: [String], _ state: inout FakeGerrit.State) -> HTTPTestReply {
        switch (call.request.method, path.first, path.count) {
        case ("GET", "projects", 2...3):
            guard path[1] == state.project else { return .text("Not found: \(path[1])", status: 404) }
            if path.count == 3 { return Self.guarded("refs/heads/main") }
            return Self.guarded([
                "id": .string(PercentText.encode(state.project)), "name": .string(state.project),
                "state": state.isReadOnly ? "READ_ONLY" : "ACTIVE",
            ])
        case ("GET", "changes", 1):
            if !call.request.path.hasSuffix("/changes/") {
                faults.note("the changes are asked for without a slash")
            }
            return search(call, state)
        case ("POST", "changes", 3...):
            guard let number = Int(path[1]), state.changes.indices.contains(number - 1) else {
                return .text("Not found: \(path[1])", status: 404)
            }
            return act(call, Array(path.dropFirst(2)), number - 1, &state)
        default: return call.unexpected()
        }
    }

    private func search(_ call: FakeCall, _ state: FakeGerrit.State) -> HTTPTestReply {
        call.checkQuery("q", "n", "S", "o")
        let query = call.query["q"] ?? ""
        guard query.hasPrefix("project:\"\(state.project)\" ") else { return .jsonValue([]) }
        let condition = query.dropFirst("project:\"\(state.project)\" ".count)
        let found = state.changes.reversed().filter { Self.meets($0, String(condition)) }
        let start = Int(call.query["S"] ?? "") ?? 0
        let size = min(state.pageSize, Int(call.query["n"] ?? "") ?? 25)
        var page = found.dropFirst(start).prefix(size).map { Self.json($0, state) }
        if start + page.count < found.count, let last = page.popLast() {
            page.append(.object((last.members ?? []) + [JSON.Member("_more_changes", true)]))
        }
        return Self.guarded(.array(page))
    }

    private static func meets(_ change: FakeGerrit.Change, _ condition: String) -> Bool {
        var rest = condition[...]
        if rest.hasPrefix("(") {
            return rest.dropFirst().dropLast().split(separator: " OR ").contains {
                $0 == "change:\(change.number)"
            }
        }
        if rest.hasPrefix("status:open ") {
            guard change.status == "NEW" else { return false }
            rest = rest.dropFirst("status:open ".count)
        }
        if rest.hasPrefix("topic:\"") { return rest == "topic:\"\(change.topic)\"" }
        // Gerrit finds words, so more than was meant.
        if rest.hasPrefix("message:\"") { return change.message.contains("Task-ID") }
        return rest == "change:\(change.number)"
    }

    private func act(
        _ call: FakeCall, _ path: [String], _ index: Int, _ state: inout FakeGerrit.State
    ) -> HTTPTestReply {
        switch (path[0], path.count) {
        case ("wip", 1): state.changes[index].isDraft = true
        case ("ready", 1): state.changes[index].isDraft = false
        case ("hashtags", 1):
            call.check(required: ["add": .strings])
            state.changes[index].hashtags += (call.json["add"]?.elements ?? []).compactMap(\.string)
        case ("reviewers", 1):
            call.check(required: ["reviewer": .string])
            let name = call.json["reviewer"]?.string ?? ""
            guard state.users.contains(name) else { return .text("Account '\(name)' not found", status: 422) }
            state.changes[index].reviewers.append(name)
        case ("revisions", 3) where path[2] == "submit":
            guard path[1] == state.changes[index].commit else {
                return .text("revision is not current", status: 409)
            }
            guard state.changes[index].isSubmittable else {
                return .text("submit requirement not met", status: 409)
            }
            state.changes[index].status = "MERGED"
        default: return call.unexpected()
        }
        return Self.guarded(.object([]))
    }

    private static func guarded(_ value: JSON) -> HTTPTestReply {
        .status(
            200, headers: [("Content-Type", "application/json; charset=UTF-8")],
            body: Array(")]}'\n".utf8) + value.utf8())
    }

    private static func json(_ change: FakeGerrit.Change, _ state: FakeGerrit.State) -> JSON {
        let votes = change.codeReview.map { ["username": .string($0.user), "value": .integer($0.value)] as JSON }
        var review: [JSON.Member] = [JSON.Member("all", .array(votes))]
        if change.codeReview.contains(where: { $0.value == 2 }) {
            review.append(JSON.Member("approved", ["_account_id": 1]))
        }
        var labels: [JSON.Member] = [JSON.Member("Code-Review", .object(review))]
        if let verified = change.verified {
            let name = verified > 0 ? "approved" : verified < 0 ? "rejected" : "optional"
            labels.append(JSON.Member("Verified", .object([JSON.Member(name, .object([]))])))
        }
        return [
            "_number": .integer(change.number), "change_id": .string(change.changeID),
            "project": .string(state.project), "branch": .string(change.branch), "topic": .string(change.topic),
            "status": .string(change.status), "subject": .string(String(change.message.prefix { $0 != "\n" })),
            "work_in_progress": .bool(change.isDraft), "hashtags": .strings(change.hashtags),
            "submittable": .bool(change.isSubmittable), "current_revision": .string(change.commit),
            "revisions": .object([
                JSON.Member(change.commit, ["commit": ["message": .string(change.message)]])
            ]), "reviewers": ["REVIEWER": .array(change.reviewers.map { ["username": .string($0)] })],
            "labels": .object(labels),
        ]
    }
}

enum PercentText {
    static func encode(_ text: String) -> String { text.replacing("/", with: "%2F") }
}
