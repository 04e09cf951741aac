internal import Basics

/// Turns events into names and payloads and back; nothing else knows how they are called on the wire.
///
/// A member that is not of the kind that it should be counts as absent: an older or foreign event may hold anything.
enum EventCodec {
    static func type(of event: Event) -> EventType {
        switch event {
        case .targetRegistered: .targetRegistered
        case .targetUpdated: .targetUpdated
        case .taskCompleted: .taskCompleted
        case .taskBlocked: .taskBlocked
        case .taskDeclined: .taskDeclined
        case .taskUnblocked: .taskUnblocked
        case .attemptCreated: .attemptCreated
        case .attemptStarted: .attemptStarted
        case .changeFrozen: .changeFrozen
        case .policyJudged: .policyJudged
        case .invariantFinished: .invariantFinished
        case .artifactCreated: .artifactCreated
        case .deliveryStarted: .deliveryStarted
        case .branchPushed: .branchPushed
        case .attemptSucceeded: .attemptSucceeded
        case .attemptFailed: .attemptFailed
        case .attemptInterrupted: .attemptInterrupted
        case .attemptInvalidated: .attemptInvalidated
        case .modelCallStarted: .modelCallStarted
        case .modelCallCompleted: .modelCallCompleted
        case .pullRequestCreated: .pullRequestCreated
        case .pullRequestUpdated: .pullRequestUpdated
        case .pullRequestMerged: .pullRequestMerged
        case .pullRequestClosed: .pullRequestClosed
        case .pullRequestReviewed: .pullRequestReviewed
        case .pullRequestChecked: .pullRequestChecked
        case .pullRequestMergeDecided: .pullRequestMergeDecided
        case .branchDeleted: .branchDeleted
        case .breakerTripped: .breakerTripped
        case .breakerReset: .breakerReset
        case .autonomyEnabled: .autonomyEnabled
        case .autonomyDisabled: .autonomyDisabled
        case .runStopped: .runStopped
        case .runResumed: .runResumed
        case .journalPruned: .journalPruned
        case .journalImported: .journalImported
        case .chainClosed: .chainClosed
        case .journalSalvaged: .journalSalvaged
        case .journalRestored: .journalRestored
        case .other(let type, _): type
        }
    }

    /// What the event is about, then what it says; a payload that was kept as it is speaks for itself.
    static func payload(of event: Event, about subject: EventSubject) -> JSON {
        if case .other(_, let payload) = event { return payload }
        var members: [JSON.Member] = []
        for (name, value) in [
            ("target", subject.target), ("task_id", subject.task), ("attempt_id", subject.attempt),
        ] {
            if let value { members.append(JSON.Member(name, .string(value))) }
        }
        return .object(members + self.members(of: event))
    }

    private static func members(of event: Event) -> [JSON.Member] {
        switch event {
        case .taskCompleted, .breakerReset, .autonomyEnabled, .autonomyDisabled, .runStopped, .runResumed, .other:
            []
        case .targetRegistered(let target), .targetUpdated(let target): target.members
        case .taskBlocked(let reason), .breakerTripped(let reason), .attemptInvalidated(let reason):
            [JSON.Member("reason", .optional(reason))]
        case .taskDeclined(let request, let reason):
            (request?.members ?? []) + [JSON.Member("reason", .optional(reason))]
        case .taskUnblocked(let settled): [JSON.Member("settled", .array(settled.map { .integer($0) }))]
        case .attemptCreated(let plan): plan.members
        case .attemptStarted(let isolation, let clock):
            [JSON.Member("isolation", .optional(isolation)), JSON.Member("clock", .optional(clock))]
        case .changeFrozen(let files): files.members
        case .policyJudged(let findings): findings.members
        case .invariantFinished(let run): run.members
        case .artifactCreated(let artifact): artifact.members
        case .deliveryStarted(let pushed), .branchPushed(let pushed): pushed.members
        case .attemptSucceeded(let outcome, let commit, let isRecovered):
            [JSON.Member("outcome", .string(outcome))] + given("commit", commit) + recovered(isRecovered)
        case .attemptFailed(let kind, let reason): given("kind", kind) + given("reason", reason)
        case .attemptInterrupted(let kind, let reason, let isRecovered):
            given("kind", kind) + given("reason", reason) + recovered(isRecovered)
        case .modelCallStarted(let call): call.members
        case .modelCallCompleted(let call, let outcome): call.members + outcome.members
        case .pullRequestCreated(let request, let commit), .pullRequestUpdated(let request, let commit):
            request.members + [JSON.Member("commit", .optional(commit?.hex))]
        case .pullRequestMerged(let request, let commit):
            request.members + [JSON.Member("merge_commit", .optional(commit?.hex))]
        case .pullRequestClosed(let request): request.members
        case .pullRequestReviewed(let request, let state): request.members + state.members
        case .pullRequestChecked(let request, let state): request.members + state.members
        case .pullRequestMergeDecided(let request, let decision): request.members + decision.members
        case .journalPruned(let seal): seal.members
        case .journalImported(let seal): seal.members
        case .chainClosed(let head): head.members
        case .journalSalvaged(let lost): lost.members
        case .journalRestored(let state): state.members
        case .branchDeleted(let request, let outcome, let commit):
            request.members + [
                JSON.Member("outcome", .string(outcome)), JSON.Member("commit", .optional(commit?.hex)),
            ]
        }
    }

    private static func given(_ name: String, _ text: String?) -> [JSON.Member] {
        text.map { [JSON.Member(name, .string($0))] } ?? []
    }

    private static func given(_ name: String, _ commit: ObjectID?) -> [JSON.Member] { given(name, commit?.hex) }

    static func recovered(_ isRecovered: Bool) -> [JSON.Member] {
        isRecovered ? [JSON.Member("recovered", true)] : []
    }

    static func subject(of payload: JSON) -> EventSubject {
        let facts = PayloadFacts(payload)
        return EventSubject(
            target: facts.text("target") ?? facts.text("target_id"), task: facts.text("task_id"),
            attempt: facts.text("attempt_id"))
    }

    static func event(_ type: EventType, _ payload: JSON) -> Event {
        let facts = PayloadFacts(payload)
        return attemptEvent(type.current, facts) ?? deliveryEvent(type.current, facts)
            ?? standingEvent(type.current, facts) ?? journalEvent(type, facts) ?? .other(type, payload)
    }

    private static func attemptEvent(_ type: EventType, _ facts: PayloadFacts) -> Event? {
        switch type {
        case .attemptCreated: .attemptCreated(Event.AttemptPlan(facts))
        case .attemptStarted: .attemptStarted(isolation: facts.text("isolation"), clock: facts.text("clock"))
        case .changeFrozen: .changeFrozen(Event.FrozenFiles(facts))
        case .policyJudged: .policyJudged(Event.PolicyFindings(facts))
        case .invariantFinished: Event.InvariantRun(facts).map(Event.invariantFinished)
        case .artifactCreated: Event.ArtifactName(facts).map(Event.artifactCreated)
        case .attemptSucceeded:
            .attemptSucceeded(
                outcome: facts.text("outcome") ?? "delivered", commit: facts.commit("commit"),
                isRecovered: facts.isTrue("recovered"))
        case .attemptFailed: .attemptFailed(kind: facts.text("kind"), reason: facts.text("reason"))
        case .attemptInterrupted:
            .attemptInterrupted(
                kind: facts.text("kind"), reason: facts.text("reason"), isRecovered: facts.isTrue("recovered"))
        case .attemptInvalidated: .attemptInvalidated(reason: facts.text("reason"))
        case .modelCallStarted: Event.ModelCall(facts).map(Event.modelCallStarted)
        case .modelCallCompleted:
            Event.ModelCall(facts).map { .modelCallCompleted($0, Event.ModelCallOutcome(facts)) }
        default: nil
        }
    }

    private static func deliveryEvent(_ type: EventType, _ facts: PayloadFacts) -> Event? {
        switch type {
        case .deliveryStarted: return .deliveryStarted(Event.PushedCommit(facts))
        case .branchPushed: return .branchPushed(Event.PushedCommit(facts))
        default: break
        }
        guard let request = Event.PullRequestName(facts) else { return nil }
        return switch type {
        case .pullRequestCreated: .pullRequestCreated(request, commit: facts.commit("commit"))
        case .pullRequestUpdated: .pullRequestUpdated(request, commit: facts.commit("commit"))
        case .pullRequestMerged: .pullRequestMerged(request, mergeCommit: facts.commit("merge_commit"))
        case .pullRequestClosed: .pullRequestClosed(request)
        case .pullRequestReviewed: .pullRequestReviewed(request, Event.ReviewState(facts))
        case .pullRequestChecked: .pullRequestChecked(request, Event.CheckState(facts))
        case .pullRequestMergeDecided: .pullRequestMergeDecided(request, Event.MergeDecision(facts))
        case .branchDeleted:
            .branchDeleted(request, outcome: facts.text("outcome") ?? "", commit: facts.commit("commit"))
        default: nil
        }
    }

    private static func standingEvent(_ type: EventType, _ facts: PayloadFacts) -> Event? {
        switch type {
        case .targetRegistered: .targetRegistered(Event.TargetDescription(facts))
        case .targetUpdated: .targetUpdated(Event.TargetDescription(facts))
        case .taskCompleted: .taskCompleted
        case .taskBlocked: .taskBlocked(reason: facts.text("reason"))
        case .taskDeclined: .taskDeclined(Event.PullRequestName(facts), reason: facts.text("reason"))
        case .taskUnblocked: .taskUnblocked(settled: facts.elements("settled").compactMap(\.integer))
        case .breakerTripped: .breakerTripped(reason: facts.text("reason"))
        case .breakerReset: .breakerReset
        case .autonomyEnabled: .autonomyEnabled
        case .autonomyDisabled: .autonomyDisabled
        case .runStopped: .runStopped
        case .runResumed: .runResumed
        default: nil
        }
    }
}

extension EventCodec {
    private static func journalEvent(_ type: EventType, _ facts: PayloadFacts) -> Event? {
        switch type {
        case .journalPruned: Event.PruneSeal(facts).map(Event.journalPruned)
        case .journalImported: Event.ImportSeal(facts).map(Event.journalImported)
        case .chainClosed: ChainHead(facts).map(Event.chainClosed)
        case .journalSalvaged: .journalSalvaged(Event.LostEvents(facts))
        case .journalRestored: .journalRestored(Event.RestoredState(facts))
        default: nil
        }
    }
}

/// The members of a payload, by kind.
struct PayloadFacts {
    private let payload: JSON

    init(_ payload: JSON) { self.payload = payload }

    func text(_ name: String) -> String? { payload[name]?.string }

    func integer(_ name: String) -> Int? { payload[name]?.integer }

    func flag(_ name: String) -> Bool? { payload[name]?.bool }

    func isTrue(_ name: String) -> Bool { flag(name) == true }

    func elements(_ name: String) -> [JSON] { payload[name]?.elements ?? [] }

    func commit(_ name: String) -> ObjectID? { text(name).flatMap { ObjectID(hex: $0) } }

    func digest(_ name: String) -> Digest? { text(name).flatMap { Digest(hex: $0) } }
}
