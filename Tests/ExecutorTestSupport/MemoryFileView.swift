internal import Basics
package import Executors
package import Paths

/// A view over files in memory.
package final class MemoryFileView: FileView {
    package private(set) var files: [RepoPath: [UInt8]] = [:]
    package private(set) var executables: Set<RepoPath> = []
    /// Paths that name no plain file.
    package var others: Set<RepoPath> = []
    /// Every path that was asked for, in order.
    package private(set) var reads: [RepoPath] = []
    package private(set) var writeCount = 0

    package init(_ files: [String: String] = [:]) throws {
        for (name, text) in files { self.files[try RepoPath(name)] = Array(text.utf8) }
    }

    package func text(_ name: String) throws -> String? {
        files[try RepoPath(name)].map { String(decoding: $0, as: UTF8.self) }
    }

    package func bytes(_ name: String) throws -> [UInt8]? { files[try RepoPath(name)] }

    package func isExecutable(_ name: String) throws -> Bool { executables.contains(try RepoPath(name)) }

    package func read(_ path: RepoPath) throws(FileViewError) -> [UInt8]? {
        reads.append(path)
        if others.contains(path) { throw FileViewError("'\(path)' is not a plain file") }
        return files[path]
    }

    package func kind(of path: RepoPath) -> FileKind? {
        if others.contains(path) { return .other }
        return files[path] == nil ? nil : executables.contains(path) ? .executable : .regular
    }

    package func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) -> [RepoPath] {
        (Array(files.keys) + others).filter { path in directory.map { path.isBelow($0) } ?? true }.filter(isWanted)
            .sorted()
    }

    package func hasDirectory(_ path: RepoPath) -> Bool { files.keys.contains { $0.isBelow(path) } }

    package func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) {
        writeCount += 1
        files[path] = bytes
        if isExecutable == true { executables.insert(path) }
        if isExecutable == false { executables.remove(path) }
    }

    package func remove(_ path: RepoPath) {
        writeCount += 1
        files[path] = nil
        executables.remove(path)
    }
}
