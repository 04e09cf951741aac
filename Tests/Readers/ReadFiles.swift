internal import Basics
internal import Enforcement
internal import Executors
internal import Model
internal import Paths

/// Files in memory for an executor.
final class ReadFiles: FileView {
    private var contents: [RepoPath: [UInt8]] = [:]

    init(_ files: [String: [UInt8]]) {
        for (name, bytes) in files { if let path = try? RepoPath(name) { contents[path] = bytes } }
    }

    func read(_ path: RepoPath) -> [UInt8]? { contents[path] }

    func kind(of path: RepoPath) -> FileKind? { contents[path] == nil ? nil : .regular }

    func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) -> [RepoPath] {
        contents.keys.filter { path in (directory.map(path.isBelow) ?? true) && isWanted(path) }.sorted()
    }

    func hasDirectory(_ path: RepoPath) -> Bool { contents.keys.contains { $0.isBelow(path) } }

    func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) { contents[path] = bytes }

    func remove(_ path: RepoPath) { contents[path] = nil }
}

/// A change of one file, to be judged with its contents: its first half is what it was before.
struct ReadChange: ChangeContents {
    private static let (old, new) = (
        ObjectID(bytes: [UInt8](repeating: 1, count: 20)) ?? .zero,
        ObjectID(bytes: [UInt8](repeating: 2, count: 20)) ?? .zero
    )

    let path: RepoPath
    let bytes: [UInt8]

    func bytes(of blob: ObjectID) -> [UInt8]? { blob == Self.new ? bytes : Array(bytes[..<(bytes.count / 2)]) }

    func subject() throws(PathPatternError) -> RuleSubject {
        let all = try PathPattern("**")
        var (task, scope) = (BacklogTask(id: "task-001"), Scope(name: "all"))
        (task.allowedPaths, scope.allowedPaths) = ([all], [all])
        let change = Change(
            path: path, operation: .update, oldMode: 0o100644, newMode: 0o100644, oldBlob: Self.old,
            newBlob: Self.new, size: bytes.count, added: 1, removed: 1, isBinary: false)
        return RuleSubject(
            changes: ChangeSet(base: .zero, baseTree: .zero, tree: .zero, changes: [change], patchBytes: 1),
            rules: RuleSet(
                scope: scope, permission: Permission(task: task, scope: scope, policy: Policy(), limits: []),
                limits: EffectiveLimits([]), invariants: [], sandbox: Sandbox()),
            contents: self)
    }
}
