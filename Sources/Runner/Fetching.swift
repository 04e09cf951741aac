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

    /// Afterwards the remote's branch stands here at `wanted`, or at what others have fetched since.
    func bring(_ branch: String, to wanted: ObjectID?) throws(StageError) {
        let before = try tip(of: branch)
        if let wanted, before == wanted { return }
        let lock = try takeTurn()
        defer { lock.release() }
        // Whoever had the turn before may have fetched just this.
        if try isSettled(branch, wanted, since: before) { return }
        for number in 1...Self.tries {
            guard let error = fetch(branch) else { return }
            // A process that does not share our home was faster.
            if error.kind == .referenceMoved {
                if try isSettled(branch, wanted, since: before) { return }
                if number < Self.tries { continue }
            }
            throw explained(error)
        }
    }

    private func fetch(_ branch: String) -> DeliveryError? {
        do throws(DeliveryError) {
            try BranchDelivery(remote, of: checkout, context)
                .fetch(branch, cancellation: context.cancellation)
            return nil
        } catch { return error }
    }

    /// One process at a time fetches into a repository; the others wait and then look again.
    private func takeTurn() throws(StageError) -> FileLock {
        let directory = CheckoutPool.place(of: checkout.repository, context)
        do throws(FileError) {
            try FileSystem.createDirectory(directory, permissions: 0o755)
            let path = directory + "/fetch.lock"
            if let lock = try FileLock.take(path) { return lock }
            context.observer.waiting()
            if let lock = try FileLock.wait(for: path, cancellation: context.cancellation) { return lock }
        } catch { throw StageError(.unexpected, error) }
        throw StageError(.interrupted, "interrupted")
    }

    private func isSettled(
        _ branch: String, _ wanted: ObjectID?, since before: ObjectID?
    ) throws(StageError) -> Bool {
        let now = try tip(of: branch)
        if let wanted, now == wanted { return true }
        guard now != before, let wanted else { return now != before }
        // It has moved past what was wanted, where that is here too.
        do throws(GitError) { return try checkout.repository.holds(wanted) } catch {
            throw StageError(.invalid, error)
        }
    }

    private func tip(of branch: String) throws(StageError) -> ObjectID? {
        do throws(GitError) {
            return try checkout.repository.reference("refs/remotes/\(remote)/\(branch)")?.objectID
        } catch { throw StageError(.invalid, error) }
    }

    /// A lock that stays is named with its age and owner.
    private func explained(_ error: DeliveryError) -> StageError {
        guard case .referenceLocked(let path)? = error.kind else { return StageError(error) }
        var causes = error.causes
        do throws(FileError) {
            if let file = try LockFile(at: path) { causes.append(file.text(at: context.clock.now())) }
        } catch { causes.append("\(error)") }
        return StageError(.delivery, error.message, causes: causes, hint: error.hint)
    }
}
