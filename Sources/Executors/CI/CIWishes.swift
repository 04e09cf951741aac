internal import Basics
internal import Contracts
internal import Editing
internal import Manifests
internal import Model

/// What a task wants of its CI files.
struct CIWishes {
    private(set) var actions: [WantedAction] = []
    let pinsAll: Bool
    /// Old labels of runners, and the new ones.
    let runners: [JSON.Member]
    /// Versions of languages by name, such as `python`.
    let versions: [JSON.Member]
    let images: [JSON.Member]
    let permissions: JSON?
    let timeout: JSON?
    let concurrency: JSON?
    let workflow: JSON?

    init(_ job: Job) throws(ExecutorError) {
        let inputs = try job.inputs(CIInputs.declaration)
        pinsAll = inputs["pin"] == true
        (permissions, concurrency) = (inputs["permissions"], inputs["concurrency"])
        (timeout, workflow) = (inputs["timeout"], inputs["workflow"])
        runners = try Self.texts(inputs, "runners")
        images = try Self.texts(inputs, "images")
        versions = try Self.mapping(inputs, "versions")
        for member in try Self.mapping(inputs, "uses") {
            actions.append(try WantedAction(member.name, member.value, pinsAll: pinsAll))
        }
        // What one exchange makes another one must not take up, or a second run would go on.
        if let chain = runners.first(where: { runner in runners.contains { .string($0.name) == runner.value } }) {
            throw ExecutorError(
                "ci",
                "inputs.runners exchanges '\(chain.name)' for '\(chain.value.plainText)', and that for another one",
                hint: "write two tasks, the later one depending on the earlier one")
        }
    }

    private static func mapping(_ inputs: InputValues, _ key: String) throws(ExecutorError) -> [JSON.Member] {
        guard let value = inputs[key] else { return [] }
        guard let members = value.members, !members.isEmpty, members.count <= 1000 else {
            throw ExecutorError("ci", "inputs.\(key) is \(value.kindName), not a mapping with something in it")
        }
        return members
    }

    private static func texts(_ inputs: InputValues, _ key: String) throws(ExecutorError) -> [JSON.Member] {
        let members = try mapping(inputs, key)
        for member in members where member.value.string?.isEmpty != false {
            throw ExecutorError(
                "ci", "inputs.\(key).\(member.name) is \(member.value.kindName), not text",
                hint: "put it into quotes")
        }
        return members
    }

    /// Whether somebody has to be asked.
    static func needsLookup(_ inputs: JSON) -> Bool {
        let inputs = InputValues(inputs, CIInputs.declaration)
        if inputs["pin"] == true { return true }
        return (inputs["uses"]?.members ?? []).contains { member in
            let fields = InputValues(member.value, CIInputs.action)
            let text = ((fields["version"] ?? member.value).string ?? "").lowercased()
            return VersionWish(rawValue: text) != nil || fields["pin"] == true
        }
    }

    /// The action that is wanted of a reference, if any.
    func action(for reference: ActionReference) -> WantedAction? {
        actions.first { $0.matches(reference) }
            ?? (pinsAll && actions.isEmpty ? WantedAction(pinning: reference.target) : nil)
    }
}
