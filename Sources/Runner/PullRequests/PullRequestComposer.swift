internal import Basics
internal import Forges
internal import Git
internal import Model

/// The words of a pull request, and who is asked to look at it.
struct ComposedPullRequest {
    let text: PullRequestText
    let reviewers: [Reviewer]
}

/// Writes a pull request from what is known of a change and from the files of its base.
struct PullRequestComposer {
    private static let mostReviewers = 5
    private static let longestTemplate = 1 << 20
    private static let longestOwners = 3 << 20

    let plan: Plan
    let kind: ForgeKind
    let repository: Repository

    /// The text within the repository's own template, as it stands in the base, and those who are asked: whom the
    /// contract names, then the owners of the touched paths.
    func compose(_ facts: PullRequestFacts) throws(StageError) -> ComposedPullRequest {
        var facts = facts
        let settings = plan.target.delivery
        let template = try file(PullRequestTemplate.places(kind), limit: Self.longestTemplate, &facts.notes)
        let owners = settings.reviewersFromCodeowners ? try owners(of: facts.changes, &facts.notes) : []
        let text = PullRequestText(
            facts, limits: TextLimits(kind), template: template.map { String(decoding: $0, as: UTF8.self) })
        let reviewers = settings.reviewers.compactMap { Reviewer($0) } + owners
        return ComposedPullRequest(text: text, reviewers: Array(reviewers.prefix(Self.mostReviewers)))
    }

    private func owners(of changes: [Change], _ notes: inout [String]) throws(StageError) -> [Reviewer] {
        guard let dialect = CodeOwners.Dialect(kind),
            let bytes = try file(dialect.places, limit: Self.longestOwners, &notes)
        else { return [] }
        return CodeOwners(bytes, dialect).reviewers(for: changes.map(\.path), limit: Self.mostReviewers).reviewers
    }

    // MARK: Files of the base

    /// The first of the files that is there; one that is too large to be meant is noted and left out.
    private func file(
        _ places: [String], limit: Int, _ notes: inout [String]
    ) throws(StageError) -> [UInt8]? {
        do throws(GitError) {
            for place in places {
                guard let entry = try BaseFiles(repository, plan.baseTree).entry(place) else { continue }
                do throws(GitError) { return try repository.blob(entry.id, limit: limit) } catch {
                    guard error.kind == .tooLarge else { throw error }
                    notes.append("'\(place)' is larger than \(SizeText.text(limit)), and was left out")
                }
            }
        } catch {
            throw StageError(
                .delivery, "the files that a pull request is written from cannot be read in the base",
                causes: [error.message] + error.causes, hint: error.hint)
        }
        return nil
    }
}
