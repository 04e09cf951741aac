/// The name of an event type on the wire; names that this program does not know are kept as they are.
package struct EventType: Hashable, Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    package static let targetRegistered = EventType("target.registered")
    package static let targetUpdated = EventType("target.updated")
    package static let targetRemoved = EventType("target.removed")
    package static let taskCompleted = EventType("task.completed")
    package static let taskBlocked = EventType("task.blocked")
    package static let taskDeclined = EventType("task.declined")
    package static let taskUnblocked = EventType("task.unblocked")
    package static let attemptCreated = EventType("attempt.created")
    package static let attemptGranted = EventType("attempt.granted")
    package static let attemptHeld = EventType("attempt.held")
    package static let attemptStarted = EventType("attempt.started")
    package static let attemptSucceeded = EventType("attempt.succeeded")
    package static let attemptFailed = EventType("attempt.failed")
    package static let attemptInvalidated = EventType("attempt.invalidated")
    package static let attemptInterrupted = EventType("attempt.interrupted")
    package static let changeFrozen = EventType("change.frozen")
    package static let policyJudged = EventType("policy.judged")
    package static let invariantFinished = EventType("invariant.finished")
    package static let artifactCreated = EventType("artifact.created")
    package static let deliveryStarted = EventType("delivery.started")
    package static let branchPushed = EventType("branch.pushed")
    package static let branchDeleted = EventType("branch.deleted")
    package static let pullRequestCreated = EventType("pr.created")
    package static let pullRequestUpdated = EventType("pr.updated")
    package static let pullRequestMerged = EventType("pr.merged")
    package static let pullRequestClosed = EventType("pr.closed")
    package static let pullRequestReviewed = EventType("pr.reviewed")
    package static let pullRequestChecked = EventType("pr.checked")
    package static let pullRequestMergeDecided = EventType("pr.merge_decided")
    package static let breakerTripped = EventType("breaker.tripped")
    package static let breakerReset = EventType("breaker.reset")
    /// A failure of a service that counts towards its breaker.
    package static let breakerCounted = EventType("breaker.counted")
    package static let breakerProbed = EventType("breaker.probed")
    package static let budgetReserved = EventType("budget.reserved")
    package static let budgetSettled = EventType("budget.settled")
    package static let autonomyEnabled = EventType("autonomy.enabled")
    package static let autonomyDisabled = EventType("autonomy.disabled")
    package static let runStopped = EventType("run.stopped")
    package static let runResumed = EventType("run.resumed")
    package static let stopOverridden = EventType("run.stop_overridden")
    package static let journalPruned = EventType("journal.pruned")
    package static let journalImported = EventType("journal.imported")
    package static let holdPlaced = EventType("journal.hold_placed")
    package static let holdLifted = EventType("journal.hold_lifted")
    package static let chainClosed = EventType("journal.chain_closed")
    package static let journalSalvaged = EventType("journal.salvaged")
    package static let journalRestored = EventType("journal.restored")
    package static let modelCallStarted = EventType("model.call_started")
    package static let modelCallCompleted = EventType("model.call_completed")

    /// Every type that this program writes or acts on.
    package static let known: [EventType] = [
        .targetRegistered, .targetUpdated, .targetRemoved, .taskCompleted, .taskBlocked, .taskDeclined,
        .taskUnblocked, .attemptCreated, .attemptGranted, .attemptHeld, .attemptStarted, .attemptSucceeded,
        .attemptFailed, .attemptInvalidated, .attemptInterrupted, .changeFrozen, .policyJudged,
        .invariantFinished, .artifactCreated, .deliveryStarted, .branchPushed, .branchDeleted,
        .pullRequestCreated, .pullRequestUpdated, .pullRequestMerged, .pullRequestClosed, .pullRequestReviewed,
        .pullRequestChecked, .pullRequestMergeDecided, .breakerTripped, .breakerReset, .autonomyEnabled,
        .autonomyDisabled, .runStopped, .runResumed, .stopOverridden, .journalPruned, .journalImported,
        .chainClosed, .journalSalvaged, .journalRestored, .modelCallStarted, .modelCallCompleted,
    ]

    /// What older systems called the same.
    static let olderNames = ["attempt.completed": attemptSucceeded]

    /// The type as it is called today.
    package var current: EventType { Self.olderNames[name] ?? self }
}
