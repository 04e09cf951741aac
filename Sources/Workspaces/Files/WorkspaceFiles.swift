package import Basics

/// Reads and writes below a directory that programs wrote to: never through a symlink, never outside.
///
/// Over one directory, or over an overlay's upper layer and the lower one that shows through where it is silent.
package final class WorkspaceFiles {
    package enum Kind: Sendable {
        case regular, executable
        /// A symlink, a special file or another repository: its content is not for executors.
        case other
    }

    private let upper: Directory
    private let lower: Directory?

    package init(directory: String) throws(WorkspaceError) {
        do throws(FileError) { upper = try Directory(path: directory) } catch {
            throw WorkspaceError(.storage, error)
        }
        lower = nil
    }

    package init(upper: String, lower: String) throws(WorkspaceError) {
        do throws(FileError) {
            self.upper = try Directory(path: upper)
            self.lower = try Directory(path: lower)
        } catch { throw WorkspaceError(.storage, error) }
    }

    /// The bytes of a file; `nil` when there is none.
    package func read(_ path: RepoPath, limit: Int = 64 << 20) throws(WorkspaceError) -> [UInt8]? { nil }

    package func kind(of path: RepoPath) throws(WorkspaceError) -> Kind? { nil }

    /// The files below a directory (`nil`: everywhere) that the filter wants, sorted by path.
    package func list(
        under directory: RepoPath?, where isWanted: (RepoPath) -> Bool
    ) throws(WorkspaceError) -> [RepoPath] { [] }

    /// Whether a directory of that name holds any file.
    package func hasDirectory(_ path: RepoPath) throws(WorkspaceError) -> Bool { false }

    /// Creates the file or replaces its content; `isExecutable` of `nil` keeps what it was.
    package func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) throws(WorkspaceError) {}

    package func remove(_ path: RepoPath) throws(WorkspaceError) {}
}
