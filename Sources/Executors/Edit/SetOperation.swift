internal import Basics
internal import Editing
internal import Paths

/// `{set: package.json, key: version, to: "2.0", expect: "1.0", format: json}`: one value of a structured file.
struct SetOperation: EditOperation {
    static let verb = "set"
    static let keys = ["set", "key", "to", "expect", "format"]

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
        guard let name = try fields.optionalText("format") else {
            format = nil
            return
        }
        guard let format = FileFormat(rawValue: name) else {
            let names = FileFormat.allCases.map(\.rawValue)
            throw EditRefusal(
                "there is no format '\(name)'",
                hint: Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
                    ?? "there are \(names.joined(separator: ", "))")
        }
        self.format = format
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
