package import Basics
package import Model

/// One thing that a change is judged by: pure, and blind to every other rule.
package protocol Rule: Sendable {
    func violations(in case: Case) -> [Violation]
}

/// Everything a rule may look at.
package struct Case {
    package let changes: ChangeSet
    package let permission: Permission
    package let scope: Scope
    package let limits: EffectiveLimits
    /// Leviathan's own edit of the backlog, which no rule about paths concerns.
    package let writeBack: WriteBack?
    package let contents: any ChangeContents

    package init(
        changes: ChangeSet, permission: Permission, scope: Scope, limits: EffectiveLimits, writeBack: WriteBack?,
        contents: any ChangeContents
    ) {
        (self.changes, self.permission, self.scope) = (changes, permission, scope)
        (self.limits, self.writeBack, self.contents) = (limits, writeBack, contents)
    }

    /// The changes that the task is answerable for.
    package var judged: [Change] {
        changes.changes.filter { !($0.path == writeBack?.path && $0.newBlob == writeBack?.blob) }
    }
}

/// The exact edit of the backlog that marks the task as done.
package struct WriteBack: Hashable, Sendable {
    package let path: RepoPath
    package let blob: ObjectID

    package init(path: RepoPath, blob: ObjectID) { (self.path, self.blob) = (path, blob) }
}

/// Lends the bytes of changed files to rules that read them.
package protocol ChangeContents {
    /// The bytes of a blob; `nil` when it is longer than rules care to read.
    func bytes(of blob: ObjectID) throws -> [UInt8]?
}
