internal import Basics

/// What a schema says of a task's inputs, by the executor that it names or that serves its scope.
struct TaskInputsSchema {
    private(set) var conditions: [JSON] = []
    private(set) var definitions: [JSON.Member] = []

    init(_ executors: [ExecutorInputs], scopes: [(scope: String, executor: String)]) {
        var schemas = InputSchema()
        for declaration in executors {
            let name = declaration.executor
            definitions.append(.init("inputs-" + name, schemas.schema(of: declaration.record)))
            let scopes = scopes.filter { $0.executor == name }.map { JSON.string($0.scope) }
            let isNeeded = !InputCheck.problems(of: .object([]), declaration).isEmpty
            conditions.append(["if": Self.serves(name, scopes), "then": Self.inputs(name, isNeeded: isNeeded)])
        }
        definitions += schemas.definitions
    }

    /// A task that is not finished, of this executor.
    private static func serves(_ executor: String, _ scopes: [JSON]) -> JSON {
        let isNamed: JSON = ["properties": ["executor": ["const": .string(executor)]], "required": ["executor"]]
        let isOfScope: JSON = [
            "properties": ["scope": ["enum": .array(scopes)]], "required": ["scope"],
            "not": ["required": ["executor"]],
        ]
        let isFinished: JSON = [
            "properties": ["status": ["enum": ["completed", "declined"]]], "required": ["status"],
        ]
        let isServed: JSON = scopes.isEmpty ? isNamed : ["anyOf": [isNamed, isOfScope]]
        return ["allOf": [["not": isFinished], isServed]]
    }

    private static func inputs(_ executor: String, isNeeded: Bool) -> JSON {
        let reference: JSON = ["$ref": .string("#/definitions/inputs-" + executor)]
        guard isNeeded else { return ["properties": ["inputs": ["if": ["type": "null"], "else": reference]]] }
        return ["properties": ["inputs": reference], "required": ["inputs"]]
    }
}
