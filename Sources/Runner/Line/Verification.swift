package import Basics
internal import Contracts
internal import Executors
internal import Git
internal import Model

/// Does an attempt again, from its base and with what it declared, and compares the trees.
package struct Verification {
    package enum Outcome: String, Sendable {
        case reproduced, differs
        case notReproducible = "not reproducible"
    }

    package struct Finding: Sendable {
        package var outcome: Outcome
        package let attempt: String
        package let task: String
        package let executor: String
        package let base: ObjectID
        package let expected: ObjectID
        package var tree: ObjectID?
        package var workspace: String?
        /// Why it could not be done again.
        package var reason: String?
        /// From the attempt's tree to the new one, where both are here.
        package var patch: [UInt8]?
        /// Takes what programs were given as secrets out of what is shown of it.
        package var redaction: (any SecretRedaction)?
    }

    private let context: Context
    private let directory: String

    package init(_ context: Context, directory: String) {
        (self.context, self.directory) = (context, directory)
    }

    /// `subject` is a commit of Leviathan's, or an attempt of this machine's journal.
    package func verify(_ subject: String) throws(StageError) -> Finding {
        let checkout = try TargetCheckout.open(directory)
        let past = try PastAttempt.find(subject, checkout.repository, context)
        if let commit = past.claimant { try TrustedBase(checkout).require(of: commit, past.base) }
        var finding = Finding(
            outcome: .notReproducible, attempt: past.attempt, task: past.task, executor: past.executor,
            base: past.base, expected: past.tree)
        do throws(StageError) {
            let attempt = try again(past, checkout)
            (finding.workspace, finding.redaction) = (attempt.plan.workspace.rawValue, attempt.context.redaction)
            let change = try attempt.produce()
            let name = attempt.plan.executor + "@" + change.executorVersion
            guard past.executor.isEmpty || name == past.executor else {
                finding.reason = "it was made by \(past.executor), and this is \(name)"
                return finding
            }
            finding.tree = change.changes.tree
            finding.outcome = change.changes.tree == past.tree ? .reproduced : .differs
            if finding.outcome == .differs { finding.patch = difference(past.tree, change.changes.tree, checkout) }
        } catch {
            if error.kind == .interrupted { throw error }
            finding.reason = ([error.message] + error.causes).joined(separator: ": ")
        }
        return finding
    }

    /// The past attempt with a new plan from its own base; nothing is recorded, judged or delivered.
    private func again(_ past: PastAttempt, _ checkout: TargetCheckout) throws(StageError) -> Attempt {
        var reader = SnapshotReader(checkout, context)
        (reader.base, reader.fetches) = (past.base.hex, false)
        let snapshot = try reader.read()
        let catalog = try ExecutorCatalog(checkout, snapshot.base, context)
        let planned = try Planner(snapshot.contract, in: context, catalog: catalog)
            .plan(try snapshot.stage.task(past.task, in: snapshot.contract), base: snapshot.base)
        var options = Attempt.Options()
        (options.isDryRun, options.recordedInputs) = (true, past.inputs)
        return Attempt(
            plan: planned.plan, snapshot: snapshot, executor: planned.executor,
            destination: try Destination.unasked(snapshot), id: past.attempt, number: 0,
            startedAt: past.startedAt, options: options, context: context.guarding(planned.plan, in: checkout),
            log: nil)
    }

    /// An earlier result that is not here any more is not compared file by file.
    private func difference(_ old: ObjectID, _ new: ObjectID, _ checkout: TargetCheckout) -> [UInt8]? {
        do throws(GitError) { return try checkout.repository.patchText(from: old, to: new).bytes } catch {
            if error.kind != .notFound { context.observer.warning(error) }
            return nil
        }
    }
}
