internal import Basics
internal import Forges
internal import Git
internal import Model

/// What a run stands on: the contract at an up-to-date base, and the way to the remote.
final class Snapshot {
    let checkout: TargetCheckout
    /// `nil` where there is none.
    let remote: String?
    let base: Base
    let stage: ContractStage
    let contract: Contract
    /// What the remote offered; `nil` where it was not asked.
    let offered: RemoteState?
    /// The reference that it was asked for besides its default branch.
    let watched: String?
    /// The remote that changes have to be delivered to and that is not there.
    let missingRemote: String?

    init(
        _ checkout: TargetCheckout, remote: String?, _ base: Base, _ stage: ContractStage, _ contract: Contract,
        offered: RemoteState?, watched: String?, missingRemote: String? = nil
    ) {
        (self.checkout, self.remote, self.base, self.stage) = (checkout, remote, base, stage)
        (self.contract, self.offered, self.watched) = (contract, offered, watched)
        self.missingRemote = missingRemote
    }

    /// The same, where the remote that its contract names is not there.
    func lacking(remote name: String) -> Snapshot {
        Snapshot(
            checkout, remote: remote, base, stage, contract, offered: offered, watched: watched,
            missingRemote: name)
    }

    func requireRemote() throws(StageError) {
        guard let missingRemote else { return }
        throw StageError(
            .delivery, "the repository has no remote '\(missingRemote)' to deliver to",
            hint: "add one with 'git remote add \(missingRemote) URL', or look at the result with --dry-run")
    }
}

/// Reads the contract of a target, after its base was brought up to date.
struct SnapshotReader {
    let context: Context
    let checkout: TargetCheckout
    /// The base that was asked for in place of the remote's default branch.
    var base: String?
    var fetches = true
    /// Whether nothing at all may be asked of the remote, not even for files that a partial clone lacks.
    var isOffline = false
    var usesWorktreeFiles = false
    /// Stands in for the contract of a repository that has none.
    var onboarding: Onboarding?
    /// A reference of the remote's that is asked for in the same breath.
    var watched: String?

    init(_ checkout: TargetCheckout, _ context: Context) {
        (self.checkout, self.context) = (checkout, context)
    }

    func read() throws(StageError) -> Snapshot {
        if !isOffline, fetches || checkout.repository.configBool(MissingFiles.setting) == true {
            checkout.bringMissingFiles(context)
        }
        let usual = try checkout.remote(preferring: "origin")
        let first = try read(usual)
        let delivery = first.contract.target.delivery
        if delivery.forge == .none { return first }
        guard delivery.remote != usual else { return first }
        if try checkout.repository.hasRemote(delivery.remote) { return try read(delivery.remote) }
        // A name that nobody wrote down does not stand against the only remote that there is.
        return delivery.remote != "origin" || usual == nil ? first.lacking(remote: delivery.remote) : first
    }

    private func read(_ remote: String?) throws(StageError) -> Snapshot {
        let offered = fetches ? try remote.map { name throws(StageError) in try fetch(name) } : nil
        if fetches, base == nil, let remote { try fetchNamedBranch(remote) }
        let base = try checkout.base(asked: base, remote: remote)
        let stage = ContractStage(
            checkout: checkout, base: base, fallbackTarget: checkout.fallbackTarget(remote: remote),
            in: context)
        let contract =
            if let onboarding { try onboarding.contract(stage) } else {
                try stage.contract(fromWorktree: usesWorktreeFiles)
            }
        return Snapshot(checkout, remote: remote, base, stage, contract, offered: offered, watched: watched)
    }

    /// Brings the remote's default branch up to date, where it has moved.
    private func fetch(_ remote: String) throws(StageError) -> RemoteState {
        let delivery = BranchDelivery(remote, of: checkout, context)
        let offered: RemoteState
        do throws(DeliveryError) {
            offered = try context.stage("look at \(remote)", isBrief: true) { () throws(DeliveryError) in
                try delivery.state(of: watched, cancellation: context.cancellation)
            }
        } catch { throw error.kind == .unreachable ? .notFetched(error) : StageError(error) }
        if offered.head == nil, base == nil { throw StageError.emptyRemote(remote, offered.defaultBranch) }
        guard let branch = offered.defaultBranch else { return offered }
        let fetching = Fetching(checkout: checkout, remote: remote, context: context)
        try fetching.bring(branch, to: offered.head)
        if let failure = checkout.rememberDefaultBranch(branch, of: remote) {
            context.observer.warning(failure)
        }
        return offered
    }

    /// Brings the branch up to date that the contract at the default branch names instead of it.
    private func fetchNamedBranch(_ remote: String) throws(StageError) {
        let found: Base?
        do throws(GitError) {
            found = try checkout.defaultBase(remote)
            if let found { try checkout.bringContract(of: found) }
        } catch { throw StageError(reading: error) }
        guard let found, let named = checkout.namedBranch(in: found) else { return }
        let reference = "refs/heads/" + named
        let there: ObjectID?
        do throws(DeliveryError) {
            there = try BranchDelivery(remote, of: checkout, context)
                .state(of: reference, cancellation: context.cancellation).branch
        } catch { throw StageError(error) }
        guard let there else { throw StageError.noNamedBranch(named, found, remote) }
        try Fetching(checkout: checkout, remote: remote, context: context).bring(named, to: there)
    }

}

extension BranchDelivery {
    init(_ remote: String, of checkout: TargetCheckout, _ context: Context) {
        let environment = context.environment
        let configured = ["uploadpack", "receivepack", "pushurl", "vcs"].contains {
            checkout.repository.configString("remote.\(remote).\($0)") != nil
        }
        // What only the user's git would know about the address, it has to be asked for.
        let isHidden =
            configured || environment["GIT_CONFIG_GLOBAL"] != nil || environment["GIT_CONFIG_SYSTEM"] != nil
        // Without an address git is asked, which then says what is wrong with it.
        let url = isHidden ? nil : try? checkout.repository.remoteURL(remote)
        self.init(
            remote, in: checkout.root, place: url?.hasPrefix("/") == true ? url : nil, context)
    }

    /// `$LEVIATHAN_GIT_TIMEOUT`, such as `30s`: how long one fetch or push may take.
    init(_ remote: String, in directory: String, place: String? = nil, _ context: Context) {
        self.init(git: GitCommand(context), remote: remote, directory: directory, place: place)
    }
}

extension GitCommand {
    /// The user's git, with the patience that the environment asks for.
    init(_ context: Context) {
        let timeout = context.environment["LEVIATHAN_GIT_TIMEOUT"].flatMap { DurationText.parse($0) }
        self.init(
            environment: context.environment, timeout: timeout ?? .seconds(300), lockPatience: context.patience)
    }
}

extension StageError {
    /// The network is away before anything began; what is here already can be worked on.
    fileprivate static func notFetched(_ error: DeliveryError) -> StageError {
        StageError(
            .delivery, error.message, causes: error.causes,
            hint: "check the network; 'propose' and 'run' work on what was last fetched with --offline")
    }

    fileprivate static func emptyRemote(_ remote: String, _ branch: String?) -> StageError {
        StageError(
            .invalid,
            "the remote '\(remote)' has no commit that its default branch\(branch.map { " '\($0)'" } ?? "") stands at",
            hint: "push a first one, such as with: git push -u \(remote) \(branch ?? "main")"
                + (branch == nil ? "" : "; or make another branch the default one there, or name one with --base"))
    }

    init(_ error: DeliveryError) { self.init(error.isInterruption ? .interrupted : .delivery, error) }
}
