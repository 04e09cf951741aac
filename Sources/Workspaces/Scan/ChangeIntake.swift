internal import Basics
internal import Git
internal import Glibc
internal import Model
internal import Paths

/// Takes in what was found, one thing at a time: as an edit, as a refusal, or as nothing to speak of.
final class ChangeIntake {
    /// Deeper directories are refused: nobody could check them out.
    static let depthLimit = 200
    private static let pathLimit = 4000

    private let repository: Repository
    let reader: Repository
    let options: ChangeScanOptions
    let ignores: IgnoreRules
    private let scratch: PathPatternSet
    private(set) var result = ScannedChanges()
    private(set) var isFull = false

    init(_ scan: ChangeScan) {
        (repository, reader, options) = (scan.repository, scan.reader, scan.options)
        scratch = PathPatternSet(options.scratch)
        ignores = IgnoreRules(reader, tree: scan.base)
    }

    /// What the scan gives: nothing but one refusal when there was too much.
    func finished() -> ScannedChanges {
        guard isFull else { return result }
        var changes = ScannedChanges()
        changes.ignored = result.ignored
        changes.refusals = [
            Violation(
                "too-many-files", "more than \(options.maxFiles) files have changed",
                hint: "name generated directories under sandbox.scratch in the policy, or in the base's .gitignore"
            )
        ]
        return changes
    }

    func edit(_ edit: TreeEdit) {
        guard hasRoom() else { return }
        result.edits.append(edit)
    }

    func refuse(_ rule: String, _ path: [UInt8], _ problem: String, hint: String? = nil) {
        guard hasRoom() else { return }
        result.refusals.append(
            Violation(
                rule, path: try? RepoPath(bytes: path), "'\(PathText.escaped(path))' \(problem)", hint: hint))
    }

    func leaveOut() { result.ignored += 1 }

    /// Notes that there is more than may be looked at.
    func overflow() { isFull = true }

    private func hasRoom() -> Bool {
        if result.edits.count + result.refusals.count >= options.maxFiles { isFull = true }
        return !isFull
    }

    /// Whether a path is scratch, with all below it.
    func isScratch(_ path: [UInt8], isDirectory: Bool) -> Bool {
        guard !options.scratch.isEmpty else { return false }
        if let exact = try? RepoPath(bytes: path), scratch.matches(exact) { return true }
        // 'build/' names everything below 'build'.
        guard isDirectory, let inside = try? RepoPath(bytes: path + Array("/x".utf8)) else { return false }
        return options.scratch.contains { $0.text.hasSuffix("/") && $0.matches(inside) }
    }

    /// Whether a new thing is none of the task's; `true` counts it.
    func leavesOut(_ path: [UInt8], isDirectory: Bool, isTracked: Bool) throws(WorkspaceError) -> Bool {
        var isOut = isScratch(path, isDirectory: isDirectory)
        if !isOut, !isTracked, options.ignoresByBase {
            do throws(GitError) { isOut = try ignores.isIgnored(path, isDirectory: isDirectory) } catch {
                throw WorkspaceError(.objects, error)
            }
        }
        if isOut { leaveOut() }
        return isOut
    }

    /// Whether a name can be part of a tree; says so when not.
    func accepts(name: some Collection<UInt8>, at path: [UInt8]) -> Bool {
        guard let text = String(validating: name, as: UTF8.self) else {
            refuse("file-name", path, "cannot be committed: its name is not valid UTF-8")
            return false
        }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            refuse("file-name", path, "cannot be committed: its name contains a control character")
            return false
        }
        if ProtectedPaths.isGitLookalike(text) {
            refuse("file-name", path, "cannot be committed: some systems would take a part of it for '.git'")
            return false
        }
        if path.count > Self.pathLimit {
            refuse(
                "file-name", Array(path.prefix(200)), "… cannot be committed: its path is longer than 4,000 bytes")
            return false
        }
        return true
    }

    /// Takes in one thing that is no directory; `before` is what the base has under this path.
    func take(
        _ name: some Collection<UInt8>, at path: [UInt8], _ status: FileStatus, in directory: Directory,
        before: BaseEntry?
    ) throws(WorkspaceError) {
        guard accepts(name: name, at: path), let whole = try? RepoPath(bytes: path),
            !options.seeded.contains(whole)
        else { return }
        if status.isSymlink { return try takeSymlink(name, whole, in: directory, before) }
        guard status.isRegular else {
            return refuse("special-file", path, "is neither a file, a directory nor a symlink")
        }
        guard status.permissions & 0o7000 == 0 else {
            return refuse(
                "file-mode", path, "has the mode \(String(status.permissions, radix: 8))",
                hint: "only plain and executable files are committed; remove the special bits")
        }
        guard status.size <= options.maxFileSize else { return refuseSize(path) }
        try takeFile(name, whole, in: directory, before)
    }

    private func refuseSize(_ path: [UInt8]) {
        refuse("file-too-large", path, "is larger than \(SizeText.text(options.maxFileSize)), and was not read")
    }

    private func takeFile(
        _ name: some Collection<UInt8>, _ path: RepoPath, in directory: Directory, _ before: BaseEntry?
    ) throws(WorkspaceError) {
        let bytes: [UInt8]
        let kind: FileEntry.Kind
        do throws(FileError) {
            let (content, status) = try directory.read(name, limit: options.maxFileSize)
            (bytes, kind) = (content, status.isExecutable ? .executable : .regular)
        } catch {
            if error.isNotFound { return remove(path, before) }
            if error.code == EFBIG { return refuseSize(path.bytes) }
            return refuse("unreadable", path.bytes, "cannot be read: \(SystemError.text(error.code))")
        }
        if let before, before.kind == kind, FileContent.name(of: bytes) == before.object { return }
        edit(.upsert(path, try store(bytes), kind == .executable ? .executable : .regular))
    }

    private func takeSymlink(
        _ name: some Collection<UInt8>, _ path: RepoPath, in directory: Directory, _ before: BaseEntry?
    ) throws(WorkspaceError) {
        guard let target = directory.linkTarget(name) else {
            return refuse("unreadable", path.bytes, "cannot be read")
        }
        if let before, before.kind == .symlink, FileContent.name(of: target) == before.object { return }
        if let problem = SymlinkTarget.problem(with: target, from: path) {
            return refuse(
                "symlink", path.bytes,
                "is a symlink that \(problem): it points to '\(PathText.escaped(target.prefix(200)))'",
                hint: SymlinkTarget.advice)
        }
        edit(.upsert(path, try store(target), .symlink))
    }

    /// Notes that something is gone; whatever was not in the base needs no edit.
    func remove(_ path: RepoPath, _ before: BaseEntry?) {
        if before != nil, !options.seeded.contains(path) { edit(.remove(path)) }
    }

    private func store(_ bytes: [UInt8]) throws(WorkspaceError) -> ObjectID {
        guard options.storesContents else { return FileContent.name(of: bytes).id }
        do throws(GitError) { return try repository.writeBlob(bytes) } catch {
            throw WorkspaceError(.objects, error)
        }
    }
}

/// What the base has at a path, where that is no directory.
struct BaseEntry: Equatable {
    let kind: FileEntry.Kind
    let object: ObjectName

    init(_ entry: FileEntry) { (kind, object) = (entry.kind, entry.object) }

    init?(_ entry: TreeEntry) {
        guard let kind = FileEntry.Kind(entry) else { return nil }
        (self.kind, object) = (kind, ObjectName(entry.id))
    }
}
