package import Basics

extension Refusal {
    /// For programs: nobody has to read its text.
    package var json: JSON {
        var clears: [JSON.Member] = []
        switch release {
        case .at(let date): clears = [JSON.Member("by", "time"), JSON.Member("at", .string(date.secondsText))]
        case .byItself: clears = [JSON.Member("by", "itself"), JSON.Member("at", .null)]
        case .byPerson: clears = [JSON.Member("by", "person"), JSON.Member("at", .null)]
        }
        return [
            "reason": .string(id), "message": .string(message), "hint": .optional(hint),
            "limit": limit.map {
                [
                    "name": .string($0.name), "observed": .integer($0.observed),
                    "allowed": .integer($0.allowed.value), "set_by": .string($0.allowed.source.rawValue),
                ]
            } ?? .null,
            "clears": .object(clears),
        ]
    }
}
