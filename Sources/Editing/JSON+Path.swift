package import Basics

/// What a structured file says, whatever its format, is a `JSON` value; paths lead into it.
extension JSON {
    /// The value at steps that hold only keys and indexes; `nil` where there is none.
    package func value(at steps: ArraySlice<ValuePath.Step>) -> JSON? {
        guard let step = steps.first else { return self }
        let next: JSON?
        switch step {
        case .key(let key): next = self[key]
        case .index(let index): next = elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
        case .element: next = nil
        }
        return next?.value(at: steps.dropFirst())
    }

    /// The steps with selectors, indexes from the end and digits turned into plain indexes.
    ///
    /// Refuses a way through something that holds no values, and an index beyond the place behind the last element.
    package func resolve(_ path: ValuePath) throws(EditRefusal) -> [ValuePath.Step] {
        var resolved: [ValuePath.Step] = []
        var current: JSON? = self
        for step in path.steps {
            let plain = try Self.resolve(step, in: current, after: resolved)
            resolved.append(plain)
            current = current?.value(at: [plain])
        }
        return resolved
    }

    private static func resolve(
        _ step: ValuePath.Step, in value: JSON?, after steps: [ValuePath.Step]
    ) throws(EditRefusal) -> ValuePath.Step {
        let place = steps.isEmpty ? "the file" : "'\(ValuePath.text(of: steps[...]))'"
        switch (step, value) {
        case (.key(let key), .array(let elements)):
            guard let index = Int(key) else { throw EditRefusal("\(place) is a list; '\(key)' is no index of it") }
            return try resolve(.index(index), in: .array(elements), after: steps)
        case (.key, .object), (.key, nil), (.key, .null): return step
        case (.index(let index), .array(let elements)):
            let plain = index < 0 ? elements.count + index : index
            guard (0...elements.count).contains(plain) else {
                throw EditRefusal("\(place) has no element [\(index)]; it has \(elements.count)")
            }
            return .index(plain)
        case (.index(0), nil), (.index(0), .null): return step
        case (.index(let index), nil), (.index(let index), .null):
            throw EditRefusal("\(place) is empty; it has no element [\(index)]")
        case (.element(let key, let text), .array(let elements)):
            let found = elements.indices.filter { elements[$0].member(key)?.plainText == text }
            if found.count == 1 { return .index(found[0]) }
            let count = found.isEmpty ? "no element" : "\(found.count) elements"
            throw EditRefusal("\(place) has \(count) whose '\(key)' is '\(text)'")
        case (.element, _): throw EditRefusal("\(place) is no list")
        case (_, let value?): throw EditRefusal("\(place) is \(value.kindName), and holds no other values")
        }
    }

    /// The member of that name, or of members within members, as in `metadata.name`.
    private func member(_ name: String) -> JSON? {
        if let member = self[name] { return member }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return self[String(name[..<dot])]?.member(String(name[name.index(after: dot)...]))
    }

    /// This value with another one at the end of resolved steps; what is missing on the way is made.
    package static func setting(_ wanted: JSON, at steps: ArraySlice<ValuePath.Step>, in value: JSON?) -> JSON {
        guard let step = steps.first else { return wanted }
        let rest = steps.dropFirst()
        switch step {
        case .key(let key):
            var members = value?.members ?? []
            let place = members.lastIndex { $0.name == key }
            let inner = setting(wanted, at: rest, in: place.map { members[$0].value })
            if let place { members[place] = Member(key, inner) } else { members.append(Member(key, inner)) }
            return .object(members)
        case .index(let index):
            var elements = value?.elements ?? []
            if elements.indices.contains(index) {
                elements[index] = setting(wanted, at: rest, in: elements[index])
            } else {
                elements.append(setting(wanted, at: rest, in: nil))
            }
            return .array(elements)
        case .element: return value ?? .null
        }
    }

    /// The same value with the members of each object in the order of their names.
    package var unordered: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.unordered))
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.unordered) }.enumerated()
                    .sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }.map(\.element))
        default: self
        }
    }
}
