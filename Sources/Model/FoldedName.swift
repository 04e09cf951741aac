internal import Basics
package import Paths

/// How file systems that are lenient about names would read one part of a path: folded as paths are, without streams,
/// and with short names expanded.
package enum FoldedName {
    /// The beginnings of the short names that Windows gives to protected files.
    private static let shortNames = [
        "gitmod": ".gitmodules", "gi7eba": ".gitmodules", "leviat": ".leviathan", "github": ".github",
        "gitlab": ".gitlab", "codeow": "codeowners",
    ]

    package static func of(_ part: String) -> String {
        let bytes = Array(part.utf8.prefix { $0 != UInt8(ascii: ":") })
        let name = String(decoding: PathFolding.name(bytes), as: UTF8.self)
        guard let tilde = name.firstIndex(of: "~"), !name[tilde...].dropFirst().isEmpty,
            name[tilde...].dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
        else { return name }
        return shortNames[String(name[..<tilde])] ?? name
    }

    /// Whether each part is sure to be its own folded name.
    static func isPlain(_ path: RepoPath) -> Bool {
        PathFolding.isPlain(path.bytes)
            && !path.bytes.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "~") }
    }

    /// The parts of a path, each as lenient file systems would read it.
    package static func parts(of path: RepoPath) -> [String] {
        let isPlain = isPlain(path)
        return path.components.map { part in
            let name = String(decoding: part, as: UTF8.self)
            return isPlain ? name : of(name)
        }
    }
}
