package import Basics
package import Git
package import Model
package import Paths

/// What a scan leaves out, and where it gives up.
package struct ChangeScanOptions: Sendable {
    /// Writable, and never part of the change.
    package var scratch: [PathPattern] = []
    /// Larger files are refused without being read.
    package var maxFileSize = 100 << 20
    package var maxFiles = 200_000
    /// Whether new files that the base's `.gitignore` files name are left out.
    package var ignoresByBase = true
    /// What stood there before the task began, and belongs to no change.
    package var seeded: Set<RepoPath> = []
    /// Whether what is new goes into the repository, and not only its name into the result.
    package var storesContents = true

    package init() {}
}

/// What programs left behind, as edits of the base tree.
package struct ScannedChanges: Sendable {
    package var edits: [TreeEdit] = []
    package var refusals: [Violation] = []
    /// How many files and directories were left out: scratch, or ignored at the base.
    package var ignored = 0

    package init() {}
}

/// Reads what programs left as edits of a tree: without filters, hooks, attributes or any program, trusting nothing.
package struct ChangeScan {
    let repository: Repository
    /// Knows the base, where that is more than a tree of the repository.
    let reader: Repository
    let base: ObjectID
    let options: ChangeScanOptions

    package init(_ repository: Repository, base tree: ObjectID, options: ChangeScanOptions = ChangeScanOptions()) {
        self.init(repository, base: FilledTree(tree, of: repository), options: options)
    }

    /// `repository`: takes what is new.
    package init(
        _ repository: Repository, base: FilledTree, options: ChangeScanOptions = ChangeScanOptions()
    ) {
        (self.repository, reader, self.base, self.options) = (repository, base.repository, base.tree, options)
    }
}
