internal import Basics
internal import Glibc
package import Paths
internal import Processes

/// Reads and writes below a directory that programs wrote to: never through a symlink, never outside.
///
/// Over one directory, or over an overlay's upper layer and the lower one that shows through where it is silent. A
/// path is walked part by part, each opened without following anything, so nothing can be swapped in between.
package final class WorkspaceFiles {
    package enum Kind: Sendable {
        case regular, executable
        /// A symlink, a special file or another repository: its content is not for executors.
        case other
    }

    private static let depthLimit = 200
    private static let entryLimit = 5_000_000

    let upper: Directory
    let lower: Directory?

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
    package func read(_ path: RepoPath, limit: Int = 64 << 20) throws(WorkspaceError) -> [UInt8]? {
        try tried { () throws(FileError) in
            guard let (holder, status) = try find(path), !status.isDirectory else { return nil }
            guard status.isRegular else { throw FileError("read as a plain file", path.description, EINVAL) }
            return try holder.read(path.components.last ?? [], limit: limit).bytes
        }
    }

    /// What stands at a path; `nil` for nothing and for a directory.
    package func kind(of path: RepoPath) throws(WorkspaceError) -> Kind? {
        try tried { () throws(FileError) in
            guard let (_, status) = try find(path), !status.isDirectory else { return nil }
            guard status.isRegular else { return .other }
            return status.isExecutable ? .executable : .regular
        }
    }

    /// Whether a directory of that name holds any file.
    package func hasDirectory(_ path: RepoPath) throws(WorkspaceError) -> Bool {
        var found = false
        try walk(under: path) { _ in
            found = true
            return false
        }
        return found
    }

    /// The files below a directory (`nil`: everywhere) that the filter wants, sorted by path; git's metadata is left out.
    package func list(
        under directory: RepoPath?, where isWanted: (RepoPath) -> Bool
    ) throws(WorkspaceError) -> [RepoPath] {
        var found: [RepoPath] = []
        try walk(under: directory) { path in
            if isWanted(path) { found.append(path) }
            return true
        }
        return found.sorted()
    }

    /// Both layers of one directory; an upper one that hides the lower one stands alone.
    private struct Layers {
        var upper: Directory?
        var lower: Directory?
    }

    private func walk(under directory: RepoPath?, _ visit: (RepoPath) -> Bool) throws(WorkspaceError) {
        var budget = Self.entryLimit
        try tried { () throws(FileError) in
            let parts = directory?.components ?? []
            var layers = Layers(upper: upper, lower: lower)
            for part in parts { layers = try descend(layers, part) }
            let prefix = directory.map { $0.bytes + [RepoPath.separator] } ?? []
            _ = try walk(layers, prefix, parts.count, &budget, visit)
        }
    }

    private func walk(
        _ layers: Layers, _ prefix: [UInt8], _ depth: Int, _ budget: inout Int, _ visit: (RepoPath) -> Bool
    ) throws(FileError) -> Bool {
        guard depth < Self.depthLimit else { return true }
        let above = try layers.upper?.names(limit: budget) ?? []
        let below = try layers.lower?.names(limit: budget) ?? []
        for name in Set(above).union(below) where !name.elementsEqual(".git".utf8) {
            budget -= 1
            guard budget > 0 else { throw FileError("list", "so many files", EFBIG) }
            guard let status = try status(of: name, in: layers)?.status else { continue }
            let path = prefix + name
            if status.isDirectory {
                let inside = try descend(layers, name[...])
                guard try walk(inside, path + [RepoPath.separator], depth + 1, &budget, visit) else {
                    return false
                }
            } else if let whole = try? RepoPath(bytes: path), !visit(whole) {
                return false
            }
        }
        return true
    }

    private func status(
        of name: some Collection<UInt8>, in layers: Layers
    ) throws(FileError) -> (holder: Directory, status: FileStatus)? {
        if let above = layers.upper, let status = try above.status(name) {
            // Without a lower layer nothing is a deletion.
            return lower != nil && above.isWhiteout(name) ? nil : (above, status)
        }
        if let below = layers.lower, let status = try below.status(name) { return (below, status) }
        return nil
    }

    private func descend(_ layers: Layers, _ name: ArraySlice<UInt8>) throws(FileError) -> Layers {
        var inside = Layers()
        if let above = layers.upper, let status = try above.status(name) {
            // Something else of that name hides what is below.
            guard status.isDirectory, let next = try above.directory(name) else { return inside }
            inside.upper = next
            if FileAttributes.value("user.overlay.opaque", of: next.descriptor) == [UInt8(ascii: "y")] {
                return inside
            }
        }
        inside.lower = try layers.lower?.directory(name)
        return inside
    }

    /// What a path stands for, and the directory that really holds it.
    func find(_ path: RepoPath) throws(FileError) -> (holder: Directory, status: FileStatus)? {
        var layers = Layers(upper: upper, lower: lower)
        let parts = path.components
        for part in parts.dropLast() {
            layers = try descend(layers, part)
            if layers.upper == nil, layers.lower == nil { return nil }
        }
        return try status(of: parts.last ?? [], in: layers)
    }

    /// Whether the lower layer would show through at a path if the upper one had nothing there.
    func showsThrough(_ path: RepoPath) throws(FileError) -> Bool {
        var layers = Layers(upper: upper, lower: lower)
        let parts = path.components
        for part in parts.dropLast() { layers = try descend(layers, part) }
        return try layers.lower?.status(parts.last ?? []) != nil
    }

    func tried<Result>(_ body: () throws(FileError) -> Result) throws(WorkspaceError) -> Result {
        do throws(FileError) { return try body() } catch { throw WorkspaceError(.storage, error) }
    }
}
