internal import Basics

/// A private directory, removed with all it holds when the value goes away.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        path = try FileSystem.createTemporaryDirectory(in: "/tmp", prefix: "leviathan-test-")
    }

    deinit { try? FileSystem.removeTree(path) }

    /// Writes a file below the directory, making the directories above it.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        let target = path + "/" + name
        if let slash = target.lastIndex(of: "/") { try FileSystem.createDirectory(String(target[..<slash])) }
        try FileSystem.write(Array(text.utf8), to: target)
        return target
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try FileSystem.read(path + "/" + name, limit: 64 << 20), as: UTF8.self)
    }
}
