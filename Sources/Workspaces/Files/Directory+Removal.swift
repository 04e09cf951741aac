internal import Basics
internal import Glibc
internal import Synchronization

extension Directory {
    /// Deeper than this, directories are moved up before they are emptied: each level holds a descriptor.
    private static let depthLimit = 64

    /// Removes whatever a name stands for; nothing there is fine.
    func remove(_ name: some Collection<UInt8>) throws(FileError) { try remove(name, depth: 0, top: self) }

    private func remove(_ name: some Collection<UInt8>, depth: Int, top: Directory) throws(FileError) {
        if withText(name, { unlinkat(descriptor, $0, 0) }) == 0 || errno == ENOENT { return }
        let refusal = errno
        guard let status = try status(name) else { return }
        guard status.isDirectory else { throw failure("remove", name, refusal) }
        // Not even its owner can empty a directory without these.
        if status.mode & 0o700 != 0o700 { try setPermissions(name, 0o700) }
        if depth >= Self.depthLimit {
            let raised = Array(".raised-\(getpid())-\(Counter.next())".utf8)
            try rename(name, to: raised, in: top)
            return try top.remove(raised, depth: 0, top: top)
        }
        if let inside = try directory(name) { try inside.empty(depth: depth + 1, top: top) }
        guard withText(name, { unlinkat(descriptor, $0, AT_REMOVEDIR) }) == 0 || errno == ENOENT else {
            throw failure("remove", name)
        }
    }

    /// Removes everything inside.
    func empty() throws(FileError) { try empty(depth: 0, top: self) }

    private func empty(depth: Int, top: Directory) throws(FileError) {
        // A listing that is emptied while it runs may skip names, and `raised` ones come late.
        for name in try names() { try remove(name, depth: depth, top: top) }
    }
}

/// Numbers that are given out once in this process.
enum Counter {
    private static let last = Atomic(0)

    static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
