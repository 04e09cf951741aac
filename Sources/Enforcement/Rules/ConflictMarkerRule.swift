internal import Model

/// A change must not bring in the marks of an unfinished merge.
struct ConflictMarkerRule: Rule {
    func violations(in subject: Case) -> [Violation] {
        subject.judged.compactMap { change in
            guard !change.isBinary, let blob = change.newBlob, change.newMode != 0o120000,
                let bytes = try? subject.contents.bytes(of: blob), Self.hasMarkers(bytes),
                !Self.hadMarkers(change, subject.contents)
            else { return nil }
            return Violation(
                "conflict-markers", path: change.path,
                "'\(change.path)' contains unresolved merge conflict markers")
        }
    }

    private static func hadMarkers(_ change: Change, _ contents: any ChangeContents) -> Bool {
        guard let blob = change.oldBlob, let bytes = try? contents.bytes(of: blob) else { return false }
        return hasMarkers(bytes)
    }

    /// A `<<<<<<< ` line that a `=======` and a `>>>>>>> ` line follow in this order.
    private static func hasMarkers(_ bytes: [UInt8]) -> Bool {
        let expected = ["<<<<<<< ", "=======", ">>>>>>> "].map { Array($0.utf8) }
        guard bytes.count > 20, bytes.contains(UInt8(ascii: "<")) else { return false }
        var stage = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: expected[stage]) {
            stage += 1
            if stage == expected.count { return true }
        }
        return false
    }
}
