package import Basics

/// The shape of a JSON value: bodies are held against it, and the description is made of it.
package indirect enum Schema: Sendable {
    /// Of a length in Unicode scalars.
    case text(ClosedRange<Int>)
    /// Text that says something, up to so many Unicode scalars.
    case sentence(Int)
    /// Text that is where something stands in an order, such as `12:name`.
    case place
    case choice([String])
    case integer(ClosedRange<Int>)
    case number
    case boolean
    /// ISO 8601 in UTC.
    case instant
    /// 64 hexadecimal digits.
    case digest
    case list(Schema, atMost: Int, atLeast: Int = 0)
    case object([Property])
    /// An object with any members.
    case anyObject
    /// Or `null`.
    case optional(Schema)
    /// One that has a name in the description.
    case named(String, Schema)

    package struct Property: Sendable {
        package let name: String
        package let schema: Schema
        package let isRequired: Bool
        package let summary: String

        package init(_ name: String, _ schema: Schema, required: Bool = true, _ summary: String = "") {
            (self.name, self.schema, isRequired, self.summary) = (name, schema, required, summary)
        }
    }

    private static func isPlace(_ text: String) -> Bool {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        return (1...15).contains(digits.count) && text.utf8.dropFirst(digits.count).first == UInt8(ascii: ":")
            && text.unicodeScalars.count <= 1000
    }

    package static let anyText = Schema.text(0...1_000_000)
}

// MARK: - Holding a value against it

extension Schema {
    /// What is wrong with a value, each with the place in it; members that are not named are ignored.
    package func problems(_ value: JSON, at place: String = "") -> [String] {
        func wrong(_ what: String) -> [String] { ["\(place.isEmpty ? "the body" : place) must be \(what)"] }
        switch self {
        case .text(let length):
            let count = value.string?.unicodeScalars.count
            return count.map(length.contains) == true
                ? [] : wrong("text of \(length.lowerBound) to \(length.upperBound) characters")
        case .sentence(let most):
            let scalars = value.string?.unicodeScalars
            let isOne = scalars.map { $0.count <= most && $0.contains { !$0.properties.isWhitespace } }
            return isOne == true ? [] : wrong("text that says something, of at most \(most) characters")
        case .place: return value.string.map(Self.isPlace) == true ? [] : wrong("a cursor that was given out")
        case .choice(let words):
            return value.string.map(words.contains) == true ? [] : wrong("one of \(words.joined(separator: ", "))")
        case .integer(let range):
            return value.whole.map(range.contains) == true
                ? [] : wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
        case .number: return value.double != nil ? [] : wrong("a number")
        case .boolean: return value.bool != nil ? [] : wrong("true or false")
        case .instant:
            return value.string.flatMap { Instant($0) } != nil ? [] : wrong("a time such as 2026-01-01T00:00:00Z")
        case .digest: return value.string.flatMap { Digest(hex: $0) } != nil ? [] : wrong("64 hexadecimal digits")
        case .anyObject: return value.members != nil ? [] : wrong("an object")
        case .optional(let schema): return value.isNull ? [] : schema.problems(value, at: place)
        case .named(_, let schema): return schema.problems(value, at: place)
        case .list(let element, let most, let least): return listProblems(value, element, least...most, place)
        case .object(let properties): return objectProblems(value, properties, place)
        }
    }

    private func listProblems(_ value: JSON, _ element: Schema, _ count: ClosedRange<Int>, _ place: String)
        -> [String]
    {
        guard let elements = value.elements, count.contains(elements.count) else {
            return [
                "\(place.isEmpty ? "the body" : place) must be a list of \(count.lowerBound) to \(count.upperBound)"
            ]
        }
        var found: [String] = []
        for (index, value) in elements.enumerated() where found.count < 20 {
            found += element.problems(value, at: "\(place)[\(index)]")
        }
        return found
    }

    private func objectProblems(_ value: JSON, _ properties: [Property], _ place: String) -> [String] {
        guard value.members != nil else { return ["\(place.isEmpty ? "the body" : place) must be an object"] }
        return properties.flatMap { property -> [String] in
            let name = place.isEmpty ? property.name : "\(place).\(property.name)"
            guard let member = value[property.name] else {
                return property.isRequired ? ["\(name) is missing"] : []
            }
            return property.schema.problems(member, at: name)
        }
    }
}

// MARK: - Describing it

extension Schema {
    /// As JSON Schema 2020-12; those with names are gathered in `named` and referred to.
    func described(_ named: inout [(name: String, schema: JSON)]) -> JSON {
        switch self {
        case .text(let length):
            var members: [JSON.Member] = [JSON.Member("type", "string")]
            if length.lowerBound > 0 { members.append(JSON.Member("minLength", .integer(length.lowerBound))) }
            if length.upperBound < 1_000_000 {
                members.append(JSON.Member("maxLength", .integer(length.upperBound)))
            }
            return .object(members)
        case .sentence(let most):
            return ["type": "string", "minLength": 1, "maxLength": .integer(most), "pattern": "\\S"]
        case .place: return ["type": "string", "maxLength": 1000, "pattern": "^[0-9]{1,15}:"]
        case .choice(let words): return ["type": "string", "enum": .strings(words)]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .number: return ["type": "number"]
        case .boolean: return ["type": "boolean"]
        case .instant: return ["type": "string", "format": "date-time"]
        case .digest: return ["type": "string", "pattern": "^[0-9a-f]{64}$"]
        case .anyObject: return ["type": "object"]
        case .list(let element, let most, let least):
            let bound = least > 0 ? [JSON.Member("minItems", .integer(least))] : []
            return .object(
                [
                    JSON.Member("type", "array"), JSON.Member("items", element.described(&named)),
                    JSON.Member("maxItems", .integer(most)),
                ] + bound)
        case .optional(let schema): return ["anyOf": [schema.described(&named), ["type": "null"]]]
        case .object(let properties): return describedObject(properties, &named)
        case .named(let name, let schema):
            if !named.contains(where: { $0.name == name }) {
                // Its place is taken first, so that those within it come behind.
                named.append((name, .null))
                let described = schema.described(&named)
                if let place = named.firstIndex(where: { $0.name == name }) { named[place].schema = described }
            }
            return ["$ref": .string("#/components/schemas/" + name)]
        }
    }

    private func describedObject(_ properties: [Property], _ named: inout [(name: String, schema: JSON)]) -> JSON {
        var described: [JSON.Member] = []
        for property in properties {
            var schema = property.schema.described(&named)
            if !property.summary.isEmpty, schema["$ref"] == nil {
                schema = .object((schema.members ?? []) + [JSON.Member("description", .string(property.summary))])
            }
            described.append(JSON.Member(property.name, schema))
        }
        let required = properties.filter(\.isRequired).map(\.name)
        let members: [JSON.Member] = [
            JSON.Member("type", "object"), JSON.Member("properties", .object(described)),
        ]
        return .object(members + (required.isEmpty ? [] : [JSON.Member("required", .strings(required))]))
    }
}

extension JSON {
    /// A whole number, however it is written: `3.0` is one as well.
    package var whole: Int? { integer ?? double.flatMap { Int(exactly: $0) } }
}
