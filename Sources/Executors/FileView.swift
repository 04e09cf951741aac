internal import Basics
package import Paths

/// The files of the base as an executor sees them, and the edits it makes to them.
///
/// Edits are visible to later reads and reach nothing else: a view may stand on git objects or on a directory.
package protocol FileView: AnyObject {
    /// The bytes of a file; `nil` when there is none.
    func read(_ path: RepoPath) throws(FileViewError) -> [UInt8]?

    /// What kind of file a path names; `nil` when it names none.
    func kind(of path: RepoPath) throws(FileViewError) -> FileKind?

    /// The files below a directory (`nil`: everywhere) that the filter wants, sorted by path.
    func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) throws(FileViewError) -> [RepoPath]

    /// Whether a directory of that name holds any file.
    func hasDirectory(_ path: RepoPath) throws(FileViewError) -> Bool

    /// Creates the file or replaces its content; `isExecutable` of `nil` keeps what it was.
    func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) throws(FileViewError)

    func remove(_ path: RepoPath) throws(FileViewError)
}

extension FileView {
    package func write(_ path: RepoPath, _ text: String) throws(FileViewError) {
        try write(path, Array(text.utf8), isExecutable: nil)
    }
}

/// What kind of file stands at a path.
package enum FileKind: Sendable {
    case regular, executable
    /// A symlink or another repository: its content is not for executors.
    case other
}

/// A file that could not be read or written in a view.
package struct FileViewError: ExplainedError {
    package let message: String
    package let causes: [String]

    package init(_ message: String, causes: [String] = []) { (self.message, self.causes) = (message, causes) }
}
