internal import API
internal import Basics
internal import HTTP
internal import HTTPServer
internal import Journal

/// The journal's events: in pages, as they come, and those that say who changed what.
extension Operations {
    private static let filters: [Endpoint.Parameter] = [
        Shapes.parameter(target: .query), Endpoint.Parameter("task", .query, .text(1...200), "Only of this task"),
        Endpoint.Parameter("attempt", .query, .text(1...200), "Only of this attempt"),
        Endpoint.Parameter("type", .query, .list(.text(1...100), atMost: 50), "Only of these types"),
    ]

    private static let places: [Endpoint.Parameter] = [
        Endpoint.Parameter("cursor", .query, Shapes.cursor, "Only events behind this place, the oldest first"),
        Endpoint.Parameter("before", .query, Shapes.cursor, "Only events before this place, the newest of them"),
        Shapes.limit(1000, 100),
    ]

    static let events: [Operation] = [
        Operation(
            Endpoint("listEvents", .get, "/v1/events", .view, .visible, "The journal's events, the oldest first")
                .with {
                    $0.parameters = filters + places
                    $0.answers = [
                        Endpoint.Answer(200, "A page", Shapes.page("events", Shapes.event, cursor: Shapes.cursor))
                    ]
                }
        ) { call, home in try page(call, home, types: call.all("type").map { EventType($0) }, "events") },
        Operation(
            Endpoint(
                "streamEvents", .get, "/v1/events/stream", .view, .visible,
                "The journal's events as they are written"
            ).with {
                $0.parameters = [
                    Shapes.parameter(target: .query), filters[3],
                    Endpoint.Parameter(
                        "Last-Event-ID", .header, Shapes.cursor,
                        "Begins behind this event; where that is too far back, one event 'resync' says so"),
                ]
                $0.answers = [Endpoint.Answer(200, "Server-sent events", .anyText, type: "text/event-stream")]
            }, stream),
        Operation(
            Endpoint("listAudit", .get, "/v1/audit", .view, .visible, "Who switched, stopped or changed what").with
            {
                $0.parameters = [filters[0]] + places
                $0.answers = [
                    Endpoint.Answer(200, "A page", Shapes.page("events", Shapes.event, cursor: Shapes.cursor))
                ]
            }
        ) { call, home in try page(call, home, types: AuditTypes.all, "events") },
    ]

    private static func stream(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        var filter = EventFeed.Filter(call.principal)
        filter.types = Set(call.all("type").map { EventType($0) })
        filter.target = try visibleTarget(call)
        let stream = home.feed.subscribe(filter, after: call.integer("Last-Event-ID"))
        return ServerResponse(
            200, headers: ["Content-Type": "text/event-stream", "X-Accel-Buffering": "no"], body: .stream(stream))
    }

    /// The target that a query names, once it is sure that the caller may see it.
    static func visibleTarget(_ call: APICall) throws(Problem) -> String? {
        guard let target = call.value("target") else { return nil }
        guard call.principal.targets.covers(target) else {
            throw Problem(.forbidden, "this needs the right 'view' for '\(target)'")
        }
        return target
    }

    private static func page(
        _ call: APICall, _ home: ControlPlaneHome, types: [EventType], _ name: String
    ) throws -> ServerResponse {
        var query = EventQuery()
        query.types = types
        (query.task, query.attempt, query.target) = (
            call.value("task"), call.value("attempt"), try visibleTarget(call)
        )
        let limit = call.integer("limit") ?? 100
        let filter = EventFeed.Filter(call.principal)
        let (found, next) = try home.journals.with { journal in
            try call.integer("before").map { try newest(query, before: $0, limit, filter, journal) }
                ?? oldest(query, after: call.integer("cursor") ?? 0, limit, filter, journal)
        }
        return .json([name: .array(found.map(\.json)), "next_cursor": .optional(next)])
    }

    /// What the caller may not see is left out; so many events are looked at for one page, and no more.
    private static let lookedAt = 20_000

    private static func oldest(
        _ query: EventQuery, after: Int, _ limit: Int, _ filter: EventFeed.Filter, _ journal: any JournalStore
    ) throws -> ([EventRecord], Int?) {
        var (query, found, looked): (EventQuery, [EventRecord], Int) = (query, [], 0)
        (query.after, query.limit) = (after, filter.principal.targets == .all ? limit : 1000)
        while looked < lookedAt {
            let events = try journal.events(query)
            for event in events {
                query.after = event.sequence
                if filter.covers(event) { found.append(event) }
                if found.count == limit { return (found, query.after) }
            }
            looked += events.count
            if events.count < query.limit ?? 0 { return (found, nil) }
        }
        return (found, query.after)
    }

    private static func newest(
        _ query: EventQuery, before: Int, _ limit: Int, _ filter: EventFeed.Filter, _ journal: any JournalStore
    ) throws -> ([EventRecord], Int?) {
        var query = query
        (query.through, query.prefersNewest) = (max(0, before - 1), true)
        query.limit = filter.principal.targets == .all ? limit : 1000
        let events = try journal.events(query)
        let found = Array(events.filter(filter.covers).suffix(limit))
        let isWhole = events.count < query.limit ?? 0 && found.count < limit
        return (found, isWhole ? nil : found.first?.sequence ?? events.first?.sequence)
    }
}

/// The types of events that a person's or a program's word made.
enum AuditTypes {
    static let keyCreated = EventType("key.created")
    static let keyRevoked = EventType("key.revoked")
    static let appRegistered = EventType("forge_app.registered")
    static let triggered = EventType("control.triggered")

    static let all: [EventType] = [
        .autonomyEnabled, .autonomyDisabled, .runStopped, .runResumed, .stopOverridden, .breakerReset,
        .taskUnblocked, .holdPlaced,
        .holdLifted,
        .targetRegistered, .targetUpdated, .targetRemoved, .attemptInvalidated, .taskUnblocked, .journalPruned,
        .journalImported, .journalRestored, .journalSalvaged, keyCreated, keyRevoked, triggered, appRegistered,
    ]
}
