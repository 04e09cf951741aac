package import Basics

extension Context {
    private static let longestHomeName = 100

    /// What tells this home from others that use the same journal: a file in it, which all who share the home share.
    package func homeName() throws(FileError) -> String {
        let path = home + "/home-id"
        if let known = try homeName(in: path) { return known }
        try FileSystem.createDirectory(home, permissions: 0o700)
        let gate = try FileLock.gate(home + "/home-id.lock")
        defer { gate.release() }
        // Another process of this home may have been faster.
        if let known = try homeName(in: path) { return known }
        let name = identifiers.uuid()
        try FileSystem.write(Array((name + "\n").utf8), to: path, permissions: 0o600)
        return name
    }

    /// The same, where there is one.
    package func knownHomeName() throws(FileError) -> String? { try homeName(in: home + "/home-id") }

    private func homeName(in path: String) throws(FileError) -> String? {
        guard FileSystem.exists(path) else { return nil }
        let text = String(decoding: try FileSystem.read(path, limit: Self.longestHomeName), as: UTF8.self).trimmed
        return text.isEmpty ? nil : text
    }
}
