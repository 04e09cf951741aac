package import Basics
internal import Git
internal import HTTP

/// Gerrit: a change is made by pushing a commit for review, and everything else is asked over its REST API.
///
/// What is a branch elsewhere is the change's topic here; its text is the commit's message.
package final class GerritForge: Forge {
    /// Pushes a commit to a reference below `refs/for/`.
    package typealias Push = @Sendable (_ commit: ObjectID, _ reference: String) throws(DeliveryError) -> Void

    private static let options = [("o", "CURRENT_REVISION"), ("o", "CURRENT_COMMIT"), ("o", "SUBMITTABLE")]
    private static let pageSize = 100

    package let address: ForgeAddress
    let connection: ForgeConnection
    /// `nil` where there is nothing to push, only to read.
    private let push: Push?
    private let isAnonymous: Bool

    package init(
        _ address: ForgeAddress, _ provider: any CredentialProvider, _ surroundings: ForgeEnvironment,
        push: Push? = nil
    ) {
        (self.address, self.push, isAnonymous) = (address, push, provider.source == nil)
        connection = ForgeConnection(address, provider, surroundings)
    }

    private init(_ other: GerritForge, push: @escaping Push) {
        (address, connection, isAnonymous, self.push) = (other.address, other.connection, other.isAnonymous, push)
    }

    package func delivering(
        _ sealed: SealedCommit, by branches: BranchDelivery, cancellation: Cancellation
    ) -> any Forge {
        GerritForge(self) { (commit, reference) throws(DeliveryError) in
            guard commit == sealed.id else {
                throw DeliveryError("the commit \(commit.short) was not approved, and is not pushed")
            }
            try branches.pushForReview(sealed, to: reference, cancellation: cancellation)
        }
    }

    package var limits: TextLimits { TextLimits(.gerrit) }
    package var credentialSource: String? { connection.credentialSource }

    var project: String { address.slug.description }

    package func repositoryKey() throws(ForgeError) -> String? { project }

    /// Who asks with credentials asks below `/a/`.
    func url(_ segments: String..., query: [(String, String)] = []) -> String {
        ForgeConnection.join(connection.baseURL + (isAnonymous ? "" : "/a"), segments, query)
    }

    package func facts() throws(ForgeError) -> RepositoryFacts {
        let call = ForgeCall("read the project \(project)", .get, url("projects", project))
        let answer = try connection.send(call)
        let json = try answer.json()
        guard json["name"]?.string == project || json["id"]?.string != nil else {
            throw answer.unreadable("the answer does not name the project")
        }
        var facts = RepositoryFacts(slug: address.slug)
        facts.isArchived = json["state"]?.string.map { $0 != "ACTIVE" } ?? false
        let head = try connection.send(
            ForgeCall("read the default branch", .get, url("projects", project, "HEAD")).accepting(403, 404))
        if head.response.isSuccess, let name = try head.json().string, name.hasPrefix("refs/heads/") {
            facts.defaultBranch = String(name.dropFirst("refs/heads/".count))
        }
        return facts
    }

    // MARK: Looking

    package func pullRequests(head: String) throws(ForgeError) -> [PullRequest] {
        try changes("topic:\(Self.quoted(head))").filter { $0.head == head }
    }

    package func openProposals() throws(ForgeError) -> [PullRequest] {
        try changes("status:open message:\(Self.quoted("Task-ID:"))").filter { change in
            GerritChangeID.trailers(change.body).contains { $0.hasPrefix("Task-ID: ") }
        }
    }

    package func openPullRequests(markedFor task: String) throws(ForgeError) -> [PullRequest] {
        try changes("status:open message:\(Self.quoted("Task-ID: " + task))").filter { change in
            GerritChangeID.trailers(change.body).contains { $0 == "Task-ID: \(task)" }
        }
    }

    private func changes(_ condition: String) throws(ForgeError) -> [PullRequest] {
        let (elements, call) = try search(condition)
        return try connection.read(elements, call, as: change)
    }

    /// Every change that meets the condition, through all pages.
    func search(_ condition: String) throws(ForgeError) -> ([JSON], ForgeCall) {
        var elements: [JSON] = []
        var call = ForgeCall("look for changes", .get, "")
        for _ in 0..<connection.surroundings.maximumPages {
            let query = "project:\(Self.quoted(project)) \(condition)"
            call.url = url(
                "changes", "",
                query: [("q", query), ("n", String(Self.pageSize)), ("S", String(elements.count))] + Self.options
                    + [("o", "DETAILED_LABELS")])
            let page = try connection.send(call).array()
            elements += page
            guard page.last?["_more_changes"]?.bool == true else { return (elements, call) }
        }
        throw ForgeError(.tooMany, call.operation, host: connection.host)
    }

    func change(_ json: JSON) -> PullRequest? {
        guard let number = json["_number"]?.integer, let phase = GerritShapes.phase(json),
            let subject = json["subject"]?.string, let base = json["branch"]?.string
        else { return nil }
        let commit = json["current_revision"]?.string
        let message = commit.flatMap { json["revisions"]?[$0]?.at("commit", "message")?.string }
        let place = "\(connection.baseURL)/c/\(project)/+/\(number)"
        var change = PullRequest(
            number: number, url: place, phase: phase, title: subject, body: message ?? "",
            head: json["topic"]?.string ?? "", base: base)
        change.isDraft = json["work_in_progress"]?.bool ?? false
        change.labels = (json["hashtags"]?.elements ?? []).compactMap(\.string)
        change.awaitedReviewers = (json.at("reviewers", "REVIEWER")?.elements ?? []).compactMap {
            $0["username"]?.string ?? $0["email"]?.string
        }
        change.headCommit = commit.flatMap { ObjectID(hex: $0) }
        (change.key, change.repositoryKey) = (json["change_id"]?.string, json["project"]?.string)
        return change
    }

    /// As the search language wants a text; quotes cannot stand in it.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\"", with: " ").replacing("\\", with: " ") + "\""
    }

    // MARK: Pushing

    /// Where to push for review, with what the change is to be told at once.
    ///
    /// Only what cannot be taken for another option, or break the reference's name, is sent along.
    package static func reference(for draft: PullRequestDraft) -> String {
        var options = ["topic=" + draft.head]
        if draft.isDraft { options.append("wip") }
        options += draft.labels.map { "t=" + $0 }
        for reviewer in draft.reviewers { if case .user(let name) = reviewer { options.append("r=" + name) } }
        return "refs/for/\(draft.base)%" + options.filter(isPlain).joined(separator: ",")
    }

    private static func isPlain(_ option: String) -> Bool {
        option.utf8.allSatisfy { byte in
            let isLetter = (97...122).contains(byte | 0x20)
            return isLetter || (48...57).contains(byte) || "=-_/+.".utf8.contains(byte)
        } && !option.contains("..") && !option.contains("/.") && !option.hasSuffix(".lock")
    }

    package func create(_ draft: PullRequestDraft) throws(ForgeError) -> PullRequest {
        let operation = "push '\(draft.head)' for review"
        try AgentBranch.check(draft.head, operation, host: connection.host)
        try pushed(draft, operation)
        let found = try pullRequests(head: draft.head)
        guard
            let change = found.first(where: { $0.isOpen && $0.headCommit == draft.headCommit })
                ?? found.first(where: \.isOpen)
        else {
            throw ForgeError(
                .unreadable, operation, host: connection.host,
                details: ["it was pushed, and no change can be seen yet"], isUnknownOutcome: true)
        }
        return change
    }

    package func bringCommit(
        _ draft: PullRequestDraft, into existing: PullRequest
    ) throws(ForgeError) -> Bool {
        guard existing.headCommit != draft.headCommit else { return false }
        do throws(ForgeError) {
            try pushed(draft, "push a new version of change \(existing.number)")
        } catch {
            // It is there already: the answer to an earlier push was lost.
            guard error.kind == .alreadyExists else { throw error }
        }
        return true
    }

    private func pushed(_ draft: PullRequestDraft, _ operation: String) throws(ForgeError) {
        guard let push else {
            throw ForgeError(
                .unsupported, operation, host: connection.host, details: ["no approved commit was given to push"])
        }
        do throws(DeliveryError) {
            try push(draft.headCommit, Self.reference(for: draft))
        } catch {
            let words = ([error.message] + error.causes).joined(separator: ": ")
            let kind: ForgeError.Kind
            switch error.kind {
            case _ where words.contains("no new changes"): kind = .alreadyExists
            case .authenticationFailed: kind = .unauthorized
            case .remoteNotFound: kind = .notFound
            case .cancelled: kind = .cancelled
            case .timedOut: kind = .timedOut
            case .unreachable: kind = .unreachable
            case .refused, .programMissing, .tooOld(_), .staleLease, .referenceMoved, .referenceLocked(_):
                kind = .invalid
            case .other, nil: kind = .connectionLost
            }
            // Where git was cut off, Gerrit may have taken the commit.
            let isUnknown = [.cancelled, .timedOut, .unreachable, .connectionLost].contains(kind)
            throw ForgeError(
                kind, operation, host: connection.host, details: [words], isUnknownOutcome: isUnknown)
        }
    }

    // MARK: Writing

    package func update(
        _ pullRequest: PullRequest, _ update: PullRequestUpdate
    ) throws(ForgeError) -> [String] {
        let number = String(pullRequest.number)
        if !update.addedLabels.isEmpty {
            let body: JSON = ["add": .strings(update.addedLabels)]
            let target = url("changes", number, "hashtags")
            _ = try connection.send(ForgeCall("label change \(number)", .post, target, body).repeatable)
        }
        if let isDraft = update.isDraft, isDraft != pullRequest.isDraft {
            let target = url("changes", number, isDraft ? "wip" : "ready")
            let call = ForgeCall("change the readiness of change \(number)", .post, target, .object([]))
            _ = try connection.send(call.repeatable.accepting(409))
        }
        var notes: [String] = []
        for reviewer in update.addedReviewers {
            let body: JSON = ["reviewer": .string(reviewer.description)]
            let target = url("changes", number, "reviewers")
            let call = ForgeCall("ask for a review of change \(number)", .post, target, body).repeatable
            if let reason = try connection.refusal(of: call.accepting(400, 422)) {
                notes.append(reviewer.notAsked(reason))
            }
        }
        return notes
    }

    /// There is no branch; the topic goes with its change.
    package func deleteBranch(
        _ name: String, expecting commit: ObjectID
    ) throws(ForgeError) -> BranchDeletion { .absent }

    /// Hashtags need not be made.
    package func ensureLabels(_ labels: [String]) throws(ForgeError) {}
}
