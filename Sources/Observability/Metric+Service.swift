/// The journal and the service itself.
extension Metric {
    package static let storeReady = Metric(
        .gauge, "leviathan_store_ready", "Whether the journal could be read for this page.",
        "`GET /ready` and the log say what is wrong with the file or the database")
    package static let journalEvents = Metric(
        .counter, "leviathan_journal_events_total", ["type"], "Events of the journal, by type.",
        "`other` are events of types that this version does not know")
    package static let chainVerified = Metric(
        .gauge, "leviathan_chain_verified_timestamp_seconds",
        "When all chains were followed last and found whole.",
        "run `leviathan journal verify`")
    package static let chainBroken = Metric(
        .gauge, "leviathan_chain_broken", "Whether the chains did not fit when they were followed last.",
        "docs/operations.md, Restore: stop, keep the file, restore a backup or salvage")
    package static let anchorLag = Metric(
        .gauge, "leviathan_anchor_lag_seconds", "For how long events have been there that no anchor covers.",
        "run `leviathan journal anchor` in a checkout of the target, and see what it says")
    package static let feedLag = Metric(
        .gauge, "leviathan_feed_lag_seconds", "How long ago the feed of events last looked for new ones.",
        "the journal is slow or away; the log says which")
    package static let leader = Metric(
        .gauge, "leviathan_leader", ["duty"],
        "Whether this process is the one that does what one alone does: keeping and scheduling.",
        "sum over all replicas: 0 for minutes says that nobody does it; their logs say why")
    package static let listeners = Metric(
        .gauge, "leviathan_event_listeners", "Streams of events that are open.",
        "each page of the console that is open is one")
    package static let tracesDropped = Metric(
        .counter, "leviathan_trace_spans_dropped_total",
        "Spans that the receiver refused, and events too old to be sent, since this process began.",
        "the log says why the receiver refused them")
    package static let httpRequests = Metric(
        .counter, "leviathan_http_requests_total", ["route", "code"], "Requests, by route and status.",
        "500 and 503 have a line in the log with the id of the request")
    package static let httpDuration = Metric(
        .histogram, "leviathan_http_request_duration_seconds", ["route"], "How long answers took.",
        "a route that is slow waits for the journal: look at the database")
    package static let eventsReceived = Metric(
        .counter, "leviathan_events_received_total", "Events of the journal; the older system's name.",
        "as `leviathan_journal_events_total`")
    package static let eventsByType = Metric(
        .counter, "leviathan_events_by_type_total", ["event_type"], "Events, by type; the older system's name.",
        "as `leviathan_journal_events_total`")
    package static let spiderUp = Metric(
        .gauge, "leviathan_spider_up",
        "Whether events arrive: the feed of a control plane looks, or an observer is connected.",
        "start it again, and look at its log; nothing else waits for it")
    package static let spiderLastEvent = Metric(
        .gauge, "leviathan_spider_last_event_ts", "When the newest event that was seen happened.",
        "long ago: either nothing happens, or `leviathan_spider_up` is 0")

    static let record: [Metric] = [
        .storeReady, .journalEvents, .chainVerified, .chainBroken, .anchorLag, .feedLag, .eventsReceived,
        .eventsByType, .spiderUp, .spiderLastEvent,
    ]

    static let service: [Metric] = [.leader, .httpRequests, .httpDuration, .listeners, .tracesDropped]
}
