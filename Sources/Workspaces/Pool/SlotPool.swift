package import Basics
package import Git
package import Paths

/// The warm checkouts of one repository below Leviathan's home.
///
/// Each slot is a detached worktree whose metadata lies beside it, so that the repository stays as it is. It is lent to one
/// user who may write, or to any number who only read. Who holds what is a lock of the kernel's, so it ends with its process, however that ends.
package struct SlotPool {
    let repository: Repository
    let directory: String
    let limit: Int
    let clock: Clock
    let identifiers: IdentifierSource
    let failpoints: Failpoints
    /// How long to wait for somebody to give a slot back.
    let patience: Duration

    /// `directory`: where this repository's slots lie; at most `limit` of them.
    package init(
        _ repository: Repository, directory: String, limit: Int, clock: Clock, identifiers: IdentifierSource,
        failpoints: Failpoints = .none, patience: Duration = .seconds(120)
    ) {
        (self.repository, self.directory, self.limit) = (repository, directory, max(1, limit))
        (self.clock, self.identifiers) = (clock, identifiers)
        (self.failpoints, self.patience) = (failpoints, patience)
    }

    /// A checkout for one user alone; its HEAD names `commit`, detached, and its files are exactly `tree`.
    ///
    /// `sparse`: only the files of these directories, of those above them and of the root (`nil`: all).
    /// `submodules`: those of the commit whose files are part of the tree.
    /// `isListed`: `git worktree list` shows the checkout as long as it is lent.
    package func claim(
        _ tree: ObjectID, at commit: ObjectID, sparse: [RepoPath]? = nil, submodules: [RepoPath: ObjectID] = [:],
        isListed: Bool = false, cancellation: Cancellation
    ) throws(WorkspaceError) -> ClaimedSlot {
        let target = SlotTarget(tree, commit, sparse: sparse, submodules: submodules)
        let (slot, lease) = try obtain(target, toWrite: true, cancellation)
        let listing = isListed ? try listings().add(slot) : nil
        return try ClaimedSlot(slot, tree: tree, lease: lease, listing: listing)
    }

    /// The same, without waiting; `nil` while all slots are taken.
    package func claimIfFree(
        _ tree: ObjectID, at commit: ObjectID, submodules: [RepoPath: ObjectID] = [:], cancellation: Cancellation
    ) throws(WorkspaceError) -> ClaimedSlot? {
        let target = SlotTarget(tree, commit, sparse: nil, submodules: submodules)
        guard let (slot, lease) = try attempt(target, toWrite: true, cancellation) else { return nil }
        return try ClaimedSlot(slot, tree: tree, lease: lease)
    }

    /// A checkout of exactly `tree` that any number of processes read at once; nobody writes it while it is shared.
    package func share(
        _ tree: ObjectID, at commit: ObjectID, submodules: [RepoPath: ObjectID] = [:], cancellation: Cancellation
    ) throws(WorkspaceError) -> SharedSlot {
        let target = SlotTarget(tree, commit, sparse: nil, submodules: submodules)
        let (slot, lease) = try obtain(target, toWrite: false, cancellation)
        return SharedSlot(slot, tree: tree, lease: lease)
    }

    var slotsDirectory: String { directory + "/slots" }
    var trash: Trash { Trash(directory: directory + "/trash", clock: clock) }

    func place(of name: String) -> SlotLayout {
        SlotLayout(root: (FileSystem.realPath(directory) ?? directory) + "/slots/" + name, name: name)
    }

    /// Where git's metadata of a slot's checkout lies; nothing for any other directory.
    package static func metadata(ofCheckout path: String) -> [String] {
        guard path.hasSuffix("/tree") else { return [] }
        let slot = SlotLayout(root: String(path.dropLast("/tree".count)), name: "")
        return FileSystem.exists(slot.metadata + "/commondir") ? [slot.metadata, slot.repository] : []
    }

    func listings() throws(WorkspaceError) -> WorktreeListings {
        do throws(FileError) { return try WorktreeListings(of: self) } catch {
            throw WorkspaceError(.storage, error)
        }
    }

    /// The slots that are there, whatever their condition, by number.
    func places() throws(WorkspaceError) -> [SlotLayout] {
        guard FileSystem.isDirectory(slotsDirectory) else { return [] }
        do throws(FileError) {
            return try FileSystem.list(slotsDirectory).filter { Int($0) != nil }
                .sorted { Int($0) ?? 0 < Int($1) ?? 0 }.map(place(of:))
        } catch { throw WorkspaceError(.storage, error) }
    }

    func keeper(of slot: SlotLayout, _ cancellation: Cancellation) -> SlotKeeper {
        SlotKeeper(
            repository: repository, slot: slot, trash: trash, failpoints: failpoints, cancellation: cancellation)
    }
}
