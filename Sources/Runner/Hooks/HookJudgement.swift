package import Basics
internal import Contracts
internal import Forges
internal import Git
internal import Model
package import Reports

/// What hooks judge: the same as `check`, by rules alone, before something is committed, pushed or received.
///
/// Invariants are left to `check` in a job: nobody waits for tests in a hook, and a server runs no foreign programs.
package struct HookJudgement {
    private let checkout: TargetCheckout
    private let context: Context

    /// `directory` may be a bare repository, or one that is just being received into.
    package init(_ directory: String, _ context: Context) throws(StageError) {
        self.context = context
        do throws(GitError) {
            let repository = try Repository.discover(from: directory)
            try repository.keepNewObjectsInMemory()
            // What is being received lies in quarantine until the hook accepts it.
            for key in ["GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"] {
                guard let path = context.environment[key], !path.isEmpty else { continue }
                try repository.readObjects(in: path.hasPrefix("/") ? path : repository.gitDirectory + "/" + path)
            }
            let root = repository.workingDirectory ?? repository.gitDirectory
            checkout = TargetCheckout(repository: repository, root: root)
        } catch { throw StageError(.invalid, error) }
    }

    /// The task of the branch that is checked out; `nil` on any branch that is no task's.
    private var task: String? {
        get throws(StageError) {
            do throws(GitError) {
                guard case .symbolic(let name)? = try checkout.repository.reference("HEAD")?.target else {
                    return nil
                }
                return Self.task(name)
            } catch { throw StageError(.invalid, error) }
        }
    }

    private static func task(_ reference: String) -> String? {
        reference.hasPrefix("refs/heads/") ? TaskSearch.task(of: String(reference.dropFirst(11))) : nil
    }

    private func evaluation(_ head: ObjectID, of task: String, base: String?) throws(StageError) -> Evaluation {
        var request = CheckRequest(directory: checkout.root)
        (request.head, request.task, request.base) = (head.hex, task, base)
        request.runsInvariants = false
        return try BranchCheck(request, context).evaluate(checkout)
    }

    // MARK: pre-commit and commit-msg

    /// What is staged, on the branch of a task; `nil` elsewhere, where nothing is judged.
    package func staged() throws(StageError) -> Evaluation? {
        guard let task = try task, let commit = try stagedCommit() else { return nil }
        return try evaluation(commit, of: task, base: nil)
    }

    /// What committing now would give, in memory alone; `nil` where the branch has no commit yet.
    private func stagedCommit() throws(StageError) -> ObjectID? {
        let (repository, merged) = (checkout.repository, try merging())
        do throws(GitError) {
            guard let head = try repository.head()?.objectID else { return nil }
            let named = context.environment["GIT_INDEX_FILE"] ?? repository.gitDirectory + "/index"
            let tree = try repository.tree(ofIndexAt: named.hasPrefix("/") ? named : checkout.root + "/" + named)
            let last = try repository.commit(head)
            return try repository.createCommit(
                tree: tree, parents: [head] + merged, author: last.author, committer: last.committer, message: "")
        } catch { throw StageError(.invalid, error) }
    }

    /// What is being merged: its files are not the branch's own.
    private func merging() throws(StageError) -> [ObjectID] {
        let path = checkout.repository.gitDirectory + "/MERGE_HEAD"
        do throws(FileError) {
            guard try FileSystem.status(path) != nil else { return [] }
            let text = String(decoding: try FileSystem.read(path, limit: 1 << 16), as: UTF8.self)
            return text.split(separator: "\n").compactMap { ObjectID(hex: $0) }
        } catch { throw StageError(.invalid, error) }
    }

    /// What is wrong with the trailers of a message that is about to be committed; `nil` where nothing is.
    package func messageProblem(_ message: String) throws(StageError) -> StageError? {
        let text = message.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
        let named = Set(Commit.trailers(TaskSearch.trailer, in: text.joined(separator: "\n"))).sorted()
        if named.count > 1 {
            return StageError(
                .refusal, "the message names several tasks: \(named.joined(separator: ", "))",
                hint: "a commit is of one task; see 'leviathan explain trailer-task'")
        }
        guard let task = try task, let other = named.first, other != task else { return nil }
        return StageError(
            .refusal, "the message names the task '\(other)', and this is the branch of '\(task)'",
            hint: "remove the trailer, or commit on agent/\(other)")
    }

    // MARK: pre-push

    /// One line of what git tells `pre-push`.
    package struct Push: Sendable {
        let head: ObjectID
        let reference: String
        let seen: ObjectID?

        /// `nil` for a line that pushes nothing, such as one that deletes.
        package init?(_ line: String) {
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 4, let head = ObjectID(hex: parts[1]), head != .zero else { return nil }
            (self.head, reference, seen) = (
                head, parts[2], ObjectID(hex: parts[3]).flatMap { $0 == .zero ? nil : $0 }
            )
        }
    }

    /// Judges branches of tasks, and refuses commits of tasks on the default branch; `nil` where neither is pushed.
    package func pushed(_ push: Push, to remote: String) throws(StageError) -> Evaluation? {
        if let task = Self.task(push.reference) { return try evaluation(push.head, of: task, base: nil) }
        guard
            let base = try checkout.remote(preferring: remote).flatMap({ (name) throws(StageError) in
                try defaultBase(name)
            }), push.reference == "refs/heads/" + (base.branch ?? "")
        else { return nil }
        return try direct(push, onto: base)
    }

    private func defaultBase(_ remote: String) throws(StageError) -> Base? {
        do throws(GitError) { return try checkout.defaultBase(remote) } catch { throw StageError(.invalid, error) }
    }

    /// The commits of tasks that would lie on the branch itself, and not behind a merge that a person made.
    private func direct(_ push: Push, onto base: Base) throws(StageError) -> Evaluation? {
        do throws(GitError) {
            let repository = checkout.repository
            let known = try repository.holds(push.seen ?? base.commit) ? push.seen ?? base.commit : base.commit
            let new = try repository.commits(of: push.head, notIn: [known], limit: RangeFinder.mostCommits)
            let commits = Dictionary(new.map { ($0.id, $0) }) { first, _ in first }
            var evaluation = Evaluation(
                head: Evaluation.Revision(push.head.hex, push.head),
                rules: Evaluation.Revision(base.name, base.commit),
                mergeBases: [known], commits: new.count)
            var next: ObjectID? = push.head
            while let commit = next.flatMap({ commits[$0] }) {
                if let task = commit.trailer(TaskSearch.trailer) {
                    evaluation.violations.append(.direct(commit, task, base.branch ?? ""))
                }
                next = commit.parents.first
            }
            return evaluation.violations.isEmpty ? nil : evaluation
        } catch { throw StageError(.invalid, error) }
    }

    // MARK: pre-receive

    /// Judges a branch that somebody pushes to this repository; `nil` for a reference that is no task's, and for one
    /// that is deleted.
    package func received(_ line: String) throws(StageError) -> Evaluation? {
        let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, let head = ObjectID(hex: parts[1]) else {
            throw StageError(.invalid, "git told the hook something else than what is pushed: '\(line)'")
        }
        guard head != .zero, let task = Self.task(parts[2]) else { return nil }
        return try evaluation(head, of: task, base: try serverBase())
    }

    /// The branch that the repository's HEAD names, or the one that the contract there names instead.
    private func serverBase() throws(StageError) -> String {
        do throws(GitError) {
            guard case .symbolic(let name)? = try checkout.repository.reference("HEAD")?.target,
                let commit = try checkout.repository.reference(name)?.objectID
            else {
                throw GitError(.notFound, "judge what is pushed", reason: "HEAD names no branch with a commit")
            }
            let tree = try checkout.repository.commit(commit).tree
            let base = Base(commit: commit, tree: tree, name: name, branch: String(name.dropFirst(11)))
            return checkout.namedBranch(in: base).map { "refs/heads/" + $0 } ?? name
        } catch { throw StageError(.invalid, error) }
    }
}

extension Violation {
    fileprivate static func direct(_ commit: Commit, _ task: String, _ branch: String) -> Violation {
        Violation(
            "agent-commit",
            "the commit \(commit.id.short) is of the task '\(task)', and '\(branch)' takes it from a review",
            hint: "push it as agent/\(task) and merge the pull request, or merge it yourself with --no-ff")
    }
}
