internal import Basics
internal import Forges
internal import Git
internal import Workspaces

/// Brings branches of a remote up to date, once for all processes of a home that want it at the same time.
struct Fetching {
    /// How often a reference that others keep moving is tried.
    private static let tries = 5

    let checkout: TargetCheckout
    let remote: String
    let context: Context

    /// Afterwards the remote's branch stands here at `wanted`, or at what was fetched since that was seen there.
    func bring(_ branch: String, to wanted: ObjectID?) throws(StageError) {
        if try isSettled(branch, wanted) { return }
        let lock = try takeTurn()
        defer { lock.release() }
        for number in 1...Self.tries {
            // Whoever had the turn before, or does not share our home, may have fetched just this.
            if try isSettled(branch, wanted) { return }
            guard let error = fetch(branch) else { return }
            guard error.kind == .referenceMoved, number < Self.tries else {
                throw ReferenceLocks(checkout.repository, context).explained(error)
            }
        }
    }

    private func fetch(_ branch: String) -> DeliveryError? {
        do throws(DeliveryError) {
            try context.stage("fetch \(branch) from \(remote)") { () throws(DeliveryError) in
                try BranchDelivery(remote, of: checkout, context)
                    .fetch(branch, cancellation: context.cancellation)
            }
            return nil
        } catch { return error }
    }

    /// One process at a time fetches into a repository; the others wait and then look again.
    private func takeTurn() throws(StageError) -> FileLock {
        let directory = SlotPool.place(of: checkout.repository, context)
        do throws(FileError) {
            try FileSystem.createDirectory(directory, permissions: 0o755)
            let path = directory + "/fetch.lock"
            if let lock = try FileLock.take(path) { return lock }
            context.observer.waiting()
            if let lock = try FileLock.wait(for: path, cancellation: context.cancellation) { return lock }
        } catch { throw StageError(.unexpected, error) }
        throw StageError(.interrupted, "interrupted")
    }

    /// Whether the branch stands at the commit here, or further on, as a fetch that began later has left it.
    private func isSettled(_ branch: String, _ wanted: ObjectID?) throws(StageError) -> Bool {
        guard let wanted else { return false }
        do throws(GitError) {
            let now = try checkout.repository.reference("refs/remotes/\(remote)/\(branch)")?.objectID
            guard let now else { return false }
            if now == wanted { return true }
            return try checkout.repository.isAncestor(wanted, of: now)
        } catch {
            // What was seen there is not here yet.
            if error.kind == .notFound { return false }
            throw StageError(.invalid, error)
        }
    }
}
