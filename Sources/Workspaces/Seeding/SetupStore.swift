package import Basics
internal import Glibc
internal import Model
internal import Paths

/// Results of set-up runs, kept while what they were made from is the same.
///
/// A result appears by a rename when it is complete. What is being made, and what somebody uses, is locked by the
/// kernel, so that a dead process holds nothing.
package struct SetupStore: Sendable {
    private let directory: String
    private let clock: Clock

    /// `directory`: below the pool's.
    package init(directory: String, clock: Clock) { (self.directory, self.clock) = (directory, clock) }

    private var trash: Trash { Trash(directory: directory + "/trash", clock: clock) }

    /// A kept result, which stays as long as the value lives; `nil` where there is none.
    package func find(_ key: String) throws(WorkspaceError) -> SetupResult? {
        let place = place(of: key)
        guard FileSystem.isDirectory(place.tree), let lease = try take(.shared, place) else { return nil }
        guard FileSystem.isDirectory(place.tree) else { return nil }
        return SetupResult(path: place.tree, lease: lease)
    }

    /// A key that only those have who add the same words: the blob `key NUL (word NUL)…`.
    package static func narrowed(_ key: String, to words: [String]) -> String {
        FileContent.name(of: Array(([key] + words).map { $0 + "\0" }.joined().utf8)).id.hex
    }

    /// Runs `fill` with an empty directory and keeps what it leaves there; waits where another process is at it.
    ///
    /// What `fill` throws is thrown on, and nothing is kept then.
    package func make(
        _ key: String, cancellation: Cancellation, fill: (String) throws -> Void
    ) throws -> SetupResult {
        while true {
            let found = try findOrFill([key], cancellation: cancellation) { draft in
                try fill(draft)
                return key
            }
            if let found { return found }
        }
    }

    /// A result that is kept under one of the keys; `nil` after `fill` was run because there is none.
    ///
    /// `fill` gets an empty directory and says under which key that is kept, if at all. Whoever asks for the same
    /// first key meanwhile waits.
    package func findOrFill(
        _ keys: [String], cancellation: Cancellation, fill: (String) throws -> String?
    ) throws -> SetupResult? {
        let places = keys.map(place(of:))
        guard let place = places.first else { return nil }
        while !cancellation.isCancelled {
            try FileSystem.createDirectory(place.root)
            for key in keys { if let result = try find(key) { return result } }
            if let lease = try take(.exclusive, place) {
                defer { lease.release() }
                // Somebody may have come to the end of it before the lock was had.
                if places.contains(where: { FileSystem.isDirectory($0.tree) }) { continue }
                try self.fill(place, fill)
                return nil
            }
            var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, 20)
        }
        throw WorkspaceError(.cancelled, "waiting for the set-up was interrupted")
    }

    private func fill(_ place: SlotLayout, _ fill: (String) throws -> String?) throws {
        let draft = place.root + "/draft"
        try trash.take(draft)
        try FileSystem.createDirectory(draft)
        do {
            if let key = try fill(draft) { try keep(draft, under: key, place) }
            try trash.take(draft)
        } catch {
            // what cannot be removed now is in the way of nobody: the next one takes it, as `reclaim` does
            try? trash.removeNow(draft)
            throw error
        }
    }

    /// Gives a draft its name; one that belongs elsewhere is not kept where somebody is just there.
    private func keep(_ draft: String, under key: String, _ place: SlotLayout) throws {
        let other = self.place(of: key)
        try FileSystem.createDirectory(other.root)
        let lease = other == place ? nil : try take(.exclusive, other)
        defer { lease?.release() }
        guard other == place || lease != nil else { return }
        guard rename(draft, other.tree) == 0 else { throw FileError("keep", other.tree, errno) }
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
                let hasDraft = FileSystem.exists(place.root + "/draft")
                guard isOld || isHalf || hasDraft,
                    let lease = try SlotLease.take(.exclusive, of: place, at: clock.now())
                else { continue }
                try trash.take(isOld || isHalf ? place.root : place.root + "/draft")
                lease.release()
                // Without either it was only a lock.
                guard isOld || hasDraft else { continue }
                done.append(
                    "set-up \(key.prefix(7)): removed, " + (isOld ? "nobody uses it" : "it was left half made"))
            }
        } catch { throw WorkspaceError(.storage, error) }
        let removed = try trash.empty()
        return removed > 0 && done.isEmpty ? ["removed \(removed) half removed set-ups"] : done
    }

    private func place(of key: String) -> SlotLayout {
        SlotLayout(root: directory + "/" + key, name: key)
    }

    private func take(_ mode: FileLock.Mode, _ place: SlotLayout) throws(WorkspaceError) -> SlotLease? {
        do throws(FileError) { return try SlotLease.take(mode, of: place, at: clock.now()) } catch {
            throw WorkspaceError(.storage, error)
        }
    }
}

/// A kept result; nobody removes it while the value lives.
package struct SetupResult: ~Copyable, Sendable {
    package let path: String
    private let lease: SlotLease

    init(path: String, lease: SlotLease) { (self.path, self.lease) = (path, lease) }
}
