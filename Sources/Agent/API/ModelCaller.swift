internal import Basics
internal import Executors
internal import HTTP
internal import Model
internal import Secrets

/// Gets the model's answers: each call within the budget, again where that may help, every attempt written down.
final class ModelCaller {
    private static let retry = RetryPolicy(
        attempts: 6, baseDelay: .seconds(1), maxDelay: .seconds(60), jitter: 0.25, maxWait: .seconds(300))
    private static let longestCall = Duration.seconds(3600)

    private let service: MessagesService
    private let settings: AgentSettings
    private let job: Job
    private let timing: HTTPTiming
    private let redactor: SecretRedactor
    let ledger: AgentLedger
    let transcript: Transcript
    private var call = 0

    init(
        _ service: MessagesService, _ settings: AgentSettings, _ job: Job, _ timing: HTTPTiming,
        _ ledger: AgentLedger, _ transcript: Transcript, _ redactor: SecretRedactor
    ) {
        (self.service, self.settings, self.job, self.timing) = (service, settings, job, timing)
        (self.ledger, self.transcript, self.redactor) = (ledger, transcript, redactor)
    }

    var timeLeft: Duration { ledger.timeLeft(at: timing.now()) }

    func answer(to conversation: Conversation) throws(ExecutorError) -> ModelAnswer {
        call += 1
        var attempt = 1
        while true {
            let failure: MessagesFailure
            switch try ask(conversation, attempt) {
            case .success(let answer):
                job.services?.answered(service.host)
                return answer
            case .failure(let reason): failure = reason
            }
            guard let wait = try wait(after: failure, attempt) else { throw error(failure, attempt) }
            job.progress("\(failure.message); asking again in \(DurationText.measured(wait))")
            timing.sleep(wait, job.cancellation)
            attempt += 1
        }
    }

    private func ask(
        _ conversation: Conversation, _ attempt: Int
    ) throws(ExecutorError) -> Result<ModelAnswer, MessagesFailure> {
        if job.cancellation.isCancelled { throw ExecutorError("agent", "interrupted") }
        try job.services?.admit(service.host)
        let startedAt = timing.now()
        let allowance = try ledger.allowance(
            promptAtMost: conversation.promptAtMost, wanted: settings.maxTokens, now: startedAt)
        let request = conversation.request(model: settings.model, maxTokens: allowance.maxTokens)
        try job.record(.modelCallStarted(facts(attempt, ["max_tokens": .integer(allowance.maxTokens)])))
        transcript.add(request: request, call: call, attempt: attempt)
        job.progress("asking \(settings.model), call \(call)")
        let result = Result { () throws(MessagesFailure) in
            var lines = ProgressLines(job.progress, redactor)
            let answer = try service.ask(
                request, model: settings.model, within: min(allowance.time, Self.longestCall),
                cancellation: job.cancellation, onText: { lines.take($0) })
            lines.finish()
            return answer
        }
        let before = (ledger.tokens, ledger.dollars)
        settle(result, allowance)
        let counted: KeyValuePairs<String, JSON> = [
            "counted_tokens": .integer(ledger.tokens - before.0),
            "counted_usd_millionths": ledger.price == nil
                ? .null : .integer(Money.millionths(ledger.dollars - before.1)),
        ]
        try job.record(
            .modelCallCompleted(
                facts(attempt, outcome(result, took: timing.now() - startedAt)).replacing(counted)))
        return result
    }

    /// Counts and keeps what came of an attempt.
    private func settle(_ result: Result<ModelAnswer, MessagesFailure>, _ allowance: AgentLedger.Allowance) {
        switch result {
        case .success(let answer):
            ledger.charge(answer.usage, isComplete: true, allowance)
            transcript.add(answer: answer, call: call)
        case .failure(let failure):
            transcript.add(failure: failure, call: call)
            if failure.mayHaveCost { ledger.charge(failure.usage, isComplete: false, allowance) }
        }
    }

    /// Numbers and names only: no text of anybody reaches the journal.
    private func facts(_ attempt: Int, _ more: KeyValuePairs<String, JSON>) -> JSON {
        let facts: JSON = [
            "model": .string(settings.model), "call": .integer(call), "attempt": .integer(attempt),
        ]
        return facts.replacing(more)
    }

    private func outcome(
        _ result: Result<ModelAnswer, MessagesFailure>, took: Duration
    ) -> KeyValuePairs<String, JSON> {
        let (name, reason, usage): (String, JSON, TokenUsage) =
            switch result {
            case .success(let answer):
                ("answered", .string(PlainLine.text(answer.stopReason, limit: 40)), answer.usage)
            case .failure(let failure): (failure.kind.rawValue, .null, failure.usage ?? TokenUsage())
            }
        return [
            "outcome": .string(name), "stop_reason": reason, "input_tokens": .integer(usage.input),
            "output_tokens": .integer(usage.output), "cache_read_tokens": .integer(usage.cacheRead),
            "cache_write_tokens": .integer(usage.cacheWrite), "duration_ms": .integer(Int(took.milliseconds)),
        ]
    }

    /// How long to wait before asking again; `nil` where that is of no use.
    private func wait(after failure: MessagesFailure, _ attempt: Int) throws(ExecutorError) -> Duration? {
        switch failure.kind {
        case .final, .cancelled: return nil
        case .outOfTime: throw ledger.outOfTime()
        case .busy, .lost: break
        }
        let backoff = Self.retry.wait(
            after: .connectionLost(afterSending: true), attempt: attempt, random: timing.random())
        guard let backoff else { return nil }
        let wait = max(backoff, failure.retryAfter ?? .zero)
        guard wait <= Self.retry.maxWait else { return nil }
        guard wait < timeLeft else { throw ledger.outOfTime() }
        return wait
    }

    private func error(_ failure: MessagesFailure, _ attempts: Int) -> ExecutorError {
        var causes = failure.causes
        if attempts > 1 { causes.append("after \(attempts) attempts") }
        if let asked = failure.retryAfter, asked > Self.retry.maxWait {
            causes.append("it asks to wait for \(DurationText.text(asked))")
        }
        var error = ExecutorError(
            "agent", redactor.redacted(failure.message), causes: causes.map(redactor.redacted), hint: failure.hint)
        switch failure.kind {
        case .busy, .lost:
            error.origin = .service
            job.services?.failed(service.host, ([error.message] + error.causes).joined(separator: ": "))
        case .final: job.services?.answered(service.host)
        case .cancelled, .outOfTime: break
        }
        return error
    }
}

extension MessagesFailure {
    /// Whether the service may have worked on the answer, and so may bill it.
    fileprivate var mayHaveCost: Bool {
        switch kind {
        case .busy: false
        case .lost, .cancelled, .outOfTime: true
        case .final: usage != nil
        }
    }
}

/// Hands the model's text over line by line, as it comes.
private struct ProgressLines {
    private static let limit = 200

    private let progress: (String) -> Void
    private let redactor: SecretRedactor
    private var pending = ""

    init(_ progress: @escaping (String) -> Void, _ redactor: SecretRedactor) {
        (self.progress, self.redactor) = (progress, redactor)
    }

    mutating func take(_ text: String) {
        pending += text
        guard text.contains(where: \.isNewline) else { return }
        var lines = pending.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        pending = String(lines.removeLast())
        for line in lines { show(String(line)) }
    }

    mutating func finish() {
        show(pending)
        pending = ""
    }

    private func show(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        progress("  " + PlainLine.text(redactor.redacted(line), limit: Self.limit))
    }
}
