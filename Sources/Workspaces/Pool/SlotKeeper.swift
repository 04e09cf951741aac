internal import Basics
internal import Git
internal import Glibc
internal import Synchronization

/// Brings one slot, whose lock it stands behind, to where it is wanted.
///
/// The order makes every death harmless. `moving` is written before the first file, the record and git's index after
/// the last one, and `clean` or `lent` after these. A slot found in any other condition is made again.
struct SlotKeeper {
    /// More differences than this are put right faster by making the slot again.
    private static let findingLimit = 1_000_000

    let repository: Repository
    let slot: SlotLayout
    let trash: Trash
    let failpoints: Failpoints
    let cancellation: Cancellation

    private var metadata: SlotMetadata {
        let common = repository.commonDirectory
        return SlotMetadata(slot: slot, commonDirectory: FileSystem.realPath(common) ?? common)
    }

    /// Afterwards the slot holds exactly the target; `toWrite`: whoever gets it may write.
    func bring(to target: SlotTarget, toWrite: Bool) throws(WorkspaceError) {
        try checkObjects(of: target)
        guard let state = slot.currentState, state.phase != .moving, FileSystem.isDirectory(slot.tree) else {
            return try makeAgain(target, toWrite: toWrite)
        }
        let isUntouched = state.phase == .clean && state.isOfThisBoot && !toWrite
        if isUntouched, state.isAt(target) { return try rename(state, to: target) }
        do throws(WorkspaceError) {
            try move(state, to: target, trustsFiles: isUntouched, toWrite: toWrite)
        } catch {
            if error.kind == .cancelled { throw error }
            try makeAgain(target, toWrite: toWrite)
        }
    }

    /// Only the commit is another one: no file is looked at.
    private func rename(_ state: SlotState, to target: SlotTarget) throws(WorkspaceError) {
        let isWhole = [slot.metadata + "/HEAD", slot.repository + "/config"].allSatisfy(FileSystem.exists)
        if state.commit == target.commit, isWhole { return }
        try stored { () throws(FileError) in
            try metadata.settle(commit: target.commit, in: Directory(path: slot.tree))
            var state = state
            state.commit = target.commit
            try write(state)
        }
        if !FileSystem.exists(slot.metadata + "/index"), let record = slot.currentRecord {
            try stored { () throws(FileError) in try metadata.writeIndex(record, of: target) }
        }
    }

    private func checkObjects(of target: SlotTarget) throws(WorkspaceError) {
        do throws(GitError) {
            _ = try repository.entries(of: target.tree)
            _ = try repository.commit(target.commit)
        } catch { throw WorkspaceError(.objects, error) }
    }

    private func move(
        _ state: SlotState, to target: SlotTarget, trustsFiles: Bool, toWrite: Bool
    ) throws(WorkspaceError) {
        guard var record = slot.currentRecord else {
            throw WorkspaceError(.storage, "the slot's record is damaged")
        }
        let root = try stored { () throws(FileError) in try Directory(path: slot.tree) }
        var restored = 0
        var suspects = 0
        if !trustsFiles {
            let findings = try stored { () throws(FileError) in
                try CheckoutScan(record, in: root, trustsTimes: state.isOfThisBoot, limit: Self.findingLimit)
                    .findings()
            }
            guard let findings else { throw WorkspaceError(.storage, "too much has changed in the slot") }
            var restorer = CheckoutRestorer(repository, record, in: root)
            try restorer.restore(findings)
            (record, restored, suspects) = (restorer.record, restorer.restored, findings.count)
        }
        guard !state.isAt(target) || restored > 0 || suspects > 100 || !state.isOfThisBoot else {
            return try handOut(state, target, root, record, toWrite: toWrite)
        }
        try write(phase: .moving, target, isShared: !toWrite)
        failpoints.reach(.slotMoving)
        if !state.isAt(target) {
            var writer = CheckoutWriter(
                repository, to: target, from: record, oldSparse: state.sparse, cancellation: cancellation,
                failpoints: failpoints)
            record = try writer.write(in: root)
        }
        failpoints.reach(.slotWritten)
        try finish(target, record, root, toWrite: toWrite)
    }

    /// Nothing differs: only git's metadata is looked after.
    private func handOut(
        _ state: SlotState, _ target: SlotTarget, _ root: Directory, _ record: SlotRecord, toWrite: Bool
    ) throws(WorkspaceError) {
        var next = SlotState(
            toWrite ? .lent : .clean, target, isShared: !toWrite, files: state.files, bytes: state.bytes)
        try stored { () throws(FileError) in
            try metadata.settle(commit: target.commit, in: root)
            let mark = try metadata.indexMark()
            if mark == nil || mark != state.indexMark { try metadata.writeIndex(record, of: target) }
            next.indexMark = try metadata.indexMark() ?? ""
            if next != state { try write(next) }
        }
        failpoints.reach(.slotReady)
    }

    private func finish(
        _ target: SlotTarget, _ record: SlotRecord, _ root: Directory, toWrite: Bool
    ) throws(WorkspaceError) {
        var record = record
        try stored { () throws(FileError) in
            try metadata.settle(commit: target.commit, in: root)
            record.directories[0].status = root.status
            record.marker = try mark()
        }
        try store(record, of: target)
        failpoints.reach(.slotRecorded)
        var state = SlotState(
            toWrite ? .lent : .clean, target, isShared: !toWrite, files: record.files.count, bytes: record.bytes)
        try stored { () throws(FileError) in
            state.indexMark = try metadata.indexMark() ?? ""
            try write(state)
        }
        failpoints.reach(.slotReady)
    }

    /// Writes the record and git's index side by side: each takes a while where there are many files.
    private func store(_ record: SlotRecord, of target: SlotTarget) throws(WorkspaceError) {
        let failure = Mutex<FileError?>(nil)
        let (slot, metadata) = (slot, metadata)
        _ = Workers.map(2, atOnce: Workers.forFiles) { part in
            do throws(FileError) {
                if part == 0 {
                    try metadata.writeIndex(record, of: target)
                } else {
                    try Directory(path: slot.root).replace("record", record.encoded())
                }
            } catch { failure.withLock { $0 = error } }
        }
        if let error = failure.withLock({ $0 }) { throw WorkspaceError(.storage, error) }
    }

    /// The file system's own idea of now.
    private func mark() throws(FileError) -> Int64 {
        let directory = try Directory(path: slot.root)
        try directory.replace("marker", [0x0A])
        return try directory.status(Array("marker".utf8))?.changed ?? 0
    }

    /// Puts whatever there is aside and writes every file.
    func makeAgain(_ target: SlotTarget, toWrite: Bool) throws(WorkspaceError) {
        do throws(WorkspaceError) {
            try write(phase: .moving, target, isShared: !toWrite)
            failpoints.reach(.slotMade)
            let root = try stored { () throws(FileError) in
                try trash.take(slot.tree)
                try Directory(path: slot.root).remove(Array("record".utf8))
                let root = try Directory(path: slot.root).makeDirectory(Array("tree".utf8))
                try metadata.settle(commit: target.commit, in: root)
                return root
            }
            failpoints.reach(.slotMoving)
            var writer = CheckoutWriter(
                repository, to: target, from: SlotRecord(), oldSparse: nil, cancellation: cancellation,
                failpoints: failpoints)
            let record = try writer.write(in: root)
            failpoints.reach(.slotWritten)
            try finish(target, record, root, toWrite: toWrite)
        } catch {
            // Half a checkout would only take room, perhaps the last there is, until the next claim.
            try? trash.removeNow(slot.tree)
            throw error.kind == .storage ? Self.explained(error) : error
        }
    }

    private static func explained(_ error: WorkspaceError) -> WorkspaceError {
        WorkspaceError(
            .storage, "the workspace cannot be written", causes: [error.message] + error.causes,
            hint: error.hint ?? "see that Leviathan's home is writable and has room for a checkout")
    }

    private func write(phase: SlotState.Phase, _ target: SlotTarget, isShared: Bool) throws(WorkspaceError) {
        try stored { () throws(FileError) in try write(SlotState(phase, target, isShared: isShared)) }
    }

    private func write(_ state: SlotState) throws(FileError) {
        try Directory(path: slot.root).replace("state", Array(state.text.utf8))
    }

    private func stored<Result>(_ body: () throws(FileError) -> Result) throws(WorkspaceError) -> Result {
        do throws(FileError) { return try body() } catch { throw WorkspaceError(.storage, error) }
    }
}
