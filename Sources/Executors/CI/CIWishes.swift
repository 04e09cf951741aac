internal import Basics
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

    private static let keys = [
        "uses", "pin", "runners", "versions", "images", "permissions", "timeout", "concurrency", "workflow",
    ]

    init(_ inputs: JSON) throws(ExecutorError) {
        guard inputs.members?.isEmpty == false else {
            throw ExecutorError(
                "ci", "inputs says nothing to change", hint: "it knows \(Self.keys.joined(separator: ", "))")
        }
        try inputs.refuseKeys(besides: Self.keys, of: "ci")
        pinsAll = inputs["pin"] == true
        (permissions, concurrency) = (inputs["permissions"], inputs["concurrency"])
        (timeout, workflow) = (inputs["timeout"], inputs["workflow"])
        runners = try Self.texts(inputs, "runners")
        images = try Self.texts(inputs, "images")
        versions = try Self.mapping(inputs, "versions")
        for version in versions where version.value.string == nil && version.value.elements == nil {
            throw ExecutorError(
                "ci", "inputs.versions.\(version.name) is \(version.value.kindName), not text",
                hint: "put it into quotes: as a number, 3.10 would be 3.1")
        }
        for member in try Self.mapping(inputs, "uses") {
            actions.append(try WantedAction(member.name, member.value, pinsAll: pinsAll))
        }
        try checkTimeout()
        // What one exchange makes another one must not take up, or a second run would go on.
        if let chain = runners.first(where: { runner in runners.contains { .string($0.name) == runner.value } }) {
            throw ExecutorError(
                "ci",
                "inputs.runners exchanges '\(chain.name)' for '\(chain.value.plainText)', and that for another one",
                hint: "write two tasks, the later one depending on the earlier one")
        }
    }

    private static func mapping(_ inputs: JSON, _ key: String) throws(ExecutorError) -> [JSON.Member] {
        guard let value = inputs[key] else { return [] }
        guard let members = value.members, !members.isEmpty, members.count <= 1000 else {
            throw ExecutorError("ci", "inputs.\(key) is \(value.kindName), not a mapping with something in it")
        }
        return members
    }

    private static func texts(_ inputs: JSON, _ key: String) throws(ExecutorError) -> [JSON.Member] {
        let members = try mapping(inputs, key)
        for member in members where member.value.string?.isEmpty != false {
            throw ExecutorError(
                "ci", "inputs.\(key).\(member.name) is \(member.value.kindName), not text",
                hint: "put it into quotes")
        }
        return members
    }

    private func checkTimeout() throws(ExecutorError) {
        guard let timeout else { return }
        let values = timeout.members?.map(\.value) ?? [timeout]
        guard values.allSatisfy({ ($0.integer ?? 0) > 0 }), !values.isEmpty else {
            throw ExecutorError("ci", "inputs.timeout is a number of minutes, or one for each job")
        }
    }

    /// Whether somebody has to be asked.
    static func needsLookup(_ inputs: JSON) -> Bool {
        if inputs["pin"] == true { return true }
        return (inputs["uses"]?.members ?? []).contains { member in
            let text = ((member.value["version"] ?? member.value["tag"] ?? member.value).string ?? "").lowercased()
            return VersionWish(rawValue: text) != nil || member.value["pin"] == true
        }
    }

    /// The action that is wanted of a reference, if any.
    func action(for reference: ActionReference) -> WantedAction? {
        actions.first { $0.matches(reference) }
            ?? (pinsAll && actions.isEmpty ? WantedAction(pinning: reference.target) : nil)
    }
}
