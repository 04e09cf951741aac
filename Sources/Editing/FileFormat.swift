package import Basics

/// A format of keys and values whose files can be edited in place.
package enum FileFormat: String, CaseIterable, Sendable {
    case yaml, json
    /// JSON with comments and trailing commas.
    case jsonc
    case toml, ini, properties, dotenv

    /// Larger files are left alone.
    package static let sizeLimit = 16 << 20

    /// The format that a file's name stands for; `nil` when it says nothing.
    package init?(fileName: String) {
        let name = fileName.lowercased()
        if let known = Self.names[name] {
            self = known
        } else if name == ".env" || name.hasPrefix(".env.") {
            self = .dotenv
        } else if Self.namesWithComments.contains(where: { name.hasPrefix($0) && name.hasSuffix(".json") }) {
            self = .jsonc
        } else if let dot = name.lastIndex(of: "."),
            let known = Self.endings[String(name[name.index(after: dot)...])]
        {
            self = known
        } else {
            return nil
        }
    }

    private static let names: [String: FileFormat] = [
        "pipfile": .toml, "cargo.lock": .toml, "poetry.lock": .toml, "uv.lock": .toml, ".editorconfig": .ini,
        ".flake8": .ini, ".pylintrc": .ini, "pylintrc": .ini, ".coveragerc": .ini, ".npmrc": .ini,
        ".gitconfig": .ini, ".clang-format": .yaml, ".clang-tidy": .yaml, ".prettierrc": .yaml, ".babelrc": .jsonc,
        ".eslintrc": .jsonc, "package.resolved": .json, "composer.lock": .json, "pipfile.lock": .json,
    ]

    /// Files that end in `.json`, and whose tools allow comments in them.
    private static let namesWithComments = [
        "tsconfig", "jsconfig", ".eslintrc", "devcontainer", "settings", "launch",
    ]

    private static let endings: [String: FileFormat] = [
        "yaml": .yaml, "yml": .yaml, "json": .json, "webmanifest": .json, "jsonc": .jsonc,
        "code-workspace": .jsonc, "toml": .toml, "ini": .ini, "cfg": .ini, "properties": .properties,
        "env": .dotenv,
    ]

    private var source: any StructuredText.Type {
        switch self {
        case .yaml: YAMLSource.self
        case .json: JSONSource.self
        case .jsonc: CommentedJSONSource.self
        case .toml: TOMLSource.self
        case .ini: INISource.self
        case .properties: PropertiesSource.self
        case .dotenv: DotenvSource.self
        }
    }

    /// Everything that the file says.
    package func value(of bytes: [UInt8]) throws(EditRefusal) -> JSON {
        try checkSize(bytes)
        return try source.init(bytes).value
    }

    /// The value at a path; `nil` where there is none.
    package func value(at path: ValuePath, in bytes: [UInt8]) throws(EditRefusal) -> JSON? {
        try checkSize(bytes)
        return try Self.value(at: path, in: bytes, as: source)
    }

    /// The file with those values; every byte that need not change is kept.
    package func setting(_ assignments: [Assignment], in bytes: [UInt8]) throws(EditRefusal) -> [UInt8] {
        var reads = 0
        return try setting(assignments, in: bytes, reads: &reads)
    }

    /// `reads` counts how often the file, or what it becomes, was read.
    package func setting(
        _ assignments: [Assignment], in bytes: [UInt8], reads: inout Int
    ) throws(EditRefusal) -> [UInt8] {
        try checkSize(bytes)
        guard self == .yaml, assignments.count > 1 else {
            return try Self.setting(assignments, in: bytes, as: source, &reads)
        }
        var batch = try YAMLBatch(bytes)
        let changes = batch.changes(for: assignments)
        let places = changes.indices.filter { changes[$0] != nil }
        let (result, refused) = batch.applying(changes.compactMap { $0 })
        reads += batch.reads
        let left = Set(changes.indices).subtracting(places).union(refused.map { places[$0] }).sorted()
        guard !left.isEmpty else { return result }
        return try Self.setting(left.map { assignments[$0] }, in: result, as: source, &reads)
    }

    package func setting(_ path: ValuePath, to value: JSON, in bytes: [UInt8]) throws(EditRefusal) -> [UInt8] {
        try setting([Assignment(path, value)], in: bytes)
    }

    private static func value<Text: StructuredText>(
        at path: ValuePath, in bytes: [UInt8], as format: Text.Type
    ) throws(EditRefusal) -> JSON? {
        try StructuredEditor<Text>(bytes).value(at: path)
    }

    private static func setting<Text: StructuredText>(
        _ assignments: [Assignment], in bytes: [UInt8], as format: Text.Type, _ reads: inout Int
    ) throws(EditRefusal) -> [UInt8] {
        var editor = try StructuredEditor<Text>(bytes)
        for assignment in assignments { try editor.set(assignment.path, to: assignment.value) }
        reads += editor.reads
        return editor.bytes
    }

    private func checkSize(_ bytes: [UInt8]) throws(EditRefusal) {
        guard bytes.count <= Self.sizeLimit else {
            throw EditRefusal(syntax: "it is larger than \(SizeText.text(Self.sizeLimit))")
        }
    }
}
