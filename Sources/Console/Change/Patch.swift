internal import Basics

/// A patch as git prints it, read into its files.
struct Patch {
    enum Kind: String { case added, removed, kept, place, note }

    struct Line {
        let kind: Kind
        /// Without the sign in front.
        let text: String
    }

    struct File {
        let name: String
        var lines: [Line] = []
        var added = 0
        var removed = 0
    }

    /// More lines than this are counted and not shown.
    static let lineLimit = 20_000

    private(set) var files: [File] = []
    /// How many lines were left out.
    private(set) var omitted = 0
    /// How many lines of the hunk are still to come, before and after the change.
    private var (old, new) = (0, 0)

    init(_ text: String) {
        var count = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            count += 1
            if count > Self.lineLimit {
                omitted += 1
            } else {
                read(String(line))
            }
        }
        // What follows the last line break is no line.
        if omitted > 0, text.utf8.last == UInt8(ascii: "\n") { omitted -= 1 }
    }

    private mutating func read(_ line: String) {
        if old > 0 || new > 0 { return readHunk(line) }
        if line.hasPrefix("diff --git ") {
            files.append(File(name: Self.name(line)))
        } else if line.hasPrefix("@@ ") {
            (old, new) = Self.counts(line)
            add(Line(kind: .place, text: line))
        } else if !line.isEmpty, !["index ", "--- ", "+++ "].contains(where: line.hasPrefix) {
            add(Line(kind: .note, text: line))
        }
    }

    private mutating func readHunk(_ line: String) {
        let text = String(line.dropFirst())
        switch line.utf8.first {
        case UInt8(ascii: "+"):
            new -= 1
            add(Line(kind: .added, text: text))
        case UInt8(ascii: "-"):
            old -= 1
            add(Line(kind: .removed, text: text))
        case UInt8(ascii: "\\"): add(Line(kind: .note, text: text.trimmed))
        default:
            (old, new) = (old - 1, new - 1)
            add(Line(kind: .kept, text: text))
        }
    }

    private mutating func add(_ line: Line) {
        if files.isEmpty { files.append(File(name: "")) }
        let last = files.count - 1
        files[last].lines.append(line)
        if line.kind == .added { files[last].added += 1 }
        if line.kind == .removed { files[last].removed += 1 }
    }

    /// The path behind ` b/`, which is the longest half where both are the same.
    private static func name(_ line: String) -> String {
        let rest = line.dropFirst("diff --git ".count)
        let half = rest.index(rest.startIndex, offsetBy: rest.count / 2)
        if rest.hasPrefix("a/"), rest[half...].hasPrefix(" b/"),
            rest[..<half].dropFirst(2) == rest[half...].dropFirst(3)
        {
            return String(rest[half...].dropFirst(3))
        }
        return rest.firstRange(of: " b/").map { String(rest[$0.upperBound...]) } ?? String(rest)
    }

    /// How many lines a hunk has before and after: `@@ -1,4 +1,5 @@`; one where nothing is said.
    private static func counts(_ line: String) -> (old: Int, new: Int) {
        let parts = line.split(separator: " ").dropFirst().prefix(2).map { part -> Int in
            let numbers = part.split(separator: ",")
            return numbers.count < 2 ? 1 : max(0, min(Int(numbers[1]) ?? 0, 1 << 30))
        }
        return parts.count == 2 ? (parts[0], parts[1]) : (0, 0)
    }
}
