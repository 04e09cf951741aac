internal import Basics
internal import Git

/// What stands in a checkout besides the files of its tree: untracked and ignored files, symlinks, directories.
package struct CheckoutAdditions: Sendable {
    /// What came of a copy.
    package enum Copied: Equatable, Sendable {
        /// All of it; `namesCheckout`: some of it holds the checkout's own path, and is good in no other place.
        case whole(namesCheckout: Bool)
        /// The additions alone do not tell what was done, or are too much.
        case not(reason: String)
    }

    /// More is done again more cheaply than it is kept.
    private static let fileLimit = 500_000
    private static let byteLimit = 4 << 30

    package let path: String
    private let slot: SlotLayout
    private let tree: ObjectID

    init(_ slot: SlotLayout, tree: ObjectID) { (path, self.slot, self.tree) = (slot.tree, slot, tree) }

    /// Copies them into an empty directory; nothing but what made them may have run in the checkout.
    package func copy(into directory: String) throws(WorkspaceError) -> Copied {
        let (state, record) = try slot.lent(tree)
        do throws(FileError) {
            let root = try Directory(path: slot.tree)
            let scan = CheckoutScan(record, in: root, trustsTimes: state.isOfThisBoot, limit: Self.fileLimit)
            guard let findings = try scan.findings() else { return .not(reason: "it is too much") }
            if let path = try changed(findings, record, in: root) {
                return .not(reason: "it changed '\(PathText.escaped(path))', which is tracked")
            }
            return try copy(findings, record, from: root, to: Directory(path: directory))
        } catch { throw WorkspaceError(.storage, error) }
    }

    /// The first thing of the tree that is not what it was; empty for the root.
    private func changed(
        _ findings: [ScanFinding], _ record: SlotRecord, in root: Directory
    ) throws(FileError) -> [UInt8]? {
        for finding in findings where !finding.isExtra {
            let prefix = record.prefix(ofDirectory: finding.directory)
            guard finding.file >= 0 else { return Array(prefix.dropLast()) }
            let name = record.name(of: finding.file)
            // What cannot be compared counts as changed.
            let isIntact =
                try? root.directory(at: prefix).map { (inside) throws(FileError) in
                    try FileContent.matches(name, record.files[finding.file], in: inside)
                }
            if isIntact != true { return prefix + name }
        }
        return nil
    }

    private func copy(
        _ findings: [ScanFinding], _ record: SlotRecord, from root: Directory, to draft: Directory
    ) throws(FileError) -> Copied {
        var copy = SeedCopy(files: Self.fileLimit, bytes: Self.byteLimit, seeking: ownName)
        for finding in findings where finding.isExtra {
            if finding.directory == 0, finding.name.elementsEqual(".git".utf8) { continue }
            let prefix = record.prefix(ofDirectory: finding.directory)
            guard let source = try root.directory(at: prefix) else { continue }
            try copy.run(
                finding.name, from: source, to: finding.name, in: draft.makeDirectories(at: prefix))
        }
        if copy.isFull { return .not(reason: "it is too large") }
        guard copy.skipped == 0 else {
            return .not(reason: "\(copy.skipped) things in it are special, unreadable or too large")
        }
        return .whole(namesCheckout: copy.hasFound)
    }

    /// Whether anything below a directory holds a path's own text, as the scripts of a Python environment do.
    package static func names(_ path: String, in directory: String) throws(WorkspaceError) -> Bool {
        do throws(FileError) { return try holds(Array(path.utf8), in: Directory(path: directory), depth: 0) } catch
        {
            throw WorkspaceError(.storage, error)
        }
    }

    private static func holds(_ sought: [UInt8], in directory: Directory, depth: Int) throws(FileError) -> Bool {
        for name in try directory.names(limit: fileLimit) {
            guard let status = try directory.status(name) else { continue }
            if status.isSymlink {
                if directory.linkTarget(name)?.contains(piece: sought) == true { return true }
            } else if status.isRegular {
                if directory.mayHold(sought, in: name) { return true }
            } else if status.isDirectory, depth < 100, let inside = try directory.directory(name) {
                if try holds(sought, in: inside, depth: depth + 1) { return true }
            }
        }
        return false
    }

    /// The end of the checkout's path, which is there too where the way to Leviathan's home is written otherwise.
    private var ownName: [UInt8] { Array(slot.tree.split(separator: "/").suffix(4).joined(separator: "/").utf8) }
}

extension ClaimedSlot {
    package var additions: CheckoutAdditions { CheckoutAdditions(slot, tree: tree) }
}

extension SetupResult {
    /// Gives a checkout what was kept; what it has already stays.
    package borrowing func copy(into directory: String) throws(WorkspaceError) {
        var copy = SeedCopy(files: .max, bytes: .max)
        do throws(FileError) {
            let (source, target) = (try Directory(path: path), try Directory(path: directory))
            for name in try source.names() { try copy.run(name, from: source, to: name, in: target) }
        } catch { throw WorkspaceError(.storage, error) }
        guard copy.skipped == 0 else {
            throw WorkspaceError(
                .storage, "what the workspace's set-up left cannot be read again", causes: ["it lies in \(path)"],
                hint: "remove that directory, and the set-up runs again")
        }
    }
}

extension SlotLayout {
    /// Where a checkout that was lent to write stands, and its record; refused unless it is of that tree.
    func lent(_ tree: ObjectID) throws(WorkspaceError) -> (state: SlotState, record: SlotRecord) {
        guard let state = currentState, state.phase == .lent, state.tree == tree, let record = currentRecord else {
            throw WorkspaceError(
                .storage, "what changed in the workspace cannot be told",
                causes: ["it is not a checkout of the tree \(tree.short), or its record is damaged"])
        }
        return (state, record)
    }
}
