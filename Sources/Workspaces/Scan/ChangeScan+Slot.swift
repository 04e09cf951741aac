internal import Basics
internal import Git
internal import Paths

extension ChangeScan {
    /// What differs from the checkout's record, which only Leviathan writes.
    package func changes(in checkout: borrowing ClaimedSlot) throws(WorkspaceError) -> ScannedChanges {
        // Before and after: what vanishes in between would look like a task that has removed it.
        try checkout.requireInPlace()
        let changes = try scan(checkout)
        try checkout.requireInPlace()
        return changes
    }

    private func scan(_ checkout: borrowing ClaimedSlot) throws(WorkspaceError) -> ScannedChanges {
        let slot = checkout.slot
        let (state, record) = try slot.lent(base)
        let root: Directory
        let findings: [ScanFinding]?
        do throws(FileError) {
            root = try Directory(path: slot.tree)
            findings = try CheckoutScan(
                record, in: root, trustsTimes: state.isOfThisBoot,
                limit: options.maxFiles * 2 + options.seeded.count
            ).findings()
        } catch { throw WorkspaceError(.storage, error) }
        let intake = ChangeIntake(self)
        guard let findings else {
            intake.overflow()
            return intake.finished()
        }
        let collector = FindingCollector(record: record, root: root, intake: intake, slot: slot)
        for finding in findings { try collector.take(finding) }
        return intake.finished()
    }
}

/// Turns what a scan found into edits and refusals.
private struct FindingCollector {
    let record: SlotRecord
    let root: Directory
    let intake: ChangeIntake
    let slot: SlotLayout

    func take(_ finding: ScanFinding) throws(WorkspaceError) {
        switch finding.kind {
        case .permissions: break
        case .unreadable(let code):
            let path = Array(record.prefix(ofDirectory: finding.directory).dropLast())
            if !intake.isScratch(path, isDirectory: true) {
                intake.refuseUnreadable(path, FileError("read", "", code))
            }
        case .missingDirectory: try takeMissing(directory: finding.directory)
        case .missing: try takeMissing(file: finding.file, in: finding.directory)
        case .touched, .suspect: try takeTouched(finding.file, in: finding.directory)
        case .extra: try takeExtra(finding)
        }
    }

    private func takeMissing(directory top: Int) throws(WorkspaceError) {
        try intake.removeAll(of: record.directories[top].tree.id, prefix: record.prefix(ofDirectory: top))
    }

    /// Where another kind of thing took the file's place, that thing is found as well, and says all there is to say.
    private func takeMissing(file: Int, in number: Int) throws(WorkspaceError) {
        guard let path = record.path(ofFile: file, in: number) else { return }
        do throws(FileError) {
            if try root.directory(at: record.prefix(ofDirectory: number))?.status(record.name(of: file)) != nil {
                return
            }
        } catch { return intake.refuseUnreadable(path.bytes, error) }
        guard try !intake.leavesOut(path.bytes, isDirectory: false, isTracked: true)
        else { return }
        intake.remove(path, BaseEntry(record.files[file]))
    }

    private func takeTouched(_ file: Int, in number: Int) throws(WorkspaceError) {
        guard let directory = try open(number) else { return }
        try intake.takeNew(
            Array(record.name(of: file)), prefix: record.prefix(ofDirectory: number), in: directory,
            before: BaseEntry(record.files[file]), depth: 0)
    }

    private func takeExtra(_ finding: ScanFinding) throws(WorkspaceError) {
        if finding.directory == 0, finding.name.elementsEqual(".git".utf8) { return takeGitFile() }
        guard let directory = try open(finding.directory) else { return }
        let known = record.file(named: finding.name, in: finding.directory)
        let prefix = record.prefix(ofDirectory: finding.directory)
        try intake.takeNew(
            finding.name, prefix: prefix, in: directory, before: known.map { BaseEntry(record.files[$0]) },
            depth: prefix.count(where: { $0 == RepoPath.separator }))
    }

    /// The file that says where git's metadata lies is nobody's to change.
    private func takeGitFile() {
        do throws(FileError) {
            let content = try root.read(Array(".git".utf8), limit: 4096).bytes
            if content != Array("gitdir: \(slot.metadata)\n".utf8) { intake.refuseGitFile() }
        } catch { intake.refuseGitFile() }
    }

    private func open(_ directory: Int) throws(WorkspaceError) -> Directory? {
        do throws(FileError) { return try root.directory(at: record.prefix(ofDirectory: directory)) } catch {
            // The scan has found it unreadable, and said so.
            return nil
        }
    }
}

extension ChangeIntake {
    func refuseGitFile() {
        refuse("git-metadata", Array(".git".utf8), "was changed or replaced, and is git's own")
    }
}
