package import Basics
package import Model

/// A place where changes are reviewed, asked over its own API for one repository.
///
/// Every list is read to its end or not at all: a forge that cannot say everything says nothing, so that nothing
/// is proposed twice because a page was missing.
package protocol Forge: Sendable {
    var address: ForgeAddress { get }
    var limits: TextLimits { get }
    /// Where its credentials come from; `nil` when it has none.
    var credentialSource: String? { get }

    func facts() throws(ForgeError) -> RepositoryFacts

    /// What the forge calls the repository in what it tells of pull requests; `nil` where it calls it nothing.
    func repositoryKey() throws(ForgeError) -> String?

    /// Open and closed pull requests from a branch of the repository itself, the newest first.
    func pullRequests(head: String) throws(ForgeError) -> [PullRequest]

    /// Open pull requests from branches of the repository itself whose hidden marker names the task.
    func openPullRequests(markedFor task: String) throws(ForgeError) -> [PullRequest]

    /// Every open pull request from a branch of Leviathan's, whoever's journal knows it, through all pages.
    func openProposals() throws(ForgeError) -> [PullRequest]

    /// Where many pull requests stand; numbers that the forge does not know are left out.
    func states(of numbers: [Int]) throws(ForgeError) -> [Int: PullRequestState]

    /// Where one pull request stands, in detail.
    func review(of number: Int) throws(ForgeError) -> PullRequestReview

    /// Creates a pull request, and fails with `alreadyExists` where the branch has an open one.
    func create(_ draft: PullRequestDraft) throws(ForgeError) -> PullRequest

    /// The same forge, able to push that commit where it is reviewed by being pushed.
    func delivering(
        _ sealed: SealedCommit, by branches: BranchDelivery, cancellation: Cancellation
    ) -> any Forge

    /// Brings the wanted commit into an open pull request; `false` where pushing the branch has done so already.
    func bringCommit(_ draft: PullRequestDraft, into existing: PullRequest) throws(ForgeError) -> Bool

    /// Changes a pull request; returns what could not be changed but does no harm, such as a reviewer who left.
    func update(_ pullRequest: PullRequest, _ update: PullRequestUpdate) throws(ForgeError) -> [String]

    /// Merges now, only if its last commit is the expected one and the forge's own rules allow it.
    func merge(_ number: Int, expecting head: ObjectID, method: AutoMerge.Method) throws(ForgeError) -> ObjectID?

    /// Has the forge merge by itself once its own rules are met.
    func enableAutoMerge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError)

    /// Deletes a branch of Leviathan's that still stands at the expected commit.
    func deleteBranch(_ name: String, expecting commit: ObjectID) throws(ForgeError) -> BranchDeletion

    /// Creates the labels that are missing.
    func ensureLabels(_ labels: [String]) throws(ForgeError)
}

/// What became of a branch that was to be deleted.
package enum BranchDeletion: String, Hashable, Sendable {
    case deleted
    case absent
    /// It stands elsewhere, so somebody worked on it; it was left alone.
    case moved
}

extension Forge {
    package var kind: ForgeKind { address.kind }

    package func repositoryKey() throws(ForgeError) -> String? { nil }

    package func delivering(
        _ sealed: SealedCommit, by branches: BranchDelivery, cancellation: Cancellation
    ) -> any Forge { self }

    package func bringCommit(
        _ draft: PullRequestDraft, into existing: PullRequest
    ) throws(ForgeError) -> Bool { false }

    /// Whether it takes pull requests at all.
    package var takesPullRequests: Bool { kind != .plain }
}

/// The branches that are Leviathan's.
package enum AgentBranch {
    package static let prefix = "agent/"

    package static func isOne(_ name: String) -> Bool { name.hasPrefix(prefix) && name.count > prefix.count }

    static func check(_ name: String, _ operation: String, host: String) throws(ForgeError) {
        guard isOne(name) else {
            throw ForgeError(
                .unsupported, operation, host: host, details: ["'\(name)' is not a branch of Leviathan's"])
        }
    }
}
