internal import Basics
internal import Executors
internal import Model
internal import Workspaces

/// Where an attempt's files are until they are frozen.
protocol Workspace: AnyObject {
    var files: any FileView { get }
    /// Starts programs among the files; `nil` where nothing is on a disk.
    var programs: (any ProgramRunner)? { get }
    /// What there is to say about how it was furnished.
    var notes: [String] { get }

    /// Fails where somebody has removed or replaced the files meanwhile: what is there is not what programs left.
    func requireInPlace() throws(StageError)

    /// Writes what is there now as a tree of the repository.
    func freeze() throws(StageError) -> FrozenFiles
}

extension Workspace {
    var notes: [String] { [] }

    func requireInPlace() throws(StageError) {}
}

/// Does something with files on a disk that somebody may have removed meanwhile: then that is what is said.
func whileInPlace<Result>(
    _ requireInPlace: () throws(WorkspaceError) -> Void, _ body: () throws(WorkspaceError) -> Result
) throws(WorkspaceError) -> Result {
    try requireInPlace()
    let result: Result
    do throws(WorkspaceError) { result = try body() } catch {
        try requireInPlace()
        throw error
    }
    // what vanishes in between would look like a task that has done less
    try requireInPlace()
    return result
}

/// What a workspace held when it was frozen.
struct FrozenFiles {
    let tree: ObjectID
    /// What could not be put into a tree, and so rejects the change.
    var refusals: [Violation] = []
    /// Files that programs left and that belong to no change: scratch, and what git ignores.
    var ignored = 0
}
