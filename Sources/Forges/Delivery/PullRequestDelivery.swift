package import Basics
package import HTTP

/// Brings one pull request about, exactly once, whatever crashes or times out on the way.
///
/// Looks before it creates. A creation whose outcome is not known is looked for again before it is repeated, and
/// a repeated one that turns out to be a second one is refused by the forge and resolves to the first.
package struct PullRequestDelivery: Sendable {
    /// What became of it.
    package enum Outcome: Hashable, Sendable {
        case created(PullRequest)
        /// The open one was brought up to date.
        case updated(PullRequest, PullRequestUpdate)
        case unchanged(PullRequest)
        /// A person closed it unmerged; it is not proposed again.
        case declined(PullRequest)
        case merged(PullRequest)
        /// The forge takes no pull requests; the text is what there is.
        case kept(PullRequestText)

        /// The pull request that there is now.
        package var pullRequest: PullRequest? {
            switch self {
            case .created(let it), .updated(let it, _), .unchanged(let it), .declined(let it), .merged(let it): it
            case .kept: nil
            }
        }
    }

    package struct Result: Hashable, Sendable {
        package let outcome: Outcome
        /// What could not be done and did no harm, such as a reviewer who is no longer there.
        package let notes: [String]
    }

    private static let mostCreations = 3

    private let forge: any Forge
    private let timing: HTTPTiming
    /// The waits before each look for what may have been created.
    private let looks: [Duration]
    private let cancellation: Cancellation?

    package init(
        _ forge: any Forge, timing: HTTPTiming, cancellation: Cancellation? = nil,
        looks: [Duration] = [.seconds(2), .seconds(5), .seconds(10)]
    ) {
        (self.forge, self.timing, self.looks, self.cancellation) = (forge, timing, looks, cancellation)
    }

    /// Fails, before anything is pushed, where the forge would not take the pull request anyway.
    package func prepare() throws(ForgeError) -> RepositoryFacts {
        if forge.takesPullRequests, forge.credentialSource == nil {
            throw ForgeError(
                .credentials, "deliver to \(forge.address.slug)", host: forge.address.credentialHost,
                details: ["there are no credentials for \(forge.kind.name)"])
        }
        let facts = try forge.facts()
        let (host, operation) = (forge.address.credentialHost, "deliver to \(facts.slug)")
        if facts.isArchived { throw ForgeError(.archived, operation, host: host) }
        if !facts.missingScopes.isEmpty {
            throw ForgeError(
                .missingScopes(facts.missingScopes.map { "the scope '\($0)'" }), operation, host: host)
        }
        if facts.canPush == false {
            throw ForgeError(.forbidden, operation, host: host, details: ["these credentials may only read there"])
        }
        return facts
    }

    /// Creates the pull request, or finds the one there is and brings it up to date.
    ///
    /// `settled` names pull requests of the task's that count no more, as the person said "again" after they were
    /// closed or merged.
    package func ensure(_ draft: PullRequestDraft, settled: Set<Int> = []) throws(ForgeError) -> Result {
        guard forge.takesPullRequests else { return Result(outcome: .kept(draft.text), notes: []) }
        if let existing = try find(draft, settled) { return try conclude(existing, draft) }
        var draft = draft
        let notes = try prepareLabels(&draft.labels)
        let result = try create(draft, settled)
        return Result(outcome: result.outcome, notes: notes + result.notes)
    }

    /// Labels are a courtesy: where these credentials may not make them, the pull request goes without.
    private func prepareLabels(_ labels: inout [String]) throws(ForgeError) -> [String] {
        guard !labels.isEmpty else { return [] }
        do throws(ForgeError) {
            try forge.ensureLabels(labels)
            return []
        } catch {
            switch error.kind {
            case .forbidden, .missingScopes, .notFound, .invalid:
                labels = []
                return ["it has no labels: \(error.description)"]
            default: throw error
            }
        }
    }

    /// What there is for the task: an open pull request before all others, then the newest.
    package func find(_ draft: PullRequestDraft, _ settled: Set<Int>) throws(ForgeError) -> PullRequest? {
        let ofBranch = try forge.pullRequests(head: draft.head)
        if let open = ofBranch.filter(\.isOpen).min(by: { $0.number < $1.number }) { return open }
        let marked = try forge.openPullRequests(markedFor: draft.task).filter { AgentBranch.isOne($0.head) }
        if let open = marked.min(by: { $0.number < $1.number }) { return open }
        return ofBranch.filter { !settled.contains($0.number) }.max { $0.number < $1.number }
    }

    // MARK: Creating

    private func create(_ draft: PullRequestDraft, _ settled: Set<Int>) throws(ForgeError) -> Result {
        var creations = 0
        while true {
            creations += 1
            do throws(ForgeError) {
                let created = try forge.create(draft)
                try confirm(created, draft)
                return try complete(created, draft)
            } catch {
                guard error.kind != .contradicted else { throw error }
                guard error.isUnknownOutcome || error.kind == .alreadyExists else { throw error }
                if let found = try lookAgain(draft, settled) {
                    let isOwn = error.isUnknownOutcome && found.isOpen && Self.isMade(found, from: draft)
                    return isOwn ? try complete(found, draft) : try conclude(found, draft)
                }
                guard error.isUnknownOutcome, creations < Self.mostCreations else { throw error }
            }
        }
    }

    /// Holds the answer to a creation against what was asked: another head, base or repository is no delivery.
    private func confirm(_ created: PullRequest, _ draft: PullRequestDraft) throws(ForgeError) {
        let repository = try forge.repositoryKey()
        let isSame =
            created.head == draft.head && created.base == draft.base && created.isOpen && !created.isFromFork
        guard !(isSame && Self.isIn(repository, created)) else { return }
        let place = { (branch: String, base: String, key: String?) in
            "'\(branch)' into '\(base)'" + (key.map { " of \($0)" } ?? "")
        }
        let told = place(created.head, created.base, created.repositoryKey ?? repository)
        let more = created.isFromFork ? ", from a fork" : created.isOpen ? "" : ", \(created.phase.rawValue)"
        throw ForgeError(
            .contradicted, "create a pull request for '\(draft.head)'", host: forge.address.credentialHost,
            details: [
                "asked for: \(place(draft.head, draft.base, repository))",
                "the answer tells of: #\(created.number), \(told)\(more)",
            ], isUnknownOutcome: true)
    }

    /// Whether a pull request is in the repository; forges that do not tell are believed.
    private static func isIn(_ repository: String?, _ pullRequest: PullRequest) -> Bool {
        guard let repository, let key = pullRequest.repositoryKey else { return true }
        return key.lowercased() == repository.lowercased()
    }

    /// Gerrit's texts have no marker; there the commit says whose it is.
    private static func isMade(_ found: PullRequest, from draft: PullRequestDraft) -> Bool {
        found.marker.map { $0 == draft.text.marker } ?? (found.headCommit == draft.headCommit)
    }

    /// Looks several times, as a creation may still be under way, and lists may lag behind.
    private func lookAgain(_ draft: PullRequestDraft, _ settled: Set<Int>) throws(ForgeError) -> PullRequest? {
        for wait in looks {
            timing.sleep(wait, cancellation)
            if cancellation?.isCancelled == true { break }
            do throws(ForgeError) {
                if let found = try find(draft, settled) { return found }
            } catch {
                // The last look decides; as long as it fails nothing is created.
                guard error.isTransient else { throw error }
            }
        }
        if cancellation?.isCancelled == true {
            throw ForgeError(
                .cancelled, "find out whether the pull request for '\(draft.head)' was created",
                host: forge.address.credentialHost, isUnknownOutcome: true)
        }
        return try find(draft, settled)
    }

    /// Adds what a forge does not take along with the creation.
    private func complete(_ created: PullRequest, _ draft: PullRequestDraft) throws(ForgeError) -> Result {
        var update = PullRequestUpdate()
        update.addedLabels = draft.labels.filter { !Self.contains(created.labels, $0) }
        update.addedReviewers = draft.reviewers.filter { !Self.contains(created.awaitedReviewers, $0.description) }
        let notes = update.isEmpty ? [] : try forge.update(created, update)
        return Result(outcome: .created(created), notes: notes)
    }

    // MARK: What exists already

    private func conclude(_ existing: PullRequest, _ draft: PullRequestDraft) throws(ForgeError) -> Result {
        switch existing.phase {
        case .merged: return Result(outcome: .merged(existing), notes: [])
        case .closed: return Result(outcome: .declined(existing), notes: [])
        case .open: break
        }
        guard existing.head == draft.head else {
            let note = "#\(existing.number) from '\(existing.head)' is open for the task already"
            return Result(outcome: .unchanged(existing), notes: [note])
        }
        let isElsewhere = existing.base != draft.base
        let place =
            isElsewhere ? ["#\(existing.number) goes into '\(existing.base)', and not into '\(draft.base)'"] : []
        var update = draft.text.update(for: existing)
        update.addedLabels = draft.labels.filter { !Self.contains(existing.labels, $0) }
        update.addedReviewers = try missingReviewers(existing, draft)
        let hasNewCommit = try forge.bringCommit(draft, into: existing)
        guard !update.isEmpty else {
            return Result(outcome: hasNewCommit ? .updated(existing, update) : .unchanged(existing), notes: place)
        }
        var notes = try place + prepareLabels(&update.addedLabels)
        notes += try forge.update(existing, update)
        // Reviewers who were all refused, for instance, have changed nothing.
        let onlyReviewers = update.title == nil && update.body == nil && update.addedLabels.isEmpty
        if onlyReviewers, !hasNewCommit, notes.count - place.count >= update.addedReviewers.count {
            return Result(outcome: .unchanged(existing), notes: notes)
        }
        return Result(outcome: .updated(existing, update), notes: notes)
    }

    /// The wanted reviewers, where nobody was asked and nobody has looked: the last delivery broke off before.
    private func missingReviewers(
        _ existing: PullRequest, _ draft: PullRequestDraft
    ) throws(ForgeError) -> [Reviewer] {
        guard !draft.reviewers.isEmpty, existing.awaitedReviewers.isEmpty else { return [] }
        let state = try forge.states(of: [existing.number])[existing.number]
        return state?.hasReviews == false ? draft.reviewers : []
    }

    /// Forges compare names without regard to case.
    private static func contains(_ names: [String], _ name: String) -> Bool {
        names.contains { $0.lowercased() == name.lowercased() }
    }
}
