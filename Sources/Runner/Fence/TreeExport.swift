internal import Basics
internal import Git

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Lays a tree out as files: by our own code, so that no filter, hook or attribute has a say.
struct TreeExport {
    private static let fileLimit = 1 << 30
    let repository: Repository

    func write(_ tree: ObjectID, to directory: String) throws(StageError) {
        var failure: StageError?
        do throws(GitError) {
            try repository.walk(tree: tree, under: nil) { path, entry in
                do throws(StageError) {
                    try write(entry, to: directory + "/" + path.description)
                    return .descend
                } catch {
                    failure = error
                    return .stop
                }
            }
        } catch { throw StageError(.executor, error) }
        if let failure { throw failure }
    }

    private func write(_ entry: TreeEntry, to path: String) throws(StageError) {
        do throws(FileError) {
            switch entry.kind {
            case .directory: try FileSystem.createDirectory(path)
            case .regular: try FileSystem.writeNew(try blob(entry), to: path, permissions: 0o644)
            case .executable: try FileSystem.writeNew(try blob(entry), to: path, permissions: 0o755)
            case .symlink: try FileSystem.writeSymlink(to: try blob(entry), at: path)
            // What another repository holds is not here; its place is an empty directory, as git has it.
            default: try FileSystem.createDirectory(path)
            }
        } catch { throw StageError(.executor, error) }
    }

    private func blob(_ entry: TreeEntry) throws(FileError) -> [UInt8] {
        do throws(GitError) { return try repository.blob(entry.id, limit: Self.fileLimit) } catch {
            throw FileError("read the object \(entry.id.short) for", "the workspace", EIO)
        }
    }
}
