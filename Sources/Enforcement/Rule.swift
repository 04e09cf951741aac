package import Basics
package import Model
package import Paths

/// Finds one kind of violation in a change: pure, and blind to every other rule.
package protocol Rule: Sendable {
    func violations(in subject: RuleSubject) -> [Violation]
}

/// Everything a rule may look at.
package struct RuleSubject {
    package let changes: ChangeSet
    package let rules: RuleSet
    /// Leviathan's own edit of the backlog, which no rule about paths concerns.
    package let writeBack: WriteBack?
    package let contents: any ChangeContents
    /// What the rest of the frozen tree holds; without it only the changed paths are compared with each other.
    package let tree: (any TreeQuestion)?
    /// What was found in the workspace and could not become part of the change.
    package let refusals: [Violation]
    /// What programs were given and must not become part of the change; `nil` for nothing.
    package let secrets: (any SecretRedaction)?
    /// The changes without Leviathan's own edit of the backlog.
    package let ownChanges: [Change]
    /// What stood at the paths that something was moved away from.
    let blobsBefore: [RepoPath: ObjectID]

    package init(
        changes: ChangeSet, rules: RuleSet, writeBack: WriteBack? = nil, contents: any ChangeContents,
        tree: (any TreeQuestion)? = nil, refusals: [Violation] = [], secrets: (any SecretRedaction)? = nil
    ) {
        (self.changes, self.rules, self.writeBack, self.contents) = (changes, rules, writeBack, contents)
        (self.tree, self.refusals, self.secrets) = (tree, refusals, secrets)
        ownChanges = changes.changes.filter { !($0.path == writeBack?.path && $0.newBlob == writeBack?.blob) }
        let origins = Set(changes.changes.compactMap(\.renamedFrom))
        blobsBefore = changes.changes.reduce(into: [:]) { blobs, change in
            if origins.contains(change.path) { blobs[change.path] = change.oldBlob }
        }
    }

    package var permission: Permission { rules.permission }
    package var scope: Scope { rules.scope }
    package var limits: EffectiveLimits { rules.limits }
    var blocksWeakenedTests: Bool { rules.blocksWeakenedTests }
}

/// The exact edit of the backlog that marks the task as done.
package struct WriteBack: Hashable, Sendable {
    package let path: RepoPath
    package let blob: ObjectID

    package init(path: RepoPath, blob: ObjectID) { (self.path, self.blob) = (path, blob) }
}

/// Lends the bytes of changed files to rules that read them.
package protocol ChangeContents {
    /// The bytes of a blob, of the base's as well; `nil` when it is longer than rules care to read.
    func bytes(of blob: ObjectID) throws -> [UInt8]?

    /// Is told what is going to be read besides the change, so that what lies elsewhere can be fetched together.
    func expect(_ blobs: [ObjectID]) throws
}

extension ChangeContents {
    package func expect(_ blobs: [ObjectID]) throws {}
}

/// Answers what the frozen tree holds besides the changed files.
package protocol TreeQuestion {
    /// What stands at a path; `nil` for nothing. Symlinks are not followed.
    func item(at path: RepoPath) throws -> TreeItem?

    /// The names in a directory, in that of the root for `nil`; none where there is no directory.
    func names(in directory: RepoPath?) throws -> [[UInt8]]
}

/// What can stand at a path of a tree.
package enum TreeItem: Hashable, Sendable {
    case file(ObjectID)
    case symlink(ObjectID)
    case directory
    case repository
}
