package import Basics
internal import Git
internal import Journal
package import Model

/// What is known of a target at one moment: its contract at an up-to-date base, and what decides about its tasks.
package struct TargetReading {
    package let contract: Contract
    package let base: Base
    private let checkout: TargetCheckout

    /// Reads a target from its checkout or clone; with `fetches`, after asking its remote.
    package static func read(
        _ directory: String, fetches: Bool, _ context: Context
    ) throws(StageError) -> TargetReading {
        let checkout = try TargetCheckout.open(directory)
        var reader = SnapshotReader(checkout, context)
        reader.fetches = fetches
        let snapshot = try reader.read()
        return TargetReading(contract: snapshot.contract, base: snapshot.base, checkout: checkout)
    }

    package var target: String { contract.target.id }

    /// What decides about its tasks; `granted` are tasks that were handed out and may not be claimed yet, or that
    /// count as delivered.
    package func eligibility(
        _ home: HomeState, _ journal: JournalState, granted: [GrantedTask] = [], areDelivered: Bool = false
    ) throws(StageError) -> Eligibility {
        let standings = try StageError.journaled { () throws(JournalError) in
            try TaskStandings(journal.journal, target: target, use: journal.use)
        }
        return try Eligibility(contract, home).after(
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
