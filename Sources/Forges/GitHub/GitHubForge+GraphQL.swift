package import Basics
internal import HTTP
package import Model

extension GitHubForge {
    private static let batch = 100

    private static let stateFields = """
        fragment State on PullRequest { number url state isDraft headRefName headRefOid baseRefName mergeable \
        mergeStateStatus autoMergeRequest { enabledAt } mergeCommit { oid } reviews(first: 1) { totalCount } \
        latestOpinionatedReviews(first: 50) { nodes { state } } \
        commits(last: 1) { nodes { commit { statusCheckRollup { state } } } } }
        """

    /// Sends a query or a mutation; the data and what it complains of.
    func graphQL(
        _ operation: String, _ query: String, _ variables: JSON, isReading: Bool
    ) throws(ForgeError) -> (data: JSON, errors: [JSON], answer: ForgeAnswer) {
        let body: JSON = ["query": .string(query), "variables": variables]
        var call = ForgeCall(operation, .post, graphQLAddress, body)
        if isReading { call = call.reading }
        let answer = try connection.send(call)
        let json = try answer.json()
        let errors = json["errors"]?.elements ?? []
        guard let data = json["data"] else {
            throw errors.isEmpty ? answer.unreadable("the answer has no data") : refusal(operation, errors)
        }
        return (data, errors, answer)
    }

    private var graphQLAddress: String {
        let base = connection.baseURL
        return (base.hasSuffix("/api/v3") ? String(base.dropLast(2)) : base + "/") + "graphql"
    }

    func refusal(_ operation: String, _ errors: [JSON]) -> ForgeError {
        let types = errors.compactMap { $0["type"]?.string }
        let words = errors.prefix(4).compactMap { $0["message"]?.string }
        let kind: ForgeError.Kind =
            if types.contains("INSUFFICIENT_SCOPES") {
                .missingScopes(["what the forge names below"])
            } else if types.contains("FORBIDDEN") {
                .forbidden
            } else if types.contains("NOT_FOUND") {
                .notFound
            } else {
                .invalid
            }
        return ForgeError(kind, operation, host: connection.host, details: connection.concealed(words))
    }

    // MARK: Many at once

    package func states(of numbers: [Int]) throws(ForgeError) -> [Int: PullRequestState] {
        var found: [Int: PullRequestState] = [:]
        var rest = Array(Set(numbers)).sorted()[...]
        while !rest.isEmpty {
            found.merge(try states(batch: rest.prefix(Self.batch))) { first, _ in first }
            rest = rest.dropFirst(Self.batch)
        }
        return found
    }

    /// Asks for half as many where the forge cannot answer for all in time.
    private func states(batch: ArraySlice<Int>) throws(ForgeError) -> [Int: PullRequestState] {
        do throws(ForgeError) {
            return try states(exactly: batch)
        } catch {
            guard error.kind == .serverFailed || error.kind == .timedOut, batch.count > 10 else { throw error }
            let middle = batch.startIndex + batch.count / 2
            let first = try states(batch: batch[..<middle])
            return first.merging(try states(batch: batch[middle...])) { first, _ in first }
        }
    }

    private func states(exactly batch: ArraySlice<Int>) throws(ForgeError) -> [Int: PullRequestState] {
        let operation = "read the state of \(batch.count) pull requests"
        let fields = batch.map { "p\($0): pullRequest(number: \($0)) { ...State }" }.joined(separator: " ")
        let query =
            "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { \(fields) } } "
            + Self.stateFields
        let slug = try slug()
        let variables: JSON = ["owner": .string(slug.owner), "name": .string(slug.name)]
        let (data, errors, answer) = try graphQL(operation, query, variables, isReading: true)
        guard let repository = data["repository"], repository.members != nil else {
            throw errors.isEmpty ? answer.unreadable("the answer has no repository") : refusal(operation, errors)
        }
        // A number that is no pull request is told as an error of its own, beside the rest.
        let serious = errors.filter { $0["type"]?.string != "NOT_FOUND" }
        guard serious.isEmpty else { throw refusal(operation, serious) }
        var found: [Int: PullRequestState] = [:]
        for number in batch {
            guard let json = repository["p\(number)"] else {
                throw answer.unreadable("the answer says nothing of pull request #\(number)")
            }
            if json.isNull { continue }
            guard let state = GitHubGraphShapes.state(json), state.number == number else {
                throw answer.unreadable("the answer does not describe pull request #\(number)")
            }
            found[number] = state
        }
        return found
    }

    // MARK: One in detail

    package func review(of number: Int) throws(ForgeError) -> PullRequestReview {
        let operation = "read the checks and reviews of pull request #\(number)"
        let slug = try slug()
        var review: PullRequestReview?
        var checks: [PullRequestCheck] = []
        var cursor: String?
        for _ in 0..<connection.surroundings.maximumPages {
            let variables: JSON = [
                "owner": .string(slug.owner), "name": .string(slug.name), "number": .integer(number),
                "after": .optional(cursor),
            ]
            let (data, errors, answer) = try graphQL(operation, Self.reviewQuery, variables, isReading: true)
            guard errors.isEmpty else { throw refusal(operation, errors) }
            guard let json = data.at("repository", "pullRequest"), let state = GitHubGraphShapes.state(json) else {
                throw answer.unreadable("the answer does not describe the pull request")
            }
            review = review ?? GitHubGraphShapes.review(state, json)
            let contexts = json.at("commits", "nodes")?.elements?.first?.at(
                "commit", "statusCheckRollup", "contexts")
            checks += (contexts?["nodes"]?.elements ?? []).compactMap(GitHubGraphShapes.check)
            guard contexts?.at("pageInfo", "hasNextPage")?.bool == true else {
                review?.checks = checks
                if let review { return review }
                break
            }
            cursor = contexts?.at("pageInfo", "endCursor")?.string
        }
        throw ForgeError(.tooMany, operation, host: connection.host)
    }

    private static let reviewQuery = """
        query($owner: String!, $name: String!, $number: Int!, $after: String) { repository(owner: $owner, name: $name) { \
        pullRequest(number: $number) { ...State reviewDecision commits(last: 1) { nodes { commit { \
        statusCheckRollup { contexts(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { __typename \
        ... on CheckRun { name status conclusion isRequired(pullRequestNumber: $number) } \
        ... on StatusContext { context state isRequired(pullRequestNumber: $number) } } } } } } } } } }
        """ + " " + stateFields

    // MARK: What only GraphQL can change

    func setDraft(_ pullRequest: PullRequest, _ isDraft: Bool) throws(ForgeError) {
        let name = isDraft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview"
        let operation = (isDraft ? "make a draft of" : "mark as ready") + " pull request #\(pullRequest.number)"
        guard let key = pullRequest.key else {
            throw ForgeError(.unsupported, operation, host: connection.host, details: ["its key is not known"])
        }
        let query = "mutation($id: ID!) { \(name)(input: {pullRequestId: $id}) { pullRequest { isDraft } } }"
        let (_, errors, _) = try graphQL(operation, query, ["id": .string(key)], isReading: false)
        guard errors.isEmpty else { throw refusal(operation, errors) }
    }

    package func enableAutoMerge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) {
        let operation = "have pull request #\(number) merged once it may be"
        let answer = try connection.send(ForgeCall(operation, .get, try url("pulls", String(number))))
        guard let key = try answer.json()["node_id"]?.string else { throw answer.unreadable("it has no node_id") }
        let query = """
            mutation($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) { enablePullRequestAutoMerge(\
            input: {pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method}) { pullRequest { number } } }
            """
        let variables: JSON = [
            "id": .string(key), "head": .string(head.hex), "method": .string(method.rawValue.uppercased()),
        ]
        let (_, errors, _) = try graphQL(operation, query, variables, isReading: false)
        guard !errors.isEmpty else { return }
        // What can be merged at once has nothing to wait for.
        let isClean = errors.contains { $0["message"]?.string?.contains("clean status") == true }
        guard isClean else { throw refusal(operation, errors) }
        _ = try merge(number, expecting: head, method: method)
    }
}

/// Reads what GitHub's GraphQL API answers.
enum GitHubGraphShapes {
    static func state(_ json: JSON) -> PullRequestState? {
        guard let number = json["number"]?.integer, let url = json["url"]?.string,
            let phase = json["state"]?.string.flatMap({ PullRequest.Phase(rawValue: $0.lowercased()) }),
            let head = json["headRefName"]?.string, let base = json["baseRefName"]?.string
        else { return nil }
        var state = PullRequestState(number: number, url: url, phase: phase, head: head, base: base)
        state.isDraft = json["isDraft"]?.bool ?? false
        state.headCommit = json["headRefOid"]?.objectID
        let reviews = json.at("latestOpinionatedReviews", "nodes")?.strings("state") ?? []
        state.approvals = reviews.count { $0 == "APPROVED" }
        state.changesRequested = reviews.count { $0 == "CHANGES_REQUESTED" }
        state.hasReviews = (json.at("reviews", "totalCount")?.integer ?? 0) > 0
        state.checks = checks(json.at("commits", "nodes")?.elements?.first?.at("commit", "statusCheckRollup"))
        state.mergeability = mergeability(json)
        state.isAutoMergeEnabled = json["autoMergeRequest"]?.members != nil
        state.mergeCommit = json.at("mergeCommit", "oid")?.objectID
        return state
    }

    static func review(_ state: PullRequestState, _ json: JSON) -> PullRequestReview {
        var review = PullRequestReview(state: state)
        switch json["reviewDecision"]?.string {
        case "APPROVED": review.missingApprovals = 0
        case "REVIEW_REQUIRED": review.missingApprovals = 1
        default: break
        }
        return review
    }

    static func check(_ json: JSON) -> PullRequestCheck? {
        guard let name = json["name"]?.string ?? json["context"]?.string else { return nil }
        let outcome: PullRequestCheck.Outcome =
            switch json["conclusion"]?.string ?? json["state"]?.string ?? "" {
            case "SUCCESS", "NEUTRAL": .passed
            case "SKIPPED": .skipped
            case "", "PENDING", "EXPECTED": .pending
            default: .failed
            }
        return PullRequestCheck(name, outcome, isRequired: json["isRequired"]?.bool)
    }

    private static func checks(_ rollup: JSON?) -> PullRequestState.Checks {
        switch rollup?["state"]?.string {
        case "SUCCESS": .passing
        case "PENDING", "EXPECTED": .pending
        case "FAILURE", "ERROR": .failing
        case nil: .none
        default: .unknown
        }
    }

    private static func mergeability(_ json: JSON) -> PullRequestState.Mergeability {
        if json["mergeable"]?.string == "CONFLICTING" { return .conflicting }
        return switch json["mergeStateStatus"]?.string {
        case "CLEAN", "HAS_HOOKS": .clean
        case "DIRTY": .conflicting
        case "DRAFT": .draft
        case "BEHIND": .behind
        case "BLOCKED": .blocked
        case "UNSTABLE": .unstable
        default: .unknown
        }
    }
}
