internal import Basics
package import Paths

/// What a diff wants to do to one file.
package struct FilePatch {
    package enum Operation { case modify, create, delete, rename, copy }

    package var operation = Operation.modify
    /// The file before; for a creation the same as the new one.
    package var oldPath: RepoPath
    /// The file afterwards; for a deletion the same as the old one.
    package var newPath: RepoPath
    /// The mode afterwards, where the diff says one.
    package var newMode: UInt32?
    /// Whether git says that hardly a line is left as it was; the old content may then live on elsewhere.
    package var isRewrite = false
    package var hunks: [PatchHunk] = []
    /// Where it stands in the diff, counted from 1.
    package let line: Int

    /// The file's name, and the one it had before where that is another.
    package var title: String { oldPath == newPath ? "\(newPath)" : "\(oldPath) → \(newPath)" }
}

/// A run of lines that changes, with the lines around it.
package struct PatchHunk {
    let oldStart: Int
    let newStart: Int
    package var lines: [PatchLine] = []
    /// Where it stands in the diff, counted from 1.
    package let line: Int

    /// The lines that are to be there, and those that take their place.
    package func image(_ side: PatchLine.Side) -> [[UInt8]] { lines.filter { $0.isOn(side) }.map(\.text) }

    /// With a mark before the first line of the file, where it is one of these and says none.
    package func marked(_ mark: [UInt8]) -> PatchHunk {
        let lefts = [PatchLine.Side.before, .after].map { side in lines.firstIndex { $0.isOn(side) } }
        let isFirst = oldStart == 1 && !lefts.contains(nil) && !lines.contains { $0.text.starts(with: mark) }
        // Lines that are added above an old first one would take the mark from it.
        guard isFirst, lefts[0] == lefts[1] || lines[lefts[0] ?? 0].kind == .removed else { return self }
        var hunk = self
        for index in Set(lefts.compactMap(\.self)) { hunk.lines[index].text = mark + hunk.lines[index].text }
        return hunk
    }

    var leadingContext: Int { lines.prefix { $0.kind == .context }.count }

    var trailingContext: Int { lines.reversed().prefix { $0.kind == .context }.count }
}

/// One line of a hunk, with its line break unless the file ends without one.
package struct PatchLine {
    package enum Kind { case context, removed, added }
    package enum Side { case before, after }

    package let kind: Kind
    package var text: [UInt8]

    func isOn(_ side: Side) -> Bool { kind == .context || kind == (side == .before ? .removed : .added) }
}

/// Why a diff cannot be used, and where in it.
package struct PatchSyntaxError: Error {
    package let problem: String
    /// Counted from 1; 0 for the diff as a whole.
    package let line: Int
    package var hint: String?

    package var message: String { line == 0 ? "the diff \(problem)" : "line \(line) of the diff \(problem)" }
}
