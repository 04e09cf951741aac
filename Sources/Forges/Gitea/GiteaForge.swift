package import Basics
internal import HTTP

/// Gitea and Forgejo, over version 1 of their API.
package final class GiteaForge: NamedForge {
    private static let draftMark = "WIP: "
    private static let pageSize = "50"

    package let address: ForgeAddress
    let repository: NamedRepository

    package init(_ address: ForgeAddress, _ provider: any CredentialProvider, _ surroundings: ForgeEnvironment) {
        self.address = address
        repository = NamedRepository(address, provider, surroundings)
    }

    package var limits: TextLimits { TextLimits(.gitea) }

    package func facts() throws(ForgeError) -> RepositoryFacts {
        var facts = try repository.facts().facts
        facts.allowsAutoMerge = true
        return facts
    }

    // MARK: Looking

    /// There is no question for a branch's pull requests, open and closed: all of them are gone through.
    package func pullRequests(head: String) throws(ForgeError) -> [PullRequest] {
        try list(state: "all", as: GiteaShapes.pullRequest).filter { $0.head == head && !$0.isFromFork }
    }

    func openPullRequests() throws(ForgeError) -> [PullRequest] {
        try list(state: "open", as: GiteaShapes.pullRequest)
    }

    func list<Value>(state: String, as shape: (JSON) -> Value?) throws(ForgeError) -> [Value] {
        let query = [("state", state), ("limit", Self.pageSize), ("page", "1")]
        let call = ForgeCall("list the pull requests", .get, try url("pulls", query: query))
        return try connection.list(call, as: shape)
    }

    // MARK: Writing

    package func create(_ draft: PullRequestDraft) throws(ForgeError) -> PullRequest {
        let operation = "create a pull request for '\(draft.head)'"
        try AgentBranch.check(draft.head, operation, host: connection.host)
        let body: JSON = [
            "title": .string((draft.isDraft ? Self.draftMark : "") + draft.text.title),
            "body": .string(draft.text.body), "head": .string(draft.head), "base": .string(draft.base),
            "labels": .array(try labelNumbers(draft.labels).map(JSON.integer)),
        ]
        let call = ForgeCall(operation, .post, try url("pulls"), body)
        return try connection.created(call, "pull request", as: GiteaShapes.pullRequest)
    }

    package func update(
        _ pullRequest: PullRequest, _ update: PullRequestUpdate
    ) throws(ForgeError) -> [String] {
        let number = pullRequest.number
        let fields = update.fields(of: pullRequest, draftMark: Self.draftMark, body: "body")
        try change(number, fields)
        if !update.addedLabels.isEmpty {
            try label(number, .array(try labelNumbers(update.addedLabels).map(JSON.integer)))
        }
        return try request(update.addedReviewers, for: number)
    }

    private func request(_ reviewers: [Reviewer], for number: Int) throws(ForgeError) -> [String] {
        var refused: [String] = []
        for reviewer in reviewers {
            let body: JSON =
                switch reviewer {
                case .user(let name): ["reviewers": [.string(name)]]
                case .team(let name): ["team_reviewers": [.string(name)]]
                }
            let target = try url("pulls", String(number), "requested_reviewers")
            let call = ForgeCall("ask for a review of pull request #\(number)", .post, target, body).repeatable
            if let reason = try connection.refusal(of: call.accepting(403, 404, 422)) {
                refused.append(reviewer.notAsked(reason))
            }
        }
        return refused
    }

    package func deleteBranch(
        _ name: String, expecting commit: ObjectID
    ) throws(ForgeError) -> BranchDeletion {
        let target = try url("branches", name)
        return try connection.deleteBranch(name, expecting: commit, look: target, delete: target) {
            $0.at("commit", "id")?.objectID
        }
    }

    package func ensureLabels(_ labels: [String]) throws(ForgeError) {
        guard !labels.isEmpty else { return }
        let known = try knownLabels()
        for label in labels where known[label] == nil {
            let body: JSON = ["name": .string(label), "color": "#6e7781"]
            _ = try connection.send(ForgeCall("create the label '\(label)'", .post, try url("labels"), body))
        }
    }

    private func knownLabels() throws(ForgeError) -> [String: Int] {
        let target = try url("labels", query: [("limit", Self.pageSize), ("page", "1")])
        var known: [String: Int] = [:]
        for label in try connection.list(ForgeCall("list the labels", .get, target)) {
            // Two may have the same name; the first one made is taken.
            if let name = label["name"]?.string, let number = label["id"]?.integer, known[name] == nil {
                known[name] = number
            }
        }
        return known
    }

    private func labelNumbers(_ labels: [String]) throws(ForgeError) -> [Int] {
        guard !labels.isEmpty else { return [] }
        let known = try knownLabels()
        return labels.compactMap { known[$0] }
    }
}

/// Reads what Gitea answers.
enum GiteaShapes {
    private static let draftMarks = ["WIP: ", "WIP:", "[WIP] ", "[WIP]"]

    static func pullRequest(_ json: JSON) -> PullRequest? {
        guard let number = json["number"]?.integer, let url = json["html_url"]?.string, let phase = phase(json),
            let title = json["title"]?.string, let head = branch(json["head"]), let base = branch(json["base"])
        else { return nil }
        let mark = draftMarks.first { title.uppercased().hasPrefix($0) }
        var pull = PullRequest(
            number: number, url: url, phase: phase, title: mark.map { String(title.dropFirst($0.count)) } ?? title,
            body: json["body"]?.string ?? "", head: head, base: base)
        pull.isDraft = json["draft"]?.bool ?? (mark != nil)
        pull.labels = json["labels"]?.strings("name") ?? []
        pull.awaitedReviewers =
            (json["requested_reviewers"]?.strings("login") ?? [])
            + (json["requested_reviewers_teams"]?.strings("name") ?? [])
        pull.headCommit = json.at("head", "sha")?.objectID
        let source = json.at("head", "repo_id")?.integer
        pull.isFromFork = source == nil || source != json.at("base", "repo_id")?.integer
        pull.repositoryKey = json.at("base", "repo", "full_name")?.string
        return pull
    }

    static func phase(_ json: JSON) -> PullRequest.Phase? {
        if json["merged"]?.bool == true { return .merged }
        return switch json["state"]?.string {
        case "open": .open
        case "closed": .closed
        default: nil
        }
    }

    /// Once a branch is deleted, `ref` names the pull request, and only the label still names the branch.
    static func branch(_ json: JSON?) -> String? {
        guard let name = json?["ref"]?.string else { return nil }
        return name.hasPrefix("refs/pull/") ? json?["label"]?.string ?? name : name
    }
}
