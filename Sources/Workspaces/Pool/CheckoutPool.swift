package import Basics
package import Git
package import Processes

/// The warm checkouts of one repository below Leviathan's home.
///
/// Each slot is a detached worktree that git knows. It is lent to one user who may write, or to any number who only
/// read. Who holds what is a lock of the kernel's, so it ends with its process, however that ends.
package struct CheckoutPool {
    let repository: Repository
    let directory: String
    let limit: Int
    let owner: ProcessIdentity
    let failpoints: Failpoints
    /// How long to wait for somebody to give a slot back.
    let patience: Duration

    /// `directory`: where this repository's slots lie; at most `limit` of them.
    package init(
        _ repository: Repository, directory: String, limit: Int, owner: ProcessIdentity = .current,
        failpoints: Failpoints = .none, patience: Duration = .seconds(120)
    ) {
        (self.repository, self.directory, self.limit) = (repository, directory, max(1, limit))
        (self.owner, self.failpoints, self.patience) = (owner, failpoints, patience)
    }

    /// A checkout for one user alone, holding exactly `tree`; its HEAD names `commit`, detached.
    ///
    /// `sparse`: only the files of these directories, of those above them and of the root (`nil`: all).
    package func claim(
        _ tree: ObjectID, at commit: ObjectID, sparse: [RepoPath]? = nil, cancellation: Cancellation
    ) throws(WorkspaceError) -> Checkout {
        throw WorkspaceError(.storage, "not there yet")
    }

    /// A checkout of exactly `tree` that any number of processes read at once; nobody writes it while it is shared.
    package func share(
        _ tree: ObjectID, at commit: ObjectID, cancellation: Cancellation
    ) throws(WorkspaceError) -> SharedCheckout {
        throw WorkspaceError(.storage, "not there yet")
    }

    package func slots() throws(WorkspaceError) -> [SlotDescription] { [] }

    /// Frees what dead processes held and removes what was half removed; says what it did, one line each.
    package func reclaim() throws(WorkspaceError) -> [String] { [] }

    /// Removes a slot; refused while somebody holds it.
    package func remove(_ slot: String) throws(WorkspaceError) {}
}
