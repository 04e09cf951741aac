internal import Basics
internal import Glibc
package import Paths
internal import Processes

extension WorkspaceFiles {
    /// Creates the file or replaces its content; `isExecutable` of `nil` keeps what it was.
    ///
    /// A file is always made anew beside the old one and renamed over it: another name of the old file keeps the old
    /// content, and whoever reads sees either.
    package func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) throws(WorkspaceError) {
        try refuseMetadata(path)
        try tried { () throws(FileError) in
            let before = try find(path)?.status
            if before?.isDirectory == true { throw FileError("write", path.description, EISDIR) }
            let parent = try makeParent(of: path)
            let name = path.components.last ?? []
            if lower != nil, parent.isWhiteout(name) { try parent.remove(name) }
            let executable = isExecutable ?? (before?.isRegular == true && before?.isExecutable == true)
            try parent.replace(bytes: name, bytes, permissions: executable ? 0o755 : 0o644)
        }
    }

    /// Removes a file; in an upper layer a whiteout says so where the lower one has it.
    package func remove(_ path: RepoPath) throws(WorkspaceError) {
        try refuseMetadata(path)
        try tried { () throws(FileError) in
            guard let found = try find(path), !found.status.isDirectory else {
                throw FileError("remove", path.description, ENOENT)
            }
            let mustHide = try showsThrough(path)
            let parent = try makeParent(of: path)
            let name = path.components.last ?? []
            try parent.remove(name)
            if mustHide { try parent.writeWhiteout(name) }
        }
    }

    private func refuseMetadata(_ path: RepoPath) throws(WorkspaceError) {
        guard path.components.contains(where: { String(decoding: $0, as: UTF8.self).lowercased() == ".git" })
        else {
            return
        }
        throw WorkspaceError(.storage, "'\(path)' is git's own and cannot be written")
    }

    /// The upper layer's directory for a path, made where it is missing.
    private func makeParent(of path: RepoPath) throws(FileError) -> Directory {
        var current = upper
        var showsThrough = lower
        for part in path.components.dropLast() {
            if lower != nil, current.isWhiteout(part) {
                try current.remove(part)
                current = try current.makeDirectory(part)
                // What was removed below must not come back.
                guard FileAttributes.set("user.overlay.opaque", to: [UInt8(ascii: "y")], of: current.descriptor)
                else {
                    throw FileError("hide what is below", path.description, errno)
                }
                showsThrough = nil
                continue
            }
            if let status = try current.status(part) {
                guard status.isDirectory, let next = try current.directory(part) else {
                    throw FileError("write below a file in", path.description, ENOTDIR)
                }
                current = next
            } else {
                if let below = showsThrough, try below.status(part).map({ !$0.isDirectory }) ?? false {
                    throw FileError("write below a file in", path.description, ENOTDIR)
                }
                current = try current.makeDirectory(part)
            }
            let isOpaque =
                FileAttributes.value("user.overlay.opaque", of: current.descriptor) == [UInt8(ascii: "y")]
            showsThrough = isOpaque ? nil : try showsThrough?.directory(part)
        }
        return current
    }
}
