package import Basics

/// Something that happened, as it stands in the journal.
package struct Event: Hashable, Sendable {
    /// Its place in the journal, counted from 1.
    package let sequence: Int
    package let id: String
    package let type: EventType
    /// The stored text; the hash covers it to the letter.
    package let timestamp: String
    package let actor: String
    package let payload: JSON
    package let previousHash: Digest?
    package let hash: Digest

    /// The envelope, as it is exported and printed.
    package var json: JSON {
        [
            "sequence": .integer(sequence), "event_id": .string(id), "event_type": .string(type.name),
            "timestamp": .string(timestamp), "actor_id": .string(actor), "payload": payload,
            "prev_hash": .optional(previousHash?.hex), "hash": .string(hash.hex),
        ]
    }
}

/// An event that is to be written; the journal adds its place in the chain.
package struct EventDraft: Hashable, Sendable {
    package var id: String
    package var type: EventType
    package var timestamp: String
    package var actor: String
    package var payload: JSON

    package init(id: String, type: EventType, timestamp: String, actor: String, payload: JSON) {
        (self.id, self.type, self.timestamp, self.actor) = (id, type, timestamp, actor)
        self.payload = payload
    }
}

/// The name of an event type on the wire; names that this program does not know are kept as they are.
package struct EventType: Hashable, Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    package static let targetRegistered = EventType("target.registered")
    package static let targetUpdated = EventType("target.updated")
    package static let taskCompleted = EventType("task.completed")
    package static let taskBlocked = EventType("task.blocked")
    package static let taskDeclined = EventType("task.declined")
    package static let taskUnblocked = EventType("task.unblocked")
    package static let attemptCreated = EventType("attempt.created")
    package static let attemptStarted = EventType("attempt.started")
    package static let attemptSucceeded = EventType("attempt.succeeded")
    package static let attemptFailed = EventType("attempt.failed")
    package static let attemptInvalidated = EventType("attempt.invalidated")
    package static let attemptInterrupted = EventType("attempt.interrupted")
    package static let changeFrozen = EventType("change.frozen")
    package static let policyJudged = EventType("policy.judged")
    package static let invariantFinished = EventType("invariant.finished")
    package static let artifactCreated = EventType("artifact.created")
    /// What is about to be pushed: written first, so that a crash in between leaves a trace.
    package static let deliveryStarted = EventType("delivery.started")
    package static let branchPushed = EventType("branch.pushed")
    package static let pullRequestCreated = EventType("pr.created")
    package static let pullRequestUpdated = EventType("pr.updated")
    package static let pullRequestMerged = EventType("pr.merged")
    package static let pullRequestClosed = EventType("pr.closed")
    /// What reviewers said of it, whenever that has changed.
    package static let pullRequestReviewed = EventType("pr.reviewed")
    /// How its checks stand, whenever that has changed.
    package static let pullRequestChecked = EventType("pr.checked")
    /// Whether it was let merge by itself, and why.
    package static let pullRequestMergeDecided = EventType("pr.merge_decided")
    /// A branch that had served its purpose.
    package static let branchDeleted = EventType("branch.deleted")
    package static let breakerTripped = EventType("breaker.tripped")
    package static let breakerReset = EventType("breaker.reset")
    package static let autonomyEnabled = EventType("autonomy.enabled")
    package static let autonomyDisabled = EventType("autonomy.disabled")
    package static let runStopped = EventType("run.stopped")
    package static let runResumed = EventType("run.resumed")
    /// Seals events that were removed, by their count and the hash of the last of them.
    package static let journalPruned = EventType("journal.pruned")
    package static let modelCallStarted = EventType("model.call_started")
    package static let modelCallCompleted = EventType("model.call_completed")
}
