package import Basics
package import Git
package import Paths
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

    /// A checkout for one user alone; its HEAD names `commit`, detached, and its files are exactly `tree`.
    ///
    /// `sparse`: only the files of these directories, of those above them and of the root (`nil`: all).
    /// `submodules`: those of the commit whose files are part of the tree.
    package func claim(
        _ tree: ObjectID, at commit: ObjectID, sparse: [RepoPath]? = nil, submodules: [RepoPath: ObjectID] = [:],
        cancellation: Cancellation
    ) throws(WorkspaceError) -> Checkout {
        let target = SlotTarget(tree, commit, sparse: sparse, submodules: submodules)
        let (slot, lease) = try obtain(target, toWrite: true, cancellation)
        return Checkout(slot, tree: tree, lease: lease)
    }

    /// The same, without waiting; `nil` while all slots are taken.
    package func claimIfFree(
        _ tree: ObjectID, at commit: ObjectID, submodules: [RepoPath: ObjectID] = [:], cancellation: Cancellation
    ) throws(WorkspaceError) -> Checkout? {
        let target = SlotTarget(tree, commit, sparse: nil, submodules: submodules)
        guard let (slot, lease) = try attempt(target, toWrite: true, cancellation) else { return nil }
        return Checkout(slot, tree: tree, lease: lease)
    }

    /// A checkout of exactly `tree` that any number of processes read at once; nobody writes it while it is shared.
    package func share(
        _ tree: ObjectID, at commit: ObjectID, submodules: [RepoPath: ObjectID] = [:], cancellation: Cancellation
    ) throws(WorkspaceError) -> SharedCheckout {
        let target = SlotTarget(tree, commit, sparse: nil, submodules: submodules)
        let (slot, lease) = try obtain(target, toWrite: false, cancellation)
        return SharedCheckout(slot, tree: tree, lease: lease)
    }

    var slotsDirectory: String { directory + "/slots" }
    var trash: Trash { Trash(directory: directory + "/trash") }

    /// What the slots of this pool are called among the repository's worktrees.
    var metadataPrefix: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (FileSystem.realPath(directory) ?? directory).utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return "leviathan-" + String(repeating: "0", count: 16 - digits.count) + digits + "-"
    }

    func place(of name: String) -> SlotPlace {
        let root = (FileSystem.realPath(directory) ?? directory) + "/slots/" + name
        return SlotPlace(
            root: root, name: name, metadata: "\(repository.commonDirectory)/worktrees/\(metadataPrefix)\(name)")
    }

    /// The slots that are there, whatever their condition, by number.
    func places() throws(WorkspaceError) -> [SlotPlace] {
        guard FileSystem.isDirectory(slotsDirectory) else { return [] }
        do throws(FileError) {
            return try FileSystem.list(slotsDirectory).filter { Int($0) != nil }
                .sorted { Int($0) ?? 0 < Int($1) ?? 0 }.map(place(of:))
        } catch { throw WorkspaceError(.storage, error) }
    }

    func keeper(of slot: SlotPlace, _ cancellation: Cancellation) -> SlotKeeper {
        SlotKeeper(
            repository: repository, slot: slot, trash: trash, failpoints: failpoints, cancellation: cancellation)
    }
}
