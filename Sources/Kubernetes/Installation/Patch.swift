internal import Basics

/// A change of one object of the base, in the two forms that kustomize knows.
struct Patch: Sendable {
    /// One operation of RFC 6902; paths here have no characters that need an escape.
    struct Edit: Sendable {
        let operation: String
        let path: String
        let value: JSON

        static func add(_ path: String, _ value: JSON) -> Edit { Edit(operation: "add", path: path, value: value) }

        static func replace(_ path: String, _ value: JSON) -> Edit {
            Edit(operation: "replace", path: path, value: value)
        }
    }

    let apiVersion: String?
    let kind: String
    let name: String
    /// `nil` where the object goes altogether.
    let edits: [Edit]?

    init(_ kind: String, _ name: String, _ edits: [Edit]) {
        (apiVersion, self.kind, self.name, self.edits) = (nil, kind, name, edits)
    }

    private init(apiVersion: String, kind: String, name: String) {
        (self.apiVersion, self.kind, self.name, edits) = (apiVersion, kind, name, nil)
    }

    static func deletion(_ apiVersion: String, _ kind: String, _ name: String) -> Patch {
        Patch(apiVersion: apiVersion, kind: kind, name: name)
    }

    /// As it stands in a kustomization, whose patches are texts themselves.
    var json: JSON {
        guard let edits else {
            let text = ManifestText.document([
                "apiVersion": .optional(apiVersion), "kind": .string(kind),
                "metadata": ["name": .string(name), "namespace": .string(Installation.namespace)],
                "$patch": "delete",
            ])
            return ["patch": .string(text)]
        }
        let operations = edits.map { edit -> JSON in
            ["op": .string(edit.operation), "path": .string(edit.path), "value": edit.value]
        }
        return [
            "target": ["kind": .string(kind), "name": .string(name)],
            "patch": .string(ManifestText.document(.array(operations))),
        ]
    }

    func applied(to resources: [JSON]) -> [JSON] {
        resources.compactMap { resource in
            guard resource["kind"]?.string == kind, resource["metadata"]?["name"]?.string == name else {
                return resource
            }
            return edits?.reduce(resource) { Self.set($0, $1.path.split(separator: "/")[...], $1.value) }
        }
    }

    private static func set(_ value: JSON, _ path: ArraySlice<Substring>, _ new: JSON) -> JSON {
        guard let name = path.first else { return new }
        let rest = path.dropFirst()
        switch value {
        case .array(var elements):
            guard let index = Int(name), elements.indices.contains(index) else { return value }
            elements[index] = set(elements[index], rest, new)
            return .array(elements)
        case .object(var members):
            if let index = members.firstIndex(where: { $0.name == name }) {
                members[index] = JSON.Member(String(name), set(members[index].value, rest, new))
            } else {
                members.append(JSON.Member(String(name), set(.null, rest, new)))
            }
            return .object(members)
        default: return value
        }
    }
}
