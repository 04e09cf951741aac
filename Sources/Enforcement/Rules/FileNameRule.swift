internal import Basics
internal import Model
internal import Paths

/// Names that a reviewer could not read, or that some system would read differently, are refused.
struct FileNameRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        subject.ownChanges.compactMap { change in
            guard change.operation != .delete, !Self.isPlain(change.path.bytes),
                let problem = Self.problem(with: change.path, isNew: change.operation == .create)
            else { return nil }
            return Violation("file-name", path: change.path, "'\(change.path)' cannot be committed: \(problem)")
        }
    }

    /// Whether a quick look is enough: nothing but everyday characters, and no part like `.git` or `git~1`.
    private static func isPlain(_ path: [UInt8]) -> Bool {
        guard path.count <= 255 else { return false }
        var startsPart = true
        for byte in path {
            let isLetter = (97...122).contains(byte | 0x20)
            if startsPart, byte | 0x20 == UInt8(ascii: "g") || !isLetter { return false }
            startsPart = byte == RepoPath.separator
            let isEveryday = isLetter || (45...57).contains(byte) || byte == UInt8(ascii: "_")
            guard isEveryday else { return false }
        }
        return path.last != UInt8(ascii: ".")
    }

    private static func problem(with path: RepoPath, isNew: Bool) -> String? {
        guard path.isValidUTF8 else { return "its name is not valid UTF-8" }
        let scalars = path.description.unicodeScalars
        if scalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "its name contains a control character"
        }
        if scalars.contains(where: isMisleading) {
            return "its name contains a character that hides or reorders others"
        }
        if path.bytes.count > 4000 { return "its name is longer than 4,000 bytes" }
        if path.components.contains(where: { $0.count > 255 }) {
            return "a part of its name is longer than 255 bytes, which no file system holds"
        }
        if isNew, path.bytes.contains(UInt8(ascii: "\\")) {
            return "its name contains a backslash, which some systems take for '/'"
        }
        return impostor(path)
    }

    /// Marks that turn the direction of text, and the line breaks and byte order mark of Unicode.
    private static func isMisleading(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029, 0xFEFF, 0xE0000...0xE007F: true
        default: false
        }
    }

    /// What a part of the name would become elsewhere, where that is something protected.
    private static func impostor(_ path: RepoPath) -> String? {
        let parts = path.components.map { String(decoding: $0, as: UTF8.self) }
            .flatMap { $0.split(separator: "\\", omittingEmptySubsequences: true).map(String.init) }
        if parts.contains(where: ProtectedPaths.isGitLookalike) {
            return "some systems would take a part of it for '.git'"
        }
        if parts.contains(where: { $0.contains(":$") }) { return "Windows would take a part of it for a stream" }
        let folded = parts.map(FoldedName.of)
        guard folded != parts.map({ $0.lowercased() }), !folded.contains("") else { return nil }
        guard let meant = try? RepoPath(folded.joined(separator: "/")),
            ProtectedPaths.reason(for: meant, namedByScope: []) != nil
        else { return nil }
        return "some systems would take it for '\(meant)', which is protected"
    }
}
