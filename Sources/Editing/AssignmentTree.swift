internal import Basics

/// Values that several places of a file are to have, by the ways there: the file is walked through once for all of them.
struct AssignmentTree {
    /// The place of the assignment in the list that the tree was made of.
    private(set) var assignment: Int?
    private(set) var children: [ValuePath.Step: AssignmentTree] = [:]

    init() {}

    /// Of several assignments to one place, the last one is kept.
    init(_ paths: [ArraySlice<ValuePath.Step>]) {
        for (number, steps) in paths.enumerated() { insert(number, at: steps) }
    }

    private mutating func insert(_ number: Int, at steps: ArraySlice<ValuePath.Step>) {
        guard let step = steps.first else { return assignment = number }
        children[step, default: AssignmentTree()].insert(number, at: steps.dropFirst())
    }

    /// What a file says once all assignments are made; members that are missing are made behind the others.
    func applied(to value: JSON?, values: [JSON]) -> JSON {
        if let assignment { return values[assignment] }
        if let elements = value?.elements {
            return .array(elements.indices.map { applied(.index($0), to: elements[$0], values) })
        }
        var members = (value?.members ?? []).map { member in
            JSON.Member(member.name, applied(.key(member.name), to: member.value, values))
        }
        let known = Set(members.map(\.name))
        for (step, child) in children {
            guard case .key(let name) = step, !known.contains(name) else { continue }
            members.append(.init(name, child.applied(to: nil, values: values)))
        }
        return .object(members)
    }

    private func applied(_ step: ValuePath.Step, to value: JSON, _ values: [JSON]) -> JSON {
        children[step]?.applied(to: value, values: values) ?? value
    }
}
