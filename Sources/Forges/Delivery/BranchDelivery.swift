package import Basics
package import Enforcement
package import Git

/// Pushes the branch of a proposal to a git remote, and nothing else.
package struct BranchDelivery: Sendable {
    /// Every branch of Leviathan's begins like this; no other is ever pushed.
    private static let prefix = "refs/heads/agent/"

    fileprivate let git: GitCommand
    fileprivate let remote: String
    /// The root of the checkout that the push starts from.
    fileprivate let directory: String

    /// The remote's own directory, where that can be read without the user's git.
    fileprivate let place: String?

    package init(git: GitCommand, remote: String, directory: String, place: String? = nil) {
        (self.git, self.remote, self.directory, self.place) = (git, remote, directory, place)
    }

    /// Where the remote's HEAD points, and what it has under a proposal's branch name, where one is given.
    package func state(of reference: String?, cancellation: Cancellation?) throws(DeliveryError) -> RemoteState {
        let names = reference.map { [$0] } ?? []
        do throws(GitCommandError) {
            var listing = place.flatMap { RemoteListing(repositoryAt: $0, names: names) }
            if listing == nil {
                listing = try git.listRemote(remote, patterns: names, in: directory, cancellation: cancellation)
            }
            return RemoteState(
                branch: reference.flatMap { listing?.references[$0] }, defaultBranch: listing?.defaultBranch,
                head: listing?.references["HEAD"])
        } catch { throw DeliveryError(error) }
    }

    /// Brings the remote's default branch up to date here.
    package func fetch(_ branch: String, cancellation: Cancellation?) throws(DeliveryError) {
        let refspec = "+refs/heads/\(branch):refs/remotes/\(remote)/\(branch)"
        do throws(GitCommandError) {
            try git.fetch(remote: remote, refspecs: [refspec], in: directory, cancellation: cancellation)
        } catch { throw DeliveryError(error) }
    }

    /// Moves the branch from where it was seen to the proposal's commit.
    package func push(
        _ proposal: Proposal, expecting seen: ObjectID?, cancellation: Cancellation?
    ) throws(DeliveryError) {
        guard proposal.reference.hasPrefix(Self.prefix) else {
            throw DeliveryError("'\(proposal.reference)' is not a branch of Leviathan's")
        }
        do throws(GitCommandError) {
            let update = PushUpdate(proposal.commit, to: proposal.reference, expecting: seen)
            try git.push(remote: remote, updates: [update], in: directory, cancellation: cancellation)
        } catch { throw DeliveryError(error) }
    }
}

extension BranchDelivery {
    /// Pushes a commit for review to a place below `refs/for/`, which is no branch and holds nothing to overwrite.
    package func pushForReview(
        _ commit: ObjectID, to reference: String, cancellation: Cancellation?
    ) throws(DeliveryError) {
        guard reference.hasPrefix("refs/for/") else {
            throw DeliveryError("'\(reference)' is no place to push for review")
        }
        do throws(GitCommandError) {
            let update = PushUpdate(commit, to: reference, expecting: nil)
            try git.push(remote: remote, updates: [update], in: directory, cancellation: cancellation)
        } catch { throw DeliveryError(error) }
    }
}

/// What was seen on a remote.
package struct RemoteState: Hashable, Sendable {
    package let branch: ObjectID?
    package let defaultBranch: String?
    package let head: ObjectID?
}

/// A delivery that did not come about.
package struct DeliveryError: ExplainedError {
    package let message: String
    package let causes: [String]
    package let hint: String?
    package let isInterruption: Bool
    /// What git made of it; `nil` where git was not asked.
    package let kind: GitCommandError.Kind?

    package init(_ message: String, causes: [String] = [], isInterruption: Bool = false) {
        (self.message, self.causes, hint, self.isInterruption) = (message, causes, nil, isInterruption)
        kind = nil
    }

    init(_ error: GitCommandError) {
        (message, causes, hint) = (error.message, error.causes, error.hint)
        isInterruption = error.kind == .cancelled
        kind = error.kind
    }
}
