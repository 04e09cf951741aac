package import Basics

/// Everything that the answer of an invariant's program depends on, as far as it can be known before it runs.
package struct InvariantQuestion: Fingerprinted {
    /// Changes when the same question may get another answer from a newer Leviathan.
    package var version = 2
    package var invariant: Invariant
    package var sandbox: Sandbox
    package var seeding: WorkspaceSeeding
    package var kind: WorkspaceKind
    /// The files, submodules included, and the commit that git shows beside them.
    package var tree: ObjectID
    package var base: ObjectID
    package var timeout: Duration
    /// Where the program sees its files; `nil` where each run sees them elsewhere.
    package var directory: String?
    package var environment: [String: String]
    /// The programs that the line and the set-up name, each with what changes when it is replaced.
    package var tools: [String]
    /// What the linked and copied files are now.
    package var seeds: [String]

    package init(
        invariant: Invariant, sandbox: Sandbox, seeding: WorkspaceSeeding, kind: WorkspaceKind, tree: ObjectID,
        base: ObjectID, timeout: Duration, directory: String?, environment: [String: String], tools: [String],
        seeds: [String]
    ) {
        (self.invariant, self.sandbox, self.seeding, self.kind) = (invariant, sandbox, seeding, kind)
        (self.tree, self.base, self.timeout, self.directory) = (tree, base, timeout, directory)
        (self.environment, self.tools, self.seeds) = (environment, tools, seeds)
    }

    package var fingerprint: JSON {
        .fingerprint([
            "version": version, "invariant": invariant, "sandbox": sandbox, "seeding": seeding, "kind": kind,
            "tree": tree, "base": base, "timeout": timeout, "directory": directory, "environment": environment,
            "tools": tools, "seeds": seeds,
        ])
    }
}

/// Everything that the result of a set-up depends on.
package struct SetUpQuestion: Fingerprinted {
    /// What a result is kept as.
    package enum Form: String, Fingerprinted, Sendable {
        /// A layer above a checkout.
        case layer
        /// What it added to a checkout.
        case additions
        /// What it made beside the lock files alone.
        case directory
    }

    package var version = 2
    package var line: String
    package var form: Form
    /// The whole tree; `nil` where the set-up sees lock files only.
    package var tree: ObjectID?
    /// The lock files that the tree has, with their modes and contents.
    package var lockFiles: [String: String]
    package var sandbox: Sandbox
    package var opensNetwork: Bool
    package var isFenced: Bool
    package var sparse: [String]?
    package var directory: String?
    package var environment: [String: String]
    package var tools: [String]

    package init(
        line: String, form: Form, tree: ObjectID?, lockFiles: [String: String], sandbox: Sandbox,
        opensNetwork: Bool, isFenced: Bool, sparse: [String]?, directory: String?,
        environment: [String: String], tools: [String]
    ) {
        (self.line, self.form, self.tree, self.lockFiles) = (line, form, tree, lockFiles)
        (self.sandbox, self.opensNetwork, self.isFenced) = (sandbox, opensNetwork, isFenced)
        (self.sparse, self.directory, self.environment, self.tools) = (sparse, directory, environment, tools)
    }

    package var fingerprint: JSON {
        .fingerprint([
            "version": version, "line": line, "form": form, "tree": tree, "lockFiles": lockFiles,
            "sandbox": sandbox, "opensNetwork": opensNetwork, "isFenced": isFenced, "sparse": sparse,
            "directory": directory, "environment": environment, "tools": tools,
        ])
    }
}
