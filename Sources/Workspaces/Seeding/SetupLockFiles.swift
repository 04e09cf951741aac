package import Basics
package import Git
internal import Model
internal import Paths

/// The files of a tree that a set-up sees, and depends on.
package struct SetupLockFiles: Sendable {
    private struct File: Sendable {
        let path: RepoPath
        let bytes: [UInt8]
        let object: ObjectID
        let isExecutable: Bool
    }

    private static let sizeLimit = 64 << 20

    private let files: [File]

    /// Reads those of the names that the tree has; anything but a plain file is refused.
    package init(_ names: [String], in tree: ObjectID, of repository: Repository) throws(WorkspaceError) {
        var files: [File] = []
        for name in Set(names).sorted() {
            guard let path = try? RepoPath(name) else {
                throw WorkspaceError(
                    .objects, "workspace.lock_files names '\(name)', which is no path of the repository",
                    hint: "name files, each on its own")
            }
            do throws(GitError) {
                guard let entry = try repository.entry(at: path, in: tree) else { continue }
                guard entry.kind == .regular || entry.kind == .executable else {
                    throw GitError(.conflict, "read the lock file '\(name)'", reason: "it is not a plain file")
                }
                files.append(
                    File(
                        path: path, bytes: try repository.blob(entry.id, limit: Self.sizeLimit), object: entry.id,
                        isExecutable: entry.kind == .executable))
            } catch { throw WorkspaceError(.objects, error) }
        }
        self.files = files
    }

    /// Mode and object of each, by path.
    package var facts: [String: String] {
        let pairs = files.map { ($0.path.description, ($0.isExecutable ? "100755 " : "100644 ") + $0.object.hex) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Writes them into an empty directory.
    package func write(to directory: String) throws(WorkspaceError) {
        do throws(FileError) {
            let root = try Directory(path: directory)
            for file in files {
                let parent = try root.makeDirectories(at: file.path.parent?.bytes ?? [])
                _ = try parent.writeNew(
                    file.path.components.last ?? [], file.bytes, permissions: file.isExecutable ? 0o755 : 0o644)
            }
        } catch { throw WorkspaceError(.storage, error) }
    }
}
