internal import Basics
internal import Enforcement
internal import Journal
internal import Model
internal import Processes

/// Tells the journal what an attempt does; each event is on the disk before the attempt goes on.
final class AttemptRecorder {
    private let journal: Journal
    private let surroundings: Surroundings
    private let attempt: String
    private let facts: [JSON.Member]
    let number: Int

    /// Claims the task and records the attempt's beginning, unless a guardrail says no.
    init(_ surroundings: Surroundings, plan: Plan, attempt: String, repository: String) throws(JournalError) {
        journal = try surroundings.journal()
        self.surroundings = surroundings
        self.attempt = attempt
        facts = [
            JSON.Member("target", .string(plan.target.id)), JSON.Member("task_id", .string(plan.task.id)),
            JSON.Member("attempt_id", .string(attempt)),
        ]
        let facts = facts
        let claim = Claim(
            target: plan.target.id, task: plan.task.id, attempt: attempt, repository: repository,
            owner: .current, claimedAt: surroundings.clock.now().secondsText)
        var number = 1
        try journal.claim(claim) { (journal) throws(JournalError) in
            try Guardrails(journal: journal, plan: plan).check()
            number = try journal.attemptCount(target: plan.target.id, task: plan.task.id) + 1
            let payload = facts + Self.facts(of: plan, number: number)
            return [surroundings.event(.attemptCreated, .object(payload))]
        }
        self.number = number
    }

    private static func facts(of plan: Plan, number: Int) -> [JSON.Member] {
        let task = plan.task
        var facts = [
            JSON.Member("number", .integer(number)), JSON.Member("title", .string(task.displayTitle)),
            JSON.Member("scope", .string(plan.scope.name)), JSON.Member("base", .string(plan.base.hex)),
            JSON.Member("executor", .string(plan.executor)),
            JSON.Member("workspace", .string(plan.workspace.rawValue)),
            JSON.Member("spec", .string(SpecificationDigest.compute(plan).hex)),
        ]
        if !task.dependencies.isEmpty { facts.append(JSON.Member("dependencies", .strings(task.dependencies))) }
        return facts
    }

    /// How many attempts of the task the journal knows.
    static func attempts(_ surroundings: Surroundings, target: String, task: String) throws(JournalError) -> Int {
        try surroundings.readJournal()?.attemptCount(target: target, task: task) ?? 0
    }

    /// The commits that Leviathan pushed for a task, or was about to push.
    static func pushedCommits(_ surroundings: Surroundings, task: String) throws(JournalError) -> Set<ObjectID> {
        guard let journal = try surroundings.readJournal() else { return [] }
        var query = EventQuery()
        (query.types, query.task) = ([.deliveryStarted, .branchPushed], task)
        return Set(
            try journal.events(query).compactMap { $0.payload["commit"]?.string.flatMap { ObjectID(hex: $0) } })
    }

    /// Pull requests of the task that count no more, since a person said that it may be tried again.
    static func settledPullRequests(_ surroundings: Surroundings, _ plan: Plan) throws(JournalError) -> Set<Int> {
        guard let journal = try surroundings.readJournal() else { return [] }
        var query = EventQuery()
        (query.types, query.target, query.task) = ([.taskUnblocked], plan.target.id, plan.task.id)
        return Set(
            try journal.events(query).flatMap { $0.payload["settled"]?.elements ?? [] }.compactMap(\.integer))
    }

    /// Records, once for each pull request, that a person did not want the change.
    static func recordDeclined(_ surroundings: Surroundings, _ plan: Plan, number: Int) throws(JournalError) {
        let journal = try surroundings.journal()
        var query = EventQuery()
        (query.types, query.target, query.task) = ([.taskDeclined], plan.target.id, plan.task.id)
        guard try !journal.events(query).contains(where: { $0.payload["number"]?.integer == number }) else {
            return
        }
        try journal.append([
            surroundings.event(
                .taskDeclined,
                [
                    "target": .string(plan.target.id), "task_id": .string(plan.task.id),
                    "number": .integer(number),
                    "reason": .string("pull request #\(number) was closed"),
                ])
        ])
    }

    func record(_ type: EventType, _ payload: JSON = [:]) throws(JournalError) {
        try journal.append([draft(type, payload)])
    }

    /// Where the output of programs is kept.
    var artifacts: ArtifactStore { journal.artifacts }

    func recordInvariant(_ result: InvariantResult) throws(JournalError) {
        var payload: [JSON.Member] = [
            JSON.Member("name", .string(result.name)), JSON.Member("outcome", .string(result.outcome.rawValue)),
            JSON.Member("duration_ms", .integer(Int(result.duration.milliseconds))),
        ]
        if let log = result.log {
            payload.append(JSON.Member("log", .string(log.hex)))
            let size = (try? FileSystem.status(artifacts.path(of: log)))??.size
            try record(
                .artifactCreated,
                [
                    "sha256": .string(log.hex), "kind": "log", "name": .string(result.name),
                    "bytes": .integer(size ?? 0),
                ])
        }
        try record(.invariantFinished, .object(payload))
    }

    /// Records the attempt's end and gives its task free.
    func finish(_ type: EventType, _ payload: JSON) throws(JournalError) {
        try journal.release(attempt, [draft(type, payload)])
    }

    private func draft(_ type: EventType, _ payload: JSON) -> EventDraft {
        surroundings.event(type, .object(facts + (payload.members ?? [])))
    }

    func recordFrozen(_ changes: ChangeSet, executorVersion: String?) throws(JournalError) {
        let paths = changes.changes.prefix(1000).map { change -> JSON in
            [
                "path": .string(change.path.description), "operation": .string(change.operation.rawValue),
                "added": .integer(change.added), "removed": .integer(change.removed),
            ]
        }
        try record(
            .changeFrozen,
            [
                "executor_version": .optional(executorVersion), "tree": .string(changes.tree.hex),
                "files": .integer(changes.changes.count),
                "added": .integer(changes.added), "removed": .integer(changes.removed),
                "changes": .array(Array(paths)),
            ])
    }

    func recordJudged(_ verdict: Verdict) throws(JournalError) {
        let violations = verdict.violations.prefix(1000).map { violation -> JSON in
            [
                "rule": .string(violation.rule), "path": .optional(violation.path?.description),
                "message": .string(violation.message),
            ]
        }
        try record(
            .policyJudged,
            [
                "approved": .bool(violations.isEmpty), "violations": .array(Array(violations)),
                "warnings": .strings(verdict.warnings.prefix(1000).map(\.message)),
            ])
    }
}

extension ClaimOwner {
    /// This process.
    static var current: ClaimOwner {
        let identity = ProcessIdentity.current
        return ClaimOwner(
            processID: identity.processID, started: identity.started, machine: identity.machine)
    }

    /// Whether the process is there, or might be.
    package var mayBeAlive: Bool {
        ProcessIdentity(processID: processID, started: started, machine: machine).mayBeAlive
    }
}
