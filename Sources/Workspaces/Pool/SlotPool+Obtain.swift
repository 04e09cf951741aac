internal import Basics
internal import Glibc

extension SlotPool {
    typealias Held = (slot: SlotLayout, lease: SlotLease)

    /// How often to look again while all slots are taken.
    private static let pause: Int32 = 10

    /// Asks again until there is a slot, the caller no longer wants it, or waiting has become pointless.
    func obtain(
        _ target: SlotTarget, toWrite: Bool, _ cancellation: Cancellation
    ) throws(WorkspaceError) -> Held {
        let begun = MonotonicTime.now
        while true {
            guard !cancellation.isCancelled else {
                throw WorkspaceError(.cancelled, "waiting for a workspace was interrupted")
            }
            if let held = try attempt(target, toWrite: toWrite, cancellation) { return held }
            guard .now - begun < patience else { throw try exhausted() }
            var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, Self.pause)
        }
    }

    func attempt(
        _ target: SlotTarget, toWrite: Bool, _ cancellation: Cancellation
    ) throws(WorkspaceError) -> Held? {
        if !toWrite {
            if let held = try shareReady(target) { return held }
            if try isBeingPrepared(target) { return nil }
        }
        var found = try idle(for: target, toWrite: toWrite)
        if found == nil { found = try fresh(for: target, toWrite: toWrite) }
        guard let held = found else { return nil }
        try keeper(of: held.slot, cancellation).bring(to: target, toWrite: toWrite)
        return toWrite ? held : try readers(of: held, target)
    }

    /// A slot that already is what is wanted, and that nobody can write: no file is looked at.
    private func shareReady(_ target: SlotTarget) throws(WorkspaceError) -> Held? {
        for slot in try places() where Self.isReady(slot, target) {
            guard let lease = try take(.shared, slot) else { continue }
            // It may have moved before the lock was had.
            if Self.isReady(slot, target) { return (slot, lease) }
        }
        return nil
    }

    private static func isReady(_ slot: SlotLayout, _ target: SlotTarget) -> Bool {
        guard let state = slot.currentState, state.phase == .clean, state.isOfThisBoot, state.isAt(target) else {
            return false
        }
        return state.commit == target.commit && FileSystem.exists(slot.tree + "/.git")
            && FileSystem.exists(slot.metadata + "/HEAD")
    }

    /// Whether somebody is just making what is wanted, for readers.
    private func isBeingPrepared(_ target: SlotTarget) throws(WorkspaceError) -> Bool {
        for slot in try places() {
            // Without a state it was just begun, and it may become what is wanted.
            if let state = slot.currentState {
                let isWanted = state.tree == target.tree && state.commit == target.commit
                guard state.phase == .moving, state.isShared, isWanted else { continue }
            }
            if try take(.exclusive, slot) == nil { return true }
        }
        return false
    }

    /// The writer's lock becomes a reader's: not in one step, and so somebody else may have been faster.
    private func readers(of held: Held, _ target: SlotTarget) throws(WorkspaceError) -> Held? {
        held.lease.release()
        guard let lease = try take(.shared, held.slot), Self.isReady(held.slot, target) else { return nil }
        return (held.slot, lease)
    }

    /// The idle slot that has to change least.
    private func idle(for target: SlotTarget, toWrite: Bool) throws(WorkspaceError) -> Held? {
        var ranked: [(rank: Int, order: Int, slot: SlotLayout)] = []
        for (order, slot) in try places().enumerated() {
            ranked.append((Self.rank(slot.currentState, target, toWrite: toWrite), order, slot))
        }
        ranked.sort { ($0.rank, $0.order) < ($1.rank, $1.order) }
        for (_, _, slot) in ranked {
            guard let lease = try take(.exclusive, slot) else { continue }
            do throws(FileError) { _ = try LeaseHolder.clearDead(of: slot) } catch {
                throw WorkspaceError(.storage, error)
            }
            return (slot, lease)
        }
        return nil
    }

    /// Smaller is better; what others share is moved last, and what is broken is made again only when nothing is left.
    private static func rank(_ state: SlotState?, _ target: SlotTarget, toWrite: Bool) -> Int {
        guard let state, state.phase != .moving else { return 9 }
        let isAt = state.isAt(target)
        let isAlike = (state.phase == .lent) == toWrite
        let isSparse = state.sparse != target.sparse ? 4 : 0
        return (isAt ? 0 : 2) + (isAlike ? 0 : 1) + isSparse
    }

    /// A new slot, or the place of the oldest one; `nil` when there may be no more.
    private func fresh(for target: SlotTarget, toWrite: Bool) throws(WorkspaceError) -> Held? {
        do {
            try FileSystem.createDirectory(slotsDirectory, permissions: 0o755)
            let gate = try gate()
            defer { gate.release() }
            let taken = try FileSystem.list(slotsDirectory).filter { Int($0) != nil }
            // Somebody may have begun with the same while the gate was closed.
            if !toWrite, try isAtHand(target) { return nil }
            guard taken.count < limit else { return nil }
            let numbers = Set(taken.compactMap { Int($0) })
            guard let number = (1...limit).first(where: { !numbers.contains($0) }) else { return nil }
            let slot = place(of: String(number))
            try FileSystem.createDirectory(slot.root)
            guard let lease = try SlotLease.take(.exclusive, of: slot, at: clock.now()) else {
                return nil
            }
            let state = SlotState(.moving, target, isShared: !toWrite)
            try Directory(path: slot.root).replace("state", Array(state.text.utf8))
            return (slot, lease)
        } catch let error as WorkspaceError { throw error } catch {
            throw WorkspaceError(
                .storage, "a workspace cannot be made", causes: ["\(error)"],
                hint: (error as? FileError)?.hint
                    ?? "see that Leviathan's home is writable and has room for a checkout")
        }
    }

    /// Whether asking again soon gives what others have made meanwhile.
    private func isAtHand(_ target: SlotTarget) throws(WorkspaceError) -> Bool {
        if try isBeingPrepared(target) { return true }
        return try places().contains { Self.isReady($0, target) }
    }

    private func take(_ mode: FileLock.Mode, _ slot: SlotLayout) throws(WorkspaceError) -> SlotLease? {
        do throws(FileError) { return try SlotLease.take(mode, of: slot, at: clock.now()) } catch {
            throw WorkspaceError(.storage, error)
        }
    }

    /// Lets one process at a time add and remove slots; nobody keeps it for longer than a rename takes.
    func gate() throws(FileError) -> FileLock { try FileLock.gate(directory + "/lock", permissions: 0o644) }

    private func exhausted() throws(WorkspaceError) -> WorkspaceError {
        let held = try slots().filter { !$0.holders.isEmpty }.map { slot in
            let holders = slot.holders.prefix(5).map { "process \($0.processID) since \($0.since.secondsText)" }
            return "slot \(slot.name): " + holders.joined(separator: ", ")
        }
        return WorkspaceError(
            .exhausted, "all \(limit) workspaces of this repository are taken", causes: held,
            hint: "wait for them to finish, or allow more workspaces")
    }
}
