internal import Basics
internal import Executors
internal import Paths
internal import Workspaces

/// The files of a checkout or an overlay, as executors see them.
final class WorkspaceFileView: FileView {
    private let files: WorkspaceFiles

    init(_ files: WorkspaceFiles) { self.files = files }

    func read(_ path: RepoPath) throws(FileViewError) -> [UInt8]? {
        try seen { () throws(WorkspaceError) in try files.read(path) }
    }

    func kind(of path: RepoPath) throws(FileViewError) -> FileKind? {
        try seen { () throws(WorkspaceError) in try files.kind(of: path) }.map {
            switch $0 {
            case .regular: .regular
            case .executable: .executable
            case .other: .other
            }
        }
    }

    func list(
        under directory: RepoPath?, where isWanted: (RepoPath) -> Bool
    ) throws(FileViewError) -> [RepoPath] {
        try seen { () throws(WorkspaceError) in try files.list(under: directory, where: isWanted) }
    }

    func hasDirectory(_ path: RepoPath) throws(FileViewError) -> Bool {
        try seen { () throws(WorkspaceError) in try files.hasDirectory(path) }
    }

    func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) throws(FileViewError) {
        try seen { () throws(WorkspaceError) in try files.write(path, bytes, isExecutable: isExecutable) }
    }

    func remove(_ path: RepoPath) throws(FileViewError) {
        try seen { () throws(WorkspaceError) in try files.remove(path) }
    }

    private func seen<Value>(_ body: () throws(WorkspaceError) -> Value) throws(FileViewError) -> Value {
        do throws(WorkspaceError) { return try body() } catch {
            throw FileViewError(error.message, causes: error.causes)
        }
    }
}
