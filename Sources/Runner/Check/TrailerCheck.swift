internal import Basics
internal import Contracts
internal import Git
internal import Journal
internal import Model

/// Holds what the commits of a task say of themselves against what is so.
///
/// What cannot be true rejects; what another machine, other rules or a person's rebase explain is only told.
struct TrailerCheck {
    private(set) var violations: [Violation] = []
    private(set) var differences: [String] = []
    /// The commits that carry the task's trailers, the newest first.
    let commits: [Commit]

    private let checkout: TargetCheckout
    private let range: ReviewedRange
    private let task: String
    private let context: Context
    /// The attempt that the head's backlog names, where the head changed what is said of the task.
    private var marked: String?

    init(_ checkout: TargetCheckout, _ range: ReviewedRange, task: String, _ context: Context) throws(StageError) {
        (self.checkout, self.range, self.task, self.context) = (checkout, range, task, context)
        commits = range.commits.filter { $0.trailers(TaskSearch.trailer) == [task] }
        guard !commits.isEmpty else {
            differences = ["no commit has Leviathan's trailers: nothing tells how the change was made"]
            return
        }
        marked = markedAttempt()
        for commit in commits {
            try checkAttempt(commit)
            if let base = try checkedBase(commit) { try checkSpecification(commit, at: base) }
        }
    }

    private mutating func reject(_ rule: String, _ commit: Commit, _ message: String, hint: String? = nil) {
        violations.append(Violation(rule, "the commit \(commit.id.short) \(message)", hint: hint))
    }

    private mutating func differ(_ commit: Commit, _ message: String) {
        differences.append("the commit \(commit.id.short) \(message)")
    }

    // MARK: Attempt-ID

    private mutating func checkAttempt(_ commit: Commit) throws(StageError) {
        let named = commit.trailers("Attempt-ID")
        guard let attempt = named.first else { return differ(commit, "names no attempt") }
        guard named.count == 1 else {
            return reject("trailer-attempt", commit, "names several attempts: \(named.joined(separator: ", "))")
        }
        let prefix = "attempt-\(task)-"
        let random = attempt.dropFirst(prefix.count)
        guard attempt.hasPrefix(prefix), !random.isEmpty, random.allSatisfy({ $0.isHexDigit }) else {
            return reject("trailer-attempt", commit, "names '\(attempt)', which is no attempt at '\(task)'")
        }
        if let marked, marked != attempt {
            reject(
                "trailer-attempt", commit,
                "names '\(attempt)', and the backlog that it brings marks the task as done by '\(marked)'")
        }
        try compareWithJournal(attempt, commit)
    }

    private func markedAttempt() -> String? {
        func attempt(in tree: ObjectID) -> String? {
            ContractLoader.load(from: CommitSource(checkout.repository, tree: tree)).contract?
                .backlog[task]?.outcome.lastAttempt
        }
        let marked = attempt(in: range.head.tree)
        return marked == attempt(in: range.baseTree) ? nil : marked
    }

    private mutating func compareWithJournal(_ attempt: String, _ commit: Commit) throws(StageError) {
        let record = try StageError.journaled { () throws(JournalError) in
            try context.readJournal()?.attempt(attempt)
        }
        guard let record else { return }
        if record.task != task {
            reject("trailer-attempt", commit, "names '\(attempt)', which was an attempt at '\(record.task)'")
        } else if let tree = record.tree, tree != commit.tree.hex {
            differ(commit, "was altered since '\(attempt)' made it, as the journal of this machine shows")
        }
    }

    // MARK: Leviathan-Base

    /// The base that the commit names, where it is part of the target's history and so to be trusted.
    private mutating func checkedBase(_ commit: Commit) throws(StageError) -> ObjectID? {
        let named = commit.trailers("Leviathan-Base")
        guard !named.isEmpty else {
            differ(commit, "names no base")
            return nil
        }
        guard named.count == 1, let base = ObjectID(hex: named[0]) else {
            reject(
                "trailer-base", commit, "names '\(named.joined(separator: ", "))' as its base, which is no commit")
            return nil
        }
        guard try isInTarget(base) else {
            reject(
                "trailer-base", commit, "names the base \(base.short), which is no commit of \(range.base.name)",
                hint: "make it anew on that branch: leviathan propose \(task) --refresh")
            return nil
        }
        if !range.mergeBases.contains(base) {
            differ(commit, "was made on \(base.short), and stands on \(range.mergeBase.short) now")
        }
        return base
    }

    private func isInTarget(_ base: ObjectID) throws(StageError) -> Bool {
        if range.mergeBases.contains(base) || range.base.commit == base { return true }
        do throws(GitError) { return try checkout.repository.isAncestor(base, of: range.base.commit) } catch {
            // A whole clone has every commit of the target; in a shallow one nobody can tell.
            guard error.kind == .notFound, !checkout.repository.isShallow else {
                throw StageError(.invalid, error)
            }
            return false
        }
    }

    // MARK: Leviathan-Spec and Leviathan-Executor

    private mutating func checkSpecification(_ commit: Commit, at base: ObjectID) throws(StageError) {
        guard let named = commit.trailer("Leviathan-Spec") else {
            return differ(commit, "does not say by which task and rules it was made")
        }
        let plan: Plan
        do throws(StageError) { plan = try TaskRules(checkout, commit: base, context).plan(of: task) } catch {
            return differ(commit, "names rules that cannot be computed at its base: \(error.message)")
        }
        if SpecificationDigest.compute(plan).hex != named {
            differ(
                commit,
                "was made for another text of the task, or by other rules or limits, than its base has here")
        }
        let executor = commit.trailer("Leviathan-Executor").map {
            $0.split(separator: "@").first.map(String.init) ?? ""
        }
        if let executor, executor != plan.executor {
            differ(commit, "was made by the executor '\(executor)', and its base names '\(plan.executor)'")
        }
    }
}
