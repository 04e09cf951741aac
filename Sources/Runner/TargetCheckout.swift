package import Basics
internal import Contracts
package import Git

/// The checkout that a command stands in.
package struct TargetCheckout {
    package let repository: Repository
    /// The root of the working directory.
    package let root: String

    /// Finds the checkout that a directory belongs to, or says why there is none to work in.
    package static func open(_ directory: String) throws(StageError) -> TargetCheckout {
        guard let found = try find(directory) else {
            throw notInside(directory)
        }
        return found
    }

    /// Why a directory is no place to work in.
    static func notInside(_ directory: String) -> StageError {
        guard FileSystem.isDirectory(directory) else {
            let what =
                FileSystem.exists(directory)
                ? "'\(directory)' is no directory" : "there is no directory '\(directory)'"
            return StageError(.invalid, what, hint: "name a checkout with -C DIR")
        }
        return StageError(
            .invalid, "'\(FileSystem.realPath(directory) ?? directory)' is not inside a git repository",
            hint: "go into a checkout, or name one with -C DIR")
    }

    /// The same, where nothing need be committed yet.
    package static func openYoung(_ directory: String) throws(StageError) -> TargetCheckout {
        guard let found = try find(directory, needsCommit: false) else { return try open(directory) }
        return found
    }

    /// The same; `nil` outside of any repository.
    package static func find(_ directory: String, needsCommit: Bool = true) throws(StageError) -> TargetCheckout? {
        let repository: Repository
        do throws(GitError) { repository = try Repository.discover(from: directory) } catch {
            guard error.kind == .notARepository else { throw StageError(.invalid, error) }
            return nil
        }
        guard let root = repository.workingDirectory else {
            throw StageError(
                .invalid, "'\(repository.gitDirectory)' is a bare repository, and Leviathan works from a checkout",
                hint: "clone it, and run Leviathan in the clone")
        }
        guard !needsCommit || !repository.isEmpty else {
            throw StageError(
                .invalid, "the repository '\(root)' has no commit yet", hint: "commit and push the first files")
        }
        return TargetCheckout(repository: repository, root: root)
    }

    /// Whether a directory belongs to a checkout, be there anything committed in it or not.
    package static func isInOne(_ directory: String) throws(StageError) -> Bool {
        do throws(GitError) { return try Repository.discover(from: directory).workingDirectory != nil } catch {
            guard error.kind == .notARepository else { throw StageError(.invalid, error) }
            return false
        }
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
        // What rules of this machine make of the address names nothing.
        let url = remote.flatMap { repository.writtenURL(ofRemote: $0) } ?? root
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
    /// The remote's branch that it is the end of; `nil` for any other commit.
    package let branch: String?

    package init(commit: ObjectID, tree: ObjectID, name: String, branch: String? = nil) {
        (self.commit, self.tree, self.name, self.branch) = (commit, tree, name, branch)
    }

    /// Stands in where a repository has no commit to read from.
    package static let none = Base(commit: .zero, tree: .zero, name: "no commit")
}

extension TargetCheckout {
    /// The base: what was asked for, else the branch that the contract at the remote's default branch names, else
    /// that default branch, as last fetched; without a remote the checkout's HEAD.
    package func base(asked: String?, remote: String?) throws(StageError) -> Base {
        do {
            if let asked { return try base(named: asked, remote: remote) }
            guard let remote else { return try headBase() }
            guard let base = try defaultBase(remote) else {
                throw StageError.noDefaultBranch(remote, isDetached: repository.isHeadDetached)
            }
            try bringContract(of: base)
            guard let named = namedBranch(in: base) else { return base }
            if let other = try remoteBase(remote, branch: named) { return other }
            throw StageError.noNamedBranch(named, base, remote)
        } catch let error as StageError { throw error } catch let error as GitError {
            throw StageError(reading: error)
        } catch { throw StageError(.unexpected, "\(error)") }
    }

    /// Fetches the contract's files with one request, where a partial clone has left them at its remote.
    func bringContract(of base: Base) throws(GitError) {
        let source = CommitSource(repository, tree: base.tree)
        if repository.promisedFetch != nil { try repository.bring(try source.blobs()) }
    }

    private func base(named name: String, remote: String?) throws -> Base {
        if let remote, name.hasPrefix(remote + "/") {
            let branch = String(name.dropFirst(remote.count + 1))
            if let base = try remoteBase(remote, branch: branch) { return base }
        }
        if let commit = try repository.commitID(name) { return try base(commit, name) }
        throw StageError(
            .invalid, "there is no commit '\(name)' here",
            hint: repository.isShallow
                ? "the clone is shallow; 'git fetch --unshallow' brings the rest" : "see 'git log'")
    }

    /// The end of the remote's default branch, as last fetched.
    func defaultBase(_ remote: String) throws(GitError) -> Base? {
        let named = try repository.remoteDefaultBranch(remote)
        for branch in [named, "main", "master"].compactMap(\.self) {
            if let base = try remoteBase(remote, branch: branch) { return base }
        }
        return nil
    }

    func remoteBase(_ remote: String, branch: String) throws(GitError) -> Base? {
        guard let commit = try repository.reference("refs/remotes/\(remote)/\(branch)")?.objectID else {
            return nil
        }
        return Base(
            commit: commit, tree: try repository.commit(commit).tree, name: "\(remote)/\(branch)", branch: branch)
    }

    /// Another branch that the contract in a default branch names as the one that changes are proposed to.
    ///
    /// One step: what the contract on that branch names is not followed.
    func namedBranch(in base: Base) -> String? {
        let source = CommitSource(repository, tree: base.tree)
        let named = ContractMemory.shared.defaultBranch(source.directory) {
            ContractLoader.defaultBranch(in: source)
        }
        return named == base.branch ? nil : named
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
                "fetch it with 'git fetch \(remote)' and 'git remote set-head \(remote) --auto', after a first push where "
                + "the remote is empty; or name a base with --base"
        )
    }
}

extension StageError {
    /// A contract names a branch that is not there.
    static func noNamedBranch(_ branch: String, _ base: Base, _ remote: String) -> StageError {
        StageError(
            .invalid,
            "the contract in \(base.name) names the default branch '\(branch)', which '\(remote)' is not known to have",
            hint:
                "fetch it with 'git fetch \(remote) \(branch)', mend 'repository.default_branch' there, or name a base with --base"
        )
    }
}

extension TargetCheckout {
    /// Points `refs/remotes/<remote>/HEAD` at the remote's default branch, as `git clone` does; why that failed.
    ///
    /// Nothing waits for it: another process may be writing the same, or a lock may have been left there.
    func rememberDefaultBranch(_ branch: String, of remote: String) -> GitError? {
        do throws(GitError) {
            guard try repository.remoteDefaultBranch(remote) != branch else { return nil }
            try repository.setSymbolicReference(
                "refs/remotes/\(remote)/HEAD", to: "refs/remotes/\(remote)/\(branch)")
        } catch {
            // Somebody else has written it meanwhile.
            return (try? repository.remoteDefaultBranch(remote)) == branch ? nil : error
        }
        return nil
    }
}

extension Repository {
    package func hasRemote(_ name: String) throws(StageError) -> Bool {
        do throws(GitError) { return try remoteNames().contains(name) } catch { throw StageError(.invalid, error) }
    }
}
