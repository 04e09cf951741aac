package import Basics
package import Paths

/// What a task did to one file.
package struct Change: Hashable, Sendable {
    package let path: RepoPath
    package let operation: Operation
    /// The git modes before and after, such as `100644`; `nil` where the file is not there.
    package let oldMode: UInt32?
    package let newMode: UInt32?
    package let oldBlob: ObjectID?
    package let newBlob: ObjectID?
    /// Bytes after the change.
    package let size: Int
    package let added: Int
    package let removed: Int
    package let isBinary: Bool
    /// The deleted file that this one's content seems to come from.
    package let renamedFrom: RepoPath?

    package init(
        path: RepoPath, operation: Operation, oldMode: UInt32?, newMode: UInt32?, oldBlob: ObjectID?,
        newBlob: ObjectID?, size: Int, added: Int, removed: Int, isBinary: Bool, renamedFrom: RepoPath? = nil
    ) {
        (self.path, self.operation, self.oldMode, self.newMode) = (path, operation, oldMode, newMode)
        (self.oldBlob, self.newBlob, self.size) = (oldBlob, newBlob, size)
        (self.added, self.removed, self.isBinary) = (added, removed, isBinary)
        self.renamedFrom = renamedFrom
    }

    /// The mode that the change leaves, or that of what it removed, as git writes it.
    package var modeText: String { String(newMode ?? oldMode ?? 0, radix: 8) }
}

/// A change, frozen into a git tree before anything judges it.
package struct ChangeSet: Hashable, Sendable {
    package let base: ObjectID
    package let baseTree: ObjectID
    package let tree: ObjectID
    /// Sorted by path.
    package let changes: [Change]
    /// How long the patch of what the task itself did is.
    package let patchBytes: Int

    package init(base: ObjectID, baseTree: ObjectID, tree: ObjectID, changes: [Change], patchBytes: Int) {
        (self.base, self.baseTree, self.tree) = (base, baseTree, tree)
        (self.changes, self.patchBytes) = (changes, patchBytes)
    }

    package var isEmpty: Bool { tree == baseTree }
    package var added: Int { changes.reduce(0) { $0 + $1.added } }
    package var removed: Int { changes.reduce(0) { $0 + $1.removed } }
}

/// One reason why a change is not accepted, or, where it only warns, what a reviewer should know.
package struct Violation: Hashable, Sendable {
    /// Stable for ever, such as `path-not-allowed`.
    package let rule: String
    package let path: RepoPath?
    /// Counted from 1; of the old file where the rule misses something in the new one.
    package let line: Int?
    package let message: String
    package let hint: String?
    package let severity: Invariant.Severity

    package init(
        _ rule: String, path: RepoPath? = nil, line: Int? = nil, _ message: String, hint: String? = nil,
        severity: Invariant.Severity = .block
    ) {
        (self.rule, self.path, self.line, self.message) = (rule, path, line, message)
        (self.hint, self.severity) = (hint, severity)
    }
}
