package import Basics
package import Git
package import Model

/// Files of the user's checkout that a workspace gets besides those of the tree, such as a cache of dependencies.
package struct SeedPlan {
    /// What the change must never contain.
    package let scratch: [PathPattern]
    /// What was left out, and why; one line each.
    package let notes: [String]

    /// Looks at what the policy names: tracked, missing and outward-leading paths become notes.
    package init(
        _ seeding: WorkspaceSeeding, from checkout: String, repository: Repository, tree: ObjectID
    ) throws(WorkspaceError) {
        (scratch, notes) = ([], [])
    }

    /// Puts links and copies below a directory: a checkout's root or an upper layer's.
    package func apply(to directory: String) throws(WorkspaceError) {}
}
