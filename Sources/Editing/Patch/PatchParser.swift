internal import Basics

/// Reads unified diffs, git's and others'; text before, between and after them is passed over.
package struct PatchParser {
    package static let sizeLimit = 16 << 20
    package static let fileLimit = 10_000

    private let lines: [ArraySlice<UInt8>]
    private let strip: Int?
    private var index = 0

    /// `strip` leading components of each path are dropped; `nil` finds out whether there is an `a/` and a `b/`.
    package static func parse(_ bytes: [UInt8], strip: Int?) throws(PatchSyntaxError) -> [FilePatch] {
        guard bytes.count <= sizeLimit else {
            throw PatchSyntaxError(problem: "is larger than \(SizeText.text(sizeLimit))", line: 0)
        }
        var parser = PatchParser(bytes, strip: strip)
        return try parser.patches()
    }

    private init(_ bytes: [UInt8], strip: Int?) {
        var lines = bytes.split(separator: Lines.feed, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        // A diff that was saved with other line ends has them in its own headers too.
        let headers = lines.filter { $0.starts(with: "@@ -".utf8) || $0.starts(with: "--- ".utf8) }
        if !headers.isEmpty, headers.allSatisfy({ $0.last == Lines.carriageReturn }) {
            lines = lines.map { $0.last == Lines.carriageReturn ? $0.dropLast() : $0 }
        }
        (self.lines, self.strip) = (lines, strip)
    }

    private mutating func patches() throws(PatchSyntaxError) -> [FilePatch] {
        var drafts: [PatchDraft] = []
        while index < lines.count {
            let start = index
            if looksAt("diff --git ") {
                drafts.append(try gitPatch())
            } else if looksAt("--- "), looksAt("+++ ", after: 1), looksAt("@@ -", after: 2) {
                var draft = PatchDraft(line: start + 1)
                try readNames(into: &draft)
                draft.hunks = try hunks()
                drafts.append(draft)
            } else if looksAt("@@ -"), PatchRange.parse(lines[index]) != nil {
                throw PatchSyntaxError(problem: "begins a hunk that belongs to no file", line: index + 1)
            } else {
                index += 1
            }
            guard drafts.count <= Self.fileLimit else {
                throw PatchSyntaxError(problem: "is about more than \(Self.fileLimit) files", line: 0)
            }
        }
        guard !drafts.isEmpty else {
            throw PatchSyntaxError(
                problem: "has no file in it", line: 0, hint: "it is to be a unified diff, as 'git diff' prints it")
        }
        let strip = strip ?? (drafts.allSatisfy(\.hasUsualPrefixes) ? 1 : 0)
        var patches: [FilePatch] = []
        for draft in drafts { patches.append(try draft.patch(strip: strip)) }
        return patches
    }

    private func looksAt(_ text: String, after distance: Int = 0) -> Bool {
        index + distance < lines.count && lines[index + distance].starts(with: text.utf8)
    }

    /// What follows a header's words, without them.
    private func rest(behind text: String) -> [UInt8] { Array(lines[index].dropFirst(text.utf8.count)) }

    private mutating func gitPatch() throws(PatchSyntaxError) -> PatchDraft {
        var draft = PatchDraft(line: index + 1)
        draft.isGit = true
        draft.headerNames = GitPathQuoting.headerNames(rest(behind: "diff --git "))
        index += 1
        while index < lines.count, !looksAt("diff --git ") {
            if looksAt("--- "), looksAt("+++ ", after: 1) {
                try readNames(into: &draft)
                draft.hunks = try hunks()
                return draft
            }
            guard try readHeader(into: &draft) else { break }
            index += 1
        }
        return draft
    }

    /// Reads one extended header; `false` when the line is none.
    private func readHeader(into draft: inout PatchDraft) throws(PatchSyntaxError) -> Bool {
        let header = Self.headers.first { looksAt($0) }
        guard let header else { return false }
        let value = rest(behind: header)
        switch header {
        case "old mode ", "index ", "similarity index ": break
        case "dissimilarity index ": draft.isRewrite = true
        case "new mode ": draft.newMode = try mode(value)
        case "new file mode ": (draft.operation, draft.newMode) = (.create, try mode(value))
        case "deleted file mode ": draft.operation = .delete
        case "rename from ": (draft.operation, draft.oldMoved) = (.rename, try name(value))
        case "rename to ": draft.newMoved = try name(value)
        case "copy from ": (draft.operation, draft.oldMoved) = (.copy, try name(value))
        case "copy to ": draft.newMoved = try name(value)
        default: draft.isBinary = true
        }
        return true
    }

    private static let headers = [
        "old mode ", "new mode ", "new file mode ", "deleted file mode ", "rename from ", "rename to ",
        "copy from ",
        "copy to ", "similarity index ", "dissimilarity index ", "index ", "GIT binary patch", "Binary files ",
    ]

    private func mode(_ text: [UInt8]) throws(PatchSyntaxError) -> UInt32 {
        guard let mode = UInt32(String(decoding: text, as: UTF8.self).trimmed, radix: 8) else {
            throw PatchSyntaxError(problem: "has a mode that is no number", line: index + 1)
        }
        return mode
    }

    private func name(_ text: [UInt8]) throws(PatchSyntaxError) -> [UInt8] {
        guard let name = GitPathQuoting.name(text) else {
            throw PatchSyntaxError(problem: "has a quoted name that cannot be read", line: index + 1)
        }
        return name
    }

    /// The `---` and `+++` lines.
    private mutating func readNames(into draft: inout PatchDraft) throws(PatchSyntaxError) {
        (draft.oldName, draft.oldIsEpoch) = (try name(rest(behind: "--- ")), isEpoch(lines[index]))
        index += 1
        (draft.newName, draft.newIsEpoch) = (try name(rest(behind: "+++ ")), isEpoch(lines[index]))
        index += 1
    }

    /// The time that `diff -N` writes for a file that is not there.
    private func isEpoch(_ line: ArraySlice<UInt8>) -> Bool {
        guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return false }
        let time = line[(tab + 1)...]
        return time.starts(with: "1970-01-01 0".utf8) || time.starts(with: "1969-12-31 ".utf8)
    }

    // MARK: Hunks

    private mutating func hunks() throws(PatchSyntaxError) -> [PatchHunk] {
        var hunks: [PatchHunk] = []
        while index < lines.count, looksAt("@@ -") {
            guard let range = PatchRange.parse(lines[index]) else {
                throw PatchSyntaxError(problem: "is no hunk header", line: index + 1)
            }
            hunks.append(try hunk(range))
        }
        return hunks
    }

    private mutating func hunk(_ range: PatchRange) throws(PatchSyntaxError) -> PatchHunk {
        var hunk = PatchHunk(oldStart: range.oldStart, newStart: range.newStart, line: index + 1)
        var (old, new) = (range.oldCount, range.newCount)
        index += 1
        while old > 0 || new > 0 {
            guard index < lines.count else {
                throw PatchSyntaxError(problem: "ends within the hunk of line \(hunk.line)", line: 0)
            }
            let kind: PatchLine.Kind
            switch lines[index].first {
            case UInt8(ascii: "+"): kind = .added
            case UInt8(ascii: "-"): kind = .removed
            // Some programs take the blank of an empty context line away.
            case UInt8(ascii: " "), nil: kind = .context
            case UInt8(ascii: "\\"):
                removeLineBreak(from: &hunk)
                index += 1
                continue
            default: throw miscounted(hunk)
            }
            hunk.lines.append(PatchLine(kind: kind, text: lines[index].dropFirst() + [Lines.feed]))
            if kind != .added { old -= 1 }
            if kind != .removed { new -= 1 }
            guard old >= 0, new >= 0 else { throw miscounted(hunk) }
            index += 1
        }
        if looksAt("\\") {
            removeLineBreak(from: &hunk)
            index += 1
        }
        guard hunk.lines.contains(where: { $0.kind != .context }) else {
            throw PatchSyntaxError(problem: "begins a hunk that changes nothing", line: hunk.line)
        }
        return hunk
    }

    private func miscounted(_ hunk: PatchHunk) -> PatchSyntaxError {
        PatchSyntaxError(
            problem: "is not what the hunk of line \(hunk.line) announces", line: index + 1,
            hint: "the numbers between '@@' have to fit the lines below them")
    }

    /// `\ No newline at end of file` is about the line before it.
    private func removeLineBreak(from hunk: inout PatchHunk) {
        guard let last = hunk.lines.indices.last, hunk.lines[last].text.last == Lines.feed else { return }
        hunk.lines[last].text.removeLast()
    }
}

/// The numbers of `@@ -1,2 +3,4 @@`.
struct PatchRange {
    let oldStart: Int
    let oldCount: Int
    let newStart: Int
    let newCount: Int

    static func parse(_ line: ArraySlice<UInt8>) -> PatchRange? {
        let words = String(decoding: line.prefix(100), as: UTF8.self).split(separator: " ")
        guard words.count >= 4, words[0] == "@@", words[3].hasPrefix("@@"), words[1].first == "-",
            words[2].first == "+",
            let old = numbers(words[1].dropFirst()), let new = numbers(words[2].dropFirst())
        else { return nil }
        return PatchRange(oldStart: old.start, oldCount: old.count, newStart: new.start, newCount: new.count)
    }

    private static func numbers(_ text: Substring) -> (start: Int, count: Int)? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, let start = number(parts[0]) else { return nil }
        guard parts.count == 2 else { return (start, 1) }
        return number(parts[1]).map { (start, $0) }
    }

    private static func number(_ text: Substring) -> Int? {
        guard text.count <= 9, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }
}
