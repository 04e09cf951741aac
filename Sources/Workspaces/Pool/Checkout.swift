package import Basics

/// A checkout for one user alone; given back when the value ends, and scrubbed by the next claim.
package struct Checkout: ~Copyable, Sendable {
    package let path: String
    package let tree: ObjectID
    let slot: SlotPlace
    private let lease: SlotLease

    init(_ slot: SlotPlace, tree: ObjectID, lease: SlotLease) {
        (path, self.tree, self.slot, self.lease) = (slot.tree, tree, slot, lease)
    }
}

/// A checkout that others read at the same time; nobody writes it.
package struct SharedCheckout: ~Copyable, Sendable {
    package let path: String
    package let tree: ObjectID
    private let lease: SlotLease

    init(_ slot: SlotPlace, tree: ObjectID, lease: SlotLease) {
        (path, self.tree, self.lease) = (slot.tree, tree, lease)
    }
}

/// A slot, as people are told of it.
package struct SlotDescription: Sendable {
    package enum Kind: String, Sendable {
        /// For one user who may write.
        case alone
        /// For any number who read.
        case shared
        /// Neither usable nor lent: the next claim makes it again.
        case broken
    }

    /// Who has the slot.
    package struct Holder: Sendable {
        package let processID: Int
        package let since: Instant
    }

    package let name: String
    /// The checkout itself.
    package let path: String
    /// `nil` where it is not known, as while it moves.
    package let tree: ObjectID?
    package let commit: ObjectID?
    /// What the files take, to whole blocks.
    package let bytes: Int
    package let files: Int
    package let kind: Kind
    /// One for a slot that is lent to write; empty for an idle one.
    package let holders: [Holder]
    package let lastUsed: Instant

    package var lease: Holder? { holders.first }
}
