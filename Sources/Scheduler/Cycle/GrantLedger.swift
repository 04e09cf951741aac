package import Basics
package import Journal
internal import Model
internal import Runner

/// Keeps grants in the journal, and sees to it that each comes to something there: an attempt, or a word why none.
///
/// A task whose launch fails would otherwise be granted again in every look, without bound.
package struct GrantLedger {
    /// So many of the newest grants are looked at: older ones were settled by the looks before.
    private static let window = 500

    private let context: Context

    package init(_ context: Context) { self.context = context }

    /// `holder` tells whether the process that granted is still there.
    package func grantEvent(_ grant: Grant, holder: String) -> EventDraft {
        let facts: JSON = [
            "target": .string(grant.target), "task_id": .string(grant.task), "scope": .optional(grant.scope),
            "base": .optional(grant.base?.hex), "grant": .string(grant.id), "holder": .string(holder),
        ]
        let turn = [
            ("class", grant.priority?.rawValue), ("waiting_since", grant.waitingSince?.secondsText),
        ].compactMap { name, value in value.map { JSON.Member(name, .string($0)) } }
        return context.event(Event(.attemptGranted, .object((facts.members ?? []) + turn)))
    }

    /// What is to be written of a grant whose process has ended: nothing where an attempt tells.
    package func settlement(
        of grant: Grant, _ outcome: GrantOutcome, in journal: any JournalStore
    ) throws(JournalError) -> [EventDraft] {
        let own = try openGrants(in: journal, of: grant)
        guard let open = own.first(where: { $0.grant.id == grant.id }) else { return [] }
        let reason = outcome.message ?? "its process ended with exit code \(outcome.exitCode)"
        // A refusal is no failure: whatever holds the task is asked again in the next look.
        guard ![7, 130].contains(outcome.exitCode) else {
            let facts: JSON = [
                "target": .string(grant.target), "task_id": .string(grant.task), "grant": .string(grant.id),
                "reason": .string(reason),
            ]
            return [context.event(Event(.attemptHeld, facts))]
        }
        let kind = outcome.exitCode == 8 ? "delivery" : "dispatch"
        return try attempt(open.grant, in: journal, .attemptFailed(kind: kind, reason: reason))
    }

    /// Grants whose scheduler has died: `isHeld` tells whether it may be there.
    package func dead(
        _ isHeld: (String) throws(JournalError) -> Bool, in journal: any JournalStore
    ) throws(JournalError) -> [Grant] {
        var (dead, alive): ([Grant], [String: Bool]) = ([], [:])
        for open in try openGrants(in: journal) {
            if alive[open.holder] == nil { alive[open.holder] = try isHeld(open.holder) }
            guard alive[open.holder] == false else { continue }
            var grant = open.grant
            grant.isAdopted = true
            dead.append(grant)
        }
        return dead
    }

    /// What is to be written of grants whose scheduler has died; those `besides` go on, and are taken over.
    package func settlement(
        ofDead isHeld: (String) throws(JournalError) -> Bool, in journal: any JournalStore,
        besides goingOn: Set<String> = [], takenBy holder: String = ""
    ) throws(JournalError) -> [EventDraft] {
        var drafts: [EventDraft] = []
        for grant in try dead(isHeld, in: journal) {
            if goingOn.contains(grant.id) {
                drafts.append(grantEvent(grant, holder: holder))
                continue
            }
            drafts += try attempt(
                grant, in: journal,
                .attemptInterrupted(kind: nil, reason: "it died before it began", isRecovered: true))
        }
        return drafts
    }

    private func attempt(
        _ grant: Grant, in journal: any JournalStore, _ end: Event
    ) throws(JournalError) -> [EventDraft] {
        let id = "attempt-\(grant.task)-\(context.identifiers.short())"
        let subject = EventSubject(target: grant.target, task: grant.task, attempt: id)
        var plan = Event.AttemptPlan(
            number: try journal.attemptCount(target: grant.target, task: grant.task) + 1)
        (plan.scope, plan.base) = (grant.scope, grant.base)
        return [.attemptCreated(plan), end].map { context.event($0, about: subject) }
    }

    /// Grants after which neither an attempt began nor anything else was said; `one`: those of its task alone.
    private func openGrants(
        in journal: any JournalStore, of one: Grant? = nil
    ) throws(JournalError) -> [(grant: Grant, holder: String)] {
        var query = EventQuery()
        (query.target, query.task) = (one?.target, one?.task)
        (query.types, query.limit, query.prefersNewest) = ([.attemptGranted, .attemptHeld], Self.window, true)
        let records = try journal.events(query)
        let held = Set(records.filter { $0.type == .attemptHeld }.compactMap { $0.payload["grant"]?.string })
        var open: [(Grant, String)] = []
        // One that was taken over is written down again, by whoever has it now.
        let newest = Dictionary(
            records.compactMap { record in record.payload["grant"]?.string.map { ($0, record.sequence) } },
            uniquingKeysWith: max)
        for record in records where record.type == .attemptGranted {
            guard let id = record.payload["grant"]?.string, let holder = record.payload["holder"]?.string,
                newest[id] == record.sequence, let target = record.subject.target, let task = record.subject.task,
                !held.contains(id)
            else { continue }
            var attempts = AttemptQuery()
            (attempts.target, attempts.task, attempts.limit) = (target, task, 1)
            guard try journal.attempts(attempts).first.map({ $0.sequence < record.sequence }) ?? true else {
                continue
            }
            var grant = Grant(target: target, task: task, scope: record.payload["scope"]?.string, directory: "")
            (grant.id, grant.base) = (id, record.payload["base"]?.string.flatMap { ObjectID(hex: $0) })
            open.append((grant, holder))
        }
        return open
    }
}
