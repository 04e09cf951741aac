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
    package let touched: TouchedFiles
    /// Says why there is no such task; `nil` for a target that stands nowhere.
    private let missing: ((String, Contract) throws(StageError) -> BacklogTask)?

    /// A target that stands somewhere else than in a repository here; `isInBase` tells what its base holds.
    package init(
        contract: Contract, base: Base, touched: TouchedFiles = .none, isInBase: @escaping (ObjectID) -> Bool
    ) {
        (self.contract, self.base, missing, atForge) = (contract, base, nil, .notAsked)
        self.isInBase = { (commit) throws(GitError) in isInBase(commit) }
        self.touched = touched
    }

    /// The repository is closed meanwhile, and opened where something more is asked of it: a look at thousands of targets
    /// would otherwise hold as many open files.
    private init(_ snapshot: Snapshot, _ context: Context) {
        let (base, root) = (snapshot.base, snapshot.checkout.root)
        (contract, self.base) = (snapshot.contract, base)
        (atForge, forge) = ForgeCounts(context).known(
            snapshot.contract.target, snapshot.checkout, remote: snapshot.remote)
        touched = TouchedFiles(base, forge) { () throws(GitError) in try Repository.discover(from: root) }
        let held = HeldCommits(base.commit, root)
        isInBase = { (commit) throws(GitError) in try held.contains(commit) }
        missing = { (id, contract) throws(StageError) in
            let (checkout, target) = (try TargetCheckout.open(root), contract.target.id)
            return try ContractStage(checkout: checkout, base: base, fallbackTarget: target, in: context)
                .task(id, in: contract)
        }
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
        return TargetReading(try reader.read(), context)
    }

    /// The task of that id, or an error that suggests the nearest.
    package func task(_ id: String) throws(StageError) -> BacklogTask {
        if let task = contract.backlog[id] { return task }
        if let missing { return try missing(id, contract) }
        throw StageError(.invalid, "there is no task '\(id)'")
    }

    package var target: String { contract.target.id }

    /// What decides about its tasks; `granted` are tasks that were handed out and may not be claimed yet, or that
    /// count as delivered.
    package func eligibility(
        _ home: HomeState, _ journal: JournalState, granted: [GrantedTask] = [], areDelivered: Bool = false,
        overridesStop: Bool = false
    ) throws(StageError) -> Eligibility {
        let standings = try StageError.journaled { () throws(JournalError) in
            try journal.standings(of: target)
                .adding(branchesBeside: target, home, journal.journal)
        }
        return try Eligibility(contract, home, overridesStop: overridesStop).after(
            standings.adding(granted: granted, areDelivered: areDelivered, now: home.now),
            atForge, forge, touched, base: base.commit, isInBase: isInBase)
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
            ofClaim: task, by: attempt, in: journal, atForge, forge, touched, base: base.commit,
            isInBase: isInBase)
    }
}

/// Which commits a base holds, asked of a repository that is opened for each that is not known yet.
private final class HeldCommits {
    private let base: ObjectID
    private let directory: String
    private var known: [ObjectID: Bool] = [:]

    init(_ base: ObjectID, _ directory: String) { (self.base, self.directory) = (base, directory) }

    func contains(_ commit: ObjectID) throws(GitError) -> Bool {
        if let held = known[commit] { return held }
        let held = try Repository.discover(from: directory).holds(commit, base: base)
        known[commit] = held
        return held
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
