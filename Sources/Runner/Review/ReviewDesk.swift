internal import Basics
internal import Enforcement
internal import Forges
internal import Git
internal import HTTP
internal import Journal
internal import Model

/// The place where proposals of a target are reviewed: opened before anything is done, so that what could never be
/// delivered is not begun.
struct ReviewDesk {
    private static let mostReviewers = 5

    private let forge: any Forge
    private let facts: RepositoryFacts
    private let settings: DeliverySettings
    private let surroundings: Surroundings
    private let delivery: PullRequestDelivery

    /// `nil` where the branch is all that is delivered.
    static func open(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String, _ surroundings: Surroundings
    ) throws(StageError) -> ReviewDesk? {
        guard let address = try address(target, checkout, remote) else { return nil }
        do throws(ForgeError) {
            return try ReviewDesk(address, target.delivery, checkout, surroundings)
        } catch { throw stageError(error) }
    }

    /// Which credentials would be used, and what they may do; `nil` where there is no forge to ask.
    static func diagnose(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String, _ surroundings: Surroundings
    ) throws(StageError) -> ForgeDiagnosis? {
        guard let address = try address(target, checkout, remote) else { return nil }
        let outside = outside(surroundings)
        return ForgeDiagnosis.examine(address, credentials(checkout, surroundings, outside), outside)
    }

    private static func address(
        _ target: TargetDescription, _ checkout: TargetCheckout, _ remote: String
    ) throws(StageError) -> ForgeAddress? {
        let url: String?
        do throws(GitError) { url = try checkout.repository.remoteURL(remote) } catch {
            throw StageError(.delivery, error)
        }
        guard let url else { return nil }
        do throws(ForgeError) { return try address(target.delivery, url) } catch { throw stageError(error) }
    }

    private static func address(_ settings: DeliverySettings, _ url: String) throws(ForgeError) -> ForgeAddress? {
        // A path on this machine is no address of a forge, and needs none.
        if settings.forge == .auto, url.hasPrefix("/") || url.hasPrefix(".") || url.hasPrefix("file:") {
            return nil
        }
        if settings.forge == .git || settings.forge == .none { return nil }
        let address = try ForgeAddress(settings, remoteURL: url)
        if address.kind == .gerrit {
            throw ForgeError(
                .unsupported, "deliver", host: address.credentialHost,
                details: ["changes are not sent to Gerrit yet; 'delivery: {forge: git}' pushes the branch alone"])
        }
        return address.kind == .plain ? nil : address
    }

    private init(
        _ address: ForgeAddress, _ settings: DeliverySettings, _ checkout: TargetCheckout,
        _ surroundings: Surroundings
    ) throws(ForgeError) {
        let outside = Self.outside(surroundings)
        let credentials = Self.credentials(checkout, surroundings, outside)
        forge = try ForgeOpening.open(address, credentials, outside) { (_, _) throws(DeliveryError) in
            throw DeliveryError("changes are not sent to Gerrit yet")
        }
        (self.settings, self.surroundings) = (settings, surroundings)
        delivery = PullRequestDelivery(forge, timing: outside.timing, cancellation: surroundings.cancellation)
        facts = try delivery.prepare()
    }

    private static func outside(_ surroundings: Surroundings) -> ForgeSurroundings {
        var outside = ForgeSurroundings(userAgent: "leviathan")
        outside.proxies = ProxySettings(environment: surroundings.environment)
        outside.caBundle = surroundings.environment["SSL_CERT_FILE"]
        outside.cancellation = surroundings.cancellation
        return outside
    }

    /// An App that was set up on purpose comes first, then the environment, git's own helpers, and the forges' tools.
    private static func credentials(
        _ checkout: TargetCheckout, _ surroundings: Surroundings, _ outside: ForgeSurroundings
    ) -> CredentialChain {
        let environment = surroundings.environment
        let app = GitHubApp(environment: environment, surroundings: outside)
        let others: [any CredentialSource] = [
            EnvironmentCredentials(environment),
            GitCredentials(
                environment: environment, directory: checkout.root, cancellation: surroundings.cancellation),
            ToolCredentials(environment),
        ]
        return CredentialChain((app.map { [$0] } ?? []) + others)
    }

    var name: String { forge.kind.name }

    static func stageError(_ error: ForgeError) -> StageError {
        StageError(error.kind == .cancelled ? .interrupted : .delivery, error)
    }

    // MARK: What people decided

    /// The pull request that a person closed unmerged, if that was the last word about the branch.
    func declined(branch: String, settled: Set<Int>) throws(StageError) -> PullRequest? {
        do throws(ForgeError) {
            let requests = try forge.pullRequests(head: branch)
            if requests.contains(where: \.isOpen) { return nil }
            let last = requests.filter { !settled.contains($0.number) }.max { $0.number < $1.number }
            return last?.phase == .closed ? last : nil
        } catch { throw Self.stageError(error) }
    }

    // MARK: The pull request

    /// Creates the pull request of a branch that was pushed, or brings the open one up to date.
    func ensure(
        _ proposal: ReviewedProposal, settled: Set<Int>
    ) throws(StageError) -> PullRequestDelivery.Result {
        let owners = settings.reviewersFromCodeowners ? codeOwners(proposal) : []
        var draft = PullRequestDraft(
            task: proposal.plan.task.id,
            text: PullRequestText(proposal.facts, limits: forge.limits, template: template(proposal)),
            head: proposal.plan.task.proposedBranch, headCommit: proposal.commit,
            base: facts.defaultBranch ?? proposal.plan.target.defaultBranch ?? "main")
        (draft.isDraft, draft.labels) = (settings.draft, settings.labels)
        draft.reviewers = Array(
            (settings.reviewers.compactMap { Reviewer($0) } + owners).prefix(Self.mostReviewers))
        do throws(ForgeError) { return try delivery.ensure(draft, settled: settled) } catch {
            throw Self.stageError(error)
        }
    }

    /// The repository's own template, as it stands in the base.
    private func template(_ proposal: ReviewedProposal) -> String? {
        for place in PullRequestTemplate.places(forge.kind) {
            if let bytes = proposal.baseFile(place, limit: 1 << 20) {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return nil
    }

    private func codeOwners(_ proposal: ReviewedProposal) -> [Reviewer] {
        guard let dialect = CodeOwners.Dialect(forge.kind) else { return [] }
        for place in dialect.places {
            guard let bytes = proposal.baseFile(place, limit: 3 << 20) else { continue }
            return CodeOwners(bytes, dialect)
                .reviewers(for: proposal.facts.changes.map(\.path), limit: Self.mostReviewers).reviewers
        }
        return []
    }
}

/// A commit on its way into a pull request, with what its text tells.
struct ReviewedProposal {
    let plan: Plan
    let commit: ObjectID
    let facts: PullRequestFacts
    let repository: Repository

    /// A file of the base, its name in any case; `nil` where there is none that can be read.
    func baseFile(_ path: String, limit: Int) -> [UInt8]? {
        guard let wanted = try? RepoPath(path) else { return nil }
        let parts = path.split(separator: "/")
        if let entry = try? repository.entry(at: wanted, in: plan.baseTree), !entry.isDirectory {
            return try? repository.blob(entry.id, limit: limit)
        }
        guard let name = parts.last, let tree = directory(parts.dropLast()) else { return nil }
        let entry = (try? repository.entries(of: tree))?.first {
            !$0.isDirectory && String(decoding: $0.name, as: UTF8.self).lowercased() == name.lowercased()
        }
        return entry.flatMap { try? repository.blob($0.id, limit: limit) }
    }

    private func directory(_ parts: ArraySlice<Substring>) -> ObjectID? {
        if parts.isEmpty { return plan.baseTree }
        guard let path = try? RepoPath(parts.joined(separator: "/")),
            let entry = try? repository.entry(at: path, in: plan.baseTree), entry.isDirectory
        else { return nil }
        return entry.id
    }
}
