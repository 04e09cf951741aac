internal import Analysis
internal import Basics
internal import Model

/// A change must not bring in the marks of an unfinished merge.
struct ConflictMarkerRule: ContentRule {
    func violations(in file: ChangedFile) -> [Violation] {
        guard !file.change.isBinary, let after = file.after else { return [] }
        let lines = Self.conflicts(in: after)
        guard let first = lines.first, lines.count > (file.before.map { Self.conflicts(in: $0).count } ?? 0) else {
            return []
        }
        return [
            Violation(
                "conflict-markers", path: file.path, line: first,
                "'\(file.path)' line \(first) begins an unresolved merge conflict",
                hint: "resolve it, and remove the lines of '<', '=' and '>'")
        ]
    }

    private static let expected = ["<<<<<<< ", "=======", ">>>>>>> "].map { Array($0.utf8) }

    /// The lines of each `<<<<<<< ` that a `=======` and a `>>>>>>> ` line follow in this order.
    private static func conflicts(in bytes: [UInt8]) -> [Int] {
        guard bytes.count > 20, bytes.contains(UInt8(ascii: "<")) else { return [] }
        var (stage, begun) = (0, 0)
        var found: [Int] = []
        bytes.forEachLine { number, range in
            let line = bytes[range]
            if line.starts(with: expected[0]) {
                (stage, begun) = (1, number)
            } else if stage > 0, line.starts(with: expected[stage]) {
                stage += 1
                if stage == expected.count {
                    found.append(begun)
                    stage = 0
                }
            }
        }
        return found
    }
}
