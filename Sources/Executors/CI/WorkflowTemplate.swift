internal import Basics
internal import Contracts
internal import Editing
internal import Model
internal import Paths

/// A new workflow or pipeline from a template.
struct WorkflowTemplate {
    let path: RepoPath
    private let text: String

    static var languages: [String] { setups.keys.sorted() }

    /// An action at a commit, as tags can be moved, with the version that the commit is.
    private struct PinnedAction {
        let name: String
        let commit: String
        let version: String

        var reference: String { "\(name)@\(commit)" }
    }

    private static let checkout = PinnedAction(
        name: "actions/checkout", commit: "08c6903cd8c0fde910a37f88322edcfb5dd907a8", version: "v5.0.0")

    private static let setups: [String: (action: PinnedAction, key: String, image: String)] = [
        "python": (
            PinnedAction(
                name: "actions/setup-python", commit: "e797f83bcb11b83ae66e0230d6156d7c80228e7c", version: "v6.0.0"
            ),
            "python-version", "python"
        ),
        "node": (
            PinnedAction(
                name: "actions/setup-node", commit: "a0853c24544627f65ddf259abe73b1d18a591444", version: "v5.0.0"),
            "node-version", "node"
        ),
        "go": (
            PinnedAction(
                name: "actions/setup-go", commit: "44694675825211faa026b3c33043df3e48a5fa00", version: "v6.0.0"),
            "go-version", "golang"
        ),
        "java": (
            PinnedAction(
                name: "actions/setup-java", commit: "dded0888837ed1f317902acf8a20df0ad188d165", version: "v5.0.0"),
            "java-version", "eclipse-temurin"
        ),
    ]

    init(_ input: JSON, _ job: Job, templates files: any FileView) throws(EditRefusal) {
        let value = InputValues(input, CIInputs.workflow)
        path = try Self.path(value, job)
        let template = value["template"]?.string ?? input.string ?? "test"
        if template == "test" {
            let isPipeline = CIKind.of(path) == .pipeline
            text = isPipeline ? try Self.pipeline(value) : try Self.workflow(value, job)
        } else {
            text = try Placeholders(job, templates: files).template(template)
        }
        guard (try? FileFormat.yaml.value(of: Array(text.utf8)).members) != nil else {
            throw EditRefusal("the template '\(template)' gives no valid YAML")
        }
    }

    /// Whether the file was not there, or not like this.
    func write(to staged: StagedFiles) throws(EditRefusal) -> Bool {
        guard let existing = try staged.read(path) else {
            try staged.write(path, Array(text.utf8))
            return true
        }
        guard existing == Array(text.utf8) else {
            throw EditRefusal(
                "'\(path)' is there already, with other content",
                hint: "change it with the other inputs, or name another path")
        }
        return false
    }

    private static func path(_ value: InputValues, _ job: Job) throws(EditRefusal) -> RepoPath {
        let named = value["path"]?.string.map { [$0] }
        let literal = named ?? job.task.allowedPaths.filter(\.isLiteral).map(\.text)
        let paths = literal.compactMap { try? RepoPath($0) }.filter { CIKind.of($0) != nil }
        guard paths.count == 1, let path = paths.first else {
            throw EditRefusal(
                "inputs.workflow does not say which file it is to be",
                hint:
                    "name one such as .github/workflows/test.yml in inputs.workflow.path, or alone in allowed_paths"
            )
        }
        return path
    }

    private static func commands(_ value: InputValues) throws(EditRefusal) -> [String] {
        guard let command = value["command"] else { throw EditRefusal("inputs.workflow needs a 'command' to run") }
        return command.elements?.map(\.plainText) ?? [command.plainText]
    }

    private static func language(_ value: InputValues) throws(EditRefusal) -> (
        action: PinnedAction, key: String, image: String, version: String
    )? {
        guard let name = value["language"]?.string else { return nil }
        guard let setup = setups[name] else { return nil }
        guard let version = value["version"]?.string else {
            throw EditRefusal("inputs.workflow needs the 'version' of \(name), in quotes")
        }
        return (setup.action, setup.key, setup.image, version)
    }

    private static func workflow(_ value: InputValues, _ job: Job) throws(EditRefusal) -> String {
        // Nothing that runs later needs the token that the code is fetched with.
        var steps: [JSON] = [["uses": .string(checkout.reference), "with": ["persist-credentials": false]]]
        var actions = [checkout]
        if let language = try language(value) {
            var with: [JSON.Member] = [.init(language.key, .string(language.version))]
            if language.key == "java-version" { with.insert(.init("distribution", "temurin"), at: 0) }
            steps.append(["uses": .string(language.action.reference), "with": .object(with)])
            actions.append(language.action)
        }
        steps += try commands(value).map { ["run": .string($0)] }
        let test: JSON = [
            "runs-on": .string(value["runner"]?.string ?? "ubuntu-24.04"),
            "timeout-minutes": value["timeout"] ?? 15,
            "steps": .array(steps),
        ]
        let branch = value["branch"]?.string ?? "main"
        let head: [(String, JSON)] = [("name", .string(value["name"]?.string ?? job.task.displayTitle))]
        let tail: [(String, JSON)] = [("permissions", ["contents": "read"]), ("jobs", ["test": test])]
        // `on` is quoted by no one, and read as text by those who run workflows.
        let events =
            "on:\n  push:\n    branches: [\(YAMLFormatter(root: nil).flow(.string(branch)))]\n  pull_request:\n"
        func written(_ member: (String, JSON)) -> String {
            YAMLFormatter(root: nil).lines(of: .object([.init(member.0, member.1)]), indent: 0).joined(
                separator: "\n")
                + "\n"
        }
        let text = head.map(written).joined() + events + "\n" + tail.map(written).joined(separator: "\n")
        return actions.reduce(text) { text, action in
            text.replacing(action.reference, with: "\(action.reference) # \(action.version)")
        }
    }

    private static func pipeline(_ value: InputValues) throws(EditRefusal) -> String {
        var test: [JSON.Member] = []
        if let language = try language(value) {
            test.append(.init("image", .string("\(language.image):\(language.version)")))
        }
        if let runner = value["runner"]?.string { test.append(.init("tags", [.string(runner)])) }
        test.append(.init("timeout", .string("\(value["timeout"]?.integer ?? 15) minutes")))
        test.append(.init("script", .strings(try commands(value))))
        return YAMLFormatter(root: nil).lines(of: ["test": .object(test)], indent: 0).joined(separator: "\n")
            + "\n"
    }
}
