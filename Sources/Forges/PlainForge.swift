package import Basics
package import Model

/// A git server without pull requests: the branch is pushed, and the text is kept for whoever asks for it.
package struct PlainForge: Forge {
    package let address: ForgeAddress

    package init(_ address: ForgeAddress) { self.address = address }

    package var limits: TextLimits { TextLimits(.plain) }
    package var credentialSource: String? { nil }

    /// Nothing can be asked, so nothing stands against delivering.
    package func facts() throws(ForgeError) -> RepositoryFacts { RepositoryFacts(slug: address.slug) }

    package func pullRequests(head: String) throws(ForgeError) -> [PullRequest] { [] }
    package func openProposals() throws(ForgeError) -> [PullRequest] { [] }
    package func openPullRequests(markedFor task: String) throws(ForgeError) -> [PullRequest] { [] }
    package func states(of numbers: [Int]) throws(ForgeError) -> [Int: PullRequestState] { [:] }
    package func ensureLabels(_ labels: [String]) throws(ForgeError) {}

    package func review(of number: Int) throws(ForgeError) -> PullRequestReview { throw unsupported }
    package func create(_ draft: PullRequestDraft) throws(ForgeError) -> PullRequest { throw unsupported }
    package func update(
        _ pullRequest: PullRequest, _ update: PullRequestUpdate
    ) throws(ForgeError) -> [String] { throw unsupported }
    package func merge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) -> ObjectID? { throw unsupported }
    package func enableAutoMerge(
        _ number: Int, expecting head: ObjectID, method: AutoMerge.Method
    ) throws(ForgeError) { throw unsupported }
    package func deleteBranch(
        _ name: String, expecting commit: ObjectID
    ) throws(ForgeError) -> BranchDeletion { throw unsupported }

    private var unsupported: ForgeError {
        ForgeError(
            .unsupported, "deliver a pull request", host: address.remoteHost,
            details: ["a plain git server knows no pull requests"])
    }
}
