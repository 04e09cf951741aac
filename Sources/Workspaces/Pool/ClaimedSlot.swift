package import Basics

/// A checkout for one user alone; given back when the value ends, and scrubbed by the next claim.
package struct ClaimedSlot: ~Copyable, Sendable {
    package let path: String
    package let tree: ObjectID
    let slot: SlotLayout
    private let lease: SlotLease
    private let listing: WorktreeListing?
    /// What the checkout's directory was when it was lent.
    private let identity: FileStatus

    init(_ slot: SlotLayout, tree: ObjectID, lease: SlotLease, listing: WorktreeListing? = nil)
        throws(WorkspaceError)
    {
        (path, self.tree, self.slot, self.lease, self.listing) = (slot.tree, tree, slot, lease, listing)
        do throws(FileError) { identity = try Directory(path: slot.tree).status } catch {
            throw WorkspaceError(.storage, error)
        }
    }

    deinit {
        // In this order: an entry whose slot nobody has is taken for that of a dead process.
        listing?.remove()
        lease.release()
    }

    /// Fails where somebody has removed or replaced the checkout meanwhile: what is there is not what programs left.
    package func requireInPlace() throws(WorkspaceError) {
        let now: FileStatus?
        do throws(FileError) { now = try Directory(path: slot.root).status(Array("tree".utf8)) } catch {
            throw WorkspaceError.vanished(path, [error.description])
        }
        guard lease.isInPlace, let now, now.isDirectory, now.inode == identity.inode, now.device == identity.device
        else { throw WorkspaceError.vanished(path) }
    }
}

/// A checkout that others read at the same time; nobody writes it.
package struct SharedSlot: ~Copyable, Sendable {
    package let path: String
    package let tree: ObjectID
    private let lease: SlotLease

    init(_ slot: SlotLayout, tree: ObjectID, lease: SlotLease) {
        (path, self.tree, self.lease) = (slot.tree, tree, lease)
    }

    /// Fails where somebody has removed the checkout meanwhile.
    package func requireInPlace() throws(WorkspaceError) {
        guard lease.isInPlace, FileSystem.isDirectory(path) else { throw WorkspaceError.vanished(path) }
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
