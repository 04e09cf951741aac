internal import Basics

/// Looking after the slots: telling what there is, and removing what nobody needs.
extension SlotPool {
    package func slots() throws(WorkspaceError) -> [SlotDescription] {
        var found: [SlotDescription] = []
        for slot in try places() {
            do throws(FileError) { found.append(try description(of: slot)) } catch {
                throw WorkspaceError(.storage, error)
            }
        }
        return found
    }

    private func description(of slot: SlotLayout) throws(FileError) -> SlotDescription {
        let state = slot.currentState
        let isWritten = try FileLock.isHeld(slot.lease, against: .shared)
        let writer = isWritten ? try LeaseHolder(file: slot.lease) : nil
        let holders = try [writer].compactMap(\.self) + LeaseHolder.readers(of: slot)
        let isMoving = state?.phase == .moving
        return SlotDescription(
            name: slot.name, path: slot.tree, tree: isMoving ? nil : state?.tree,
            commit: isMoving ? nil : state?.commit, bytes: state?.bytes ?? 0, files: state?.files ?? 0,
            kind: Self.kind(state, isHeld: !holders.isEmpty),
            holders: holders.map { SlotDescription.Holder(processID: $0.processID, since: $0.since) },
            lastUsed: try FileSystem.status(slot.lease)?.modified ?? Instant(microsecondsSinceEpoch: 0))
    }

    private static func kind(_ state: SlotState?, isHeld: Bool) -> SlotDescription.Kind {
        guard let state else { return .broken }
        if state.phase == .moving { return isHeld ? (state.isShared ? .shared : .alone) : .broken }
        return state.phase == .clean ? .shared : .alone
    }

    /// Frees what dead processes held and removes what was half removed; says what it did, one line each.
    package func reclaim() throws(WorkspaceError) -> [String] {
        guard FileSystem.isDirectory(directory) else { return [] }
        var done: [String] = []
        for slot in try places() {
            let dead = try stored { () throws(FileError) in try LeaseHolder.clearDead(of: slot) }
            if dead > 0 { done.append("slot \(slot.name): forgot \(dead) dead reader\(dead == 1 ? "" : "s")") }
            if let line = try reclaim(slot) { done.append(line) }
        }
        done += try removeSurplus()
        let removed = try trash.empty()
        if removed > 0 { done.append("removed \(removed) half removed thing\(removed == 1 ? "" : "s")") }
        return done + (try forgetListings())
    }

    private func reclaim(_ slot: SlotLayout) throws(WorkspaceError) -> String? {
        let state = slot.currentState
        guard state == nil || state?.phase == .moving || !FileSystem.isDirectory(slot.tree) else {
            return try clearHolder(of: slot)
        }
        return try discard(slot) ? "slot \(slot.name): removed, it was left half made" : nil
    }

    /// A lock that ended with its process leaves the name of its holder.
    private func clearHolder(of slot: SlotLayout) throws(WorkspaceError) -> String? {
        try stored { () throws(FileError) in
            guard let holder = try LeaseHolder(file: slot.lease),
                let lease = try SlotLease.take(.exclusive, of: slot, at: clock.now())
            else { return nil }
            lease.release()
            return "slot \(slot.name): freed from process \(holder.processID), which is dead"
        }
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

    /// What git still lists of slots that nobody has.
    private func forgetListings() throws(WorkspaceError) -> [String] {
        let listings = try listings()
        return try stored { () throws(FileError) in
            try (listings.forgetDead() + listings.forgetFormer()).map {
                "slot \($0): removed what git still listed of it"
            }
        }
    }

    private func stored<Result>(_ body: () throws(FileError) -> Result) throws(WorkspaceError) -> Result {
        do throws(FileError) { return try body() } catch { throw WorkspaceError(.storage, error) }
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
    private func discard(_ slot: SlotLayout) throws(WorkspaceError) -> Bool {
        try stored { () throws(FileError) in
            let gate = try gate()
            defer { gate.release() }
            // Whoever waits for the lock sees that the file was renamed.
            guard let lease = try SlotLease.take(.exclusive, of: slot, at: clock.now()) else { return false }
            defer { lease.release() }
            try trash.take(slot.root)
            return true
        }
    }
}
