package import Basics
package import Git

/// The checkout that a command stands in.
package struct TargetCheckout {
    package let repository: Repository
    /// The root of the working directory.
    package let root: String

    /// Finds the checkout that a directory belongs to, or says why there is none to work in.
    package static func open(_ directory: String) throws(StageError) -> TargetCheckout {
        let repository: Repository
        do throws(GitError) { repository = try Repository.discover(from: directory) } catch {
            guard error.kind == .notARepository else { throw StageError(.invalid, error) }
            throw StageError(
                .invalid, "'\(directory)' is not inside a git repository",
                hint: "go into a checkout, or name one with -C DIR")
        }
        guard let root = repository.workingDirectory else {
            throw StageError(
                .invalid, "'\(repository.gitDirectory)' is a bare repository, and Leviathan works from a checkout",
                hint: "clone it, and run Leviathan in the clone")
        }
        guard !repository.isEmpty else {
            throw StageError(
                .invalid, "the repository '\(root)' has no commit yet", hint: "commit and push the first files")
        }
        return TargetCheckout(repository: repository, root: root)
    }

    /// The remote that proposals go to: the one named, else the only one there is; `nil` without any.
    package func remote(preferring name: String) throws(StageError) -> String? {
        do throws(GitError) {
            let names = try repository.remoteNames()
            if names.contains(name) { return name }
            return names.count == 1 ? names[0] : nil
        } catch { throw StageError(.invalid, error) }
    }

    /// A short name for the repository: that of its remote, else of its directory.
    package func fallbackTarget(remote: String?) -> String {
        let url = remote.flatMap { try? repository.remoteURL($0) } ?? root
        let last = url.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? "repository"
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }
}

/// The commit that a change is made on, and how it was found.
package struct Base: Hashable, Sendable {
    package let commit: ObjectID
    package let tree: ObjectID
    /// What a person calls it, such as `origin/main`.
    package let name: String

    /// Stands in where a repository has no commit to read from.
    package static let none = Base(commit: .zero, tree: .zero, name: "no commit")
}

extension TargetCheckout {
    /// The base: what was asked for, else the remote's default branch as last fetched, else the checkout's HEAD.
    package func base(asked: String?, remote: String?) throws(StageError) -> Base {
        do {
            if let asked { return try base(named: asked) }
            if let remote, let base = try remoteBase(remote) { return base }
            if let remote {
                throw StageError.noDefaultBranch(remote, isDetached: repository.isHeadDetached)
            }
            return try headBase()
        } catch let error as StageError { throw error } catch let error as GitError {
            throw StageError(.invalid, error)
        } catch { throw StageError(.unexpected, "\(error)") }
    }

    private func base(named name: String) throws -> Base {
        if let commit = try repository.commitID(name) { return try base(commit, name) }
        throw StageError(
            .invalid, "there is no commit '\(name)' here",
            hint: repository.isShallow
                ? "the clone is shallow; 'git fetch --unshallow' brings the rest" : "see 'git log'")
    }

    private func remoteBase(_ remote: String) throws -> Base? {
        let named = try repository.remoteDefaultBranch(remote)
        for branch in [named, "main", "master"].compactMap(\.self) {
            if let commit = try repository.reference("refs/remotes/\(remote)/\(branch)")?.objectID {
                return try base(commit, "\(remote)/\(branch)")
            }
        }
        return nil
    }

    private func headBase() throws -> Base {
        guard let head = try repository.head(), let commit = head.objectID else {
            throw StageError(
                .invalid, "the checked-out branch has no commit yet",
                hint: "commit something, or name a base with --base")
        }
        guard !repository.isHeadDetached else {
            throw StageError(
                .invalid, "HEAD is detached and there is no remote, so the base is not clear",
                hint: "name it, such as --base HEAD, or switch to a branch")
        }
        return try base(commit, head.name.replacing("refs/heads/", with: ""))
    }

    private func base(_ commit: ObjectID, _ name: String) throws -> Base {
        Base(commit: commit, tree: try repository.commit(commit).tree, name: name)
    }
}

extension StageError {
    fileprivate static func noDefaultBranch(_ remote: String, isDetached: Bool) -> StageError {
        StageError(
            .invalid,
            "the default branch of '\(remote)' is not known here" + (isDetached ? ", and HEAD is detached" : ""),
            hint:
                "fetch it with 'git fetch \(remote)' and 'git remote set-head \(remote) --auto', or name a base with --base"
        )
    }
}

extension TargetCheckout {
    /// Points `refs/remotes/<remote>/HEAD` at the remote's default branch, as `git clone` does.
    func rememberDefaultBranch(_ branch: String, of remote: String) throws(StageError) {
        do throws(GitError) {
            guard try repository.remoteDefaultBranch(remote) != branch else { return }
            try repository.setSymbolicReference(
                "refs/remotes/\(remote)/HEAD", to: "refs/remotes/\(remote)/\(branch)")
        } catch { throw StageError(.invalid, error) }
    }
}

extension Repository {
    func hasRemote(_ name: String) throws(StageError) -> Bool {
        do throws(GitError) { return try remoteNames().contains(name) } catch { throw StageError(.invalid, error) }
    }
}
