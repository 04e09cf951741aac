import Basics
import Executors

/// A view over files in memory.
final class MemoryFileView: FileView {
    private(set) var files: [RepoPath: [UInt8]] = [:]

    init(_ files: [String: String] = [:]) throws {
        for (name, text) in files { self.files[try RepoPath(name)] = Array(text.utf8) }
    }

    func text(_ name: String) throws -> String? {
        files[try RepoPath(name)].map { String(decoding: $0, as: UTF8.self) }
    }

    func read(_ path: RepoPath) -> [UInt8]? { files[path] }

    func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) -> [RepoPath] {
        files.keys.filter { path in directory.map { path.isBelow($0) } ?? true }.filter(isWanted).sorted()
    }

    func hasDirectory(_ path: RepoPath) -> Bool { files.keys.contains { $0.isBelow(path) } }

    func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) { files[path] = bytes }

    func remove(_ path: RepoPath) { files[path] = nil }
}
