internal import API
internal import Basics
package import Journal
internal import Model
internal import Observability
internal import Runner
internal import Scheduler

/// What is measured, in Prometheus' text format; labels are bounded: targets that are configured, types that are known.
package struct MetricsPage {
    let home: ControlPlaneHome
    /// The names that labels may have.
    let targets: [String]
    var page = MetricsText()

    init(_ home: ControlPlaneHome) throws {
        self.home = home
        targets = Set(try TargetRegistry(home.context).readable().map(\.name)).sorted()
    }

    /// The page; a journal that cannot be read takes nothing from it but what the journal says.
    func text() -> String { written().text }

    func written() -> MetricsText {
        var copy = self
        copy.write()
        return copy.page
    }

    private mutating func write() {
        page.begin(.buildInfo)
        page.sample([home.version, BuildRevision.text], 1)
        page.add(.stopActive, StopSwitch(home.context).order() == nil ? 0 : 1)
        page.add(.storeReady, told { try $0.journal() } ? 1 : 0)
        _ = told { try $0.queues() }
        events()
        anomalies()
        service()
    }

    /// Whether it could be read; what is wrong is for the log.
    private mutating func told(_ part: (inout MetricsPage) throws -> Void) -> Bool {
        do { try part(&self) } catch {
            home.context.observer.warning(error as? any ExplainedError ?? Problem(error).explained)
            return false
        }
        return true
    }

    // MARK: The journal

    private struct Facts {
        var isOff: [Bool] = []
        var open: [Int] = []
        var results: [(target: String, result: String, count: Int)] = []
        var events: [(type: EventType, count: Int)] = []
        var claims: [Claim] = []
        var costs: [CostRecord] = []
        var changes: [ChangeCount] = []
        var unanchored: Instant?
    }

    private func facts() throws -> Facts {
        let (targets, trust) = (targets, JournalTrust(home.context))
        return try home.journals.with { journal in
            try journal.reading { () throws(JournalError) in
                var facts = Facts()
                for name in targets {
                    facts.isOff.append(try journal.isAutonomyOff(target: name))
                    facts.open.append(try journal.openPullRequests(target: name).count)
                }
                (facts.results, facts.events) = (try journal.attemptResults(), try journal.eventCounts())
                (facts.claims, facts.costs) = (try journal.claims(), try journal.costs())
                (facts.changes, facts.unanchored) = (
                    try journal.changeCounts(), try trust.unanchoredSince(journal)
                )
                return facts
            }
        }
    }

    private mutating func journal() throws {
        let facts = try facts()
        page.begin(.autonomyEnabled)
        for (name, isOff) in zip(targets, facts.isOff) { page.sample([name], isOff ? 0 : 1) }
        page.begin(.openChanges)
        for (name, count) in zip(targets, facts.open) { page.sample([name], Double(count)) }
        running(facts.claims)
        results(facts)
        types(facts.events)
        trust(facts.unanchored)
    }

    private mutating func running(_ claims: [Claim]) {
        page.begin(.runningAttempts)
        for name in targets { page.sample([name], Double(claims.count { $0.target == name })) }
        page.begin(.runsActive)
        page.sample(["executing"], Double(claims.count))
        page.begin(.workers)
        let leased = claims.count { if case .lease = $0.mark { true } else { false } }
        page.sample(["leased"], Double(leased))
        page.sample(["local"], Double(claims.count - leased))
    }

    private mutating func results(_ facts: Facts) {
        page.begin(.attempts)
        for result in facts.results where targets.contains(result.target) {
            page.sample([result.target, result.result], Double(result.count))
        }
        page.begin(.runErrors)
        for (kind, words) in [("failed", ["failed", "interrupted"]), ("rejected", ["rejected"])] {
            let count = facts.results.filter { words.contains($0.result) }.reduce(0) { $0 + $1.count }
            page.sample([kind], Double(count))
        }
        page.begin(.cost)
        for name in targets {
            let money = facts.costs.filter { $0.target == name }.reduce(0) { $0 + $1.money }
            page.sample([name], Double(money) / 1_000_000)
        }
        page.begin(.changeCount)
        for change in facts.changes where targets.contains(change.target) {
            page.sample([change.target, change.state], Double(change.count))
        }
    }

    private mutating func types(_ counts: [(type: EventType, count: Int)]) {
        var (known, other): ([(String, Int)], Int) = ([], 0)
        for (type, count) in counts {
            if Self.knownTypes.contains(type.current) {
                known.append((type.current.name, count))
            } else {
                other += count
            }
        }
        let merged = Dictionary(known + [("other", other)], uniquingKeysWith: +).sorted { $0.key < $1.key }
        for metric in [Metric.journalEvents, .eventsByType] {
            page.begin(metric)
            for (type, count) in merged { page.sample([type], Double(count)) }
        }
        page.add(.eventsReceived, Double(counts.reduce(0) { $0 + $1.count }))
    }

    private mutating func trust(_ unanchored: Instant?) {
        let verified = JournalTrust(home.context).verified
        let at = verified.map { $0.isBroken ? 0 : Double($0.at.microsecondsSinceEpoch) / 1_000_000 }
        page.add(.chainVerified, at ?? 0)
        page.add(.chainBroken, verified?.isBroken == true ? 1 : 0)
        let lag = unanchored.map { max(home.context.clock.now() - $0, .zero) } ?? .zero
        page.add(.anchorLag, Double(lag.milliseconds) / 1000)
    }

    /// The types that have a name of their own in measurements and on pages.
    package static let knownTypes: Set<EventType> = Set(
        AuditTypes.all + [
            .taskCompleted, .taskBlocked, .taskDeclined, .attemptCreated, .attemptGranted, .attemptHeld,
            .attemptStarted, .attemptSucceeded, .attemptFailed, .attemptInterrupted, .changeFrozen, .policyJudged,
            .invariantFinished, .artifactCreated, .deliveryStarted, .branchPushed, .branchDeleted,
            .pullRequestCreated, .pullRequestUpdated, .pullRequestMerged, .pullRequestClosed, .pullRequestReviewed,
            .pullRequestChecked, .pullRequestMergeDecided, .breakerTripped, .chainClosed, .modelCallStarted,
            .modelCallCompleted, .breakerCounted, .breakerProbed, .budgetReserved, .budgetSettled,
        ])
}
