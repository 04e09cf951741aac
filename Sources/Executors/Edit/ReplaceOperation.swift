internal import Basics
internal import Contracts
internal import Editing
internal import Paths

/// `{replace: docs/*.md, find: old, with: new, count: 3}`, or `pattern:` with captures as `$1` and `${name}`.
struct ReplaceOperation: EditOperation {
    static let verb = "replace"
    static let inputs = {
        var record = InputRecord([
            Input(verb, .text, required: true, "The file or files.", example: "docs/*.md"),
            Input("find", .text, "The text that is replaced.", example: "old.example.com"),
            Input("pattern", .text, "A regular expression.", example: "'^VERSION=(\\d+)\\.\\d+$'"),
            Input("with", .text, required: true, "What takes its place.", example: "VERSION=$1.9"),
            Input("count", .integer(1...Int.max), "In how many places.", example: "2"),
        ])
        record.choice = ["find", "pattern"]
        return record
    }()

    /// What a search found in one file.
    struct Finding {
        /// Places that are still to be replaced.
        var pending = 0
        /// Places that say already what they are to say.
        var done = 0
        var result: [UInt8]
    }

    private enum Search {
        case literal(LiteralSearch)
        case pattern(PatternSearch)
    }

    private let selection: FileSelection
    private let search: Search
    private let count: Int?

    init(_ fields: OperationFields) throws(EditRefusal) {
        selection = try FileSelection(fields, "replace")
        count = try fields.count("count")
        let replacement = try fields.filledText("with").replacing("\r\n", with: "\n")
        let literal = try fields.optionalNonEmptyText("find")?.replacing("\r\n", with: "\n")
        switch (literal, try fields.optionalNonEmptyText("pattern")) {
        case (let literal?, nil): search = .literal(try LiteralSearch(literal, replacement))
        case (nil, let pattern?): search = .pattern(try PatternSearch(pattern, replacement))
        default: throw EditRefusal("'replace' needs either 'find' or 'pattern'")
        }
    }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        var (pending, done, changes) = (0, 0, 0)
        var results: [(RepoPath, [UInt8])] = []
        for path in try selection.paths(in: files) {
            guard let before = try selection.text(of: path, in: files) else { continue }
            let finding: Finding?
            do throws(EditRefusal) { finding = try find(in: before, until: files.deadline) } catch {
                throw error.naming("\(path)")
            }
            guard let finding else { continue }
            pending += finding.pending
            done += finding.done
            guard finding.result != before else { continue }
            changes += 1
            results.append((path, finding.result))
        }
        try check(pending: pending, done: done, changes: changes)
        for (path, bytes) in results { try files.write(path, bytes) }
        guard changes > 0 else { return [] }
        return [
            "replaced \(pending) \(pending == 1 ? "place" : "places") in \(FileSelection.words(results.map(\.0)))"
        ]
    }

    private func find(in bytes: [UInt8], until deadline: Deadline) throws(EditRefusal) -> Finding? {
        switch search {
        case .literal(let search): return try search.find(in: bytes)
        case .pattern(let search):
            guard selection.literal == nil, !PatternSearch.canRead(bytes) else {
                return try search.find(in: bytes, until: deadline)
            }
            // A glob may stand for images and the like.
            return nil
        }
    }

    /// Where nothing is left to be changed, the work was done before; otherwise the expected number must be there.
    private func check(pending: Int, done: Int, changes: Int) throws(EditRefusal) {
        let what: String
        switch search {
        case .literal(let search): what = "'\(Self.short(search.find))'"
        case .pattern(let search): what = "the pattern '\(Self.short(search.text))'"
        }
        if changes == 0 {
            if done > 0 || isDeletion { return }
            throw EditRefusal("\(selection.pattern): \(what) stands nowhere")
        }
        guard let count, pending != count, pending + done != count else { return }
        throw EditRefusal(
            "\(selection.pattern): \(what) stands \(pending) \(pending == 1 ? "time" : "times"), not \(count)")
    }

    /// A deletion leaves nothing behind that would show that it was done.
    private var isDeletion: Bool {
        if case .literal(let search) = search { search.replacement.isEmpty } else { false }
    }

    private static func short(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }
}

/// A search for bytes.
struct LiteralSearch {
    let find: String
    let replacement: String

    init(_ find: String, _ replacement: String) throws(EditRefusal) {
        guard find != replacement else { throw EditRefusal("'find' and 'with' are the same") }
        (self.find, self.replacement) = (find, replacement)
    }

    func find(in bytes: [UInt8]) throws(EditRefusal) -> ReplaceOperation.Finding {
        let newLine = Lines.ending(of: bytes)
        let wanted = Array(find.replacing("\n", with: newLine).utf8)
        let replacement = Array(replacement.replacing("\n", with: newLine).utf8)
        let found = Self.replacing(wanted, with: replacement, in: bytes)
        if found.pending > 0, Self.replacing(wanted, with: replacement, in: found.result).pending > 0 {
            throw EditRefusal(
                "replacing '\(find.prefix(60))' makes it stand there again",
                hint: "a second run would go on replacing; look for a longer text")
        }
        return found
    }

    private static func replacing(
        _ wanted: [UInt8], with replacement: [UInt8], in bytes: [UInt8]
    ) -> ReplaceOperation.Finding {
        var finding = ReplaceOperation.Finding(result: [])
        // Where the new text holds the old one, an old one within a new one was replaced before.
        let holdsWanted = replacement.firstRange(of: wanted) != nil
        let finished = replacement.isEmpty ? [] : bytes.ranges(of: replacement)
        var next = 0
        var position = 0
        for range in bytes.ranges(of: wanted) {
            if holdsWanted {
                while next < finished.count, finished[next].upperBound < range.upperBound { next += 1 }
                if next < finished.count, finished[next].lowerBound <= range.lowerBound { continue }
            }
            finding.pending += 1
            finding.result += bytes[position..<range.lowerBound]
            finding.result += replacement
            position = range.upperBound
        }
        finding.result += bytes[position...]
        finding.done = finished.count
        return finding
    }
}
