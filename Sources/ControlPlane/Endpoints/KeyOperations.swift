internal import API
internal import Basics
internal import HTTPServer
package import Journal
internal import Runner

/// Keys: who may do what; each secret is shown once.
extension Operations {
    private static let shape = Schema.named(
        "Key",
        .object([
            Schema.Property("id", .anyText), Schema.Property("name", .anyText),
            Schema.Property("right", .choice(Right.allCases.map(\.rawValue))),
            Schema.Property("targets", .optional(.list(.anyText, atMost: 1000)), "Null for all"),
            Schema.Property("created_at", .anyText), Schema.Property("created_by", .anyText),
            Schema.Property("expires_at", .optional(.anyText)),
            Schema.Property("last_used_at", .optional(.anyText)),
            Schema.Property("key", .anyText, required: false, "Shown when it is made, and never again"),
        ]))

    static let keys: [Operation] = [
        Operation(
            Endpoint("listKeys", .get, "/v1/keys", .admin, .everything, "The keys, without their secrets").with {
                $0.answers = [
                    Endpoint.Answer(
                        200, "All keys", .object([Schema.Property("keys", .list(shape, atMost: 10_000))]))
                ]
            }
        ) { _, home in .json(["keys": .array(try home.access.keys.all().map(\.json))]) },
        Operation(
            Endpoint("createKey", .post, "/v1/keys", .admin, .everything, "Make a key").with {
                $0.body = .json(
                    .object([
                        Schema.Property("name", .text(1...100)),
                        Schema.Property("right", .choice(Right.allCases.map(\.rawValue))),
                        Schema.Property(
                            "targets", .optional(.list(Shapes.targetName, atMost: 1000, atLeast: 1)),
                            required: false,
                            "Only these; all without it"),
                        Schema.Property("expires_in_days", .integer(1...3650), required: false, "90 without it"),
                        Shapes.reason,
                    ]))
                $0.answers = [Endpoint.Answer(201, "The key, with its secret", shape)]
                // Not repeatable: its answer holds a secret that is kept nowhere.
            }, create),
        Operation(
            Endpoint("revokeKey", .delete, "/v1/keys/{id}", .admin, .everything, "Take a key back, at once").with {
                $0.parameters = [
                    Endpoint.Parameter("id", .path, .text(1...50), "The key's id"), Shapes.reasonParameter,
                ]
                $0.answers = [Endpoint.Answer(200, "It is worth nothing any more", shape)]
                $0.problems = [422]
            }, revoke),
    ]

    private static func create(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let names = call.body["targets"]?.elements?.compactMap(\.string)
        let days = call.body["expires_in_days"]?.whole ?? 90
        let (key, secret) = try home.access.keys.create(
            name: call.body["name"]?.string ?? "", right: call.body["right"]?.string.flatMap(Right.init) ?? .view,
            targets: names.map { .named(Set($0)) } ?? .all,
            expiresAt: home.context.clock.now() + .seconds(days * 86_400), by: call.principal.name)
        try record(key.event(isRevoked: false, reason: call.reason), call, home)
        return .json(.object((key.json.members ?? []) + [JSON.Member("key", .string(secret))]), 201)
    }

    private static func revoke(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        guard let key = try home.access.keys.revoke(call.value("id") ?? "") else {
            throw Problem(.notFound, "there is no such key")
        }
        try record(key.event(isRevoked: true, reason: call.reason), call, home)
        return .json(key.json)
    }

    private static func record(_ event: Event, _ call: APICall, _ home: ControlPlaneHome) throws {
        let draft = home.context(of: call).event(event)
        _ = try home.journals.with { try $0.append([draft]) }
        home.feed.notify()
    }
}

extension AccessKey {
    /// That it was made or taken back, as the journal keeps it.
    package func event(isRevoked: Bool, reason: String?) -> Event {
        let facts: JSON = [
            "key": .string(id), "name": .string(name), "right": .string(right.rawValue),
            "targets": json["targets"] ?? .null, "reason": .optional(reason),
        ]
        return .other(isRevoked ? AuditTypes.keyRevoked : AuditTypes.keyCreated, facts)
    }
}
