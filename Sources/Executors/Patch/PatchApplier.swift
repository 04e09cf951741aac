internal import Basics
internal import Editing
internal import Paths

/// Applies the parts of a diff to files, and finds out where that was done before.
struct PatchApplier {
    /// What the diff makes of a file, and how.
    private struct Result {
        var bytes: [UInt8]
        var isExecutable: Bool?
        var operation: FilePatch.Operation
    }

    private let patches: [FilePatch]
    private let fuzz: Int
    private let files: StagedFiles
    /// What is known of the files that were written so far.
    private var results: [RepoPath: Result] = [:]
    private var removed: Set<RepoPath> = []
    /// Files that a later part takes away.
    private let leaving: Set<RepoPath>
    private(set) var notes: [String] = []
    private(set) var problems: [String] = []

    init(_ patches: [FilePatch], fuzz: Int, files: StagedFiles) {
        (self.patches, self.fuzz, self.files) = (patches, fuzz, files)
        leaving = Set(patches.filter { $0.operation == .rename || $0.operation == .delete }.map(\.oldPath))
    }

    /// Applies every part whose hunks fit; nothing is written where `problems` are left.
    mutating func apply() throws(EditRefusal) {
        for patch in patches {
            try files.check(patch.newPath)
            try files.check(patch.oldPath)
        }
        for patch in patches { try apply(patch) }
        guard problems.isEmpty else { return }
        for path in removed.sorted() where results[path] == nil { try files.remove(path) }
        for (path, result) in results.sorted(by: { $0.key < $1.key }) {
            try files.write(path, result.bytes, isExecutable: result.isExecutable)
        }
    }

    private mutating func apply(_ patch: FilePatch) throws(EditRefusal) {
        switch patch.operation {
        case .create: try create(patch)
        case .delete: try delete(patch)
        case .modify: try modify(patch)
        case .rename, .copy: try move(patch)
        }
    }

    /// The file as the parts before have left it.
    private func current(_ path: RepoPath) throws(EditRefusal) -> [UInt8]? {
        if let result = results[path] { return result.bytes }
        if removed.contains(path) { return nil }
        guard try files.kind(of: path) != .other else { throw EditRefusal("'\(path)' is not a plain file") }
        return try files.read(path)
    }

    // MARK: One kind of part each

    private mutating func create(_ patch: FilePatch) throws(EditRefusal) {
        let content = adapted(patch, to: []).flatMap { $0.image(.after) }.flatMap { $0 }
        if let before = try target(of: patch) {
            if before == content { return try changeMode(patch, before) }
            problems.append("\(patch.newPath): it is to be made, and is there already with other content")
            return
        }
        let isExecutable = patch.newMode.map { $0 & 0o111 != 0 } ?? false
        results[patch.newPath] = Result(bytes: content, isExecutable: isExecutable, operation: .create)
        notes.append("created \(patch.newPath)")
    }

    private mutating func delete(_ patch: FilePatch) throws(EditRefusal) {
        guard let before = try current(patch.oldPath) else { return }
        let wanted = adapted(patch, to: before).flatMap { $0.image(.before) }.flatMap { $0 }
        guard before == wanted || before[before.textStart...].elementsEqual(wanted) else {
            problems +=
                conflicts(patch, before).isEmpty
                ? ["\(patch.oldPath): it is to be deleted, and has other content"] : conflicts(patch, before)
            return
        }
        results[patch.oldPath] = nil
        removed.insert(patch.oldPath)
        notes.append("deleted \(patch.oldPath)")
    }

    private mutating func modify(_ patch: FilePatch) throws(EditRefusal) {
        // Other programs than git write `file.orig` and `file`: the one that is there is meant.
        var path = patch.newPath
        var found = try current(path)
        if found == nil, patch.oldPath != path {
            path = patch.oldPath
            found = try current(path)
        }
        guard let before = found else {
            problems.append("\(path): there is no such file")
            return
        }
        if before.isUTF16, !patch.hunks.isEmpty {
            problems.append("\(path): it is UTF-16 text; save the file as UTF-8 text")
            return
        }
        guard let after = changed(patch, before, path) else { return }
        if after == before { return try changeMode(patch, before) }
        results[path] = Result(bytes: after, isExecutable: try mode(patch, path), operation: .modify)
        notes.append("changed \(path)")
    }

    /// Renames and copies start from the file as it was before the diff, so that two files can change places.
    private mutating func move(_ patch: FilePatch) throws(EditRefusal) {
        guard let source = try source(of: patch) else { return try checkMoved(patch) }
        if let target = try target(of: patch) { return checkMade(patch, target, from: source.bytes) }
        guard let after = changed(patch, source.bytes, patch.oldPath) else { return }
        let mode = patch.newMode.map { $0 & 0o111 != 0 } ?? source.isExecutable
        results[patch.newPath] = Result(bytes: after, isExecutable: mode, operation: patch.operation)
        if patch.operation == .rename { removed.insert(patch.oldPath) }
        notes.append("\(patch.operation == .rename ? "renamed" : "copied") \(patch.oldPath) to \(patch.newPath)")
    }

    /// A diff of several commits may rename what it changed before; within one commit only a rewritten file may.
    private func source(of patch: FilePatch) throws(EditRefusal) -> Result? {
        let path = patch.oldPath
        let isRewritten = patches.contains { $0.isRewrite && $0.newPath == path }
        if patch.operation == .rename, let result = results[path], result.operation == .modify, !isRewritten {
            return result
        }
        guard try files.kind(of: path) != .other else { throw EditRefusal("'\(path)' is not a plain file") }
        guard let base = try files.read(path) else { return results[path] }
        return Result(bytes: base, isExecutable: try files.kind(of: path) == .executable, operation: .modify)
    }

    /// What stands in the way of the new file; `nil` where that leaves.
    private func target(of patch: FilePatch) throws(EditRefusal) -> [UInt8]? {
        if results[patch.newPath] == nil, leaving.contains(patch.newPath) { return nil }
        return try current(patch.newPath)
    }

    /// A rename was done before when the old file is gone and every hunk can be taken back from the new one.
    private mutating func checkMoved(_ patch: FilePatch) throws(EditRefusal) {
        guard let target = try current(patch.newPath), isDone(patch, in: target) else {
            problems.append("\(patch.oldPath): there is no such file")
            return
        }
    }

    /// Both files are there: that is fine where the diff makes the old one anew, or leaves it where it is.
    private mutating func checkMade(_ patch: FilePatch, _ target: [UInt8], from source: [UInt8]) {
        if patch.operation == .copy,
            case .applied(target, _) = PatchImage.applying(adapted(patch, to: source), to: source, .none)
        {
            return
        }
        let isTouched = patches.contains { other in
            other.newPath == patch.oldPath && other.operation != .delete && other.newPath != patch.newPath
        }
        if isTouched, isDone(patch, in: target) { return }
        problems.append("\(patch.newPath): it is to be made, and is there already")
    }

    /// Whether a file is what the hunks lead to.
    private func isDone(_ patch: FilePatch, in bytes: [UInt8]) -> Bool {
        if case .applied = PatchImage.applying(adapted(patch, to: bytes), to: bytes, .none, backwards: true) {
            true
        } else {
            false
        }
    }

    // MARK: Hunks

    /// The content with the hunks applied, or as it is where that was done before; `nil` after a conflict.
    private mutating func changed(_ patch: FilePatch, _ before: [UInt8], _ path: RepoPath) -> [UInt8]? {
        let hunks = adapted(patch, to: before)
        guard !hunks.isEmpty else { return before }
        if case .applied(let bytes, _) = PatchImage.applying(hunks, to: before, .none) { return bytes }
        if case .applied = PatchImage.applying(hunks, to: before, .none, backwards: true) { return before }
        switch PatchImage.applying(hunks, to: before, .offset(fuzz: fuzz)) {
        case .applied(let bytes, let offsets):
            noteOffsets(offsets, path)
            return bytes
        case .tooManySteps:
            problems.append(
                "\(path): finding its hunks takes more than \(PatchImage.stepLimit) steps; make the diff anew from the file as it is, or in parts"
            )
            return nil
        case .conflicts(let conflicts):
            if case .applied = PatchImage.applying(hunks, to: before, .offset(fuzz: 0), backwards: true) {
                return before
            }
            problems += conflicts.map { "\(path): \($0.message)" }
            return nil
        }
    }

    private mutating func noteOffsets(_ offsets: [Int], _ path: RepoPath) {
        for (index, offset) in offsets.enumerated() where offset != 0 {
            let lines = offset.magnitude == 1 ? "line" : "lines"
            notes.append(
                "\(path): hunk \(index + 1) stands \(offset.magnitude) \(lines) further \(offset > 0 ? "down" : "up")"
            )
        }
    }

    private func conflicts(_ patch: FilePatch, _ before: [UInt8]) -> [String] {
        guard case .conflicts(let conflicts) = PatchImage.applying(adapted(patch, to: before), to: before, .none)
        else {
            return []
        }
        return conflicts.map { "\(patch.oldPath): \($0.message)" }
    }

    /// A diff that went through YAML has lost the `\r` of files that end their lines with it, and a byte order mark.
    private func adapted(_ patch: FilePatch, to bytes: [UInt8]) -> [PatchHunk] {
        let hunks = withReturns(patch, bytes)
        guard bytes.textStart > 0, let first = hunks.first else { return hunks }
        return [first.marked(Array(bytes[..<bytes.textStart]))] + hunks.dropFirst()
    }

    private func withReturns(_ patch: FilePatch, _ bytes: [UInt8]) -> [PatchHunk] {
        let hasReturns = patch.hunks.contains {
            $0.lines.contains { $0.text.suffix(2).first == Lines.carriageReturn }
        }
        guard !hasReturns, Lines.ending(of: bytes) == "\r\n" else { return patch.hunks }
        return patch.hunks.map { hunk in
            var hunk = hunk
            for index in hunk.lines.indices where hunk.lines[index].text.last == Lines.feed {
                hunk.lines[index].text = hunk.lines[index].text.dropLast() + [Lines.carriageReturn, Lines.feed]
            }
            return hunk
        }
    }

    // MARK: Modes

    private func isExecutable(_ path: RepoPath) throws(EditRefusal) -> Bool {
        if let known = results[path]?.isExecutable { return known }
        return try files.kind(of: path) == .executable
    }

    private func mode(_ patch: FilePatch, _ path: RepoPath) throws(EditRefusal) -> Bool? {
        patch.newMode.map { $0 & 0o111 != 0 } ?? results[path]?.isExecutable
    }

    private mutating func changeMode(_ patch: FilePatch, _ bytes: [UInt8]) throws(EditRefusal) {
        guard let wanted = patch.newMode.map({ $0 & 0o111 != 0 }) else { return }
        guard try isExecutable(patch.newPath) != wanted else { return }
        results[patch.newPath] = Result(bytes: bytes, isExecutable: wanted, operation: .modify)
        notes.append("made \(patch.newPath) \(wanted ? "executable" : "not executable")")
    }
}
