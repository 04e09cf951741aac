internal import Basics
internal import Forges
internal import Git
internal import HTTP
internal import Model

/// The forge that a target's pull requests are on: opened before anything is done, so that what could never be
/// delivered is not begun.
struct TargetForge {
    let client: any Forge
    let facts: RepositoryFacts
    /// The branch that changes are proposed to.
    let base: String
    private let settings: DeliverySettings
    private let branches: BranchDelivery
    private let gate: HomeForgeGate
    private let host: String
    private let timing: HTTPTiming
    private let cancellation: Cancellation

    /// `nil` where the branch is all that is delivered; `base` is the branch that a change is made on, where that
    /// is one of the remote's.
    ///
    /// `records`: whether what is seen of the forge counts for everybody; who only looks leaves no trace.
    static func open(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String, base: String?,
        records: Bool = true, _ context: Context
    ) throws(StageError) -> TargetForge? {
        guard let address = try address(target, checkout, remote, context) else { return nil }
        let gate = HomeForgeGate(address, try MachineConfiguration.read(context), writes: records, context)
        do throws(ForgeError) {
            let branches = BranchDelivery(remote, of: checkout, context)
            return try TargetForge(address, target, checkout, branches, base, gate, context)
        } catch { throw stageError(error) }
    }

    /// What is known of the forge without asking it; `nil` where there is none.
    static func known(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String?, _ context: Context
    ) throws(StageError) -> KnownForge? {
        guard let remote, let address = try address(target, checkout, remote, context) else { return nil }
        return KnownForge(address, try MachineConfiguration.read(context), context)
    }

    /// Which credentials would be used, and what they may do; `nil` where there is no forge to ask.
    static func diagnose(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String, _ context: Context
    ) throws(StageError) -> ForgeDiagnosis? {
        guard let address = try address(target, checkout, remote, context) else { return nil }
        let outside = context.forgeEnvironment
        return ForgeDiagnosis.examine(address, credentials(checkout, context, outside), outside)
    }

    /// The kind of forge that pull requests would go to, without asking it; plain where there is none.
    static func kind(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String?, _ context: Context
    ) throws(StageError) -> ForgeKind {
        guard let remote else { return .plain }
        return try address(target, checkout, remote, context)?.kind ?? .plain
    }

    private static func address(
        _ target: TargetDescription, _ checkout: TargetCheckout, _ remote: String, _ context: Context
    ) throws(StageError) -> ForgeAddress? {
        let url: String?
        do throws(GitError) { url = try checkout.repository.remoteURL(remote) } catch {
            throw StageError(.delivery, error)
        }
        guard let url else { return nil }
        let forges = try MachineConfiguration.read(context).forges
        let written = checkout.repository.writtenURL(ofRemote: remote) ?? url
        do throws(ForgeError) { return try address(target.delivery, url, written: written, forges) } catch {
            throw stageError(error)
        }
    }

    /// Where the user's rules lead git to a copy, the forge is the one whose address was written down.
    private static func address(
        _ settings: DeliverySettings, _ url: String, written: String, _ forges: [MachineForge]
    ) throws(ForgeError) -> ForgeAddress? {
        guard written != url else { return try address(settings, url, forges) }
        do throws(ForgeError) {
            if let found = try address(settings, url, forges) { return found }
        } catch {}  // what the rules made of it need not be an address of a forge
        return try address(settings, written, forges)
    }

    /// Counts a push to an address among the changes that the forge there takes, unless a limit of them refuses.
    static func admitPush(to url: String, written: String, _ context: Context) throws(StageError) {
        let machine = try MachineConfiguration.read(context)
        do throws(ForgeError) {
            let found = try address(DeliverySettings(), url, written: written, machine.forges)
            guard let address = found else { return }
            try HomeForgeGate(address, machine, writes: true, context)
                .admit(address.credentialHost, isChange: true)
        } catch { throw stageError(error) }
    }

    private static func address(
        _ settings: DeliverySettings, _ url: String, _ forges: [MachineForge]
    ) throws(ForgeError) -> ForgeAddress? {
        // A path on this machine is no address of a forge, and needs none.
        if settings.forge == .auto, url.hasPrefix("/") || url.hasPrefix(".") || url.hasPrefix("file:") {
            return nil
        }
        if settings.forge == .git || settings.forge == .none { return nil }
        let address = try ForgeAddress(settings, remoteURL: url, forges: forges)
        return address.kind == .plain ? nil : address
    }

    private init(
        _ address: ForgeAddress, _ target: TargetDescription, _ checkout: TargetCheckout,
        _ branches: BranchDelivery, _ base: String?, _ gate: HomeForgeGate, _ context: Context
    ) throws(ForgeError) {
        (self.gate, host) = (gate, address.credentialHost)
        var outside = context.forgeEnvironment
        outside.gate = gate
        let credentials = Self.credentials(checkout, context, outside)
        client = try ForgeOpening.open(address, credentials, outside)
        (timing, self.branches, cancellation) = (outside.timing, branches, context.cancellation)
        facts = try PullRequestDelivery(client, timing: timing, cancellation: cancellation).prepare()
        settings = target.delivery
        self.base = base ?? target.defaultBranch ?? facts.defaultBranch ?? "main"
    }

    /// An App that the environment names comes first, then its tokens, the app that was registered in the console, git's
    /// own helpers, and the forges' tools.
    private static func credentials(
        _ checkout: TargetCheckout, _ context: Context, _ outside: ForgeEnvironment
    ) -> CredentialChain {
        let environment = context.environment
        let app = GitHubApp(environment: environment, surroundings: outside)
        let others: [any CredentialSource] = [
            EnvironmentCredentials(environment),
            RegisteredGitHubApps(GitHubAppFiles(home: context.home), surroundings: outside),
            GitCredentials(
                environment: environment, directory: checkout.root, cancellation: context.cancellation),
            ToolCredentials(environment),
        ]
        return CredentialChain((app.map { [$0] } ?? []) + others)
    }

    static func stageError(_ error: ForgeError) -> StageError {
        switch error.kind {
        case .cancelled: StageError(.interrupted, error)
        // Nothing was sent, and nothing failed: it is held until the forge may be asked again.
        case .heldOff: StageError(.refusal, error)
        default: StageError(.delivery, error)
        }
    }

    func ask<Value>(_ body: (any Forge) throws(ForgeError) -> Value) throws(StageError) -> Value {
        do throws(ForgeError) { return try body(client) } catch { throw Self.stageError(error) }
    }
}

// MARK: What is asked of it

extension TargetForge {
    var kind: ForgeKind { client.kind }

    /// Whether a change reaches its reviewers by being pushed for review, without a branch of its own.
    var takesPushes: Bool { kind == .gerrit }

    /// Whether the forge merges by itself once its own rules are met.
    var mergesByItself: Bool { !takesPushes && facts.allowsAutoMerge == true }

    /// The footer by which Gerrit knows the change; it counts how often the task was taken up again.
    func changeID(of task: String, settled: Set<Int>) -> String? {
        guard takesPushes else { return nil }
        return GerritChangeID.compute(
            project: facts.slug.description, branch: base, task: task, generation: settled.count)
    }

    /// The pull request that a branch has: an open one before all others, else the newest that counts.
    func standing(of branch: String, settled: Set<Int>) throws(StageError) -> PullRequest? {
        let found = try ask { (client) throws(ForgeError) in try client.pullRequests(head: branch) }
        if let open = found.filter(\.isOpen).min(by: { $0.number < $1.number }) { return open }
        return found.filter { !settled.contains($0.number) }.max { $0.number < $1.number }
    }

    /// Creates the pull request of a commit, or brings the open one up to date; `sealed` is pushed along with it
    /// where the forge wants that.
    func ensure(
        _ composed: ComposedPullRequest, for task: BacklogTask, commit: ObjectID, sealed: SealedCommit?,
        settled: Set<Int>
    ) throws(StageError) -> PullRequestDelivery.Result {
        var draft = PullRequestDraft(
            task: task.id, text: composed.text, head: task.proposedBranch, headCommit: commit, base: base)
        (draft.isDraft, draft.labels, draft.reviewers) = (settings.draft, settings.labels, composed.reviewers)
        do throws(ForgeError) {
            if takesPushes, sealed != nil { try gate.admit(host, isChange: true) }
            return try PullRequestDelivery(able(toPush: sealed), timing: timing, cancellation: cancellation)
                .ensure(draft, settled: settled)
        } catch { throw Self.stageError(error) }
    }

    /// Counts the push of a branch among the changes that the forge takes, unless a limit of them refuses.
    func admitPush() throws(StageError) {
        do throws(ForgeError) { try gate.admit(host, isChange: true) } catch { throw Self.stageError(error) }
    }

    private func able(toPush sealed: SealedCommit?) -> any Forge {
        guard let sealed else { return client }
        return client.delivering(sealed, by: branches, cancellation: cancellation)
    }
}
