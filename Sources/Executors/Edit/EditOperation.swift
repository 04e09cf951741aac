internal import Basics
internal import Contracts
package import Editing
internal import Model
internal import Paths

/// One structured operation of `inputs.edits`.
protocol EditOperation {
    /// The key that names the operation, and the file or files it is about.
    static var verb: String { get }
    /// What it wants to know, the verb first.
    static var inputs: InputRecord { get }

    init(_ fields: OperationFields) throws(EditRefusal)

    /// What was done, one line a fact; empty where everything was as wanted already.
    func apply(to files: StagedFiles) throws(EditRefusal) -> [String]
}

/// The operations that there are, and how a task writes them.
enum EditOperations {
    static var all: [any EditOperation.Type] {
        [
            SetOperation.self, ReplaceOperation.self, InsertOperation.self, BlockOperation.self,
            CreateOperation.self,
            DeleteOperation.self, MoveOperation.self,
        ]
    }

    /// No task needs more.
    static let limit = 1000

    /// Reads a list of operations; the mistakes in all of them are reported at once.
    static func read(_ value: JSON?, texts: Placeholders) throws(ExecutorError) -> [any EditOperation] {
        guard let elements = value?.elements, !elements.isEmpty else {
            throw ExecutorError(
                "edit", "inputs.edits is not a list with operations in it",
                hint: "write it as a list, such as [{set: package.json, key: version, to: \"2.0\"}]")
        }
        guard elements.count <= limit else {
            throw ExecutorError("edit", "inputs.edits has \(elements.count) operations; at most \(limit) are done")
        }
        var operations: [any EditOperation] = []
        var problems: [(place: String, refusal: EditRefusal)] = []
        for (index, element) in elements.enumerated() {
            guard let type = all.first(where: { element[$0.verb] != nil }) else { continue }
            do throws(EditRefusal) {
                let fields = InputValues(element, type.inputs)
                operations.append(try type.init(OperationFields(fields, verb: type.verb, texts: texts)))
            } catch { problems.append(("inputs.edits[\(index)]", error)) }
        }
        guard let first = problems.first else { return operations }
        throw ExecutorError(
            "edit", "\(first.place): \(first.refusal.message)",
            causes: problems.dropFirst().prefix(20).map { "\($0.place): \($0.refusal.message)" },
            hint: first.refusal.hint)
    }
}

/// What the `edit` executor wants to know.
enum EditInputs {
    static let declaration = ExecutorInputs(
        "edit",
        InputRecord([
            Input(
                "edits", .list(.keyed(EditOperations.all.map { $0.inputs })), required: true,
                "Operations, carried out one after the other.",
                example: "[{replace: README.md, find: colour, with: color}]")
        ]), example: "edits:\n  - {set: package.json, key: version, to: \"2.0\"}\n")
}

/// The keys of an operation, asked for by name.
package struct OperationFields {
    private let value: InputValues
    private let verb: String
    private let texts: Placeholders

    /// A text that an operation carries; more belongs into a file of its own.
    private static let textLimit = 4 << 20

    init(_ value: InputValues, verb: String, texts: Placeholders) {
        (self.value, self.verb, self.texts) = (value, verb, texts)
    }

    func has(_ name: String) -> Bool { value[name] != nil }

    /// The value as it stands, with the placeholders in its texts filled in.
    func value(_ name: String) throws(EditRefusal) -> JSON {
        guard let found = value[name] else { throw EditRefusal("'\(verb)' needs '\(name)'") }
        return try texts.filling(found)
    }

    func raw(_ name: String) -> JSON? { value[name] }

    /// A text taken as it stands.
    func optionalText(_ name: String) throws(EditRefusal) -> String? {
        guard let found = value[name] else { return nil }
        guard let text = found.string else {
            throw EditRefusal("'\(name)' is \(found.kindName), not text", hint: "put it into quotes")
        }
        guard text.utf8.count <= Self.textLimit else {
            throw EditRefusal("'\(name)' is longer than \(SizeText.text(Self.textLimit))")
        }
        return text
    }

    package func text(_ name: String) throws(EditRefusal) -> String {
        guard let text = try optionalText(name) else { throw EditRefusal("'\(verb)' needs '\(name)'") }
        return text
    }

    /// A text that has to say something.
    func nonEmptyText(_ name: String) throws(EditRefusal) -> String {
        let text = try text(name)
        guard !text.isEmpty else { throw EditRefusal("'\(name)' is empty") }
        return text
    }

    func optionalNonEmptyText(_ name: String) throws(EditRefusal) -> String? {
        has(name) ? try nonEmptyText(name) : nil
    }

    /// A text with its placeholders filled in.
    func filledText(_ name: String) throws(EditRefusal) -> String { try texts.filling(try text(name)) }

    /// The template of the repository that a text names, filled in.
    func template(_ name: String) throws(EditRefusal) -> String { try texts.template(try nonEmptyText(name)) }

    func flag(_ name: String) throws(EditRefusal) -> Bool {
        guard let found = value[name] else { return false }
        guard let flag = found.bool else { throw EditRefusal("'\(name)' is true or false, not \(found.kindName)") }
        return flag
    }

    func count(_ name: String) throws(EditRefusal) -> Int? {
        guard let found = value[name] else { return nil }
        guard let count = found.integer, count > 0 else { throw EditRefusal("'\(name)' is a number above 0") }
        return count
    }

    func path(_ name: String) throws(EditRefusal) -> RepoPath {
        let text = try text(name)
        do throws(RepoPathError) { return try RepoPath(text) } catch { throw EditRefusal(error.message) }
    }

    func pattern(_ name: String) throws(EditRefusal) -> PathPattern {
        let text = try text(name)
        do throws(PathPatternError) { return try PathPattern(text) } catch {
            throw EditRefusal(error.message, hint: error.hint)
        }
    }
}
