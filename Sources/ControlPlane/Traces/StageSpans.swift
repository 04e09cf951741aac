internal import Basics
internal import Journal
internal import Model
internal import Observability

/// The stages of an attempt, its invariants, and what it asked others for, as spans.
struct StageSpans {
    private static let stages: [EventType: String] = [
        .attemptStarted: "prepare", .changeFrozen: "execute", .policyJudged: "rules",
        .deliveryStarted: "invariants", .branchPushed: "push", .pullRequestCreated: "pull request",
        .pullRequestUpdated: "pull request",
    ]

    private let events: [EventRecord]

    /// What comes behind the attempt's end is no stage of it.
    init(_ events: [EventRecord], until end: Int) { self.events = events.filter { $0.sequence <= end } }

    /// `make` gets a key that is the attempt's own, a name, and the key of the span that it lies in.
    typealias Make = (_ key: String, _ name: String, _ start: Instant, _ end: Instant, _ parent: String?) ->
        TraceSpan

    func spans(_ make: Make) -> [TraceSpan] {
        guard let first = events.first, var last = Instant(first.timestamp) else { return [] }
        var (spans, inner): ([TraceSpan], [TraceSpan]) = ([], [])
        var calls: [[Int]: Instant] = [:]
        for event in events.dropFirst() {
            guard let time = Instant(event.timestamp) else { continue }
            switch event.event {
            case .invariantFinished(let run): inner.append(invariant(run, event, time, make))
            case .modelCallStarted(let call): calls[[call.call, call.attempt]] = time
            case .modelCallCompleted(let call, let outcome):
                let start = calls.removeValue(forKey: [call.call, call.attempt])
                inner.append(self.call(call, outcome, from: start, to: time, make))
            default: break
            }
            guard let stage = Self.stages[event.type.current] else { continue }
            var span = make("stage " + stage, stage, last, time, nil)
            span.add("cicd.pipeline.task.name", stage)
            if ["push", "pull request"].contains(stage) { span.kind = .client }
            spans.append(span)
            last = max(last, time)
        }
        return spans + inner
    }

    private func invariant(
        _ run: Event.InvariantRun, _ event: EventRecord, _ end: Instant, _ make: Make
    ) -> TraceSpan {
        let start = end + .milliseconds(-(run.milliseconds ?? 0))
        var span = make("invariant \(event.sequence)", "invariant " + run.name, start, end, "stage invariants")
        span.add("cicd.pipeline.task.name", run.name)
        span.add("leviathan.invariant.outcome", run.outcome)
        if let outcome = run.outcome, !["passed", "skipped"].contains(outcome) { span.failure = outcome }
        return span
    }

    private func call(
        _ call: Event.ModelCall, _ outcome: Event.ModelCallOutcome, from start: Instant?, to end: Instant,
        _ make: Make
    ) -> TraceSpan {
        let began = start ?? end + .milliseconds(-(outcome.milliseconds ?? 0))
        var span = make(
            "call \(call.call).\(call.attempt)", "chat " + (call.model ?? "model"), began, end, "stage execute")
        span.kind = .client
        span.add("gen_ai.request.model", call.model)
        span.add("gen_ai.usage.input_tokens", outcome.inputTokens)
        span.add("gen_ai.usage.output_tokens", outcome.outputTokens)
        if let word = outcome.outcome, word != "answered" { span.failure = word }
        return span
    }
}
