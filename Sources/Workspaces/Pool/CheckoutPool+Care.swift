internal import Basics
internal import Git
internal import Glibc
internal import Processes

/// Looking after the slots: telling what there is, and removing what nobody needs.
extension CheckoutPool {
    package func slots() throws(WorkspaceError) -> [SlotDescription] {
        try places().map { slot in
            let state = slot.currentState
            let writer = isLocked(slot) ? LeaseHolder(file: slot.lease) : nil
            let found: [LeaseHolder] = (writer.map { [$0] } ?? []) + LeaseHolder.readers(of: slot)
            let holders = found.map {
                SlotDescription.Holder(processID: $0.owner.processID, since: $0.since)
            }
            return SlotDescription(
                name: slot.name, path: slot.tree, tree: state?.phase == .moving ? nil : state?.tree,
                commit: state?.phase == .moving ? nil : state?.commit, bytes: state?.bytes ?? 0,
                files: state?.files ?? 0, kind: Self.kind(state, isHeld: !holders.isEmpty), holders: holders,
                lastUsed: ((try? FileSystem.status(slot.lease)) ?? nil)?.modified
                    ?? Instant(microsecondsSinceEpoch: 0))
        }
    }

    private static func kind(_ state: SlotState?, isHeld: Bool) -> SlotDescription.Kind {
        guard let state else { return .broken }
        if state.phase == .moving { return isHeld ? (state.isShared ? .shared : .alone) : .broken }
        return state.phase == .clean ? .shared : .alone
    }

    /// Whether somebody has it to write; asking takes a reader's lock for a moment.
    private func isLocked(_ slot: SlotPlace) -> Bool {
        let descriptor = open(slot.lease, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        _ = flock(descriptor, LOCK_UN)
        return false
    }

    /// Frees what dead processes held and removes what was half removed; says what it did, one line each.
    package func reclaim() throws(WorkspaceError) -> [String] {
        guard FileSystem.isDirectory(directory) else { return [] }
        var done: [String] = []
        for slot in try places() {
            let dead = LeaseHolder.clearDead(of: slot)
            if dead > 0 { done.append("slot \(slot.name): forgot \(dead) dead reader\(dead == 1 ? "" : "s")") }
            if let line = try reclaim(slot) { done.append(line) }
        }
        done += try removeSurplus()
        let removed = try trash.empty()
        if removed > 0 { done.append("removed \(removed) half removed thing\(removed == 1 ? "" : "s")") }
        return done + (try forgetLostMetadata())
    }

    private func reclaim(_ slot: SlotPlace) throws(WorkspaceError) -> String? {
        let state = slot.currentState
        guard state == nil || state?.phase == .moving || !FileSystem.isDirectory(slot.tree) else {
            return try clearHolder(of: slot)
        }
        return try discard(slot) ? "slot \(slot.name): removed, it was left half made" : nil
    }

    /// A lock that ended with its process leaves the name of its holder.
    private func clearHolder(of slot: SlotPlace) throws(WorkspaceError) -> String? {
        guard let holder = LeaseHolder(file: slot.lease), !holder.owner.mayBeAlive, !isLocked(slot) else {
            return nil
        }
        guard truncate(slot.lease, 0) == 0 else { return nil }
        return "slot \(slot.name): freed from process \(holder.owner.processID), which is dead"
    }

    /// Idle slots above the limit go, the ones that were not used for longest first.
    private func removeSurplus() throws(WorkspaceError) -> [String] {
        let slots = try slots()
        guard slots.count > limit else { return [] }
        var done: [String] = []
        for slot in slots.sorted(by: { $0.lastUsed < $1.lastUsed }) where slots.count - done.count > limit {
            if try discard(place(of: slot.name)) {
                done.append("slot \(slot.name): removed, only \(limit) are allowed")
            }
        }
        return done
    }

    /// Git's metadata of slots that are no longer there.
    private func forgetLostMetadata() throws(WorkspaceError) -> [String] {
        let parent = repository.commonDirectory + "/worktrees"
        guard FileSystem.isDirectory(parent) else { return [] }
        do throws(FileError) {
            let gate = try PoolGate(directory + "/lock")
            defer { gate.open() }
            var done: [String] = []
            for name in try FileSystem.list(parent) where name.hasPrefix(metadataPrefix) {
                let slot = String(name.dropFirst(metadataPrefix.count))
                if FileSystem.isDirectory(place(of: slot).root) { continue }
                try Directory(path: parent).remove(Array(name.utf8))
                done.append("slot \(slot): removed what git still knew of it")
            }
            return done
        } catch { throw WorkspaceError(.storage, error) }
    }

    /// Removes a slot; refused while somebody holds it.
    package func remove(_ slot: String) throws(WorkspaceError) {
        guard let place = try places().first(where: { $0.name == slot }) else {
            throw WorkspaceError(
                .storage, "there is no workspace '\(slot)'", hint: "leviathan workspaces lists them")
        }
        guard try discard(place) else {
            let holder = try slots().first { $0.name == slot }?.lease
            throw WorkspaceError(
                .exhausted, "the workspace '\(slot)' is in use",
                causes: holder.map { ["process \($0.processID) has it since \($0.since.secondsText)"] } ?? [])
        }
    }

    /// Renames an idle slot away and removes it; `false` when somebody has it.
    private func discard(_ slot: SlotPlace) throws(WorkspaceError) -> Bool {
        do throws(FileError) {
            let gate = try PoolGate(directory + "/lock")
            defer { gate.open() }
            // Whoever waits for the lock sees that the file was renamed.
            let lease = try SlotLease.take(.alone, of: slot, owner: owner)
            guard let lease else { return false }
            defer { lease.release() }
            if FileSystem.exists(slot.metadata) {
                let parent = try Directory(path: repository.commonDirectory + "/worktrees")
                try parent.remove(Array((metadataPrefix + slot.name).utf8))
            }
            try trash.take(slot.root)
            return true
        } catch { throw WorkspaceError(.storage, error) }
    }
}
