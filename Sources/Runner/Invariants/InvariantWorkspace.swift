internal import Basics
internal import Model
internal import Paths
internal import Processes

/// A workspace that holds exactly a tree, with set-up and seeds, for one run of a program; what is written there is gone
/// afterwards.
protocol InvariantWorkspace: Sendable {
    var directory: String { get }
    var fence: Fence { get }

    /// Puts in what is not there yet; returns why no program can run, such as a set-up that failed.
    func prepare() throws(StageError) -> String?
    /// Sees to it that whatever lies at the path afterwards was written by the program.
    func clearReport(at path: RepoPath) throws(StageError)
    /// Fails where somebody has removed or replaced the files meanwhile: what a program said of them counts for nothing.
    func requireInPlace() throws(StageError)
    /// What the program wrote there; `nil` for nothing.
    func report(at path: RepoPath) throws(StageError) -> [UInt8]?
}

/// Hands out workspaces to programs that run at the same time; asked from one thread only.
protocol InvariantWorkspaces {
    /// How many programs may run at once.
    var width: Int { get }

    /// `isAlone`: nobody else has one, and so it may wait for one.
    func open(_ side: InvariantSide, isAlone: Bool) throws(StageError) -> OpenedInvariantWorkspace
}

enum OpenedInvariantWorkspace {
    case workspace(any InvariantWorkspace)
    /// No program can run on that tree, and why.
    case couldNotRun(String)
    /// All are taken; one comes free when a program ends.
    case taken
}

enum InvariantReport {
    private static let sizeLimit = 16 << 20

    /// A plain file below a directory, through no symlink.
    static func read(_ path: RepoPath, below directory: String) throws(StageError) -> [UInt8]? {
        let place = directory + "/" + path.description
        do throws(FileError) {
            guard let status = try FileSystem.status(place), status.kind == .file,
                FileSystem.realPath(place) == FileSystem.realPath(directory).map({ $0 + "/" + path.description })
            else { return nil }
            return try FileSystem.read(place, limit: sizeLimit)
        } catch { throw StageError(.executor, error) }
    }
}
