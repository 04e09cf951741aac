/// A file that may hold manifests.
package struct ManifestFile: Sendable {
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }

    /// Whether a file of that name is looked into at all.
    package static func mayHold(_ name: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { name.lowercased().hasSuffix($0) }
    }

    /// The name without its directories.
    var name: Substring { path.split(separator: "/").last ?? "" }

    /// Everything before the name, without the slash.
    var directory: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
}

/// What a check may take: files beyond it are errors, never silence.
package struct ManifestLimits: Sendable {
    package var fileBytes = 4 << 20
    package var nodes = 500_000
    package var objects = 20_000
    /// So many findings are told; one more says how many are left.
    package var findings = 5_000

    package init() {}
}
