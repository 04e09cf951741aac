internal import Basics
internal import Contracts
internal import Editing
internal import Paths

/// `{set: package.json, key: version, to: "2.0", expect: "1.0", format: json}`: one value of a structured file.
struct SetOperation: EditOperation {
    static let verb = "set"
    static let inputs = InputRecord([
        Input(verb, .text, required: true, "The file or files.", example: "package.json"),
        Input(
            "key", .either([.text, .list(.scalar)]), required: true, "The way to the value.",
            example: "\"jobs.build.steps[name=Test].timeout-minutes\""),
        Input("to", .anything, required: true, "The new value.", example: "\"2.0\""),
        Input("expect", .anything, "What must be there before.", example: "\"1.0\""),
        Input(
            "format", .choice(FileFormat.allCases.map(\.rawValue)), default: "that of the name",
            "How the file is written.", example: "yaml"),
    ])

    private let selection: FileSelection
    private let path: ValuePath
    private let value: JSON
    private let expected: JSON?
    private let format: FileFormat?

    init(_ fields: OperationFields) throws(EditRefusal) {
        selection = try FileSelection(fields, "set")
        guard let key = fields.raw("key") else { throw EditRefusal("'set' needs 'key'") }
        path = try ValuePath(key)
        value = try fields.value("to")
        expected = fields.has("expect") ? .some(try fields.value("expect")) : .none
        format = try fields.optionalText("format").flatMap(FileFormat.init(rawValue:))
    }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        let changed = try selection.edit(in: files) { (file, bytes) throws(EditRefusal) in
            guard let format = format ?? FileFormat(fileName: file.name) else {
                throw EditRefusal("its name says no format", hint: "add 'format: …', such as format: yaml")
            }
            let result = try format.setting(path, to: value, in: bytes)
            if result != bytes, let expected { try check(expected, format, bytes) }
            return result
        }
        return changed.isEmpty ? [] : ["set \(path) in \(FileSelection.words(changed))"]
    }

    private func check(_ expected: JSON, _ format: FileFormat, _ bytes: [UInt8]) throws(EditRefusal) {
        let current = try format.value(at: path, in: bytes) ?? .null
        guard current.unordered != expected.unordered else { return }
        // What stands in these files is secret more often than not.
        if format == .dotenv { throw EditRefusal("'\(path)' has another value than the expected one") }
        let isText =
            current.isNull || expected.isNull || !current.isCollection && current.plainText == expected.plainText
        throw EditRefusal(
            "'\(path)' is \(isText ? current.text() : Self.short(current)), not \(isText ? expected.text() : Self.short(expected))"
        )
    }

    private static func short(_ value: JSON) -> String {
        let text = value.plainText
        return text.count > 80 ? text.prefix(80) + "…" : "'\(text)'"
    }
}
