package import Basics

extension ExecutorInputs {
    /// What a plugin says of its inputs in its `hello`, or why that cannot be understood.
    package static func declared(
        by executor: String, _ value: JSON
    ) -> Result<ExecutorInputs, InputDeclarationError> {
        do throws(InputDeclarationError) {
            let members = try InputDeclarationError.members(value, at: "inputs", depth: 0)
            return .success(ExecutorInputs(executor, InputRecord(members), example: ""))
        } catch { return .failure(error) }
    }
}

/// A declaration that cannot be understood.
package struct InputDeclarationError: Error, Sendable {
    package let message: String

    private static let limit = 200

    fileprivate static func members(
        _ value: JSON, at place: String, depth: Int
    ) throws(InputDeclarationError) -> [Input] {
        guard let elements = value.elements, elements.count <= limit, depth < 5 else {
            throw InputDeclarationError(message: "\(place) is no list of at most \(limit) inputs")
        }
        var members: [Input] = []
        for (index, element) in elements.enumerated() {
            let place = "\(place)[\(index)]"
            guard let name = element["name"]?.string, !name.isEmpty, name.utf8.count <= 100 else {
                throw InputDeclarationError(message: "\(place) has no name")
            }
            members.append(
                Input(
                    name, try type(element, at: place, depth: depth), required: element["required"] == true,
                    default: element["default"].map { $0.string ?? $0.text() },
                    String((element["summary"]?.string ?? "").prefix(200)),
                    example: element["example"].map { $0.string ?? $0.text() } ?? ""))
        }
        return members
    }

    private static func type(
        _ value: JSON, at place: String, depth: Int
    ) throws(InputDeclarationError) -> InputType {
        switch value["type"]?.string ?? "any" {
        case "text":
            let names = value["choices"]?.elements?.compactMap(\.string) ?? []
            return names.isEmpty ? .text : .choice(names)
        case "integer": return .integer(Int.min...Int.max)
        case "number": return .number(-.infinity ... .infinity)
        case "boolean": return .flag
        case "duration": return .duration
        case "list":
            guard depth < 5, let items = value["items"] else { return .list(.anything) }
            return .list(try type(items, at: place + ".items", depth: depth + 1))
        case "mapping":
            guard let members = value["members"] else { return .mapping(.anything) }
            return .record(InputRecord(try Self.members(members, at: place + ".members", depth: depth + 1)))
        case "any": return .anything
        case let name:
            throw InputDeclarationError(
                message:
                    "\(place).type is '\(name.prefix(60))', not one of text, integer, number, boolean, duration, list, mapping, any"
            )
        }
    }
}
