package import Basics
package import Git

/// Pushes the branch of a sealed commit to a git remote, and nothing else.
package struct BranchDelivery: Sendable {
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

    /// The branches of Leviathan's that the remote has, each with its last commit.
    package func agentBranches(cancellation: Cancellation?) throws(DeliveryError) -> [String: ObjectID] {
        let prefix = "refs/heads/"
        do throws(GitCommandError) {
            let listing = try git.listRemote(
                remote, patterns: [prefix + AgentBranch.prefix + "*"], in: directory, cancellation: cancellation)
            let named = listing.references.filter { $0.key.hasPrefix(prefix) }
            return Dictionary(
                uniqueKeysWithValues: named.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
                    .filter { AgentBranch.isOne($0.0) })
        } catch { throw DeliveryError(error) }
    }

    /// Brings a branch of the remote's up to date here.
    package func fetch(_ branch: String, cancellation: Cancellation?) throws(DeliveryError) {
        let refspec = "+refs/heads/\(branch):refs/remotes/\(remote)/\(branch)"
        do throws(GitCommandError) {
            try git.fetch(remote: remote, refspecs: [refspec], in: directory, cancellation: cancellation)
        } catch { throw DeliveryError(error) }
    }

    /// Moves the branch from where it was seen to the sealed commit.
    package func push(
        _ sealed: SealedCommit, expecting seen: ObjectID?, cancellation: Cancellation?
    ) throws(DeliveryError) {
        do throws(GitCommandError) {
            let update = PushUpdate(sealed.id, to: sealed.reference, expecting: seen)
            try git.push(remote: remote, updates: [update], in: directory, cancellation: cancellation)
        } catch { throw DeliveryError(error) }
    }
}

extension BranchDelivery {
    /// Pushes a commit for review to a place below `refs/for/`, which is no branch and holds nothing to overwrite.
    package func pushForReview(
        _ sealed: SealedCommit, to reference: String, cancellation: Cancellation?
    ) throws(DeliveryError) {
        guard reference.hasPrefix("refs/for/") else {
            throw DeliveryError("'\(reference)' is no place to push for review")
        }
        do throws(GitCommandError) {
            let update = PushUpdate(sealed.id, to: reference, expecting: nil)
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

    init(_ error: GitError) {
        (message, causes, hint, isInterruption, kind) = (error.message, error.causes, error.hint, false, nil)
    }

    /// The same error with something to do next, where git itself had nothing to say about that.
    func hinting(_ hint: String) -> DeliveryError {
        DeliveryError(message, causes, self.hint ?? hint, isInterruption, kind)
    }

    private init(
        _ message: String, _ causes: [String], _ hint: String?, _ isInterruption: Bool,
        _ kind: GitCommandError.Kind?
    ) {
        (self.message, self.causes, self.hint) = (message, causes, hint)
        (self.isInterruption, self.kind) = (isInterruption, kind)
    }
}
