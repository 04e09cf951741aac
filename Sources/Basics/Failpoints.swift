internal import Glibc

/// A place between two effects, where a test can let the program die.
package enum Failpoint: String, CaseIterable, Sendable {
    case afterGrant = "after-grant"
    case beforeClaim = "before-claim"
    case insideTransaction = "inside-transaction"
    case afterClaim = "after-claim"
    case afterStart = "after-start"
    case beforeExecution = "before-execution"
    case midExecution = "mid-execution"
    case afterExecution = "after-execution"
    case duringFreeze = "during-freeze"
    case afterFreeze = "after-freeze"
    case afterFreezeRecorded = "after-freeze-recorded"
    case afterExamination = "after-examination"
    case afterExaminationRecorded = "after-examination-recorded"
    case beforeProgram = "before-program"
    case duringInvariants = "during-invariants"
    case afterInvariants = "after-invariants"
    case beforeCommit = "before-commit"
    case afterCommit = "after-commit"
    case afterDeliveryRecorded = "after-delivery-recorded"
    case beforePush = "before-push"
    case afterPush = "after-push"
    case afterPushRecorded = "after-push-recorded"
    case beforeForge = "before-forge"
    case afterForge = "after-forge"
    case afterForgeRecorded = "after-forge-recorded"
    case beforeLastEvent = "before-last-event"
    case afterLastEvent = "after-last-event"
    case beforeReconciling = "before-reconciling"
    case afterReconciling = "after-reconciling"
    case afterRecovery = "after-recovery"
    case slotMade = "slot-made"
    case slotMoving = "slot-moving"
    case slotHalfWritten = "slot-half-written"
    case slotWritten = "slot-written"
    case slotRecorded = "slot-recorded"
    case slotReady = "slot-ready"
}

extension Failpoint {
    /// Places that are reached only while a slot of the checkout pool is made or moved.
    package static let ofSlots: [Failpoint] = [
        .slotMade, .slotMoving, .slotHalfWritten, .slotWritten, .slotRecorded, .slotReady,
    ]
}

/// The place at which this run is to die; release builds know of none.
package struct Failpoints: Sendable {
    package static let none = Failpoints(environment: [:])

    #if FAILPOINTS
    private let chosen: Failpoint?

    package init(environment: [String: String]) {
        chosen = environment["LEVIATHAN_FAILPOINT"].flatMap(Failpoint.init(rawValue:))
    }

    /// Dies as a loss of power would have it: at once, and without a word.
    package func reach(_ place: Failpoint) { if place == chosen { kill(getpid(), SIGKILL) } }
    #else
    package init(environment: [String: String]) {}

    package func reach(_ place: Failpoint) {}
    #endif
}
