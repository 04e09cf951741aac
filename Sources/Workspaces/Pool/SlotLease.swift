internal import Basics

/// The lock on a slot.
final class SlotLease: Sendable {
    func release() {}
}
