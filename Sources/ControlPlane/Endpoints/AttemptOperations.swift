internal import API
internal import Basics
internal import HTTPServer
internal import Journal
internal import Runner

/// What was tried, and what came of it.
extension Operations {
    private static let filters: [Endpoint.Parameter] = [
        Shapes.parameter(target: .query), Endpoint.Parameter("task", .query, .text(1...200), "Only of this task"),
        Endpoint.Parameter("since", .query, .instant, "Only those that began then or later"),
        Endpoint.Parameter("cursor", .query, Shapes.cursor, "Only those that began before this place"),
        Shapes.limit(500, 50),
    ]
    private static let states = ["created", "running", "succeeded", "failed", "interrupted", "invalidated"]
    private static let page = [
        Endpoint.Answer(200, "A page", Shapes.page("attempts", Shapes.attempt, cursor: Shapes.cursor))
    ]
    private static let name = Endpoint.Parameter("id", .path, .text(1...200), "The attempt's id")

    static let attempts: [Operation] = [
        Operation(
            Endpoint("listAttempts", .get, "/v1/attempts", .view, .visible, "Attempts, the newest first").with {
                $0.parameters =
                    filters + [
                        Endpoint.Parameter(
                            "state", .query, .list(.choice(states), atMost: 6), "Only in these states")
                    ]
                $0.answers = page
            }
        ) { call, home in try list(call, home, states: call.all("state")) },
        Operation(
            Endpoint(
                "listFailures", .get, "/v1/failures", .view, .visible, "Attempts that failed or were rejected"
            ).with {
                $0.parameters = filters
                $0.answers = page
            }
        ) { call, home in try list(call, home, states: ["failed"]) },
        Operation(
            Endpoint("getAttempt", .get, "/v1/attempts/{id}", .view, .visible, "One attempt in full").with {
                $0.parameters = [name]
                $0.answers = [Endpoint.Answer(200, "The attempt", Shapes.attempt)]
            }, show),
        Operation(
            Endpoint(
                "invalidateAttempt", .post, "/v1/attempts/{id}/invalidate", .operate, .visible,
                "Declare an attempt void"
            ).with {
                $0.parameters = [name]
                $0.body = .json(Shapes.reasonBody)
                $0.answers = [
                    Endpoint.Answer(
                        200, "It is void",
                        .object([Schema.Property("attempt", .anyText), Schema.Property("state", .anyText)]))
                ]
                $0.isRepeatable = true
            }, invalidate),
    ]

    private static func list(_ call: APICall, _ home: ControlPlaneHome, states: [String]) throws -> ServerResponse
    {
        var query = AttemptQuery()
        (query.target, query.task, query.states) = (try visibleTarget(call), call.value("task"), states)
        query.since = call.value("since").flatMap { Instant($0)?.description }
        query.limit = call.integer("limit") ?? 50
        var targets: [String]?
        if case .named(let names) = call.principal.targets { targets = names.sorted() }
        let found = try home.journals.with {
            try $0.attemptPage(query, targets: targets, before: call.integer("cursor"))
        }
        return .json([
            "attempts": .array(found.map(\.json)),
            "next_cursor": .optional(found.count == query.limit ? found.last?.sequence : nil),
        ])
    }

    /// What the caller may not see is not there for it.
    private static func attempt(_ call: APICall, _ journal: any JournalStore) throws -> AttemptRecord {
        let id = call.value("id") ?? ""
        guard let attempt = try journal.attempt(id), call.principal.targets.covers(attempt.target) else {
            throw Problem(.notFound, "there is no attempt '\(id)'")
        }
        return attempt
    }

    private static func show(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let json = try home.journals.with { journal in
            let attempt = try attempt(call, journal)
            var query = EventQuery()
            (query.attempt, query.limit) = (attempt.id, 1000)
            return AttemptDetail(
                attempt, try journal.events(query), try journal.artifactRecords(attempt: attempt.id, limit: 1000)
            ).json
        }
        return .json(json)
    }

    private static func invalidate(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let id = try home.journals.with { journal in
            let attempt = try attempt(call, journal)
            // Whoever operates one target may be a mere reader of this one.
            try home.access.demand(call.endpoint, call.principal, target: attempt.target)
            try home.controls(call, journal).invalidate(attempt, reason: call.reason)
            return attempt.id
        }
        home.feed.notify()
        return .json(["attempt": .string(id), "state": "invalidated"])
    }
}
