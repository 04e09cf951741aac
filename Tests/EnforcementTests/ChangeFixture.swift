import Basics
import Enforcement
import Model
import Paths

/// A change and the rules around it, put together by hand.
struct ChangeFixture: ChangeContents, TreeQuestion {
    var task = BacklogTask(id: "task-001")
    var scope = Scope(name: "docs")
    var policy = Policy()
    var changes: [Change] = []
    /// Files of the base that the change leaves alone.
    private var standing: [RepoPath: TreeItem] = [:]
    private var blobs: [ObjectID: [UInt8]] = [:]

    /// Everything is allowed unless the test says otherwise.
    init(
        allowed: [String] = ["**"], forbidden: [String] = [],
        operations: Set<Operation> = Set(Operation.allCases), limits: Limits = Limits(),
        requires: [Scope.Requirement] = []
    ) throws {
        scope.allowedPaths = try allowed.map { try PathPattern($0) }
        scope.operations = operations
        scope.requires = requires
        task.allowedPaths = [try PathPattern("**")]
        policy.forbidden = try forbidden.map { try PathPattern($0) }
        policy.limits = limits
    }

    func with(
        _ path: String, _ text: String, operation: Operation? = nil, mode: UInt32 = 0o100644,
        before: String? = nil, movedFrom origin: String? = nil, isBinary: Bool = false
    ) throws -> ChangeFixture {
        try with(
            RepoPath(path), text, operation: operation, mode: mode, before: before, movedFrom: origin,
            isBinary: isBinary)
    }

    func with(
        _ path: RepoPath, _ text: String, operation: Operation? = nil, mode: UInt32 = 0o100644,
        before: String? = nil, movedFrom origin: String? = nil, isBinary: Bool = false
    ) throws -> ChangeFixture {
        var copy = self
        let old = before.map { copy.store($0) }
        let new = operation == .delete ? nil : copy.store(text)
        copy.changes.append(
            Change(
                path: path, operation: operation ?? (before == nil ? .create : .update),
                oldMode: old == nil ? nil : 0o100644, newMode: operation == .delete ? nil : mode, oldBlob: old,
                newBlob: new, size: text.utf8.count, added: 0, removed: 0, isBinary: isBinary,
                renamedFrom: try origin.map { try RepoPath($0) }))
        return copy
    }

    func with(_ path: String, bytes: [UInt8], before: [UInt8]? = nil, isBinary: Bool = false) throws
        -> ChangeFixture
    {
        var copy = self
        let old = before.map { copy.store($0) }
        copy.changes.append(
            Change(
                path: try RepoPath(path), operation: before == nil ? .create : .update,
                oldMode: old == nil ? nil : 0o100644, newMode: 0o100644, oldBlob: old, newBlob: copy.store(bytes),
                size: bytes.count, added: 0, removed: 0, isBinary: isBinary, renamedFrom: nil))
        return copy
    }

    func without(_ path: String, _ before: String) throws -> ChangeFixture {
        try with(path, "", operation: .delete, before: before)
    }

    /// A file that the base has and the change leaves alone.
    func beside(_ path: String, _ text: String = "") throws -> ChangeFixture {
        var copy = self
        copy.standing[try RepoPath(path)] = .file(copy.store(text))
        return copy
    }

    func subject(
        patchBytes: Int = 0, writeBack: WriteBack? = nil, seesTree: Bool = false,
        blocksWeakenedTests: Bool = false, invariants: [Invariant] = []
    ) throws -> RuleSubject {
        RuleSubject(
            changes: ChangeSet(
                base: .zero, baseTree: .zero, tree: .zero, changes: changes, patchBytes: patchBytes),
            rules: RuleSet(
                scope: scope,
                permission: Permission(task: task, scope: scope, policy: policy, limits: [policy.limits]),
                limits: EffectiveLimits([(.target, policy.limits)]), invariants: invariants, sandbox: Sandbox(),
                blocksWeakenedTests: blocksWeakenedTests),
            writeBack: writeBack, contents: self, tree: seesTree ? self : nil)
    }

    func violations(seesTree: Bool = false) throws -> [Violation] {
        Rules.findings(in: try subject(seesTree: seesTree)).violations
    }

    func rules(seesTree: Bool = false) throws -> [String] { try violations(seesTree: seesTree).map(\.rule) }

    func bytes(of blob: ObjectID) -> [UInt8]? { blobs[blob] }

    // MARK: The new tree

    private var items: [RepoPath: TreeItem] {
        var items = standing
        for change in changes where change.operation != .delete {
            guard let blob = change.newBlob else { continue }
            items[change.path] = change.newMode == 0o120000 ? .symlink(blob) : .file(blob)
        }
        return items
    }

    func item(at path: RepoPath) -> TreeItem? {
        if let item = items[path] { return item }
        return items.keys.contains { $0.isBelow(path) } ? .directory : nil
    }

    func names(in directory: RepoPath?) -> [[UInt8]] {
        let inner = items.keys.filter { directory.map($0.isBelow) ?? true }
        let depth = directory?.components.count ?? 0
        return Array(Set(inner.map { Array($0.components[depth]) }))
    }

    private mutating func store(_ text: String) -> ObjectID { store(Array(text.utf8)) }

    private mutating func store(_ content: [UInt8]) -> ObjectID {
        let number = blobs.count + 1
        let bytes = [UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)] + [UInt8](repeating: 7, count: 18)
        let id = ObjectID(bytes: bytes) ?? .zero
        blobs[id] = content
        return id
    }
}

/// A tree and contents that cannot be read.
struct Unreadable: ChangeContents, TreeQuestion {
    struct Failure: Error {}

    func bytes(of blob: ObjectID) throws -> [UInt8]? { throw Failure() }
    func item(at path: RepoPath) throws -> TreeItem? { throw Failure() }
    func names(in directory: RepoPath?) throws -> [[UInt8]] { throw Failure() }
}
