internal import Basics
internal import Editing
internal import Paths

/// The files that an operation is about: one by its name, or all that a glob stands for.
struct FileSelection {
    let pattern: PathPattern

    init(_ fields: OperationFields, _ name: String) throws(EditRefusal) { pattern = try fields.pattern(name) }

    /// The files that are there and may be touched; a glob must stand for at least one.
    func paths(in files: StagedFiles) throws(EditRefusal) -> [RepoPath] {
        if let path = literal {
            _ = try files.existing(path)
            return [path]
        }
        let paths = try files.list(pattern)
        if paths.isEmpty { throw EditRefusal("'\(pattern)' matches no file that the task may touch") }
        return paths
    }

    /// The one file that the pattern names.
    var literal: RepoPath? { pattern.isLiteral ? try? RepoPath(pattern.text) : nil }

    /// What a file says; `nil` for one of a glob that nobody can have meant.
    func text(of path: RepoPath, in files: StagedFiles) throws(EditRefusal) -> [UInt8]? {
        let bytes = try files.existing(path)
        guard bytes.isUTF16 else { return bytes }
        guard literal != nil else { return nil }
        throw EditRefusal("the file is UTF-16 text", hint: "save the file as UTF-8 text").naming("\(path)")
    }

    /// Changes each file's bytes, and says how many changed.
    func edit(
        in files: StagedFiles, _ body: (RepoPath, [UInt8]) throws(EditRefusal) -> [UInt8]
    ) throws(EditRefusal) -> [RepoPath] {
        var changed: [RepoPath] = []
        for path in try paths(in: files) {
            guard let before = try text(of: path, in: files) else { continue }
            let after: [UInt8]
            do throws(EditRefusal) { after = try body(path, before) } catch { throw error.naming("\(path)") }
            if after == before { continue }
            try files.write(path, after)
            changed.append(path)
        }
        return changed
    }

    /// `README.md`, or `3 files` of a glob.
    static func words(_ paths: [RepoPath]) -> String {
        paths.count <= 3 ? paths.map(\.description).joined(separator: ", ") : "\(paths.count) files"
    }
}
