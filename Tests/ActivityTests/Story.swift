import Activity
import Basics
import Journal
import Runner
import TestSupport

/// Some days of a journal, written event by event.
struct Story {
    /// 2026-06-10, midnight.
    static let now = Instant(secondsSinceEpoch: 1_781_049_600)
    let journal: MemoryJournalStore
    let directory: TemporaryDirectory
    private var number = 0

    init() throws { (journal, directory) = (try MemoryJournalStore(), try TemporaryDirectory()) }

    var context: Context {
        Context(
            environment: ["LEVIATHAN_HOME": directory.path, "HOME": directory.path], clock: Clock { Self.now },
            zones: ZoneSource([:]), showsUTC: true,
            identifiers: .system, cancellation: Cancellation(), observer: .silent)
    }

    func report(since: Duration = .seconds(7 * 86_400), target: String? = nil) throws -> ActivityReport {
        try ActivityReader(since: Self.now + (.zero - since), until: Self.now, target: target, context).read(
            journal)
    }

    /// Writes what happened so many seconds before now.
    mutating func add(_ before: Int64, _ type: EventType, _ subject: EventSubject, _ payload: JSON = [:]) throws {
        number += 1
        let names = [("target", subject.target), ("task_id", subject.task), ("attempt_id", subject.attempt)]
        let facts = names.compactMap { name, value in value.map { JSON.Member(name, .string($0)) } }
        try journal.append([
            EventDraft(
                id: "e\(number)", type: type, timestamp: (Self.now + .seconds(-before)).description, actor: "kim",
                payload: .object(facts + (payload.members ?? [])))
        ])
    }

    /// An attempt that took twelve seconds: one to open, five for its executor, the rest for its invariant.
    mutating func attempt(
        _ id: String, of task: String, in target: String = "shop", _ before: Int64, breaks rules: [String] = [],
        invariant: String = "passed", ends: EventType = .attemptSucceeded,
        _ ending: JSON = ["outcome": "delivered"]
    ) throws {
        let subject = EventSubject(target: target, task: task, attempt: id)
        try add(
            before, .attemptCreated, subject, ["number": 1, "scope": "docs", "executor": "docs", "base": "b1"])
        try add(before - 1, .attemptStarted, subject, ["isolation": "fence"])
        try add(before - 6, .changeFrozen, subject, ["files": 1, "added": 2, "removed": 0])
        let violations = rules.map { rule -> JSON in ["rule": .string(rule), "message": "no"] }
        try add(
            before - 6, .policyJudged, subject,
            ["approved": .bool(rules.isEmpty), "violations": .array(violations)])
        try add(
            before - 12, .invariantFinished, subject,
            ["name": "tests", "outcome": .string(invariant), "duration_ms": 6000])
        try add(before - 12, ends, subject, ending)
    }

    mutating func propose(_ number: Int, _ attempt: String, of task: String, _ before: Int64) throws {
        let subject = EventSubject(target: "shop", task: task, attempt: attempt)
        let payload: JSON = ["number": .integer(number), "url": .string("https://forge.example/pull/\(number)")]
        try add(before, .pullRequestCreated, subject, payload)
    }
}
