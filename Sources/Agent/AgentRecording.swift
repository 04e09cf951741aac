internal import Basics
internal import Crypto
internal import Executors
internal import Secrets

/// What a later run needs in order to do the same without asking anybody.
struct AgentRecording {
    /// A tool that was used, and the digest of what that came to; none for a program's output.
    struct Use {
        let call: ModelAnswer.ToolCall
        let result: String?
    }

    /// Changes with the shape.
    private static let format = 1

    /// The digest of all that the model was told at first.
    let brief: String
    let model: String
    let runsPrograms: Bool
    private(set) var answers: [[Use]] = []
    /// The model's last words.
    var summary = ""

    init(_ conversation: Conversation, model: String, runsPrograms: Bool) {
        brief = Self.digest(of: conversation)
        (self.model, self.runsPrograms) = (model, runsPrograms)
    }

    mutating func add(_ uses: [Use]) { answers.append(uses) }

    static func digest(of conversation: Conversation) -> String {
        let said: JSON = [
            "system": .string(conversation.system), "tools": .array(conversation.tools),
            "messages": .array(conversation.messages),
        ]
        return SHA256.digest(of: said.utf8(.canonical)).hex
    }

    static func digest(of result: ToolResult) -> String? {
        if result.isVolatile { return nil }
        return SHA256.digest(of: (result.isError ? "refused " : "done ") + result.text).hex
    }

    /// Without credentials; an answer that held one cannot be used again, which is said.
    func json(_ redactor: SecretRedactor) -> JSON {
        let kept = JSON.array(answers.map { .array($0.map(Self.json)) })
        let redacted = redactor.redacted(kept)
        var json: JSON = [
            "format": .integer(Self.format), "model": .string(model), "brief": .string(brief),
            "programs": .bool(runsPrograms), "reproducible": .bool(redacted == kept), "answers": redacted,
            "summary": .string(redactor.redacted(summary)),
        ]
        if redacted != kept { json = json.replacing(["reason": "an answer of the model held a credential"]) }
        return json
    }

    private static func json(_ use: Use) -> JSON {
        var json: JSON = [
            "id": .string(use.call.id), "tool": .string(use.call.name), "input": use.call.input ?? .null,
        ]
        if use.call.input == nil { json = json.replacing(["malformed": .string(use.call.malformed)]) }
        return json.replacing(["result": .optional(use.result)])
    }

    /// Reads what `json` wrote.
    init(_ json: JSON) throws(ExecutorError) {
        if json["reproducible"]?.bool == false {
            throw ExecutorError(
                "agent", "the attempt cannot be replayed",
                causes: [json["reason"]?.string ?? "it says so without a reason"])
        }
        guard json["format"]?.integer == Self.format, let model = json["model"]?.string,
            let brief = json["brief"]?.string, let programs = json["programs"]?.bool,
            let answers = json["answers"]?.elements
        else { throw Self.unreadable() }
        (self.model, self.brief, runsPrograms) = (model, brief, programs)
        summary = json["summary"]?.string ?? ""
        for answer in answers {
            guard let uses = answer.elements else { throw Self.unreadable() }
            var read: [Use] = []
            for use in uses { read.append(try Self.use(use)) }
            self.answers.append(read)
        }
    }

    private static func use(_ json: JSON) throws(ExecutorError) -> Use {
        guard let id = json["id"]?.string, let tool = json["tool"]?.string, let input = json["input"] else {
            throw unreadable()
        }
        let call = ModelAnswer.ToolCall(
            id: id, name: tool, input: input.isNull ? Optional.none : input,
            malformed: json["malformed"]?.string ?? "")
        return Use(call: call, result: json["result"]?.string)
    }

    private static func unreadable() -> ExecutorError {
        ExecutorError(
            "agent", "what the attempt recorded cannot be replayed",
            causes: ["it was written by another version, or changed since"])
    }
}

/// Does again what a recording says, without any network.
struct AgentReplay {
    private static let programTime = Duration.seconds(3600)

    let recording: AgentRecording
    let toolbox: AgentToolbox

    func run(_ conversation: Conversation, _ job: Job) throws(ExecutorError) -> Report {
        if recording.runsPrograms && !toolbox.runsPrograms {
            throw ExecutorError(
                "agent", "the attempt may have run programs, and its replay has no place to run them")
        }
        guard AgentRecording.digest(of: conversation) == recording.brief else {
            throw diverged("the task, its bounds or Leviathan's own words to the model are not the same as then")
        }
        for (number, uses) in recording.answers.enumerated() {
            job.progress("using recorded answer \(number + 1) of \(recording.answers.count)")
            for use in uses { try repeated(use, number) }
        }
        return Report(notes: ["replayed \(recording.answers.count) recorded answers of \(recording.model)"])
    }

    private func repeated(_ use: AgentRecording.Use, _ number: Int) throws(ExecutorError) {
        let result = try toolbox.use(use.call, timeLeft: Self.programTime)
        guard AgentRecording.digest(of: result) == use.result else {
            let tool = PlainLine.text(use.call.name, limit: 60)
            throw diverged("in answer \(number + 1) the tool '\(tool)' comes to something else than then")
        }
    }

    private func diverged(_ reason: String) -> ExecutorError {
        ExecutorError(
            "agent", "the replay leaves the recorded course", causes: [reason],
            hint: "the base, the task or the executor differs from the attempt's, or a program's result does")
    }
}
