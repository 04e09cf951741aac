internal import Basics
internal import Contracts
internal import Editing
internal import Paths

/// `{create: path, text: …}` or `template: NAME`; a file that is there with other content is left alone.
struct CreateOperation: EditOperation {
    static let verb = "create"
    static let inputs = {
        var record = InputRecord([
            Input(verb, .text, required: true, "The new file.", example: "docs/release.md"),
            Input("text", .text, "Its content.", example: "\"# {{task.title}}\""),
            Input("template", .template([]), "What its content is made from.", example: "page.md"),
            Input("executable", .flag, default: "false", "Whether it can be run.", example: "true"),
            Input("overwrite", .flag, default: "false", "Whether another content is replaced.", example: "true"),
        ])
        record.choice = ["text", "template"]
        return record
    }()

    private let path: RepoPath
    private let bytes: [UInt8]
    private let isExecutable: Bool?
    private let overwrites: Bool

    init(_ fields: OperationFields) throws(EditRefusal) {
        path = try fields.path("create")
        guard fields.has("text") != fields.has("template") else {
            throw EditRefusal("'create' needs either 'text' or 'template'")
        }
        bytes = Array((fields.has("text") ? try fields.filledText("text") : try fields.template("template")).utf8)
        isExecutable = fields.has("executable") ? try fields.flag("executable") : nil
        overwrites = try fields.flag("overwrite")
    }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        let before = try files.read(path)
        let isExecutable = try files.kind(of: path) == .executable
        if before == bytes, self.isExecutable ?? isExecutable == isExecutable { return [] }
        guard before == nil || before == bytes || overwrites else {
            throw EditRefusal(
                "'\(path)' is there already, with other content", hint: "add 'overwrite: true' to replace it")
        }
        try files.write(path, bytes, isExecutable: self.isExecutable)
        return [before == nil ? "created \(path)" : "replaced \(path)"]
    }
}

/// `{delete: path}`; what is not there needs no deletion.
struct DeleteOperation: EditOperation {
    static let verb = "delete"
    static let inputs = InputRecord([
        Input(verb, .text, required: true, "The file or files.", example: "\"tmp/**\"")
    ])

    private let selection: FileSelection

    init(_ fields: OperationFields) throws(EditRefusal) { selection = try FileSelection(fields, "delete") }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        let paths: [RepoPath]
        if let path = selection.literal {
            paths = try files.read(path) == nil ? [] : [path]
        } else {
            paths = try files.list(selection.pattern)
        }
        for path in paths { try files.remove(path) }
        return paths.isEmpty ? [] : ["deleted \(FileSelection.words(paths))"]
    }
}

/// `{move: path, to: path}`; `to` with a slash at its end is a directory that keeps the names.
struct MoveOperation: EditOperation {
    static let verb = "move"
    static let inputs = InputRecord([
        Input(verb, .text, required: true, "The file or files.", example: "notes.txt"),
        Input(
            "to", .text, required: true, "The new path, or a directory with a slash at its end.", example: "docs/"),
        Input("overwrite", .flag, default: "false", "Whether a file that is there is replaced.", example: "true"),
    ])

    private let selection: FileSelection
    private let target: String
    private let overwrites: Bool

    init(_ fields: OperationFields) throws(EditRefusal) {
        selection = try FileSelection(fields, "move")
        target = try fields.nonEmptyText("to")
        overwrites = try fields.flag("overwrite")
        guard selection.literal != nil || target.hasSuffix("/") else {
            throw EditRefusal(
                "'\(selection.pattern)' may stand for many files", hint: "end 'to' with '/' to name a directory")
        }
        _ = try Self.path(target.hasSuffix("/") ? target + "x" : target)
    }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        guard let source = selection.literal else {
            let paths = try files.list(selection.pattern)
            if paths.isEmpty { try checkWasMoved(in: files) }
            for path in paths { try move(path, to: try destination(of: path), in: files) }
            return paths.isEmpty ? [] : ["moved \(FileSelection.words(paths)) to \(target)"]
        }
        let target = try destination(of: source)
        if try files.read(source) == nil {
            if try files.read(target) != nil { return [] }
            throw EditRefusal("there is neither '\(source)' nor '\(target)'")
        }
        guard source != target else { return [] }
        try move(source, to: target, in: files)
        return ["moved \(source) to \(target)"]
    }

    private func move(_ source: RepoPath, to target: RepoPath, in files: StagedFiles) throws(EditRefusal) {
        guard source != target else { return }
        let bytes = try files.existing(source)
        let isExecutable = try files.kind(of: source) == .executable
        let isTaken = try files.read(target) != nil
        guard overwrites || !isTaken else {
            throw EditRefusal("'\(target)' is there already", hint: "add 'overwrite: true' to replace it")
        }
        try files.remove(source)
        try files.write(target, bytes, isExecutable: isExecutable)
    }

    /// What was moved before is not there to be found again, but its directory is.
    private func checkWasMoved(in files: StagedFiles) throws(EditRefusal) {
        let directory = try Self.path(String(target.dropLast()))
        guard try files.list(under: directory, where: { _ in true }).isEmpty else { return }
        throw EditRefusal("'\(selection.pattern)' matches no file that the task may touch")
    }

    private func destination(of source: RepoPath) throws(EditRefusal) -> RepoPath {
        try Self.path(target.hasSuffix("/") ? target + source.name : target)
    }

    private static func path(_ text: String) throws(EditRefusal) -> RepoPath {
        do throws(RepoPathError) { return try RepoPath(text) } catch { throw EditRefusal(error.message) }
    }
}
