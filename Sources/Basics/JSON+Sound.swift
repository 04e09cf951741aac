extension JSON {
    /// Why the value would not come back the same when its text is read again; `nil` when it would.
    package func problem(maximumDepth: Int) -> String? {
        switch self {
        case .null, .bool, .integer, .string: nil
        case .bigInteger(let digits): Self.isInteger(digits) ? nil : "'\(digits.prefix(40))' is no integer"
        case .double(let value): value.isFinite ? nil : "a number is not finite"
        case .array(let elements): Self.problem(in: elements, maximumDepth)
        case .object(let members):
            Self.duplicate(in: members) ?? Self.problem(in: members.map(\.value), maximumDepth)
        }
    }

    private static func problem(in values: [JSON], _ maximumDepth: Int) -> String? {
        guard maximumDepth > 0 else { return "it is nested too deeply" }
        for value in values { if let problem = value.problem(maximumDepth: maximumDepth - 1) { return problem } }
        return nil
    }

    private static func duplicate(in members: [Member]) -> String? {
        let ordered = sorted(members)
        let twins = zip(ordered, ordered.dropFirst()).first { $0.name.utf8.elementsEqual($1.name.utf8) }
        return twins.map { "the member '\($0.0.name.prefix(40))' is there twice" }
    }

    private static func isInteger(_ digits: String) -> Bool {
        let rest = digits.utf8.drop { $0 == UInt8(ascii: "-") }
        return !rest.isEmpty && digits.utf8.count - rest.count <= 1 && rest.allSatisfy { (48...57).contains($0) }
            && (rest.count == 1 || rest.first != UInt8(ascii: "0"))
    }
}
