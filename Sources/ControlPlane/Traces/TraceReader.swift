internal import Basics
internal import Crypto
internal import Journal
internal import Model
internal import Observability

/// Derives spans from the journal: an attempt's when it has ended, and those of its pull request when people decided.
///
/// Identifiers follow from the grant or the attempt alone, so that whoever derives them again gets the same.
struct TraceReader {
    private static let eventLimit = 2000
    /// The events that something ends with.
    static let ends: Set<EventType> = [
        .attemptSucceeded, .attemptFailed, .attemptInterrupted, .pullRequestMerged, .pullRequestClosed,
    ]

    private let journal: any JournalStore

    init(_ journal: any JournalStore) { self.journal = journal }

    /// The spans that end with an event; none where it ends nothing.
    func spans(endingWith event: EventRecord) throws(JournalError) -> [TraceSpan] {
        switch event.type.current {
        case .attemptSucceeded, .attemptFailed, .attemptInterrupted:
            guard let attempt = event.subject.attempt, let line = try line(of: attempt) else { return [] }
            return attemptSpans(line, endingWith: event)
        case .pullRequestMerged, .pullRequestClosed: return try reviewSpans(endingWith: event)
        default: return []
        }
    }

    /// What is known of an attempt and of the turn that it began with.
    private struct Line {
        let attempt: String
        let events: [EventRecord]
        let identity: Traceparent
        /// When its task was granted, and since when it had waited.
        let granted: Instant?
        let waiting: Instant?
        let began: Instant

        var start: Instant { [waiting, granted, began].compactMap(\.self).min() ?? began }

        /// The identifier of a span of this trace.
        func id(_ name: String) -> String {
            String(SHA256.digest(of: identity.trace + "/" + attempt + "/" + name).hex.prefix(16))
        }

        func span(_ key: String, _ name: String, in parent: String?, from start: Instant, to end: Instant)
            -> TraceSpan
        {
            TraceSpan(trace: identity.trace, id: id(key), parent: parent, name: name, start: start, end: end)
        }

        var root: String { identity.span }

        var hasPullRequest: Bool {
            events.contains { [.pullRequestCreated, .pullRequestUpdated].contains($0.type.current) }
        }
    }

    private func line(of attempt: String) throws(JournalError) -> Line? {
        var query = EventQuery()
        (query.attempt, query.limit) = (attempt, Self.eventLimit)
        let events = try journal.events(query)
        guard let created = events.first, let began = Instant(created.timestamp) else { return nil }
        let given = created.payload["traceparent"]?.string.flatMap { Traceparent($0) }
        let grant = try given.flatMap { (given) throws(JournalError) in try self.grant(given, before: created) }
        let digest = SHA256.digest(of: "attempt " + attempt).hex
        let own = Traceparent(trace: String(digest.prefix(32)), span: String(digest.suffix(16)))
        guard let identity = given ?? own else { return nil }
        return Line(
            attempt: attempt, events: events, identity: identity,
            granted: grant.flatMap { Instant($0.timestamp) },
            waiting: grant?.payload["waiting_since"]?.string.flatMap { Instant($0) }, began: began)
    }

    /// The grant, or the word of the person, that the trace began with.
    private func grant(_ trace: Traceparent, before created: EventRecord) throws(JournalError) -> EventRecord? {
        var query = EventQuery()
        (query.types, query.target) = ([.attemptGranted], created.subject.target)
        (query.through, query.limit, query.prefersNewest) = (created.sequence, 100, true)
        return try journal.events(query).last { event in
            event.subject.task == created.subject.task
                && event.payload["grant"]?.string.flatMap { Traceparent(uuid: $0) }?.trace == trace.trace
        }
    }

    // MARK: An attempt

    private func attemptSpans(_ line: Line, endingWith event: EventRecord) -> [TraceSpan] {
        guard let end = Instant(event.timestamp) else { return [] }
        var run = line.span("run", "attempt", in: line.root, from: line.began, to: end)
        let subject = event.subject
        run.add("cicd.pipeline.name", subject.target)
        run.add("cicd.pipeline.run.id", line.attempt)
        run.add("leviathan.task", subject.task)
        let failure = Self.failure(event)
        run.add("cicd.pipeline.result", Self.result(event))
        run.failure = failure
        var spans =
            [run]
            + StageSpans(line.events, until: event.sequence).spans { key, name, start, end, parent in
                line.span(key, name, in: parent.map(line.id) ?? run.id, from: start, to: end)
            }
        if let granted = line.granted, let waiting = line.waiting {
            spans.append(line.span("queue", "queue", in: line.root, from: waiting, to: granted))
        }
        // With a pull request the trace goes on until people have decided.
        if !line.hasPullRequest { spans.append(root(line, subject, until: end, failure)) }
        return spans
    }

    private func root(_ line: Line, _ subject: EventSubject, until end: Instant, _ failure: String?) -> TraceSpan {
        var root = TraceSpan(
            trace: line.identity.trace, id: line.root, parent: nil, name: "task", start: line.start, end: end)
        root.add("cicd.pipeline.name", subject.target)
        root.add("leviathan.task", subject.task)
        root.failure = failure
        return root
    }

    private static func result(_ event: EventRecord) -> String {
        switch event.type.current {
        case .attemptSucceeded: "success"
        case .attemptInterrupted: "cancellation"
        default: event.payload["kind"]?.string == "rejected" ? "failure" : "error"
        }
    }

    private static func failure(_ event: EventRecord) -> String? {
        guard event.type.current != .attemptSucceeded else { return nil }
        return event.payload["reason"]?.string ?? "it did not succeed"
    }

    // MARK: A pull request

    private func reviewSpans(endingWith event: EventRecord) throws(JournalError) -> [TraceSpan] {
        guard let target = event.subject.target, let number = event.payload["number"]?.integer,
            let end = Instant(event.timestamp)
        else { return [] }
        let known = try journal.pullRequests(target: target).first { $0.number == number }
        guard let attempt = event.subject.attempt ?? known?.attempt, let line = try line(of: attempt) else {
            return []
        }
        let opened = line.events.last { [.pullRequestCreated, .pullRequestUpdated].contains($0.type.current) }
        guard let start = opened.flatMap({ Instant($0.timestamp) }) else { return [] }
        let isMerged = event.type.current == .pullRequestMerged
        var review = line.span("review", "review", in: line.root, from: start, to: end)
        review.add("vcs.change.id", String(number))
        review.add("vcs.change.state", isMerged ? "merged" : "closed")
        var subject = event.subject
        subject.task = subject.task ?? known?.task
        return [review, root(line, subject, until: end, isMerged ? nil : "the pull request was closed")]
    }
}
