package import Basics
package import Enforcement
package import Git
internal import Model

/// The one commit of an approved change, written but not yet pushed; it cannot be made without an `Approval`.
package struct SealedCommit: Sendable {
    /// Every branch of Leviathan's begins like this; no other is ever moved.
    private static let prefix = "refs/heads/agent/"

    /// Who is named in a commit.
    package struct People: Sendable {
        package let author: Signature
        package let committer: Signature

        package init(author: Signature, committer: Signature) {
            (self.author, self.committer) = (author, committer)
        }
    }

    package let id: ObjectID
    package let approval: Approval
    package let message: CommitMessage
    /// Where it is to be pushed, such as `agent/task-001`.
    package let branch: String
    package let attempt: String

    /// Writes the commit: its tree is the approved tree, its only parent the base that the change was judged on.
    ///
    /// `signing` is the user's git, where the user signs commits; what it wrote is held against what was approved.
    package init(
        _ approval: Approval, _ message: CommitMessage, by people: People, branch: String, attempt: String,
        in repository: Repository, signing: (git: GitCommand, directory: String)? = nil,
        cancellation: Cancellation
    ) throws(DeliveryError) {
        guard "refs/heads/\(branch)".hasPrefix(Self.prefix) else {
            throw DeliveryError("'\(branch)' is not a branch of Leviathan's")
        }
        (self.approval, self.message, self.branch, self.attempt) = (approval, message, branch, attempt)
        let (tree, parents) = (approval.changes.tree, [approval.changes.base])
        guard let signing else {
            do throws(GitError) {
                id = try repository.createCommit(
                    tree: tree, parents: parents, author: people.author, committer: people.committer,
                    message: message.text)
            } catch { throw DeliveryError(error) }
            return
        }
        do throws(GitCommandError) {
            id = try signing.git.signedCommit(
                tree: tree, parents: parents, author: people.author, committer: people.committer,
                message: message.text, in: signing.directory, cancellation: cancellation)
        } catch {
            throw DeliveryError(error).hinting(
                "see whether 'git commit -S' works here, or set 'delivery: {sign: off}'")
        }
        try Self.demand(id, tree, parents, repository)
    }

    private static func demand(
        _ id: ObjectID, _ tree: ObjectID, _ parents: [ObjectID], _ repository: Repository
    ) throws(DeliveryError) {
        do throws(GitError) {
            let written = try repository.commit(id)
            guard written.tree == tree, written.parents == parents else {
                throw GitError(.other, "sign the commit", reason: "git signed something else than was judged")
            }
        } catch { throw DeliveryError(error) }
    }

    package var reference: String { "refs/heads/" + branch }
}

extension SealedCommit: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.id == right.id && left.branch == right.branch }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(branch)
    }
}
