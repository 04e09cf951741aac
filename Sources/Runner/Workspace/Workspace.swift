internal import Basics
internal import Executors
internal import Model

/// Where an attempt's files are until they are frozen.
protocol Workspace: AnyObject {
    var files: any FileView { get }
    /// Starts programs among the files; `nil` where nothing is on a disk.
    var programs: (any ProgramRunner)? { get }
    /// What there is to say about how it was furnished.
    var notes: [String] { get }

    /// Writes what is there now as a tree of the repository.
    func freeze() throws(StageError) -> FrozenFiles
}

extension Workspace {
    var notes: [String] { [] }
}

/// What a workspace held when it was frozen.
struct FrozenFiles {
    let tree: ObjectID
    /// What could not be put into a tree, and so rejects the change.
    var refusals: [Violation] = []
    /// Files that programs left and that belong to no change: scratch, and what git ignores.
    var ignored = 0
}
