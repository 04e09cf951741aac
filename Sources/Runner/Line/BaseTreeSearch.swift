internal import Basics
internal import Git
internal import Model
internal import Secrets

/// Looks for a value in the files of a base tree: what a repository publishes is no secret.
struct BaseTreeSearch: Sendable {
    /// What is not found within these is taken for a secret.
    private static let mostFiles = 20_000
    private static let mostBytes = 256 << 20
    private static let longestFile = 4 << 20

    let directory: String
    let tree: ObjectID
    /// Fetches what a partial clone has left at its remote.
    let promised: Repository.PromisedFetch?

    /// What cannot be read holds nothing, so that the value stays a secret.
    func holds(_ value: [UInt8]) -> Bool {
        var (files, bytes, found) = (0, 0, false)
        do throws(GitError) {
            let repository = try Repository.open(directory)
            if let promised {
                repository.bringPromised(by: promised)
                try repository.bring(try repository.blobs(in: tree, atMost: Self.mostFiles))
            }
            try repository.walk(tree: tree) { (_, entry) throws(GitError) in
                guard !entry.isDirectory else { return .descend }
                guard entry.kind == .regular || entry.kind == .executable else { return .skip }
                let size = try repository.blobSize(entry.id)
                (files, bytes) = (files + 1, bytes + size)
                guard files <= Self.mostFiles, bytes <= Self.mostBytes else { return .stop }
                guard size <= Self.longestFile else { return .skip }
                found = try repository.blob(entry.id, limit: Self.longestFile).contains(piece: value)
                return found ? .stop : .skip
            }
        } catch { return false }
        return found
    }
}

extension Context {
    /// The same, where the secrets that the plan's programs are given are taken out of whatever is shown and kept.
    func guarding(_ plan: Plan, in checkout: TargetCheckout) -> Context {
        guarding(plan.rules, baseTree: plan.baseTree, in: checkout)
    }

    /// The same for programs that run by a set of rules, whoever made the change.
    func guarding(_ rules: RuleSet, baseTree: ObjectID, in checkout: TargetCheckout) -> Context {
        let sandbox = rules.sandbox
        let names = Set(sandbox.environment + rules.invariants.flatMap(\.environment) + sandbox.secrets)
        let search = BaseTreeSearch(
            directory: checkout.root, tree: baseTree, promised: checkout.repository.promisedFetch)
        let secrets = KnownSecrets(
            granted: environment.filter { names.contains($0.key) }, listed: sandbox.secrets,
            isPublic: search.holds)
        return secrets.map(redacting) ?? self
    }
}
