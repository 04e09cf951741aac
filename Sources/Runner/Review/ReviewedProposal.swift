internal import Basics
internal import Forges
internal import Git
internal import Model

/// A change on its way before reviewers, with what its text tells.
struct ReviewedProposal {
    private static let mostReviewers = 5

    let plan: Plan
    let facts: PullRequestFacts
    let repository: Repository

    /// The text for a kind of forge, within the repository's own template as it stands in the base.
    func text(for kind: ForgeKind) -> PullRequestText {
        PullRequestText(facts, limits: TextLimits(kind), template: template(kind))
    }

    /// Those whom the contract names, then the owners of the touched paths.
    func reviewers(_ settings: DeliverySettings, _ kind: ForgeKind) -> [Reviewer] {
        let owners = settings.reviewersFromCodeowners ? codeOwners(kind) : []
        return Array((settings.reviewers.compactMap { Reviewer($0) } + owners).prefix(Self.mostReviewers))
    }

    private func template(_ kind: ForgeKind) -> String? {
        for place in PullRequestTemplate.places(kind) {
            if let bytes = baseFile(place, limit: 1 << 20) { return String(decoding: bytes, as: UTF8.self) }
        }
        return nil
    }

    private func codeOwners(_ kind: ForgeKind) -> [Reviewer] {
        guard let dialect = CodeOwners.Dialect(kind) else { return [] }
        for place in dialect.places {
            guard let bytes = baseFile(place, limit: 3 << 20) else { continue }
            return CodeOwners(bytes, dialect)
                .reviewers(for: facts.changes.map(\.path), limit: Self.mostReviewers).reviewers
        }
        return []
    }

    /// A file of the base, its name in any case; `nil` where there is none that can be read.
    private func baseFile(_ path: String, limit: Int) -> [UInt8]? {
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
