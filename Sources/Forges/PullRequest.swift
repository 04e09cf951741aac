package import Basics

/// A pull request as a forge tells of it; a merge request or a change is one too.
package struct PullRequest: Hashable, Sendable {
    package enum Phase: String, Sendable { case open, merged, closed }

    package var number: Int
    package var url: String
    package var phase: Phase
    package var title: String
    package var body: String
    package var isDraft = false
    package var labels: [String] = []
    /// Users and teams whose review is awaited.
    package var awaitedReviewers: [String] = []
    /// The branch that it brings.
    package var head: String
    package var headCommit: ObjectID?
    package var base: String
    /// Whether its branch lies in another repository, where anybody could have made it.
    package var isFromFork = false
    /// The repository that it would change, as the forge calls it; `nil` where it does not tell.
    package var repositoryKey: String?
    /// The forge's own key for it, where that is not the number.
    package var key: String?

    package init(
        number: Int, url: String, phase: Phase, title: String, body: String, head: String, base: String
    ) {
        (self.number, self.url, self.phase, self.title, self.body) = (number, url, phase, title, body)
        (self.head, self.base) = (head, base)
    }

    package var isOpen: Bool { phase == .open }

    /// The hidden mark that says which task it is for.
    package var marker: PullRequestMarker? { PullRequestMarker(in: body) }
}

/// A pull request as it is wanted.
package struct PullRequestDraft: Hashable, Sendable {
    package var task: String
    package var text: PullRequestText
    package var head: String
    package var headCommit: ObjectID
    package var base: String
    package var isDraft = false
    package var labels: [String] = []
    package var reviewers: [Reviewer] = []

    package init(task: String, text: PullRequestText, head: String, headCommit: ObjectID, base: String) {
        (self.task, self.text, self.head, self.headCommit, self.base) = (task, text, head, headCommit, base)
    }
}

/// Who is asked to look at a pull request.
package enum Reviewer: Hashable, Sendable, CustomStringConvertible {
    case user(String)
    /// An organisation's team by its short name.
    case team(String)

    /// Reads `@user`, `user` or `@organisation/team`.
    package init?(_ text: String) {
        let name = text.hasPrefix("@") ? text.dropFirst() : text[...]
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, parts.count <= 2, !parts.contains(where: \.isEmpty), !name.dropFirst().contains("@")
        else { return nil }
        self = parts.count == 2 ? .team(String(parts[1])) : .user(String(parts[0]))
    }

    package var description: String {
        switch self {
        case .user(let name), .team(let name): name
        }
    }

    /// What is said of one who could not be asked.
    func notAsked(_ reason: String) -> String { "'\(self)' was not asked for a review: \(reason)" }
}

/// What is to change about a pull request; what is `nil` or empty stays.
package struct PullRequestUpdate: Hashable, Sendable {
    package var title: String?
    package var body: String?
    package var addedLabels: [String] = []
    package var addedReviewers: [Reviewer] = []
    package var isDraft: Bool?

    package init() {}

    package var isEmpty: Bool { self == PullRequestUpdate() }
}

/// Where a pull request stands, as far as one question for many can tell.
package struct PullRequestState: Hashable, Sendable {
    package enum Checks: String, Sendable { case none, pending, passing, failing, unknown }

    package enum Mergeability: String, Sendable {
        case clean, conflicting, draft, unknown
        /// The base has moved on, and protection wants it followed.
        case behind
        /// The forge's own rules are not met yet.
        case blocked
        /// It can be merged although a check that is not required fails.
        case unstable
    }

    package var number: Int
    package var url: String
    package var phase: PullRequest.Phase
    package var isDraft = false
    package var head: String
    package var headCommit: ObjectID?
    package var base: String
    package var checks = Checks.unknown
    package var approvals = 0
    package var changesRequested = 0
    package var hasReviews = false
    package var mergeability = Mergeability.unknown
    package var isAutoMergeEnabled = false
    package var mergeCommit: ObjectID?

    package init(number: Int, url: String, phase: PullRequest.Phase, head: String, base: String) {
        (self.number, self.url, self.phase, self.head, self.base) = (number, url, phase, head, base)
    }
}

/// One check of a pull request's last commit.
package struct PullRequestCheck: Hashable, Sendable {
    package enum Outcome: String, Sendable { case pending, passed, failed, skipped }

    package let name: String
    package let outcome: Outcome
    /// `nil` where the forge does not say.
    package let isRequired: Bool?

    package init(_ name: String, _ outcome: Outcome, isRequired: Bool? = nil) {
        (self.name, self.outcome, self.isRequired) = (name, outcome, isRequired)
    }
}

/// Everything that bears on whether one pull request may merge.
package struct PullRequestReview: Hashable, Sendable {
    package var state: PullRequestState
    package var checks: [PullRequestCheck] = []
    /// How many more approvals the forge's own rules want; `nil` where it does not say.
    package var missingApprovals: Int?

    package init(state: PullRequestState) { self.state = state }
}

/// What a forge says about a repository, and about what these credentials may do there.
package struct RepositoryFacts: Hashable, Sendable {
    package var slug: RepositorySlug
    package var defaultBranch: String?
    package var isArchived = false
    package var isPrivate: Bool?
    package var canPush: Bool?
    /// The scopes of the token, where the forge tells.
    package var scopes: [String]?
    package var missingScopes: [String] = []
    /// Whether the repository was asked for under a name that it no longer has.
    package var hasMoved = false
    package var allowsAutoMerge: Bool?

    package init(slug: RepositorySlug) { self.slug = slug }
}
