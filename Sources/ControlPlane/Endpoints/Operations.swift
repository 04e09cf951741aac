internal import API
internal import Basics
internal import HTTP
internal import HTTPServer

/// Everything that can be asked of the control plane.
package enum Operations {
    package static let all: [Operation] =
        health + events + ingest + graph + attempts + tasks + autonomy + switches + targets + triggers + claims
        + artifacts + artifactLinks + keys + onboarding + forgeApps + limits + retention + changes + anomalies
        + profiles
        + webhooks + description
}

extension ServerResponse {
    static func json(_ json: JSON, _ status: Int = 200, headers: HTTPHeaders = [:]) -> ServerResponse {
        var response = ServerResponse(status, headers: headers, body: .bytes(json.utf8() + [10]))
        response.headers["Content-Type"] = "application/json"
        return response
    }
}

/// Shapes that several endpoints share.
enum Shapes {
    static let reason = Schema.Property("reason", .sentence(500), "Why, for whoever asks; it is recorded")
    static let reasonBody = Schema.object([reason])
    static let targetName = Schema.text(1...100)
    static let cursor = Schema.integer(0...1 << 52)

    static func parameter(target place: Endpoint.Parameter.Place) -> Endpoint.Parameter {
        Endpoint.Parameter(place == .path ? "id" : "target", place, targetName, "A target's name")
    }

    static func limit(_ most: Int, _ usual: Int) -> Endpoint.Parameter {
        Endpoint.Parameter("limit", .query, .integer(1...most), "At most so many; \(usual) without it")
    }

    static let reasonParameter = Endpoint.Parameter(
        "reason", .query, .sentence(500), required: true, "Why, for whoever asks; it is recorded")

    /// A list under its name, with the place where the next page begins.
    static func page(_ name: String, _ item: Schema, cursor: Schema) -> Schema {
        .object([
            Schema.Property(name, .list(item, atMost: 1000)),
            Schema.Property(
                "next_cursor", .optional(cursor), "Give it as the cursor of the next page; null at the end"),
        ])
    }

    static let event = Schema.named(
        "Event",
        .object([
            Schema.Property("sequence", .integer(1...Int.max >> 1)), Schema.Property("event_id", .anyText),
            Schema.Property("event_type", .anyText), Schema.Property("timestamp", .anyText),
            Schema.Property("actor_id", .optional(.anyText)), Schema.Property("payload", .anyObject),
            Schema.Property("prev_hash", .optional(.digest)), Schema.Property("hash", .digest),
        ]))

    static let attempt = Schema.named(
        "Attempt",
        .object([
            Schema.Property("attempt", .anyText), Schema.Property("target", .anyText),
            Schema.Property("task", .anyText), Schema.Property("state", .anyText),
            Schema.Property("outcome", .optional(.anyText)), Schema.Property("reason", .optional(.anyText)),
            Schema.Property("created_at", .anyText), Schema.Property("finished_at", .optional(.anyText)),
        ]))

    static let target = Schema.named(
        "Target",
        .object([
            Schema.Property("target", .anyText), Schema.Property("repository", .anyText),
            Schema.Property("group", .optional(.anyText)), Schema.Property("enabled", .boolean),
            Schema.Property("autonomy", .choice(["on", "off"])),
        ]))
}
