internal import Basics
internal import Executors
internal import HTTP
internal import Model
internal import Secrets

/// One attempt of a model at a task: it asks for tools, gets their results, and is judged when it says that it is done.
struct AgentSession {
    private static let callsPerAnswer = 64
    /// How much the results of one turn hold together; each may hold `leastRoom` in any case.
    private static let resultBytes = 256 << 10
    private static let leastRoom = 2 << 10

    private let job: Job
    private let settings: AgentSettings
    private let caller: ModelCaller
    private let toolbox: AgentToolbox
    private let redactor: SecretRedactor
    private var conversation: Conversation
    private var recording: AgentRecording
    private var rounds = 0
    private var notes: [String] = []

    init(
        _ job: Job, _ settings: AgentSettings, _ caller: ModelCaller, _ toolbox: AgentToolbox,
        _ conversation: Conversation, _ redactor: SecretRedactor
    ) {
        (self.job, self.settings, self.caller, self.toolbox) = (job, settings, caller, toolbox)
        (self.conversation, self.redactor) = (conversation, redactor)
        recording = AgentRecording(conversation, model: settings.model, runsPrograms: toolbox.runsPrograms)
    }

    mutating func run() throws(ExecutorError) -> Report {
        do throws(ExecutorError) {
            while try proceed() {}
            return report()
        } catch {
            var failure = error
            failure.partial = report()
            throw failure
        }
    }

    /// One call of the model and what follows from it; `false` when the work is over.
    private mutating func proceed() throws(ExecutorError) -> Bool {
        let answer = try caller.answer(to: conversation)
        switch answer.stopReason {
        case "refusal": throw refusal(answer)
        case "model_context_window_exceeded":
            throw ExecutorError(
                "agent", "the conversation no longer fits the model '\(settings.model)'",
                hint: "make the task smaller, or name a model with a larger context in inputs.model")
        default: break
        }
        conversation.add(answer)
        if !answer.calls.isEmpty {
            try use(answer.calls)
            return true
        }
        recording.add([])
        recording.summary = answer.texts.last ?? recording.summary
        switch answer.stopReason {
        case "pause_turn": break
        case "max_tokens": conversation.add(user: [Self.text(AgentBrief.cutOff)])
        case "end_turn", "stop_sequence", "tool_use": return try review()
        default:
            throw ExecutorError(
                "agent", "the model stopped for the reason '\(PlainLine.text(answer.stopReason, limit: 60))'",
                causes: ["this version of Leviathan does not know what it means"])
        }
        return true
    }

    private mutating func use(_ calls: [ModelAnswer.ToolCall]) throws(ExecutorError) {
        var (results, uses): ([JSON], [AgentRecording.Use]) = ([], [])
        var room = Self.resultBytes
        for (number, call) in calls.enumerated() {
            if job.cancellation.isCancelled { throw ExecutorError("agent", "interrupted") }
            guard number < Self.callsPerAnswer else {
                results.append(Self.block(call, .refused("more than \(Self.callsPerAnswer) tools at once")))
                continue
            }
            job.progress(Self.shown(call))
            let timeLeft = caller.timeLeft
            guard timeLeft > .zero else { throw caller.ledger.outOfTime() }
            let result = try toolbox.use(call, timeLeft: timeLeft)
            results.append(Self.block(call, Self.cut(result, to: &room)))
            uses.append(AgentRecording.Use(call: call, result: AgentRecording.digest(of: result)))
        }
        recording.add(uses)
        conversation.add(user: results)
    }

    private static func cut(_ result: ToolResult, to room: inout Int) -> ToolResult {
        let allowed = max(room, leastRoom)
        room -= result.text.utf8.count
        guard result.text.utf8.count > allowed else { return result }
        var shorter = result
        shorter.text =
            String(decoding: result.text.utf8.prefix(allowed), as: UTF8.self)
            + "\n… cut off here: the results of one turn hold at most \(SizeText.text(resultBytes))"
        return shorter
    }

    /// Has the work judged, and hands what was found back to the model; `false` when it may stay as it is.
    private mutating func review() throws(ExecutorError) -> Bool {
        guard let reviewer = job.reviewer else { return false }
        job.progress("checking the work")
        let findings = try reviewer.findings()
        guard !findings.isEmpty else { return false }
        guard rounds < settings.maxRounds else {
            let count = findings.count == 1 ? "1 finding is" : "\(findings.count) findings are"
            notes.append("\(count) left after \(rounds) rounds of repair")
            return false
        }
        rounds += 1
        job.progress("round \(rounds) of \(settings.maxRounds): \(findings.count) to mend")
        conversation.add(user: [Self.text(AgentBrief.repair(findings))])
        return true
    }

    // MARK: What is told

    private func refusal(_ answer: ModelAnswer) -> ExecutorError {
        let category = answer.stopDetails?["category"]?.string
        let reason = answer.stopDetails?["explanation"]?.string
        return ExecutorError(
            "agent", "the model '\(settings.model)' declined to go on",
            causes: [category, reason].compactMap { $0.map { PlainLine.text($0, limit: 300) } },
            hint: "look at the task's wording, or name another model in inputs.model")
    }

    private func report() -> Report {
        var report = Report(notes: notes + caller.ledger.budget.notes)
        report.notes += Self.summaryLines(redactor.redacted(recording.summary))
        report.notes.append(AgentUseText.line(caller.ledger.use))
        report.declaredInputs = recording.json(redactor)
        report.artifacts = [caller.transcript.artifact].compactMap { $0 }
        report.modelUse = caller.ledger.use
        return report
    }

    private static func summaryLines(_ summary: String) -> [String] {
        summary.split(whereSeparator: \.isNewline).prefix(5).map { PlainLine.text(String($0), limit: 300) }
    }

    private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

    private static func block(_ call: ModelAnswer.ToolCall, _ result: ToolResult) -> JSON {
        let shown = result.isError && !result.isVolatile ? result.text : DataMarks.wrapped(result.text)
        let block: JSON = [
            "type": "tool_result", "tool_use_id": .string(call.id), "content": [text(shown)],
        ]
        return result.isError ? block.replacing(["is_error": true]) : block
    }

    private static func shown(_ call: ModelAnswer.ToolCall) -> String {
        let subject = call.input?["path"]?.string ?? call.input?["command"]?.string ?? call.input?["text"]?.string
        return PlainLine.text(call.name + (subject.map { " " + $0 } ?? ""), limit: 160)
    }
}

/// What asking came to, for people.
enum AgentUseText {
    static func line(_ use: ModelUse) -> String {
        let calls = use.calls == 1 ? "1 call" : "\(use.calls) calls"
        let read = use.inputTokens + use.cacheReadTokens + use.cacheWriteTokens
        let cost = use.dollars.map { ", about \(AgentLedger.text($0))" } ?? ""
        return "\(use.model): \(calls), \(read) tokens read (\(use.cacheReadTokens) from the cache), "
            + "\(use.outputTokens) written\(cost)"
    }
}
