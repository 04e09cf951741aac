import Basics
import Enforcement
import Model

/// A change and the rules around it, put together by hand.
struct Exhibit: ChangeContents {
    var task = BacklogTask(id: "task-001")
    var scope = Scope(name: "docs")
    var policy = Policy()
    var changes: [Change] = []
    private var blobs: [ObjectID: [UInt8]] = [:]

    init(
        allowed: [String], forbidden: [String] = [], operations: Set<Operation> = Set(Operation.allCases),
        limits: Limits = Limits(), requires: [Scope.Requirement] = []
    ) throws {
        scope.allowedPaths = try allowed.map { try PathPattern($0) }
        scope.operations = operations
        scope.requires = requires
        task.allowedPaths = [try PathPattern("**")]
        policy.forbidden = try forbidden.map { try PathPattern($0) }
        policy.limits = limits
    }

    func with(
        _ path: String, _ text: String, operation: Operation = .create, mode: UInt32 = 0o100644,
        before: String? = nil
    ) throws -> Exhibit {
        try with(RepoPath(path), text, operation: operation, mode: mode, before: before)
    }

    func with(
        _ path: RepoPath, _ text: String, operation: Operation = .create, mode: UInt32 = 0o100644,
        before: String? = nil
    ) throws -> Exhibit {
        var copy = self
        let old = before.map { copy.store($0) }
        let new = operation == .delete ? nil : copy.store(text)
        copy.changes.append(
            Change(
                path: path, operation: operation, oldMode: old == nil ? nil : 0o100644,
                newMode: operation == .delete ? nil : mode, oldBlob: old, newBlob: new, size: text.utf8.count,
                added: 0, removed: 0, isBinary: false))
        return copy
    }

    func subject(patchBytes: Int = 0, writeBack: WriteBack? = nil) throws -> Case {
        Case(
            changes: ChangeSet(
                base: .zero, baseTree: .zero, tree: .zero, changes: changes, patchBytes: patchBytes),
            permission: Permission(task: task, scope: scope, policy: policy, limits: [policy.limits]),
            scope: scope,
            limits: EffectiveLimits([(.target, policy.limits)]), writeBack: writeBack, contents: self)
    }

    func bytes(of blob: ObjectID) -> [UInt8]? { blobs[blob] }

    private mutating func store(_ text: String) -> ObjectID {
        let number = UInt8(truncatingIfNeeded: blobs.count + 1)
        let id = ObjectID(bytes: [UInt8](repeating: number, count: 20)) ?? .zero
        blobs[id] = Array(text.utf8)
        return id
    }
}
