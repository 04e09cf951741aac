internal import Basics
internal import Glibc
internal import Paths

/// An open directory, below which everything is named relative to it and no symlink is ever followed.
///
/// Names and paths are bytes as the system gave them: a program can leave names that are no text.
final class Directory: Sendable {
    let descriptor: Int32
    private let location: Location

    /// Opens by a path of our own making, which may lead through symlinks.
    init(path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open the directory", path, errno) }
        location = Location(parent: nil, name: Array(path.utf8))
    }

    private init(descriptor: Int32, location: Location) {
        (self.descriptor, self.location) = (descriptor, location)
    }

    /// Where a directory was opened; it keeps nothing open.
    private final class Location: Sendable {
        private let parent: Location?
        private let name: [UInt8]

        init(parent: Location?, name: [UInt8]) { (self.parent, self.name) = (parent, name) }

        var text: String { (parent.map { $0.text + "/" } ?? "") + PathText.escaped(name) }
    }

    /// For messages only; put together when there is one.
    var place: String { location.text }

    deinit { close(descriptor) }

    /// The directory of that name; `nil` where there is none, or something else.
    func directory(_ name: some Collection<UInt8>) throws(FileError) -> Directory? {
        let opened = withText(name) {
            openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard opened < 0 else {
            return Directory(descriptor: opened, location: Location(parent: location, name: Array(name)))
        }
        if Self.isAbsence(errno) { return nil }
        throw failure("open the directory", name)
    }

    /// Walks down component by component: a symlink on the way is no directory.
    func directory(at path: some Collection<UInt8>) throws(FileError) -> Directory? {
        var current = self
        for part in path.split(separator: RepoPath.separator) {
            guard let next = try current.directory(part) else { return nil }
            current = next
        }
        return current
    }

    /// The directory at a path, made with those above it where they are missing.
    func makeDirectories(at path: some Collection<UInt8>) throws(FileError) -> Directory {
        var current = self
        for part in path.split(separator: RepoPath.separator) {
            if let next = try current.directory(part) {
                current = next
            } else {
                current = try current.makeDirectory(part)
            }
        }
        return current
    }

    func makeDirectory(_ name: some Collection<UInt8>) throws(FileError) -> Directory {
        guard withText(name, { mkdirat(descriptor, $0, 0o755) }) == 0 else {
            throw failure("create the directory", name)
        }
        guard let made = try directory(name) else { throw failure("open the directory", name, ENOENT) }
        return made
    }

    /// What a name stands for, not following it; `nil` for nothing.
    func status(_ name: some Collection<UInt8>) throws(FileError) -> FileStatus? {
        var info = stat()
        guard withText(name, { fstatat(descriptor, $0, &info, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("look at", name)
        }
        return FileStatus(info)
    }

    /// Whether an overlay takes what stands there for a deletion.
    func isWhiteout(_ name: some Collection<UInt8>) -> Bool {
        var info = stat()
        return withText(name) { fstatat(descriptor, $0, &info, AT_SYMLINK_NOFOLLOW) } == 0
            && info.st_mode & S_IFMT == S_IFCHR && info.st_rdev == 0
    }

    var status: FileStatus {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? FileStatus(info) : .none
    }

    /// Lends every name, in no order; `false` ends the listing.
    func forEachName(_ body: (UnsafeBufferPointer<UInt8>) throws(FileError) -> Bool) throws(FileError) {
        let again = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard again >= 0, let stream = fdopendir(again) else {
            let code = errno
            if again >= 0 { close(again) }
            throw FileError("list", place, code)
        }
        defer { closedir(stream) }
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
        while let entry = readdir(stream) {
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
            let bytes = UnsafeBufferPointer(
                start: name, count: strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)))
            if bytes[0] == 0x2E, bytes.count == 1 || (bytes.count == 2 && bytes[1] == 0x2E) { continue }
            guard try body(bytes) else { return }
        }
    }

    /// The names, sorted by their bytes; refused when there are more than `limit`.
    func names(limit: Int = .max) throws(FileError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var isTooLong = false
        try forEachName { (name) throws(FileError) in
            guard found.count < limit else {
                isTooLong = true
                return false
            }
            found.append(Array(name))
            return true
        }
        guard !isTooLong else { throw FileError("list", place, EFBIG) }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    func failure(_ operation: String, _ name: some Collection<UInt8>, _ code: Int32 = errno) -> FileError {
        FileError(operation, placeText(name), code)
    }

    /// How a thing in the directory is called in errors.
    func placeText(_ name: some Collection<UInt8>) -> String { place + "/" + PathText.escaped(name) }

    private static func isAbsence(_ code: Int32) -> Bool { code == ENOENT || code == ENOTDIR || code == ELOOP }
}

/// Lends bytes as C text; a name of a file never holds a NUL.
func withText<Result>(_ bytes: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
        var place = 0
        for byte in bytes {
            buffer[place] = CChar(bitPattern: byte)
            place += 1
        }
        buffer[place] = 0
        return body(UnsafePointer(buffer.baseAddress!))
    }
}

/// Names as people can read them in a message.
package enum PathText {
    /// Control characters and bytes that are no UTF-8 as `\n` or `\xff`.
    package static func escaped(_ bytes: some Collection<UInt8>) -> String {
        let isText = String(validating: bytes, as: UTF8.self)
        if let isText, !isText.unicodeScalars.contains(where: isUnreadable) { return isText }
        if let isText {
            return isText.unicodeScalars.map { isUnreadable($0) ? hidden(Array(String($0).utf8)) : String($0) }
                .joined()
        }
        return bytes.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : hidden([$0]) }.joined()
    }

    private static func isUnreadable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
    }

    private static func hidden(_ bytes: [UInt8]) -> String {
        bytes == [0x0A] ? "\\n" : bytes.map { "\\x" + Hex.encode([$0]) }.joined()
    }
}
