internal import Basics
internal import Model
internal import YAML

/// A scope while it is read.
struct ScopeDraft: Hashable, Sendable {
    var scope: Scope
    var limits = LimitsDraft()
    var requiresTests = false
    var requiresDocs = false

    init(name: String) { scope = Scope(name: name) }

    var finished: Scope {
        var scope = scope
        scope.limits = limits.finished
        for (isRequired, requirement) in [(requiresTests, Scope.Requirement.tests), (requiresDocs, .docs)]
        where isRequired && !scope.requires.contains(requirement) {
            scope.requires.append(requirement)
        }
        return scope
    }
}

enum ScopeFormat {
    static let record = RecordFormat<ScopeDraft>("a scope", fields + sandbox + limits)

    private static let fields: [Field<ScopeDraft>] = [
        Field(
            "allowed_paths", \.scope.allowedPaths, .list(of: .pattern),
            "Patterns of the paths that tasks of the scope may touch; an empty list allows nothing."),
        Field(
            "forbidden", \.scope.forbidden, .list(of: .pattern), also: ["forbidden_patterns", "forbidden_paths"],
            "Patterns that stay forbidden even where `allowed_paths` would allow them."),
        Field(
            "operations", .list(of: .choice()), also: ["allowed_operations"], standard: "all three",
            "What may happen to a file; a rename counts as delete and create.",
            set: { $0.scope.operations = Set($1) }),
        Field("executor", \.scope.executor, .text, "The executor of tasks that name none."),
        Field(
            "executors", \.scope.executors, .list(of: .text), "The only executors that may serve the scope."),
        Field(
            "requires", \.scope.requires, .list(of: .choice(also: ["documentation": .docs])),
            "What a change of this scope must also touch."),
        Field(
            "requires_tests", \.requiresTests, .flag, "An older way to write `requires: [tests]`."),
        Field(
            "requires_documentation", \.requiresDocs, .flag, "An older way to write `requires: [docs]`."),
        Field(
            "max_files", \.limits.limits.maxFiles, .integer(0...1_000_000),
            also: ["max_files_per_task", "limits.max_files"], "The most files one change may touch."),
    ]

    /// What the policy's `sandbox` says is added to, or replaced where it is one value.
    private static let sandbox: [Field<ScopeDraft>] = [
        Field(
            "sandbox.network", .network, standard: "the policy's",
            "Whether programs of the scope's tasks may use the network."
        ) { $0.scope.sandbox.opensNetwork = $1 == .allow },
        Field(
            "sandbox.read", \.scope.sandbox.readablePaths, .list(of: .text),
            "Further paths outside the repository that programs may read."),
        Field(
            "sandbox.scratch", \.scope.sandbox.scratch, .list(of: .pattern),
            "Further paths that programs may write and that are never part of the change."),
        Field(
            "sandbox.env", \.scope.sandbox.environment, .list(of: .variable),
            "Further variables that programs may see."),
        Field(
            "sandbox.secrets", \.scope.sandbox.secrets, .list(of: .variable),
            "Further variables whose values are secret."),
        Field(
            "sandbox.memory", \.scope.sandbox.memoryBytes, .size, standard: "the policy's",
            "The most memory that a program and all that it starts may use together."),
        Field(
            "sandbox.disk", \.scope.sandbox.diskBytes, .size, standard: "the policy's",
            "The most disk that they may use in private directories and for what they change."),
        Field(
            "sandbox.processes", \.scope.sandbox.processes, .integer(1...1_000_000), standard: "the policy's",
            "The most processes and threads that they may be."),
        Field(
            "sandbox.minimum", \.scope.sandbox.minimum, .choice(), standard: "the policy's",
            "The weakest fence that programs may run behind; the stronger of the two counts."),
    ]

    private static let limits: [Field<ScopeDraft>] = LimitsFormat.ofAScope.filter { $0.name != "max_files" }
        .map { $0.lifted(to: \.limits, under: ["limits"]) }
}

/// The scopes of a policy, gathered from all places that describe them.
struct ScopeCollection: Sendable {
    private(set) var records: [Record<ScopeDraft>] = []
    private var positions: [String: Int] = [:]

    /// Lends the scope of that name, making it when it is new.
    mutating func update(_ key: YAMLNode, _ body: (inout Record<ScopeDraft>) -> Void, in file: String) {
        guard let name = key.scalarText else { return }
        let position = positions[name] ?? records.count
        if position == records.count {
            positions[name] = position
            var record = Record(ScopeDraft(name: name))
            record.span = key.span
            record.value.scope.place = SourcePlace(file: file, span: key.span)
            records.append(record)
        }
        body(&records[position])
    }

    subscript(name: String) -> Record<ScopeDraft>? { positions[name].map { records[$0] } }
}
