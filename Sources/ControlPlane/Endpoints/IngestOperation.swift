internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Runner

/// Bundles of events from workers: all of a bundle or nothing of it, and each event once.
extension Operations {
    private static let eventSchema = Schema.object([
        Schema.Property("event_id", .text(1...200)), Schema.Property("event_type", .text(1...100)),
        Schema.Property("timestamp", .text(1...40), "ISO 8601; no zone means UTC"),
        Schema.Property("actor_id", .optional(.text(0...200)), required: false),
        Schema.Property("payload", .anyObject),
    ])

    static let ingest: [Operation] = [
        Operation(
            Endpoint(
                "ingestEvents", .post, "/v1/events/ingest", .trigger, .bodyTarget("target"),
                "Record what a worker did: all of a bundle, or nothing"
            ).with {
                $0.body = .json(
                    .object([
                        Schema.Property("target", Shapes.targetName, "The target that every event is about"),
                        Schema.Property("bundle_id", .text(1...200)),
                        Schema.Property("events", .list(eventSchema, atMost: 1000)),
                        Schema.Property(
                            "artifacts", .list(.digest, atMost: 1000), required: false,
                            "Artifacts that must be there before"),
                    ]))
                $0.answers = [
                    Endpoint.Answer(
                        200, "It is recorded, now or before",
                        .object([
                            Schema.Property("status", .choice(["accepted"])),
                            Schema.Property("bundle_id", .anyText),
                            Schema.Property("ingested", .integer(0...1000)),
                            Schema.Property("known", .integer(0...1000)),
                        ]))
                ]
                $0.problems = [409]
                $0.isRepeatable = true
            }, take)
    ]

    private static func take(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let target = call.body["target"]?.string ?? ""
        try demandArtifacts(call.body["artifacts"]?.elements ?? [], home)
        let drafts = try (call.body["events"]?.elements ?? []).enumerated().map { index, event in
            try draft(event, target, call, at: index)
        }
        let (count, added) = try home.journals.with { journal in
            let before = try journal.head().sequence
            let records = try journal.append(drafts)
            return (records.count, Set(records.filter { $0.sequence > before }.map(\.sequence)).count)
        }
        home.feed.notify()
        return .json([
            "status": "accepted", "bundle_id": call.body["bundle_id"] ?? .null, "ingested": .integer(added),
            "known": .integer(count - added),
        ])
    }

    private static func demandArtifacts(_ names: [JSON], _ home: ControlPlaneHome) throws {
        let missing = try names.compactMap { $0.string.flatMap { Digest(hex: $0) } }.filter { digest in
            try !home.artifactStore.holds(digest)
        }
        guard let first = missing.first else { return }
        throw Problem(
            .conflict, "\(missing.count) of the artifacts are not here, such as \(first.hex)",
            hint: "PUT /v1/artifacts/{sha256} first, then send the bundle again")
    }

    /// What only a person may say, or only this program about its journal.
    private static let reserved = ["autonomy.", "run.", "breaker.", "target.", "journal.", "key.", "control."]

    private static func draft(
        _ event: JSON, _ target: String, _ call: APICall, at index: Int
    ) throws(Problem) -> EventDraft {
        func wrong(_ what: String) -> Problem {
            var problem = Problem(.invalid, "events[\(index)] \(what)")
            problem.errors = [problem.detail]
            return problem
        }
        let type = event["event_type"]?.string ?? ""
        guard !reserved.contains(where: type.hasPrefix) else {
            throw wrong("is of the type '\(type)', which no worker reports")
        }
        guard let timestamp = event["timestamp"]?.string, Instant(timestamp) != nil else {
            throw wrong("has no timestamp that can be read")
        }
        var payload = event["payload"] ?? .null
        switch payload["target"]?.string ?? payload["target_id"]?.string {
        case target: break
        case nil: payload = .object([JSON.Member("target", .string(target))] + (payload.members ?? []))
        case let other?: throw wrong("is about '\(other)', and the bundle about '\(target)'")
        }
        return EventDraft(
            id: event["event_id"]?.string ?? "", type: EventType(type), timestamp: timestamp,
            actor: event["actor_id"]?.string ?? call.principal.name, payload: payload)
    }
}
