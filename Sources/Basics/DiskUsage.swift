internal import Glibc

extension FileSystem {
    /// What an unprivileged process may still write where a path lies.
    package static func freeBytes(at path: String) throws(FileError) -> Int {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { throw FileError("look at", path, errno) }
        let free = UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize))
        return free.overflow ? .max : Int(clamping: free.partialValue)
    }

    package static func setPermissions(_ permissions: UInt16, of path: String) throws(FileError) {
        guard chmod(path, mode_t(permissions)) == 0 else {
            throw FileError("change the permissions of", path, errno)
        }
    }

    /// What a tree takes on its disk, where a file of several names counts once; other disks below it do not count.
    package static func diskUsage(_ root: String) throws(FileError) -> Int {
        var info = stat()
        guard lstat(root, &info) == 0 else { throw FileError("look at", root, errno) }
        let disk = info.st_dev
        var (blocks, seen, directories) = (Int64(info.st_blocks), Set<UInt64>(), [root])
        while let directory = directories.popLast() {
            for name in try namesIfThere(directory) {
                let path = directory + "/" + name
                // What vanishes meanwhile takes no room.
                guard lstat(path, &info) == 0, info.st_dev == disk else { continue }
                let isDirectory = info.st_mode & S_IFMT == S_IFDIR
                if isDirectory { directories.append(path) }
                let isKnown = !isDirectory && info.st_nlink > 1 && !seen.insert(UInt64(info.st_ino)).inserted
                blocks += isKnown ? 0 : Int64(info.st_blocks)
            }
        }
        return Int(blocks * 512)
    }

    private static func namesIfThere(_ directory: String) throws(FileError) -> [String] {
        do throws(FileError) { return try list(directory) } catch {
            if error.isNotFound { return [] }
            throw error
        }
    }
}
