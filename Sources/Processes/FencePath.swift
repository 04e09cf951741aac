internal import Basics
internal import CLinux
internal import Glibc

/// Absolute paths as the fence compares them: bytes between slashes, and nothing that means another path.
enum FencePath {
    /// The path without a slash at its end; refused when it is not absolute and plain.
    static func plain(_ path: String) throws(FenceError) -> String {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw .unsuitable(path: path, reason: "it is not absolute")
        }
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        guard !parts.isEmpty else { throw .unsuitable(path: path, reason: "it is the root of everything") }
        guard !parts.contains("."), !parts.contains(".."), !path.utf8.contains(0), path.utf8.count < 4000 else {
            throw .unsuitable(path: path, reason: "it is not in its plain form")
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The same, refused as well when a symlink lies on the way.
    static func direct(_ path: String) throws(FenceError) -> String {
        let path = try plain(path)
        let existing = nearestExisting(path)
        guard real(existing) == existing else {
            throw .unsuitable(path: path, reason: "it leads through a symbolic link")
        }
        return path
    }

    /// What is there, with its symlinks followed, as the kernel calls it; in fewer calls than the C library's way.
    static func real(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            let length = clinux_real_path(path, buffer.baseAddress, buffer.count)
            guard length > 0 else { return nil }
            return String(decoding: buffer[..<Int(length)].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// The plain path with its symlinks followed; what does not exist yet is kept below what does.
    static func resolved(_ path: String) throws(FenceError) -> String {
        let path = try plain(path)
        var existing = path
        while existing != "/" {
            if let real = real(existing) {
                let rest = String(Substring(path.utf8.dropFirst(existing.utf8.count)))
                return real == "/" && !rest.isEmpty ? rest : real + rest
            }
            existing = parent(existing)
        }
        return path
    }

    /// A symlink on the way to a path, and what it holds.
    struct Link: Hashable {
        let path: String
        let target: String
    }

    /// Whether a path names what lies right in a directory.
    static func isEntry(_ path: String, of directory: String) -> Bool {
        let length = directory.utf8.count
        guard length > 0, path.utf8.count > length + 1, order(path, directory) == 0 else { return false }
        var path = path
        return path.withUTF8 { bytes in
            let name = bytes[(length + 1)...]
            return bytes[length] == slash && !name.contains(slash) && !name.elementsEqual(".".utf8)
                && !name.elementsEqual("..".utf8)
        }
    }

    private static let slash = UInt8(ascii: "/")

    enum EntryKind { case file, symlink, other }

    /// What an entry of a directory is; `nil` where nothing is.
    static func kind(ofEntry path: String) -> EntryKind? {
        var info = stat()
        guard lstat(path, &info) == 0 else { return nil }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFLNK: return .symlink
        default: return .other
        }
    }

    /// Where a path leads, and the symlinks on the way there; `nil` where nothing is.
    static func trail(_ path: String) -> (links: [Link], real: String)? {
        guard let real = real(path) else { return nil }
        if real == path { return ([], real) }
        var (links, here): ([Link], String) = ([], "")
        var rest = Array(path.split(separator: "/").reversed())
        while let name = rest.popLast(), links.count < linkMaximum {
            if name == "." { continue }
            if name == ".." {
                here = here.isEmpty || parent(here) == "/" ? "" : parent(here)
                continue
            }
            let next = here + "/" + name
            guard let target = FileSystem.linkTarget(next) else {
                here = next
                continue
            }
            links.append(Link(path: next, target: target))
            if target.hasPrefix("/") { here = "" }
            rest += target.split(separator: "/").reversed()
        }
        return (links, real)
    }

    private static let linkMaximum = 40

    /// The longest beginning of the path that is there, a symlink counting as being there.
    static func nearestExisting(_ path: String) -> String {
        var candidate = path
        while candidate != "/", (try? FileSystem.status(candidate)) == nil { candidate = parent(candidate) }
        return candidate
    }

    static func isSymlink(_ path: String) -> Bool { (try? FileSystem.status(path))?.kind == .symlink }

    static func parent(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.utf8.startIndex else {
            return "/"
        }
        return String(path[..<slash])
    }

    /// Whether the path is `ancestor` or lies below it.
    static func isWithin(_ path: String, _ ancestor: String) -> Bool {
        guard path.utf8.count >= ancestor.utf8.count, order(path, ancestor) == 0 else { return false }
        if ancestor == "/" || path.utf8.count == ancestor.utf8.count { return true }
        return path.utf8[path.utf8.index(path.startIndex, offsetBy: ancestor.utf8.count)] == UInt8(ascii: "/")
    }

    /// Compares as much of both as both have.
    private static func order(_ left: String, _ right: String) -> Int32 {
        var (left, right) = (left, right)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard let one = left.baseAddress, let other = right.baseAddress else { return 0 }
                return memcmp(one, other, min(left.count, right.count))
            }
        }
    }

    /// The directories strictly between the two, the upper ones first.
    static func between(_ path: String, _ ancestor: String) -> [String] {
        var found: [String] = []
        var candidate = parent(path)
        while candidate != ancestor && isWithin(candidate, ancestor) {
            found.append(candidate)
            candidate = parent(candidate)
        }
        return found.reversed()
    }

    /// Parents before what is below them.
    static func isOrderedBefore(_ left: String, _ right: String) -> Bool {
        let order = order(left, right)
        return order < 0 || order == 0 && left.utf8.count < right.utf8.count
    }
}
