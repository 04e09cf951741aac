internal import Basics
internal import Forges
internal import Git
internal import Workspaces

/// Finds what is to be judged and what it is judged against, in whole clones and in the shallow ones of build services.
struct RangeFinder {
    /// More commits than this are not looked through.
    static let mostCommits = 100_000
    /// How much history is asked for, step by step, before all of it is.
    private static let steps: [Deepening] = [.commits(64), .commits(1024), .everything]

    let checkout: TargetCheckout
    let request: CheckRequest
    let context: Context
    let remote: String?
    private let job: ReviewEnvironment?

    init(_ checkout: TargetCheckout, _ request: CheckRequest, _ context: Context) throws(StageError) {
        (self.checkout, self.request, self.context) = (checkout, request, context)
        remote = try checkout.remote(preferring: "origin")
        // Who names the head knows what it is about.
        job = request.head == nil ? ReviewEnvironment(context.environment) : nil
    }

    private var repository: Repository { checkout.repository }

    func find() throws(StageError) -> ReviewedRange {
        let base = try base()
        let (head, name, branch) = try head()
        let bases = try deepened(base, head) { () throws(GitError) in
            try repository.mergeBases(base.commit, head.id)
        }
        guard !bases.isEmpty else {
            throw StageError(
                .invalid, "'\(name)' and \(base.name) have no commit in common",
                hint: "name the branch that the change is to go to with --base")
        }
        let commits = try deepened(base, head) { () throws(GitError) in
            try repository.commits(of: head.id, notIn: [base.commit], limit: Self.mostCommits)
        }
        return ReviewedRange(
            base: base, head: head, headName: name, branch: branch, mergeBases: bases,
            baseTree: try commonTree(bases, name, base), commits: commits)
    }

    private func commonTree(_ bases: [ObjectID], _ name: String, _ base: Base) throws(StageError) -> ObjectID {
        do throws(GitError) {
            if let tree = try repository.commonTree(of: bases) { return tree }
        } catch { throw StageError(.invalid, error) }
        throw StageError(
            .invalid,
            "'\(name)' and \(base.name) were merged crosswise, and what they have in common contradicts itself",
            hint: "merge \(base.name) into the branch: then its end is what both have in common")
    }

    // MARK: The two ends

    private func base() throws(StageError) -> Base {
        if let place = job?.foreignTarget, request.base == nil, let target = job?.target {
            throw StageError(
                .invalid, "this job runs in a fork, whose branches are not those that the change is to go to",
                hint: "git fetch \(place) \(target), and name it: leviathan check --base FETCH_HEAD")
        }
        guard let branch = try targetBranch() else {
            guard let asked = request.base else {
                throw StageError(
                    .invalid, "there is no remote, so nobody says where the change is to go",
                    hint: "name the branch, such as --base main")
            }
            return try checkout.base(asked: asked, remote: remote)
        }
        if request.fetches, let remote {
            try Fetching(checkout: checkout, remote: remote, context: context).bring(branch, to: nil)
        }
        return try known(branch)
    }

    /// The branch of the remote that the change is to go to; `nil` where something else was asked for.
    private func targetBranch() throws(StageError) -> String? {
        guard let remote else { return nil }
        if let asked = request.base {
            return asked.hasPrefix(remote + "/") ? String(asked.dropFirst(remote.count + 1)) : nil
        }
        if let target = job?.target { return target }
        do throws(GitError) {
            guard let base = try checkout.defaultBase(remote) else {
                return request.fetches ? try repository.remoteDefaultBranch(remote) ?? "main" : nil
            }
            return checkout.namedBranch(in: base) ?? base.branch
        } catch { throw StageError(.invalid, error) }
    }

    private func known(_ branch: String) throws(StageError) -> Base {
        guard let remote else { throw StageError(.unexpected, "a branch without a remote") }
        do throws(GitError) {
            if let base = try checkout.remoteBase(remote, branch: branch) { return base }
        } catch { throw StageError(.invalid, error) }
        throw StageError(
            .invalid, "the branch '\(branch)' of '\(remote)', whose rules judge the change, is not here",
            hint: "git fetch --no-tags \(remote) \(refspec(branch)), or let 'leviathan check --fetch' do it")
    }

    private func head() throws(StageError) -> (Commit, name: String, branch: String?) {
        do throws(GitError) {
            guard let asked = request.head else {
                guard let head = try repository.head(), let id = head.objectID else {
                    throw GitError(.notFound, "judge HEAD", reason: "it has no commit")
                }
                let own = repository.isHeadDetached ? nil : Self.short(head.name)
                return (try repository.commit(id), own ?? job?.source ?? "HEAD", job?.source ?? own)
            }
            for name in [asked, remote.map { $0 + "/" + asked }].compactMap(\.self) {
                if let id = try repository.commitID(name) {
                    return (try repository.commit(id), name, try branch(named: name))
                }
            }
        } catch { throw StageError(.invalid, error) }
        let asked = request.head ?? "HEAD"
        throw StageError(
            .invalid, "there is no commit '\(asked)' here",
            hint: "fetch it first, such as 'git fetch \(remote ?? "origin") \(asked)' and --head FETCH_HEAD")
    }

    /// The branch that a name stands for; `nil` for any other way to name a commit.
    private func branch(named name: String) throws(GitError) -> String? {
        if try repository.reference("refs/heads/" + name) != nil { return name }
        if name.hasPrefix("refs/heads/") { return Self.short(name) }
        guard let remote, name.hasPrefix(remote + "/"), try repository.reference("refs/remotes/" + name) != nil
        else { return nil }
        return String(name.dropFirst(remote.count + 1))
    }

    private static func short(_ name: String) -> String {
        name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : name
    }

    // MARK: Shallow clones

    private func refspec(_ branch: String) -> String {
        "+refs/heads/\(branch):refs/remotes/\(remote ?? "origin")/\(branch)"
    }

    /// Tries again with more history, where it may be fetched; says what to fetch, where it may not.
    private func deepened<Value>(
        _ base: Base, _ head: Commit, _ body: () throws(GitError) -> Value
    ) throws(StageError) -> Value {
        var steps = Self.steps[...]
        while true {
            do throws(GitError) {
                let value = try body()
                let isNothing = (value as? [ObjectID])?.isEmpty == true
                if !isNothing || !repository.isShallow { return value }
            } catch {
                guard error.kind == .notFound, repository.isShallow else { throw StageError(.invalid, error) }
            }
            guard request.fetches, let step = steps.popFirst(), let remote else { throw shallow(base, head) }
            let specs = [base.branch.map(refspec) ?? base.commit.hex, head.id.hex]
            do throws(GitCommandError) {
                try GitCommand(context).fetch(
                    remote: remote, refspecs: specs, in: checkout.root, deepening: step,
                    cancellation: context.cancellation)
            } catch { throw StageError(error.kind == .cancelled ? .interrupted : .delivery, error) }
        }
    }

    private func shallow(_ base: Base, _ head: Commit) -> StageError {
        let specs = [base.branch.map(refspec) ?? base.commit.hex, head.id.hex].joined(separator: " ")
        return StageError(
            .invalid,
            "the clone is shallow, and what \(head.id.short) and \(base.name) have in common is not in it",
            hint: "git fetch --no-tags --unshallow \(remote ?? "origin") \(specs), "
                + "or let 'leviathan check --fetch' do it")
    }
}
