internal import Basics
internal import CommandLine
internal import Contracts
internal import Model
internal import Runner

/// What commands that only look at a target have in common: the checkout, the base and the contract.
struct Target {
    let checkout: TargetCheckout
    let base: Base
    let stage: ContractStage
    let usesWorktree: Bool
    private let remote: String?

    /// For commands that a person may give anywhere on the machine, about a target that the scheduler knows.
    static let named = OptionSpec(
        "target", .value("TARGET"), completion: .asking(.targets), "This registered target, whatever the directory"
    )

    /// Where the named target is read from; `nil` where none is named.
    static func directory(_ arguments: ParsedArguments, _ context: Context) throws(StageError) -> String? {
        guard let name = arguments.value("target") else { return nil }
        return try TargetClone(try TargetRegistry(context).target(named: name), context).ready()
    }

    static let options = [
        OptionSpec("base", .value("REV"), "Read the contract from this commit"),
        OptionSpec("from-worktree", "Read the uncommitted .leviathan/ files of the working directory"),
    ]

    init(_ context: CommandContext, fromWorktree: Bool = false) throws {
        checkout = try TargetCheckout.open(context.directory)
        remote = try checkout.remote(preferring: "origin")
        base = try checkout.base(asked: context.arguments.value("base"), remote: remote)
        stage = ContractStage(
            checkout: checkout, base: base, fallbackTarget: checkout.fallbackTarget(remote: remote),
            in: context.shared)
        usesWorktree = fromWorktree || context.arguments.flag("from-worktree")
        if usesWorktree, !fromWorktree { context.output.note("reading .leviathan/ from the working directory") }
    }

    /// What decides whether tasks may run, with what was done before.
    func eligibility(_ contract: Contract, _ context: CommandContext, task: String? = nil) throws -> Eligibility {
        try Eligibility(contract, in: context.shared)
            .afterJournal(
                of: context.shared, task: task, in: checkout, remote: try remote(of: contract), base: base)
    }

    /// Where its proposals go.
    private func remote(of contract: Contract) throws -> String? {
        let named = contract.target.delivery.remote
        return try checkout.repository.hasRemote(named) ? named : remote
    }

    func contract() throws -> Contract { try stage.contract(fromWorktree: usesWorktree) }
}
