package import Basics
package import Journal
package import Model

/// What the journal knows of a target's tasks, as far as it decides whether they may run.
package struct TaskStandings: Sendable {
    /// What is known of one task.
    struct Standing: Sendable {
        /// Attempts that failed, or whose process died, since a person last let the task be tried again.
        var failed = 0
        /// The newest of them.
        var lastFailure: Failure?
        /// Pull requests that a person has not set aside, the oldest first.
        var pullRequests: [PullRequestRecord] = []
        /// What was delivered last as a branch, since a person last let the task be tried again.
        var delivered: Delivery?
        /// The same before that: it holds the task back no more, and reviewers have it still.
        var released: Delivery?

        /// What stands for the task as a branch.
        var proposed: Delivery? { delivered ?? released }
    }

    struct Delivery: Sendable {
        let branch: String
        let commit: ObjectID
        let scope: String?
        /// Whether a person deleted the branch without merging it.
        var isGone = false
    }

    struct Failure: Sendable {
        let attempt: String
        let ended: Instant?
        let base: String?
    }

    private(set) var claims: [Claim] = []
    /// What counts against limits, of all targets.
    private(set) var use = LimitUse()
    /// What decides whether a breaker is open: the attempts since a person last reset it, in the order of their ends.
    package private(set) var ended: [EndedAttempt] = []
    /// Whether a person switched autonomy off.
    package private(set) var isAutonomyOff = false
    private var standings: [String: Standing] = [:]
    /// Pull requests of the target that people have decided about.
    private(set) var decided: Set<Int> = []

    /// Nothing was ever done.
    package init() {}

    /// Reads what concerns one task, or, without one, every task of the target.
    package init(_ journal: (any JournalStore)?, target: String, task: String? = nil, now: Instant)
        throws(JournalError)
    {
        try self.init(journal, target: target, task: task, use: try LimitUse(journal, now: now))
    }

    /// Of each target; what counts against limits is read once for all of them.
    package static func each(
        of targets: [String], _ journal: any JournalStore, now: Instant
    ) throws(JournalError) -> [(target: String, standings: TaskStandings)] {
        let use = try LimitUse(journal, now: now)
        var found: [(target: String, standings: TaskStandings)] = []
        for target in targets { found.append((target, try TaskStandings(journal, target: target, use: use))) }
        return found
    }

    /// The same where it is known what counts against limits.
    init(_ journal: (any JournalStore)?, target: String, task: String? = nil, use: LimitUse) throws(JournalError) {
        guard let journal else { return }
        claims = try journal.claims().filter { $0.target == target }
        self.use = use
        let releases = try Self.releases(journal, target)
        try readFailures(journal, target, releases.sequences)
        var query = AttemptQuery()
        (query.target, query.task, query.limit, query.outcomes) = (target, task, .max, ["delivered"])
        // Of what has a pull request that tells how it stands.
        query.lacksPullRequest = true
        try readDeliveries(try journal.attempts(query), releases.sequences)
        if task != nil {
            // Branches of other tasks that nobody decided about count against the limit of open proposals.
            query.task = nil
            try readDeliveries(try journal.attempts(query).filter { $0.task != task }, releases.sequences)
        }
        let requests = try journal.pullRequests(target: target)
        for request in requests {
            if request.state != "open" { decided.insert(request.number) }
            guard let name = request.task, task == nil || task == name, !releases.settled.contains(request.number)
            else { continue }
            standings[name, default: Standing()].pullRequests.append(request)
        }
        for name in requests.compactMap(\.task) { standings[name]?.released = nil }
        try readDeletions(journal, target)
        isAutonomyOff = try journal.isAutonomyOff(target: target)
    }

    /// So many of the newest attempts decide whether a breaker is open.
    private static let window = 500

    private mutating func readFailures(
        _ journal: any JournalStore, _ target: String, _ releases: [String: Int]
    ) throws(JournalError) {
        var query = AttemptQuery()
        (query.target, query.limit, query.states) = (target, .max, ["failed", "interrupted"])
        let attempts = try journal.attempts(query).filter { $0.sequence > releases[$0.task] ?? 0 }
        let deaths = attempts.contains { $0.state == "interrupted" && $0.kind == nil }
        let succeeded = try deaths ? journal.lastSuccesses(target: target) : [:]
        // The newest comes first.
        for attempt in attempts {
            // A person's Ctrl-C is no failure; a task whose process dies again and again is one.
            let isDeath =
                attempt.state == "interrupted" && attempt.kind == nil
                && attempt.sequence > succeeded[attempt.task] ?? 0
            guard attempt.state == "failed" || isDeath else { continue }
            var standing = standings[attempt.task] ?? Standing()
            standing.failed += 1
            guard attempt.state == "failed" else {
                standings[attempt.task] = standing
                continue
            }
            standing.lastFailure =
                standing.lastFailure
                ?? Failure(
                    attempt: attempt.id, ended: attempt.finishedAt.flatMap { Instant($0) }, base: attempt.base)
            standings[attempt.task] = standing
        }
        // Without a failure no breaker is open, whatever went well.
        guard attempts.contains(where: { $0.state == "failed" }) else { return }
        let reset = try journal.breakerReset(target: target)
        (query.limit, query.states) = (Self.window, ["failed", "succeeded"])
        ended = try journal.attempts(query).compactMap { attempt in
            guard attempt.sequence > max(reset, releases[attempt.task] ?? 0),
                let began = Instant(attempt.createdAt),
                let end = attempt.finishedAt.flatMap({ Instant($0) })
            else { return nil }
            return EndedAttempt(
                began: began, ended: end,
                failure: attempt.state == "failed" ? FailureClass(kind: attempt.kind) : nil)
        }.sorted { $0.ended < $1.ended }
    }

    private mutating func readDeliveries(
        _ attempts: [AttemptRecord], _ releases: [String: Int]
    ) throws(JournalError) {
        for attempt in attempts.reversed() {
            guard let branch = attempt.branch, let commit = attempt.commit.flatMap({ ObjectID(hex: $0) })
            else { continue }
            let delivery = Delivery(branch: branch, commit: commit, scope: attempt.scope)
            if attempt.sequence > releases[attempt.task] ?? 0 {
                standings[attempt.task, default: Standing()].delivered = delivery
            } else if attempt.pullRequest == nil {
                standings[attempt.task, default: Standing()].released = delivery
            }
        }
    }

    /// Which of the branches people deleted; the events of branches with a pull request name that, and say nothing here.
    private mutating func readDeletions(_ journal: any JournalStore, _ target: String) throws(JournalError) {
        let branches = standings.filter { $0.value.pullRequests.isEmpty }
            .filter { $0.value.delivered != nil || $0.value.released != nil }.keys
        guard !branches.isEmpty else { return }
        let ended = try journal.endedBranches(target: target)
        for task in branches {
            if let delivery = standings[task]?.delivered, ended[delivery.commit] == .branchDeleted {
                standings[task]?.delivered?.isGone = true
            }
            if let delivery = standings[task]?.released, ended[delivery.commit] == .branchDeleted {
                standings[task]?.released = nil
            }
        }
    }

    /// The same with the branches of other targets, where a limit counts the proposals of several: what their bases hold
    /// is known from what was recorded of it.
    func adding(
        branchesBeside target: String, _ home: HomeState, _ journal: (any JournalStore)?
    ) throws(JournalError) -> TaskStandings {
        guard home.sharesOpenProposals, let journal else { return self }
        var others = self
        others.use = try use.adding(branchesBeside: target, journal)
        return others
    }

    /// The same where something else counts against limits by now.
    func with(_ use: LimitUse) -> TaskStandings {
        var others = self
        others.use = use
        return others
    }

    /// The same, as if an attempt had claimed nothing.
    func ignoring(_ attempt: String) -> TaskStandings {
        var others = self
        others.claims.removeAll { $0.attempt == attempt }
        others.use = use.ignoring(attempt)
        return others
    }

    /// The same with tasks that were handed out: they run, or will at once; or, as a dry run takes it, they are
    /// delivered and open.
    func adding(granted: [GrantedTask], areDelivered: Bool, now: Instant) -> TaskStandings {
        let entries = granted.map {
            LimitUse.Entry(target: $0.target, scope: $0.scope, task: $0.task, name: "\($0.target)/\($0.task)")
        }
        var others = self
        let reserved = zip(entries, granted).compactMap { entry, task in
            task.spending.map { LimitUse.BudgetUse(entry: entry, spending: $0, settled: nil) }
        }
        let use = use.adding(begun: entries, at: now).adding(reserved: reserved)
        others.use = areDelivered ? use.adding(open: entries) : use.adding(granted: entries)
        return others
    }

    /// Every task of which something is known.
    var all: [String: Standing] { standings }

    subscript(task: String) -> Standing? { standings[task] }

    /// Whether anything is known of a task, without a copy of it.
    func knows(_ task: String) -> Bool { standings.index(forKey: task) != nil }

    /// When tasks were last released by a person, and which pull requests count no more since then.
    private static func releases(
        _ journal: any JournalStore, _ target: String
    ) throws(JournalError) -> (sequences: [String: Int], settled: Set<Int>) {
        var (sequences, settled): ([String: Int], Set<Int>) = ([:], [])
        for release in try journal.releases(target: target) {
            sequences[release.task] = release.sequence
            settled.formUnion(release.settled)
        }
        return (sequences, settled)
    }
}
