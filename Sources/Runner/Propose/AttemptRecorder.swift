internal import Basics
internal import Enforcement
internal import Journal
internal import Model

/// Tells the journal what an attempt does; each event is on the disk before the attempt goes on.
final class AttemptRecorder {
    private let journal: Journal
    private let surroundings: Surroundings
    private let facts: [JSON.Member]

    /// Records the attempt's beginning.
    init(_ surroundings: Surroundings, plan: Plan, attempt: String, number: Int) throws(JournalError) {
        journal = try Journal(at: surroundings.journalPath, onWait: surroundings.onWait)
        self.surroundings = surroundings
        facts = [
            JSON.Member("target", .string(plan.target.id)), JSON.Member("task_id", .string(plan.task.id)),
            JSON.Member("attempt_id", .string(attempt)),
        ]
        try record(
            .attemptCreated,
            [
                "number": .integer(number), "base": .string(plan.base.hex), "executor": .string(plan.executor),
                "workspace": .string(plan.workspace.rawValue),
                "spec": .string(SpecificationDigest.compute(plan).hex),
            ])
    }

    /// How many attempts of the task the journal knows.
    static func attempts(_ surroundings: Surroundings, target: String, task: String) throws(JournalError) -> Int {
        guard let journal = try Journal(reading: surroundings.journalPath) else { return 0 }
        var query = EventQuery()
        (query.types, query.target, query.task) = ([.attemptCreated], target, task)
        return try journal.events(query).count
    }

    /// The commits that Leviathan pushed for a task, or was about to push.
    static func pushedCommits(_ surroundings: Surroundings, task: String) throws(JournalError) -> Set<ObjectID> {
        guard let journal = try Journal(reading: surroundings.journalPath) else { return [] }
        var query = EventQuery()
        (query.types, query.task) = ([.deliveryStarted, .branchPushed], task)
        return Set(
            try journal.events(query).compactMap { $0.payload["commit"]?.string.flatMap { ObjectID(hex: $0) } })
    }

    func record(_ type: EventType, _ payload: JSON = [:]) throws(JournalError) {
        try journal.append([
            EventDraft(
                id: surroundings.identifiers.uuid(), type: type, timestamp: surroundings.clock.now().description,
                actor: surroundings.actor, payload: .object(facts + (payload.members ?? [])))
        ])
    }

    func recordFrozen(_ changes: ChangeSet) throws(JournalError) {
        let paths = changes.changes.prefix(1000).map { change -> JSON in
            [
                "path": .string(change.path.description), "operation": .string(change.operation.rawValue),
                "added": .integer(change.added), "removed": .integer(change.removed),
            ]
        }
        try record(
            .changeFrozen,
            [
                "tree": .string(changes.tree.hex), "files": .integer(changes.changes.count),
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
            .policyJudged, ["approved": .bool(violations.isEmpty), "violations": .array(Array(violations))])
    }
}
