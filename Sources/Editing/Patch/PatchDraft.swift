internal import Basics
internal import Paths

/// What the headers of one file's part of a diff say, before it is clear what they mean.
struct PatchDraft {
    let line: Int
    var isGit = false
    var isBinary = false
    var operation = FilePatch.Operation.modify
    var newMode: UInt32?
    var isRewrite = false
    /// The names of the `diff --git` line.
    var headerNames: (old: [UInt8], new: [UInt8])?
    /// The names of the `---` and `+++` lines.
    var oldName: [UInt8]?
    var newName: [UInt8]?
    var oldIsEpoch = false
    var newIsEpoch = false
    /// The names of `rename from` and `rename to`, which have no prefixes.
    var oldMoved: [UInt8]?
    var newMoved: [UInt8]?
    var hunks: [PatchHunk] = []

    init(line: Int) { self.line = line }

    private static let none = Array("/dev/null".utf8)

    /// Whether its names begin as git writes them: `a/` and `b/`, or `i/`, `w/`, `c/` and `o/`.
    var hasUsualPrefixes: Bool {
        let old = oldName ?? headerNames?.old ?? Self.none
        let new = newName ?? headerNames?.new ?? Self.none
        func has(_ name: [UInt8], _ marks: String) -> Bool {
            name == Self.none || name.count > 2 && name[1] == RepoPath.separator && marks.utf8.contains(name[0])
        }
        return has(old, "aiwco") && has(new, "biwco")
    }

    func patch(strip: Int) throws(PatchSyntaxError) -> FilePatch {
        let (old, new) = try paths(strip)
        if isBinary {
            throw PatchSyntaxError(
                problem: "is about the binary file '\(new ?? old ?? "")'", line: line,
                hint: "binary files cannot be patched; leave them out of the diff")
        }
        guard let newPath = try path(new ?? old), let oldPath = try path(old ?? new) else {
            throw PatchSyntaxError(problem: "names no file", line: line)
        }
        var patch = FilePatch(
            operation: operation, oldPath: oldPath, newPath: newPath, newMode: newMode, line: line)
        if operation == .modify {
            if oldName == Self.none || oldIsEpoch { patch.operation = .create }
            if newName == Self.none || newIsEpoch { patch.operation = .delete }
        }
        (patch.hunks, patch.isRewrite) = (hunks, isRewrite)
        try check(patch)
        return patch
    }

    /// Both names with the leading components dropped; `nil` for `/dev/null`.
    private func paths(_ strip: Int) throws(PatchSyntaxError) -> (old: String?, new: String?) {
        if oldMoved != nil || newMoved != nil {
            guard let old = oldMoved, let new = newMoved else {
                throw PatchSyntaxError(problem: "moves a file and does not say from where to where", line: line)
            }
            return (try stripped(old, max(strip - 1, 0)), try stripped(new, max(strip - 1, 0)))
        }
        let old = try stripped(oldName ?? headerNames?.old, strip)
        let new = try stripped(newName ?? headerNames?.new, strip)
        switch operation {
        case .create: return (nil, new ?? old)
        case .delete: return (old ?? new, nil)
        default: return (old, new)
        }
    }

    private func stripped(_ name: [UInt8]?, _ count: Int) throws(PatchSyntaxError) -> String? {
        guard let name, name != Self.none else { return nil }
        var rest = name[...]
        for _ in 0..<count {
            guard let slash = rest.firstIndex(of: RepoPath.separator) else {
                throw PatchSyntaxError(
                    problem:
                        "names '\(String(decoding: name, as: UTF8.self))', which has no \(count) leading parts to drop",
                    line: line, hint: "set inputs.strip to 0 for a diff without 'a/' and 'b/'")
            }
            rest = rest[(slash + 1)...]
        }
        return String(decoding: rest, as: UTF8.self)
    }

    private func path(_ name: String?) throws(PatchSyntaxError) -> RepoPath? {
        guard let name else { return nil }
        do throws(RepoPathError) { return try RepoPath(name) } catch {
            throw PatchSyntaxError(problem: "names a file that cannot be: \(error.message)", line: line)
        }
    }

    private func check(_ patch: FilePatch) throws(PatchSyntaxError) {
        if let mode = patch.newMode, mode & 0o170000 != 0o100000 {
            let kind = mode & 0o170000 == 0o120000 ? "a symlink" : "something that is no plain file"
            throw PatchSyntaxError(problem: "makes '\(patch.newPath)' \(kind)", line: line)
        }
        let isOnlyAdded = hunks.allSatisfy { $0.lines.allSatisfy { $0.kind == .added } }
        let isOnlyRemoved = hunks.allSatisfy { $0.lines.allSatisfy { $0.kind == .removed } }
        if patch.operation == .create, !isOnlyAdded || hunks.count > 1 {
            throw PatchSyntaxError(
                problem: "makes the new file '\(patch.newPath)' out of lines that it has not", line: line)
        }
        if patch.operation == .delete, !isOnlyRemoved || hunks.count > 1 {
            throw PatchSyntaxError(problem: "deletes '\(patch.oldPath)' and leaves some of its lines", line: line)
        }
        let changesNothing = patch.operation == .modify && hunks.isEmpty && patch.newMode == nil
        if changesNothing {
            throw PatchSyntaxError(problem: "begins a file and changes nothing in it", line: line)
        }
    }
}

/// Names as git writes them: in C's quotes where they hold unusual bytes.
enum GitPathQuoting {
    /// A name up to a tab or the end of the line, or one in quotes; `nil` when its quotes are broken.
    static func name(_ text: [UInt8]) -> [UInt8]? {
        if text.first == UInt8(ascii: "\"") { return quoted(text[...])?.name }
        var name = text.prefix { $0 != UInt8(ascii: "\t") }
        if name.last == Lines.carriageReturn { name.removeLast() }
        return Array(name)
    }

    /// The two names of a `diff --git` line; `nil` where blanks make it unclear which they are.
    static func headerNames(_ text: [UInt8]) -> (old: [UInt8], new: [UInt8])? {
        if text.first == UInt8(ascii: "\"") {
            guard let (old, rest) = quoted(text[...]), rest.first == UInt8(ascii: " "),
                let new = name(Array(rest.dropFirst()))
            else { return nil }
            return (old, new)
        }
        let blanks = text.indices.filter { text[$0] == UInt8(ascii: " ") }
        if let quote = blanks.first(where: { $0 + 1 < text.count && text[$0 + 1] == UInt8(ascii: "\"") }) {
            return quoted(text[(quote + 1)...]).map { (Array(text[..<quote]), $0.name) }
        }
        // Without quotes both names are the same behind their first component.
        for blank in blanks {
            let (old, new) = (text[..<blank], text[(blank + 1)...])
            let tails = [old, new].map { name in
                name.firstIndex(of: RepoPath.separator).map { Array(name[$0...]) } ?? Array(name)
            }
            if tails[0] == tails[1] { return (Array(old), Array(new)) }
        }
        return nil
    }

    /// The name within quotes, and what follows them.
    private static func quoted(_ text: ArraySlice<UInt8>) -> (name: [UInt8], rest: ArraySlice<UInt8>)? {
        var name: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return (name, rest) }
            guard byte == UInt8(ascii: "\\") else {
                name.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            if let plain = escapes[escaped] {
                name.append(plain)
            } else {
                let digits = [escaped] + rest.prefix(2)
                guard digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
                else {
                    return nil
                }
                name.append(value)
                rest = rest.dropFirst(2)
            }
        }
        return nil
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
        UInt8(ascii: "v"): 11,
        UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13, UInt8(ascii: "\""): UInt8(ascii: "\""),
        UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]
}
