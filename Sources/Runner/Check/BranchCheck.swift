package import Basics
internal import Contracts
internal import Enforcement
internal import Git
internal import Model
internal import Paths
package import Reports

/// Judges what a branch brings by the rules of the branch that it is to go to: the same answer as before the push.
///
/// Nothing is read from the branch but what is judged; nothing is written but in memory.
package struct BranchCheck {
    private let request: CheckRequest
    private let context: Context

    package init(_ request: CheckRequest, _ context: Context) { (self.request, self.context) = (request, context) }

    package func evaluate() throws(StageError) -> Evaluation {
        try evaluate(try TargetCheckout.open(request.directory))
    }

    func evaluate(_ checkout: TargetCheckout) throws(StageError) -> Evaluation {
        let start = MonotonicTime.now
        do throws(GitError) { try checkout.repository.keepNewObjectsInMemory() } catch {
            throw StageError(.unexpected, error)
        }
        let range = try RangeFinder(checkout, request, context).find()
        var evaluation = try evaluation(of: range, checkout)
        evaluation.duration = MonotonicTime.now - start
        return evaluation
    }

    private func evaluation(of range: ReviewedRange, _ checkout: TargetCheckout) throws(StageError) -> Evaluation {
        var evaluation = range.evaluation
        let found = TaskSearch(range: range, asked: request.task, judgesByScope: request.scope != nil).find()
        (evaluation.task, evaluation.taskSource) = (found.task, found.source)
        evaluation.violations = found.violations
        if range.mergeBases.count > 1 {
            evaluation.notes.append(
                "the branches were merged crosswise: the base is \(range.mergeBases.count) commits merged")
        }
        guard !range.isEmpty else {
            evaluation.notes.append(
                "\(range.headName) has nothing that \(range.base.name) has not: nothing was judged")
            return evaluation
        }
        guard found.task != nil || request.scope != nil else {
            if let note = found.note { evaluation.notes.append(note) }
            if request.requiresTask, found.violations.isEmpty {
                evaluation.violations = [
                    Violation(
                        "no-task", "the branch carries out no task, and --require-task asks for one",
                        hint:
                            "push it as agent/TASK, name the task with --task, or judge it by a scope with --scope"
                    )
                ]
            }
            return evaluation
        }
        try judge(range, checkout, found.task, &evaluation)
        return evaluation
    }

    private func judge(
        _ range: ReviewedRange, _ checkout: TargetCheckout, _ name: String?, _ evaluation: inout Evaluation
    ) throws(StageError) {
        let source = try TaskRules(checkout, range.base, context)
        let task = try name.map { (name) throws(StageError) in try source.stage.task(name, in: source.contract) }
        let rules = try rules(from: source, task)
        (evaluation.title, evaluation.scope) = (task?.title, rules.scope.name)
        let guarded = context.guarding(rules, baseTree: range.baseTree, in: checkout)
        evaluation.redaction = guarded.redaction
        var trailers: TrailerCheck?
        if let task { trailers = try TrailerCheck(checkout, range, task: task.id, guarded) }
        evaluation.violations += trailers?.violations ?? []
        evaluation.differences = trailers?.differences ?? []
        let mark = try task.flatMap { (task) throws(StageError) in
            try writeBack(of: task, by: trailers?.commits ?? [], range, source.contract, checkout)
        }
        var change = CommitExamination.Subject(base: range.mergeBase, head: range.head.id)
        (change.baseTree, change.writeBack) = (range.baseTree, mark)
        (change.refusals, change.runsInvariants) = (evaluation.violations, request.runsInvariants)
        let examination = try CommitExamination(checkout, guarded).examine(rules, change)
        fill(&evaluation, examination, rules)
        if request.reproduces {
            evaluation.reproduction = try Reproduction(checkout, range, context)
                .result(trailers?.commits ?? [], isRejected: !evaluation.violations.isEmpty)
        }
    }

    private func rules(from source: TaskRules, _ task: BacklogTask?) throws(StageError) -> RuleSet {
        if let scope = request.scope {
            return try source.rules(ofScope: scope, placesInvariants: request.runsInvariants)
        }
        guard let task else { throw StageError(.unexpected, "neither a task nor a scope") }
        return try source.rules(of: task, placesInvariants: request.runsInvariants)
    }

    private func fill(_ evaluation: inout Evaluation, _ examination: Examination, _ rules: RuleSet) {
        evaluation.isJudged = true
        evaluation.changes = examination.changes.changes.filter { $0.path != examination.writeBack?.path }
        evaluation.writeBackPath = examination.writeBack?.path.description
        evaluation.violations = examination.findings.violations
        evaluation.warnings = examination.findings.warnings
        evaluation.invariantCount = rules.invariants.count
        evaluation.invariantPlaces = rules.invariants.reduce(into: [:]) { $0[$1.name] = $1.place }
        if !request.runsInvariants {
            evaluation.omission = .notAsked
        } else if let results = examination.invariants {
            evaluation.invariants = results
        } else {
            evaluation.omission = .rejectedBefore
        }
    }

    private static func mark(
        of task: BacklogTask, _ fields: WriteBackFields, beside neighbours: BacklogNeighbours,
        _ freezer: ChangeFreezer
    ) -> WriteBack? {
        do throws(WriteBackRefusal) { return try freezer.mark(of: task, fields, beside: neighbours) } catch {
            return nil
        }
    }

    /// The mark in the backlog, where the head holds exactly the one that Leviathan would have made.
    private func writeBack(
        of task: BacklogTask, by commits: [Commit], _ range: ReviewedRange, _ contract: Contract,
        _ checkout: TargetCheckout
    ) throws(StageError) -> WriteBack? {
        // Without an attempt there is no mark, and the backlog of the base need not be read.
        guard contract.target.writesBack, commits.contains(where: { $0.trailer("Attempt-ID") != nil }) else {
            return nil
        }
        let freezer = ChangeFreezer(
            repository: checkout.repository, base: range.mergeBase, baseTree: range.baseTree)
        // Where the mark goes follows from the backlog that the change was made on; older versions looked at no other task.
        let backlog = ContractLoader.load(from: CommitSource(checkout.repository, tree: range.baseTree))
        let tasks = (backlog.contract ?? contract).backlog.tasks
        do throws(GitError) {
            for commit in commits {
                guard let attempt = commit.trailer("Attempt-ID") else { continue }
                let fields = WriteBackFields(
                    attempt: attempt, branch: task.proposedBranch, completedAt: commit.author.time.secondsText)
                for neighbours in [BacklogNeighbours(tasks), .none] {
                    // A mark that cannot be made is nobody's.
                    guard let mark = Self.mark(of: task, fields, beside: neighbours, freezer),
                        try checkout.repository.entry(at: mark.path, in: range.head.tree)?.id == mark.blob
                    else { continue }
                    return mark
                }
            }
        } catch { throw StageError(.invalid, error) }
        return nil
    }
}
