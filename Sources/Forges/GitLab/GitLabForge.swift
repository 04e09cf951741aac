package import Basics
internal import HTTP
internal import Synchronization

/// GitLab's merge requests, over version 4 of its REST API.
package final class GitLabForge: ListingForge {
    /// What makes a draft there; it counts towards the title's length.
    private static let draftMark = "Draft: "
    private static let developer = 30

    package let address: ForgeAddress
    let connection: ForgeConnection
    /// The project's number stays when it moves or is renamed.
    private let project = Mutex<Int?>(nil)

    package init(_ address: ForgeAddress, _ provider: any CredentialProvider, _ surroundings: ForgeEnvironment) {
        self.address = address
        connection = ForgeConnection(address, provider, surroundings)
    }

    package var limits: TextLimits { TextLimits(.gitlab) }

    func url(_ segments: String..., query: [(String, String)] = []) throws(ForgeError) -> String {
        ForgeConnection.join(connection.url("projects", try projectNumber()), segments, query)
    }

    package func repositoryKey() throws(ForgeError) -> String? { try projectNumber() }

    private func projectNumber() throws(ForgeError) -> String {
        if let known = project.withLock({ $0 }) { return String(known) }
        _ = try facts()
        return String(project.withLock { $0 } ?? 0)
    }

    package func facts() throws(ForgeError) -> RepositoryFacts {
        let slug = address.slug
        let call = ForgeCall("read the project \(slug)", .get, connection.url("projects", slug.description))
        let answer = try connection.send(call)
        let json = try answer.json()
        guard let number = json["id"]?.integer,
            let name = json["path_with_namespace"]?.string.flatMap({ RepositorySlug($0) })
        else { throw answer.unreadable("the answer does not name the project") }
        var facts = RepositoryFacts(slug: name)
        facts.defaultBranch = json["default_branch"]?.string
        facts.isArchived = json["archived"]?.bool ?? false
        facts.isPrivate = json["visibility"]?.string.map { $0 != "public" }
        facts.hasMoved = name.description.lowercased() != slug.description.lowercased()
        facts.allowsAutoMerge = true
        let levels = ["project_access", "group_access"].compactMap {
            json.at("permissions", $0, "access_level")?.integer
        }
        if let level = levels.max() { facts.canPush = level >= Self.developer }
        facts.scopes = try scopes()
        if let scopes = facts.scopes, !scopes.contains("api") { facts.missingScopes = ["api"] }
        project.withLock { $0 = number }
        return facts
    }

    /// What the token may do; `nil` where it is of a kind that cannot be asked.
    private func scopes() throws(ForgeError) -> [String]? {
        let target = connection.url("personal_access_tokens", "self")
        let call = ForgeCall("read what the token may do", .get, target).accepting(400, 401, 403, 404)
        let answer = try connection.send(call)
        guard answer.response.isSuccess else { return nil }
        return try answer.json()["scopes"]?.elements?.compactMap(\.string)
    }

    // MARK: Looking

    package func pullRequests(head: String) throws(ForgeError) -> [PullRequest] {
        try list("look for merge requests of '\(head)'", [("source_branch", head), ("state", "all")])
            .filter { $0.head == head && !$0.isFromFork }
    }

    func openPullRequests() throws(ForgeError) -> [PullRequest] {
        try list("list the merge requests", [("state", "opened")])
    }

    private func list(_ operation: String, _ query: [(String, String)]) throws(ForgeError) -> [PullRequest] {
        let call = ForgeCall(operation, .get, try url("merge_requests", query: query + [("per_page", "100")]))
        return try connection.list(call, as: GitLabShapes.mergeRequest)
    }

    // MARK: Writing

    package func create(_ draft: PullRequestDraft) throws(ForgeError) -> PullRequest {
        let operation = "create a merge request for '\(draft.head)'"
        try AgentBranch.check(draft.head, operation, host: connection.host)
        let (reviewers, _) = try userNumbers(draft.reviewers)
        let title = (draft.isDraft ? Self.draftMark : "") + draft.text.title
        let body: JSON = [
            "source_branch": .string(draft.head), "target_branch": .string(draft.base), "title": .string(title),
            "description": .string(draft.text.body), "labels": .string(Self.joined(draft.labels)),
            "reviewer_ids": .array(reviewers.map(JSON.integer)),
        ]
        let call = ForgeCall(operation, .post, try url("merge_requests"), body)
        return try connection.created(call, "merge request", as: GitLabShapes.mergeRequest)
    }

    package func update(
        _ pullRequest: PullRequest, _ update: PullRequestUpdate
    ) throws(ForgeError) -> [String] {
        let number = pullRequest.number
        var fields = update.fields(of: pullRequest, draftMark: Self.draftMark, body: "description")
        if !update.addedLabels.isEmpty {
            fields.append(JSON.Member("add_labels", .string(Self.joined(update.addedLabels))))
        }
        let (added, notes) = try userNumbers(update.addedReviewers)
        if !added.isEmpty {
            // The list replaces the one there is.
            let all = try currentReviewers(number) + added
            fields.append(JSON.Member("reviewer_ids", .array(all.map(JSON.integer))))
        }
        if !fields.isEmpty {
            let target = try url("merge_requests", String(number))
            _ = try connection.send(
                ForgeCall("update merge request !\(number)", .put, target, .object(fields)).repeatable)
        }
        return notes
    }

    private func currentReviewers(_ number: Int) throws(ForgeError) -> [Int] {
        let call = ForgeCall("read merge request !\(number)", .get, try url("merge_requests", String(number)))
        return (try connection.send(call).json()["reviewers"]?.elements ?? []).compactMap { $0["id"]?.integer }
    }

    /// GitLab wants reviewers as numbers; who is not there, and every group, becomes a note.
    private func userNumbers(_ reviewers: [Reviewer]) throws(ForgeError) -> (numbers: [Int], notes: [String]) {
        var numbers: [Int] = []
        var notes: [String] = []
        for reviewer in reviewers {
            guard case .user(let name) = reviewer else {
                notes.append(reviewer.notAsked("GitLab asks people, not groups"))
                continue
            }
            let target = connection.url("users", query: [("username", name)])
            let call = ForgeCall("look for the user '\(name)'", .get, target)
            if let number = try connection.send(call).array().first?["id"]?.integer {
                numbers.append(number)
            } else {
                notes.append(reviewer.notAsked("there is no such user"))
            }
        }
        return (numbers, notes)
    }

    package func deleteBranch(
        _ name: String, expecting commit: ObjectID
    ) throws(ForgeError) -> BranchDeletion {
        let target = try url("repository", "branches", name)
        return try connection.deleteBranch(name, expecting: commit, look: target, delete: target) {
            $0.at("commit", "id")?.objectID
        }
    }

    /// GitLab creates a label when it is first used.
    package func ensureLabels(_ labels: [String]) throws(ForgeError) {}

    /// A comma would end a label's name.
    private static func joined(_ labels: [String]) -> String {
        labels.map { $0.replacing(",", with: " ") }.joined(separator: ",")
    }
}

/// Reads what GitLab answers.
enum GitLabShapes {
    private static let draftMarks = ["draft: ", "[draft] ", "(draft) ", "draft:", "[draft]", "(draft)"]

    static func mergeRequest(_ json: JSON) -> PullRequest? {
        guard let number = json["iid"]?.integer, let url = json["web_url"]?.string,
            let phase = phase(json), let title = json["title"]?.string, let head = json["source_branch"]?.string,
            let base = json["target_branch"]?.string
        else { return nil }
        let isDraft = json["draft"]?.bool ?? false
        var request = PullRequest(
            number: number, url: url, phase: phase, title: isDraft ? withoutDraftMark(title) : title,
            body: json["description"]?.string ?? "", head: head, base: base)
        request.isDraft = isDraft
        request.labels = (json["labels"]?.elements ?? []).compactMap(\.string)
        request.awaitedReviewers = json["reviewers"]?.strings("username") ?? []
        request.headCommit = json["sha"]?.objectID
        let source = json["source_project_id"]?.integer
        let target = json["target_project_id"]?.integer
        request.isFromFork = source == nil || source != target
        request.repositoryKey = target.map { String($0) }
        return request
    }

    static func phase(_ json: JSON) -> PullRequest.Phase? {
        switch json["state"]?.string {
        // Locked: it is being merged.
        case "opened", "locked": .open
        case "merged": .merged
        case "closed": .closed
        default: nil
        }
    }

    private static func withoutDraftMark(_ title: String) -> String {
        let lower = title.lowercased()
        let mark = draftMarks.first { lower.hasPrefix($0) }
        return mark.map { String(title.dropFirst($0.count)) } ?? title
    }
}
