internal import Glibc

/// What the system says of a file, in a form that is written to disk as it is.
struct FileStatus: Equatable, BitwiseCopyable, Sendable {
    var size: Int64
    var inode: UInt64
    /// Nanoseconds since the epoch.
    var modified: Int64
    /// Nanoseconds since the epoch; no program can set it.
    var changed: Int64
    var mode: UInt32
    var user: UInt32
    var group: UInt32
    var device: UInt32

    static let none = FileStatus(stat())

    init(_ info: stat) {
        size = Int64(info.st_size)
        inode = UInt64(info.st_ino)
        modified = Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
        changed = Int64(info.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_ctim.tv_nsec)
        mode = UInt32(info.st_mode)
        user = UInt32(info.st_uid)
        group = UInt32(info.st_gid)
        device = UInt32(truncatingIfNeeded: info.st_dev)
    }

    var format: UInt32 { mode & UInt32(S_IFMT) }
    var isRegular: Bool { format == UInt32(S_IFREG) }
    var isDirectory: Bool { format == UInt32(S_IFDIR) }
    var isSymlink: Bool { format == UInt32(S_IFLNK) }
    var permissions: UInt32 { mode & 0o7777 }
    var isExecutable: Bool { mode & 0o100 != 0 }

    /// Whether nothing has touched the file between the two looks.
    func isSame(as other: FileStatus) -> Bool {
        changed == other.changed && modified == other.modified && inode == other.inode && size == other.size
            && mode == other.mode && user == other.user && group == other.group
    }
}
