package import Basics

/// One object of a cluster.
package struct Resource: Hashable, Sendable {
    package let apiVersion: String
    package let kind: String
    package var metadata: Metadata
    /// The members behind `metadata`.
    package var body: [JSON.Member]

    package init(_ apiVersion: String, _ kind: String, _ metadata: Metadata, _ body: [JSON.Member] = []) {
        (self.apiVersion, self.kind, self.metadata, self.body) = (apiVersion, kind, metadata, body)
    }

    package init(_ apiVersion: String, _ kind: String, _ metadata: Metadata, spec: JSON) {
        self.init(apiVersion, kind, metadata, [JSON.Member("spec", spec)])
    }

    package var json: JSON {
        .object(
            [
                JSON.Member("apiVersion", .string(apiVersion)), JSON.Member("kind", .string(kind)),
                JSON.Member("metadata", metadata.json),
            ] + body)
    }
}

/// What an object is called and how it is found.
package struct Metadata: Hashable, Sendable {
    /// `nil` in the template of a pod, whose name is made.
    package var name: String?
    package var namespace: String?
    package var labels: [JSON.Member]
    package var annotations: [JSON.Member]

    package init(
        _ name: String?, namespace: String? = nil, labels: KeyValuePairs<String, String> = [:],
        annotations: KeyValuePairs<String, String> = [:]
    ) {
        (self.name, self.namespace) = (name, namespace)
        self.labels = labels.map { JSON.Member($0.key, .string($0.value)) }
        self.annotations = annotations.map { JSON.Member($0.key, .string($0.value)) }
    }

    package var json: JSON {
        Members()
            .text("name", name)
            .text("namespace", namespace)
            .group("labels", labels)
            .group("annotations", annotations).json
    }
}

/// Members of an object, without those that say nothing.
struct Members {
    private(set) var all: [JSON.Member] = []

    var json: JSON { .object(all) }

    func with(_ name: String, _ value: JSON?) -> Members {
        var copy = self
        if let value { copy.all.append(JSON.Member(name, value)) }
        return copy
    }

    func text(_ name: String, _ value: String?) -> Members { with(name, value.map(JSON.string)) }

    func list(_ name: String, _ values: [JSON]) -> Members { with(name, values.isEmpty ? nil : .array(values)) }

    func group(_ name: String, _ members: [JSON.Member]) -> Members {
        with(name, members.isEmpty ? nil : .object(members))
    }
}
