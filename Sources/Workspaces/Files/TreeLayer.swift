package import Basics
package import Git
internal import Glibc
internal import Processes

/// An overlay's layer that turns a checkout of one tree into another.
package struct TreeLayer {
    private let repository: Repository

    /// Changed files as files, deletions as whiteouts, directories in place of files as opaque ones.
    ///
    /// `directory` is empty. Only what differs is read, whatever the trees hold.
    package static func write(
        _ repository: Repository, from base: ObjectID, to tree: ObjectID, in directory: String
    ) throws(WorkspaceError) {
        let root: Directory
        do throws(FileError) { root = try Directory(path: directory) } catch {
            throw WorkspaceError(.storage, error)
        }
        try TreeLayer(repository: repository).write(from: base, to: tree, in: root)
    }

    private func write(from base: ObjectID?, to tree: ObjectID, in directory: Directory) throws(WorkspaceError) {
        let before = try entries(of: base)
        let after = try entries(of: tree)
        let kept = Set(after.map(\.name))
        for entry in before where !kept.contains(entry.name) {
            do throws(FileError) { try directory.writeWhiteout(entry.name) } catch {
                throw WorkspaceError(.storage, error)
            }
        }
        let known = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in after where known[entry.name] != entry {
            try write(entry, over: known[entry.name], in: directory)
        }
    }

    private func write(_ entry: TreeEntry, over before: TreeEntry?, in directory: Directory) throws(WorkspaceError)
    {
        guard CheckoutWriter.isSafe(entry.name) else {
            throw WorkspaceError(
                .objects, "the tree holds '\(PathText.escaped(entry.name))', which no checkout can hold")
        }
        guard entry.isDirectory else {
            guard let kind = FileEntry.Kind(entry) else {
                throw WorkspaceError(
                    .objects, "the tree holds '\(PathText.escaped(entry.name))' with an unknown mode")
            }
            // A submodule's place is an empty directory; it hides what was there.
            _ = try CheckoutWriter.write(entry.name, entry.id, kind, in: directory, replacing: false, repository)
            if kind == .submodule, before?.isDirectory == true { try hide(entry.name, in: directory) }
            return
        }
        let inside: Directory
        do throws(FileError) { inside = try directory.makeDirectory(entry.name) } catch {
            throw WorkspaceError(.storage, error)
        }
        if let before, !before.isDirectory { try hide(entry.name, in: directory) }
        try write(from: before?.isDirectory == true ? before?.id : nil, to: entry.id, in: inside)
    }

    /// Marks a directory so that nothing of the layers below shows through.
    private func hide(_ name: [UInt8], in directory: Directory) throws(WorkspaceError) {
        do throws(FileError) {
            guard let inside = try directory.directory(name),
                FileAttributes.set("user.overlay.opaque", to: [UInt8(ascii: "y")], of: inside.descriptor)
            else { throw directory.failure("mark as opaque", name, errno) }
        } catch { throw WorkspaceError(.storage, error) }
    }

    private func entries(of tree: ObjectID?) throws(WorkspaceError) -> [TreeEntry] {
        guard let tree else { return [] }
        do throws(GitError) { return try repository.entries(of: tree) } catch {
            throw WorkspaceError(.objects, error)
        }
    }
}
