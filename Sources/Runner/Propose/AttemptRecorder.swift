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
    init(
        _ surroundings: Surroundings, _ journal: Journal, plan: Plan, attempt: String, repository: String
    ) throws(JournalError) {
        self.journal = journal
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
            let stored = StoredArtifact(digest: log, bytes: size ?? 0)
            try record(.artifactCreated, Self.facts(of: stored, kind: "log", name: result.name))
        }
        try record(.invariantFinished, .object(payload))
    }

    /// The branch has arrived; its text is recorded in the same step where it was kept.
    func recordPushed(_ facts: JSON, _ text: StoredArtifact?) throws(JournalError) {
        let kept = text.map { draft(.artifactCreated, Self.facts(of: $0, kind: "text", name: "pull request")) }
        try journal.append((kept.map { [$0] } ?? []) + [draft(.branchPushed, facts)])
    }

    private static func facts(of stored: StoredArtifact, kind: String, name: String) -> JSON {
        [
            "sha256": .string(stored.digest.hex), "kind": .string(kind), "name": .string(name),
            "bytes": .integer(stored.bytes),
        ]
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
