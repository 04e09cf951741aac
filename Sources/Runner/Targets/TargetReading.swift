package import Basics
internal import Git
package import Journal
package import Model

/// What is known of a target at one moment: its contract at an up-to-date base, and what decides about its tasks.
package struct TargetReading {
    package let contract: Contract
    package let base: Base
    /// What its forge says is open there, or said the last time.
    package var atForge: OpenAtForge
    /// `nil` where it has none.
    package var forge: KnownForge?
    private let isInBase: (ObjectID) throws(GitError) -> Bool
    private let owners: OwnersAtBase
    /// `nil` for a target that stands nowhere.
    private let stage: ContractStage?

    /// A target that stands somewhere else than in a repository here; `isInBase` tells what its base holds.
    package init(contract: Contract, base: Base, isInBase: @escaping (ObjectID) -> Bool) {
        (self.contract, self.base, stage, atForge) = (contract, base, nil, .notAsked)
        self.isInBase = { (commit) throws(GitError) in isInBase(commit) }
        owners = .none
    }

    private init(_ snapshot: Snapshot, _ repository: Repository, _ context: Context) {
        (contract, base, stage) = (snapshot.contract, snapshot.base, snapshot.stage)
        (atForge, forge) = ForgeCounts(context).known(
            snapshot.contract.target, snapshot.checkout, remote: snapshot.remote)
        owners = OwnersAtBase(repository, snapshot.base, forge)
        isInBase = { (commit) throws(GitError) in try repository.holds(commit, base: snapshot.base.commit) }
    }

    /// Reads a target from its checkout or clone; with `fetches`, after asking its remote.
    ///
    /// `base`: the commit that was asked for in place of the remote's default branch.
    package static func read(
        _ directory: String, fetches: Bool, base: String? = nil, fromWorktree: Bool = false, _ context: Context
    ) throws(StageError) -> TargetReading {
        let checkout = try TargetCheckout.open(directory)
        var reader = SnapshotReader(checkout, context)
        (reader.fetches, reader.base, reader.usesWorktreeFiles) = (fetches, base, fromWorktree)
        return TargetReading(try reader.read(), checkout.repository, context)
    }

    /// The task of that id, or an error that suggests the nearest.
    package func task(_ id: String) throws(StageError) -> BacklogTask {
        if let stage { return try stage.task(id, in: contract) }
        guard let task = contract.backlog[id] else { throw StageError(.invalid, "there is no task '\(id)'") }
        return task
    }

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
            atForge, forge, owners, base: base.commit, isInBase: isInBase)
    }

    /// What the task may spend on models.
    package func spending(of task: BacklogTask, _ home: HomeState) throws(StageError) -> ExpectedSpending {
        try Eligibility(contract, home).spending(of: task)
    }

    /// Why an attempt may not claim the task, asked in the transaction that claims it.
    package func refusal(
        ofClaim task: BacklogTask, by attempt: String, in journal: any JournalStore, _ home: HomeState
    ) throws(StageError) -> Refusal? {
        try Eligibility(contract, home).refusal(
            ofClaim: task, by: attempt, in: journal, atForge, forge, owners, base: base.commit,
            isInBase: isInBase)
    }
}

/// A task that the scheduler has handed out.
package struct GrantedTask: Hashable, Sendable {
    package let target: String
    package let scope: String?
    package let task: String
    /// What it may spend on models, where that can be counted.
    package var spending: Spending?

    package init(target: String, scope: String?, task: String) {
        (self.target, self.scope, self.task) = (target, scope, task)
    }
}
