extension JSON {
    /// A scalar as a person would write it; anything else as compact JSON.
    package var plainText: String { string ?? text() }

    /// What a message calls a value of this kind.
    package var kindName: String {
        switch self {
        case .null: "nothing"
        case .bool: "a boolean"
        case .integer, .bigInteger, .double: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "a mapping"
        }
    }

    package var isCollection: Bool { elements != nil || members != nil }
}
