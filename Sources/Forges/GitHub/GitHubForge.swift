package import Basics
internal import HTTP
package import Model

/// GitHub, in the cloud or on a server of one's own: REST, and GraphQL where REST cannot do it.
package final class GitHubForge: NamedForge {
    package let address: ForgeAddress
    let repository: NamedRepository

    package init(_ address: ForgeAddress, _ provider: any CredentialProvider, _ surroundings: ForgeEnvironment) {
        self.address = address
        repository = NamedRepository(address, provider, surroundings)
    }

    package var limits: TextLimits { TextLimits(.github) }

    /// The name that the repository has now, which decides whose branch a head is.
    func slug() throws(ForgeError) -> RepositorySlug { try repository.slug() }

    package func facts() throws(ForgeError) -> RepositoryFacts {
        var (facts, answer) = try repository.facts()
        facts.allowsAutoMerge = try answer.json()["allow_auto_merge"]?.bool
        facts.scopes = ScopeHeaders.granted(answer.response)
        if let scopes = facts.scopes {
            let wanted = facts.isPrivate == false ? ["repo", "public_repo"] : ["repo"]
            if !ScopeHeaders.covers(scopes, any: wanted) { facts.missingScopes = [wanted[wanted.count - 1]] }
        }
        return facts
    }

    // MARK: Looking

    package func pullRequests(head: String) throws(ForgeError) -> [PullRequest] {
        let owner = try slug().owner
        let query = [("state", "all"), ("head", "\(owner):\(head)"), ("per_page", "100")]
        let call = ForgeCall("look for pull requests of '\(head)'", .get, try url("pulls", query: query))
        return try connection.list(call, as: GitHubShapes.pullRequest).filter { $0.head == head && !$0.isFromFork }
    }

    func openPullRequests() throws(ForgeError) -> [PullRequest] {
        let query = [("state", "open"), ("per_page", "100")]
        let call = ForgeCall("list the pull requests", .get, try url("pulls", query: query))
        return try connection.list(call, as: GitHubShapes.pullRequest)
    }

    // MARK: Writing

    package func create(_ draft: PullRequestDraft) throws(ForgeError) -> PullRequest {
        let operation = "create a pull request for '\(draft.head)'"
        try AgentBranch.check(draft.head, operation, host: connection.host)
        let body: JSON = [
            "title": .string(draft.text.title), "body": .string(draft.text.body), "head": .string(draft.head),
            "base": .string(draft.base), "draft": .bool(draft.isDraft),
        ]
        let call = ForgeCall(operation, .post, try url("pulls"), body)
        return try connection.created(call, "pull request", as: GitHubShapes.pullRequest)
    }

    package func update(
        _ pullRequest: PullRequest, _ update: PullRequestUpdate
    ) throws(ForgeError) -> [String] {
        let number = pullRequest.number
        var fields: [JSON.Member] = []
        if let title = update.title { fields.append(JSON.Member("title", .string(title))) }
        if let body = update.body { fields.append(JSON.Member("body", .string(body))) }
        try change(number, fields)
        if !update.addedLabels.isEmpty { try label(number, .strings(update.addedLabels)) }
        if let isDraft = update.isDraft, isDraft != pullRequest.isDraft { try setDraft(pullRequest, isDraft) }
        return try request(update.addedReviewers, for: number)
    }

    /// Asks all at once, and one by one where one of them is refused.
    private func request(_ reviewers: [Reviewer], for number: Int) throws(ForgeError) -> [String] {
        guard !reviewers.isEmpty else { return [] }
        if try ask(reviewers, for: number) == nil { return [] }
        var refused: [String] = []
        for reviewer in reviewers {
            if let reason = try ask([reviewer], for: number) { refused.append(reviewer.notAsked(reason)) }
        }
        return refused
    }

    /// The reason where the forge refuses.
    private func ask(_ reviewers: [Reviewer], for number: Int) throws(ForgeError) -> String? {
        var (users, teams): ([String], [String]) = ([], [])
        for reviewer in reviewers {
            switch reviewer {
            case .user(let name): users.append(name)
            case .team(let name): teams.append(name)
            }
        }
        let target = try url("pulls", String(number), "requested_reviewers")
        let body: JSON = ["reviewers": .strings(users), "team_reviewers": .strings(teams)]
        let call = ForgeCall("ask for reviews of pull request #\(number)", .post, target, body).repeatable
        return try connection.refusal(of: call.accepting(422))
    }

    package func merge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) -> ObjectID? {
        let target = try url("pulls", String(number), "merge")
        let body: JSON = ["sha": .string(head.hex), "merge_method": .string(method.rawValue)]
        let answer = try connection.send(ForgeCall("merge pull request #\(number)", .put, target, body))
        return try answer.json()["sha"]?.objectID
    }

    package func deleteBranch(
        _ name: String, expecting commit: ObjectID
    ) throws(ForgeError) -> BranchDeletion {
        try connection.deleteBranch(
            name, expecting: commit, look: try url("git", "ref", "heads", name),
            delete: try url("git", "refs", "heads", name)
        ) { $0.at("object", "sha")?.objectID }
    }

    package func ensureLabels(_ labels: [String]) throws(ForgeError) {
        for label in labels {
            let operation = "create the label '\(label)'"
            let place = try url("labels") + "/" + PercentEncoding.encode(label)
            guard try connection.send(ForgeCall(operation, .get, place).accepting(404)).status == 404 else {
                continue
            }
            let body: JSON = ["name": .string(label), "color": "6e7781"]
            do throws(ForgeError) {
                _ = try connection.send(ForgeCall(operation, .post, try url("labels"), body).repeatable)
            } catch {
                // Somebody else was quicker.
                guard error.kind == .alreadyExists else { throw error }
            }
        }
    }
}

/// Reads what GitHub's REST API answers.
enum GitHubShapes {
    static func pullRequest(_ json: JSON) -> PullRequest? {
        guard let number = json["number"]?.integer, let url = json["html_url"]?.string,
            let state = json["state"]?.string, let title = json["title"]?.string,
            let head = json.at("head", "ref")?.string, let base = json.at("base", "ref")?.string
        else { return nil }
        let isMerged = json["merged_at"]?.string != nil || json["merged"]?.bool == true
        guard state == "open" || state == "closed" else { return nil }
        var pull = PullRequest(
            number: number, url: url, phase: isMerged ? .merged : state == "open" ? .open : .closed, title: title,
            body: json["body"]?.string ?? "", head: head, base: base)
        pull.isDraft = json["draft"]?.bool ?? false
        pull.labels = json["labels"]?.strings("name") ?? []
        pull.awaitedReviewers =
            (json["requested_reviewers"]?.strings("login") ?? [])
            + (json["requested_teams"]?.strings("slug") ?? [])
        pull.headCommit = json.at("head", "sha")?.objectID
        // A fork that is gone leaves nothing behind, and was a fork all the same.
        let (from, into) = (
            json.at("head", "repo", "full_name")?.string, json.at("base", "repo", "full_name")?.string
        )
        pull.isFromFork = from == nil || from != into
        pull.repositoryKey = into
        pull.key = json["node_id"]?.string
        return pull
    }
}
