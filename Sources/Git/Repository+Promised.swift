package import Basics
internal import CLibGit2
package import Paths
internal import Synchronization

/// Objects that a partial clone (`git clone --filter`) has left at its remote; git fetches them when it looks, libgit2 cannot.
extension Repository {
    /// Fetches objects from a remote, all at once.
    package typealias PromisedFetch = @Sendable (_ ids: [ObjectID], _ remote: String) throws(GitError) -> Void

    /// From now on what is not here is fetched when it is read; unless this is called, it is refused by name.
    package func bringPromised(by fetch: @escaping PromisedFetch) {
        promised.withLock { $0.fetch = fetch }
    }

    /// How what is not here is fetched; `nil` where it is not to be.
    package var promisedFetch: PromisedFetch? { promised.withLock { $0.fetch } }

    /// Why what is not here could not be fetched; `nil` unless that was tried and failed.
    package var promisedFailure: GitError? { promised.withLock { $0.failure } }

    /// What was wanted last and is not here, where it may not be fetched.
    package var promisedRefusal: GitError? { promised.withLock { $0.refusal } }

    /// Fetches those of the objects that are not here, in one go; does nothing where they may not be fetched.
    package func bring(_ ids: [ObjectID]) throws(GitError) {
        guard promisedFetch != nil, let remote = try promisingRemote() else { return }
        let missing = try missing(ids)
        if !missing.isEmpty { try bring(missing, from: remote) }
    }

    /// The files below a directory of a tree (`nil`: all of them), as objects that `bring` takes.
    package func blobs(
        in tree: ObjectID, under directory: RepoPath? = nil, atMost limit: Int = .max
    ) throws(GitError) -> [ObjectID] {
        var found: [ObjectID] = []
        try walk(tree: tree, under: directory) { (_, entry) in
            if entry.isBlob { found.append(entry.id) }
            return found.count >= limit ? .stop : .descend
        }
        return found
    }

    /// Runs one call that reads a tree or a blob.
    ///
    /// Of one that was left at a remote it says so, unless it may be fetched: then together with `others`, which are
    /// going to be read as well.
    func checkObject(
        _ operation: @autoclosure () -> String, bringing others: () throws(GitError) -> [ObjectID] = { [] },
        _ call: () -> Int32
    ) throws(GitError) {
        do throws(GitError) { return try check(operation(), call) } catch {
            guard error.kind == .notFound, let remote = try promisingRemote() else { throw error }
            let wanted = promisedFetch == nil ? [] : try missing(try others())
            if !wanted.isEmpty {
                try bring(wanted, from: remote)
                if call() >= 0 { return }
            }
            let refusal = GitError(
                .promised(remote), error.operation,
                reason: "this clone is partial, and has left the object at '\(remote)'", code: error.code)
            promised.withLock { $0.refusal = refusal }
            throw refusal
        }
    }

    private func bring(_ ids: [ObjectID], from remote: String) throws(GitError) {
        let (fetch, failure) = promised.withLock { ($0.fetch, $0.failure) }
        // A remote that is away is not waited for once for each file.
        if let failure { throw failure }
        do throws(GitError) { try fetch?(ids, remote) } catch {
            promised.withLock { $0.failure = error }
            throw error
        }
        try withStore { (store) throws(GitError) in
            try check("look for what was fetched") { git_odb_refresh(store) }
        }
    }

    /// Those that are not here, each once, without looking for new packs at each.
    private func missing(_ ids: [ObjectID]) throws(GitError) -> [ObjectID] {
        var seen: Set<ObjectID> = []
        return try withStore { store in
            ids.filter { id in
                var name = id.raw
                return seen.insert(id).inserted
                    && git_odb_exists_ext(store, &name, GIT_ODB_LOOKUP_NO_REFRESH.rawValue) != 1
            }
        }
    }

    /// The remote that a partial clone relies on; `nil` in any other repository.
    private func promisingRemote() throws(GitError) -> String? {
        if let known = promised.withLock({ $0.remote }) { return known }
        var found = configString("extensions.partialclone")
        if found == nil { found = try remoteNames().first { configBool("remote.\($0).promisor") == true } }
        promised.withLock { [found] in $0.remote = .some(found) }
        return found
    }
}

/// What a repository knows of the objects that it has left elsewhere.
struct PromisedState {
    var fetch: Repository.PromisedFetch?
    var failure: GitError?
    var refusal: GitError?
    var remote: String??
}
