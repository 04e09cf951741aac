package import Basics
package import Git
internal import Glibc
package import Model
package import Processes

/// Results of set-up runs, kept while what they were made from is the same.
///
/// A result appears by a rename when it is complete. What is being made, and what somebody uses, is locked by the
/// kernel, so that a dead process holds nothing.
package struct SetupStore {
    private let directory: String
    private let owner: ProcessIdentity

    /// `directory`: below the pool's.
    package init(directory: String, owner: ProcessIdentity = .current) {
        (self.directory, self.owner) = (directory, owner)
    }

    private var trash: Trash { Trash(directory: directory + "/trash") }

    /// What a result depends on: the command, and the named files as the tree has them; `nil` without a set-up.
    ///
    /// The name of the git blob `setup NUL command NUL (path NUL object NUL)…`, the paths sorted, a missing file's
    /// object all zeros.
    package static func key(
        _ seeding: WorkspaceSeeding, repository: Repository, tree: ObjectID
    ) throws(WorkspaceError) -> String? {
        guard let setup = seeding.setup else { return nil }
        var text = "setup\0\(setup)\0"
        for file in Set(seeding.lockFiles).sorted() {
            guard let path = try? RepoPath(file) else {
                throw WorkspaceError(
                    .objects, "'\(file)' is no path of the repository", hint: "see workspace.lock_files")
            }
            do throws(GitError) {
                text += "\(file)\0\(try repository.entry(at: path, in: tree)?.id.hex ?? ObjectID.zero.hex)\0"
            } catch { throw WorkspaceError(.objects, error) }
        }
        return FileContent.name(of: Array(text.utf8)).id.hex
    }

    /// A kept result, which stays as long as the value lives; `nil` where there is none.
    package func find(_ key: String) throws(WorkspaceError) -> SetupResult? {
        let place = place(of: key)
        guard FileSystem.isDirectory(place.tree), let lease = try take(.shared, place) else { return nil }
        guard FileSystem.isDirectory(place.tree) else { return nil }
        return SetupResult(path: place.tree, lease: lease)
    }

    /// Runs `fill` with an empty directory and keeps what it leaves there; waits where another process is at it.
    ///
    /// What `fill` throws is thrown on, and nothing is kept then.
    package func make(
        _ key: String, cancellation: Cancellation, fill: (String) throws -> Void
    ) throws -> SetupResult {
        let place = place(of: key)
        while !cancellation.isCancelled {
            try FileSystem.createDirectory(place.root)
            if let result = try find(key) { return result }
            if let lease = try take(.alone, place) {
                let draft = place.root + "/draft"
                try trash.take(draft)
                try FileSystem.createDirectory(draft)
                do { try fill(draft) } catch {
                    try? trash.take(draft)
                    throw error
                }
                guard rename(draft, place.tree) == 0 else { throw FileError("keep", place.tree, errno) }
                lease.release()
                continue
            }
            var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, 20)
        }
        throw WorkspaceError(.cancelled, "waiting for the set-up was interrupted")
    }

    /// Removes half results of dead processes and what was not used since; says what it did, one line each.
    package func reclaim(unusedSince: Instant? = nil) throws(WorkspaceError) -> [String] {
        guard FileSystem.isDirectory(directory) else { return [] }
        var done: [String] = []
        do throws(FileError) {
            for key in try FileSystem.list(directory) where ObjectID(hex: key) != nil {
                let place = place(of: key)
                let used = (try FileSystem.status(place.lease))?.modified
                let isOld = unusedSince.map { limit in used.map { $0 < limit } ?? true } ?? false
                let isHalf = !FileSystem.isDirectory(place.tree)
                guard isOld || isHalf || FileSystem.exists(place.root + "/draft"),
                    let lease = try SlotLease.take(.alone, of: place, owner: owner)
                else { continue }
                try trash.take(isOld || isHalf ? place.root : place.root + "/draft")
                lease.release()
                done.append(
                    "set-up \(key.prefix(7)): removed, " + (isOld ? "it was not used" : "it was left half made"))
            }
        } catch { throw WorkspaceError(.storage, error) }
        let removed = try trash.empty()
        return removed > 0 && done.isEmpty ? ["removed \(removed) half removed set-ups"] : done
    }

    private func place(of key: String) -> SlotPlace {
        SlotPlace(root: directory + "/" + key, name: key, metadata: directory)
    }

    private func take(_ mode: SlotLease.Mode, _ place: SlotPlace) throws(WorkspaceError) -> SlotLease? {
        do throws(FileError) { return try SlotLease.take(mode, of: place, owner: owner) } catch {
            throw WorkspaceError(.storage, error)
        }
    }
}

/// A kept result; nobody removes it while the value lives.
package struct SetupResult: ~Copyable {
    package let path: String
    private let lease: SlotLease

    init(path: String, lease: SlotLease) { (self.path, self.lease) = (path, lease) }
}
