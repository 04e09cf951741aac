package import Basics
internal import Contracts
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
    }

    private let surroundings: Surroundings
    private let directory: String

    package init(_ surroundings: Surroundings, directory: String) {
        (self.surroundings, self.directory) = (surroundings, directory)
    }

    /// `subject` is a commit of Leviathan's, or an attempt of this machine's journal.
    package func verify(_ subject: String) throws(StageError) -> Finding {
        let checkout = try TargetCheckout.open(directory)
        let past = try PastAttempt.find(subject, checkout.repository, surroundings)
        var finding = Finding(
            outcome: .notReproducible, attempt: past.attempt, task: past.task, executor: past.executor,
            base: past.base, expected: past.tree)
        var request = ProposeRequest(directory: directory, taskID: past.task)
        (request.isDryRun, request.isOffline, request.base) = (true, true, past.base.hex)
        request.replay = Replay(
            attempt: past.attempt, startedAt: past.startedAt, inputs: past.inputs, tree: past.tree)
        let again = Propose(request, surroundings).run()
        finding.workspace = again.workspace?.rawValue
        if again.error?.kind == .interrupted { throw StageError(.interrupted, "interrupted") }
        let name = [again.executor, again.executorVersion].compactMap(\.self).joined(separator: "@")
        if !past.executor.isEmpty, again.executor != nil, name != past.executor {
            finding.reason = "it was made by \(past.executor), and this is \(name)"
            return finding
        }
        guard let changes = again.changes, again.error == nil else {
            let error = again.error
            finding.reason = ([error?.message ?? "no change came about"] + (error?.causes ?? []))
                .joined(separator: ": ")
            return finding
        }
        finding.tree = changes.tree
        finding.outcome = changes.tree == past.tree ? .reproduced : .differs
        if finding.outcome == .differs { finding.patch = again.patch }
        return finding
    }
}
