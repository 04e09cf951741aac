package import Basics
internal import Git
internal import Journal
package import Model

/// What is known of a target at one moment: its contract at an up-to-date base, and what decides about its tasks.
package struct TargetReading {
    package let contract: Contract
    package let base: Base
    private let checkout: TargetCheckout
    private let stage: ContractStage

    /// Reads a target from its checkout or clone; with `fetches`, after asking its remote.
    ///
    /// `base`: the commit that was asked for in place of the remote's default branch.
    package static func read(
        _ directory: String, fetches: Bool, base: String? = nil, fromWorktree: Bool = false, _ context: Context
    ) throws(StageError) -> TargetReading {
        let checkout = try TargetCheckout.open(directory)
        var reader = SnapshotReader(checkout, context)
        (reader.fetches, reader.base, reader.usesWorktreeFiles) = (fetches, base, fromWorktree)
        let snapshot = try reader.read()
        return TargetReading(
            contract: snapshot.contract, base: snapshot.base, checkout: checkout, stage: snapshot.stage)
    }

    /// The task of that id, or an error that suggests the nearest.
    package func task(_ id: String) throws(StageError) -> BacklogTask { try stage.task(id, in: contract) }

    package var target: String { contract.target.id }

    /// What decides about its tasks; `granted` are tasks that were handed out and may not be claimed yet, or that
    /// count as delivered.
    package func eligibility(
        _ home: HomeState, _ journal: JournalState, granted: [GrantedTask] = [], areDelivered: Bool = false,
        overridesStop: Bool = false
    ) throws(StageError) -> Eligibility {
        let standings = try StageError.journaled { () throws(JournalError) in
            try TaskStandings(journal.journal, target: target, use: journal.use)
        }
        return try Eligibility(contract, home, overridesStop: overridesStop).after(
            standings.adding(granted: granted, areDelivered: areDelivered, now: home.now),
            in: checkout.repository, base: base)
    }
}

/// A task that the scheduler has handed out.
package struct GrantedTask: Hashable, Sendable {
    package let target: String
    package let scope: String?
    package let task: String

    package init(target: String, scope: String?, task: String) {
        (self.target, self.scope, self.task) = (target, scope, task)
    }
}
