internal import Basics
internal import Glibc
internal import Kubernetes
internal import Runner

/// The files that `check-manifests` was asked to look into.
struct ManifestFiles {
    private(set) var files: [ManifestFile] = []
    private let directory: String
    private var bytes = 0

    private static let mostFiles = 20_000
    private static let mostBytes = 256 << 20
    private static let mostDepth = 64

    init(_ paths: [String], in directory: String) throws(StageError) {
        self.directory = directory
        for path in paths {
            if path == "-" { try add(try Self.standardInput(), at: "standard input") } else { try look(at: path) }
        }
    }

    /// What is asked for by name is read whatever it is called; a link that is asked for is followed.
    private mutating func look(at path: String) throws(StageError) {
        let place = place(of: path)
        guard FileSystem.exists(place) else {
            throw StageError(.invalid, "there is no '\(path)'", hint: "name files or directories that are there")
        }
        if FileSystem.isDirectory(place) {
            var name = path
            while name.count > 1, name.hasSuffix("/") { name.removeLast() }
            try walk(name == "." ? "" : name, depth: 0)
        } else {
            try add(try read(path), at: path)
        }
    }

    private func place(of path: String) -> String {
        path.hasPrefix("/") || directory == "." ? (path.isEmpty ? "." : path) : directory + "/" + path
    }

    /// Hidden directories hold what tools keep for themselves; links could lead anywhere, and in circles.
    private mutating func walk(_ path: String, depth: Int) throws(StageError) {
        guard depth < Self.mostDepth else {
            throw StageError(.invalid, "'\(path)' is nested too deeply", hint: "name the directories to look into")
        }
        for name in try list(path) where !name.hasPrefix(".") && name != "node_modules" {
            let inner = path.isEmpty ? name : path + "/" + name
            switch try status(inner) {
            case .directory: try walk(inner, depth: depth + 1)
            case .file where ManifestFile.mayHold(name): try add(try read(inner), at: inner)
            default: break
            }
        }
    }

    private mutating func add(_ bytes: [UInt8], at path: String) throws(StageError) {
        self.bytes += bytes.count
        guard files.count < Self.mostFiles, self.bytes <= Self.mostBytes else {
            throw StageError(
                .invalid, "there are more than \(Self.mostFiles) files or \(Self.mostBytes >> 20) MB to look into",
                hint: "name the directories that hold manifests")
        }
        files.append(ManifestFile(path: path, bytes: bytes))
    }

    private func list(_ path: String) throws(StageError) -> [String] {
        do throws(FileError) { return try FileSystem.list(place(of: path)).sorted() } catch {
            throw StageError(.invalid, error)
        }
    }

    private func status(_ path: String) throws(StageError) -> FileSystem.Kind? {
        do throws(FileError) { return try FileSystem.status(place(of: path))?.kind } catch {
            throw StageError(.invalid, error)
        }
    }

    private func read(_ path: String) throws(StageError) -> [UInt8] {
        do throws(FileError) { return try FileSystem.read(place(of: path), limit: Self.mostBytes) } catch {
            throw StageError(.invalid, error)
        }
    }

    private static func standardInput() throws(StageError) -> [UInt8] {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while true {
            let count = Glibc.read(0, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StageError(.invalid, FileError("read", "standard input", errno)) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= mostBytes else {
                throw StageError(.invalid, FileError("read", "standard input", EFBIG))
            }
        }
    }
}
