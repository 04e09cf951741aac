package import Basics
package import Journal
package import Runner

/// Reads a report from a journal; however much there is, so much and no more of it is looked at.
package struct ActivityReader {
    /// The newest attempts that are told of.
    package static let attemptLimit = 10_000
    /// The newest of them whose events are read for their stages.
    package static let stageLimit = 100
    private static let changeLimit = 10_000
    private static let eventLimit = 50_000

    private let since: Instant
    private let until: Instant
    private let target: String?
    private let context: Context

    package init(since: Instant, until: Instant, target: String?, _ context: Context) {
        (self.since, self.until, self.target, self.context) = (since, until, target, context)
    }

    package func read(_ journal: any JournalStore) throws(StageError) -> ActivityReport {
        let anchor = try JournalAnchors.reference(of: context)
        do throws(JournalError) {
            return try journal.reading { () throws(JournalError) in try report(journal, anchor) }
        } catch { throw StageError(.unexpected, error) }
    }

    /// Only what waits for a person, from the newest attempts: cheap enough for a page that is always open.
    package func pending(_ journal: any JournalStore) throws(StageError) -> [PendingMatter] {
        do throws(JournalError) {
            return try journal.reading { () throws(JournalError) in
                var report = ActivityReport(
                    since: since, until: until, target: target,
                    evidence: ActivityReport.Evidence(
                        head: JournalHead(sequence: 0, hash: nil), chains: [], anchorReference: nil))
                var query = AttemptQuery()
                (query.target, query.since, query.limit) = (target, since.description, 200)
                report.attempts = try journal.attempts(query).map { ActivityReport.Entry(attempt: $0) }
                report.changes = try journal.reviewedChanges(target: target, decidedSince: until, limit: 1000)
                report.reviews = try reviews(journal)
                return try PendingSearch(journal: journal, report: report, context: context).find()
            }
        } catch { throw StageError(.unexpected, error) }
    }

    private func report(_ journal: any JournalStore, _ anchor: String?) throws(JournalError) -> ActivityReport {
        var report = ActivityReport(
            since: since, until: until, target: target,
            evidence: ActivityReport.Evidence(
                head: try journal.head(), chains: try journal.chainHeads().filter { isWanted($0.name) },
                anchorReference: anchor))
        var query = AttemptQuery()
        (query.target, query.since, query.limit) = (target, since.description, Self.attemptLimit)
        let attempts = try journal.attempts(query)
        report.attempts = attempts.map { ActivityReport.Entry(attempt: $0) }
        report.omittedAttempts = try journal.attemptCount(query) - attempts.count
        report.changes = try journal.reviewedChanges(
            target: target, decidedSince: since, limit: Self.changeLimit)
        try readFindings(journal, &report)
        try readStages(journal, &report)
        report.reviews = try reviews(journal)
        report.pending = try PendingSearch(journal: journal, report: report, context: context).find()
        return report
    }

    /// Of one target its own chain and the home's.
    private func isWanted(_ name: ChainName) -> Bool {
        target == nil || name == .home || name == target.map(ChainName.target)
    }

    private func readFindings(_ journal: any JournalStore, _ report: inout ActivityReport) throws(JournalError) {
        guard let oldest = report.attempts.last else { return }
        let places = Dictionary(uniqueKeysWithValues: report.attempts.enumerated().map { ($1.attempt.id, $0) })
        var query = EventQuery()
        (query.after, query.target) = (oldest.attempt.sequence - 1, target)
        query.types = [.policyJudged, .invariantFinished, .modelCallStarted, .modelCallCompleted]
        (query.limit, query.prefersNewest) = (Self.eventLimit, true)
        for record in try journal.events(query) {
            guard let place = record.subject.attempt.flatMap({ places[$0] }) else { continue }
            switch record.event {
            case .policyJudged(let findings): report.attempts[place].brokenRules += findings.violations.map(\.rule)
            case .invariantFinished(let run): report.attempts[place].invariants.append(run)
            case .modelCallStarted(let call):
                if let model = call.model, !report.attempts[place].models.contains(model) {
                    report.attempts[place].models.append(model)
                }
            case .modelCallCompleted(let call, let outcome):
                if let model = call.model, let money = outcome.countedMoney {
                    report.attempts[place].costs[model, default: 0] += money
                }
            default: break
            }
        }
    }

    private func readStages(_ journal: any JournalStore, _ report: inout ActivityReport) throws(JournalError) {
        for place in report.attempts.indices.prefix(Self.stageLimit) {
            var query = EventQuery()
            (query.attempt, query.limit) = (report.attempts[place].attempt.id, 1000)
            report.attempts[place].stages = StageSpan.spans(of: try journal.events(query))
        }
    }

    /// The last word of reviewers about each change.
    private func reviews(
        _ journal: any JournalStore
    ) throws(JournalError) -> [ActivityReport.ChangeName: Event.ReviewState] {
        var query = EventQuery()
        (query.target, query.types) = (target, [.pullRequestReviewed])
        (query.limit, query.prefersNewest) = (Self.eventLimit, true)
        var found: [ActivityReport.ChangeName: Event.ReviewState] = [:]
        for record in try journal.events(query) {
            guard case .pullRequestReviewed(let request, let review) = record.event,
                let target = record.subject.target
            else { continue }
            found[ActivityReport.ChangeName(target: target, number: request.number)] = review
        }
        return found
    }
}
