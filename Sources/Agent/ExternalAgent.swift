internal import Basics
internal import Executors
internal import HTTP
internal import Model
internal import Processes
internal import Secrets

/// Another agent, started as a program behind the job's fence.
struct ExternalAgent {
    /// The system takes no longer argument.
    private static let argumentLimit = 100_000
    /// The first document of a program is its descriptor 3.
    private static let promptFile = "/dev/fd/3"
    private static let logLimit = Subprocess.CaptureLimit(head: 4 << 20, tail: 4 << 20)

    private let job: Job
    private let settings: AgentSettings
    private let command: [String]
    private let budget: AgentBudget
    private let redactor: SecretRedactor
    private let timing: HTTPTiming
    private let startedAt: Instant

    init(
        _ job: Job, _ settings: AgentSettings, _ command: [String], _ budget: AgentBudget,
        _ redactor: SecretRedactor, _ timing: HTTPTiming
    ) {
        (self.job, self.settings, self.command, self.budget) = (job, settings, command, budget)
        (self.redactor, self.timing, startedAt) = (redactor, timing, timing.now())
    }

    func run() throws(ExecutorError) -> Report {
        if job.recorded != nil {
            throw ExecutorError("agent", "the attempt cannot be replayed", causes: [Self.reason])
        }
        try checkBudget()
        guard let programs = job.programs else {
            throw ExecutorError("agent", "'\(command[0])' cannot be started, as nothing is checked out")
        }
        var prompt = AgentBrief(job, instructions: settings.instructions).wholeText
        var log: [UInt8] = []
        var (notes, round) = (budget.notes, 0)
        do throws(ExecutorError) {
            while true {
                try start(prompt, programs, &log)
                guard let findings = try job.reviewer?.findings(), !findings.isEmpty else { break }
                guard round < min(settings.maxRounds, budget.turns.value - 1) else {
                    notes.append("\(findings.count) findings are left after \(round) rounds of repair")
                    break
                }
                round += 1
                job.progress("round \(round) of \(settings.maxRounds): \(findings.count) to mend")
                prompt =
                    AgentBrief(job, instructions: settings.instructions).wholeText + "\n"
                    + AgentBrief.repair(findings)
            }
        } catch {
            var failure = error
            failure.partial = report(notes, log)
            throw failure
        }
        let runs = round == 0 ? "once" : "\(round + 1) times"
        return report(notes + ["ran '\(command[0])' \(runs)"], log)
    }

    private static let reason = "an external agent does not do the same twice"

    /// What cannot be counted cannot be held: only the time and the number of runs are known here.
    private func checkBudget() throws(ExecutorError) {
        let caps = job.limits?.agentBudget
        let asked = settings.wanted
        let names = [
            asked.tokens == nil ? nil : "inputs.budget.tokens", asked.dollars == nil ? nil : "inputs.budget.usd",
            caps?.tokens == nil ? nil : "limits.agent_budget.tokens",
            caps?.dollars == nil ? nil : "limits.agent_budget.usd",
        ].compactMap { $0 }
        guard let name = names.first else { return }
        throw ExecutorError(
            "agent", "\(name) cannot be held for an external agent", causes: ["nobody counts what it spends"],
            hint: "limit its time and turns instead, or use the agent without inputs.command")
    }

    private func start(
        _ prompt: String, _ programs: any ProgramRunner, _ log: inout [UInt8]
    ) throws(ExecutorError) {
        if job.cancellation.isCancelled { throw ExecutorError("agent", "interrupted") }
        let left = budget.time.value - (timing.now() - startedAt)
        guard left > .zero else { throw outOfTime() }
        var call = ProgramCall(try arguments(prompt))
        call.timeout = left
        call.captureLimit = Self.logLimit
        if uses("{prompt_file}") { call.documents = [Array(prompt.utf8)] }
        if !uses("{prompt}") && !uses("{prompt_file}") { call.input = .bytes(Array(prompt.utf8)) }
        job.progress("starting \(command[0])")
        let outcome = try programs.run(call) { [job, redactor] _, line in
            job.progress("  " + PlainLine.text(redactor.redacted(line), limit: 200))
        }
        log += Array("$ \(command.joined(separator: " "))\n\(outcome.output.text)\n\(outcome.errors.text)\n".utf8)
        try check(outcome, programs)
    }

    private func uses(_ placeholder: String) -> Bool { command.contains { $0.contains(placeholder) } }

    private func arguments(_ prompt: String) throws(ExecutorError) -> [String] {
        if uses("{prompt}"), prompt.utf8.count > Self.argumentLimit {
            throw ExecutorError(
                "agent", "the prompt is too long for an argument, \(SizeText.text(prompt.utf8.count))",
                hint: "use {prompt_file} in inputs.command, or no placeholder to have it on standard input")
        }
        // In one pass, as the prompt itself may hold a placeholder.
        return command.map { word in
            word.pieces(between: "{prompt}").map { piece in
                piece.replacing("{prompt_file}", with: Self.promptFile)
            }.joined(separator: prompt)
        }
    }

    private func check(_ outcome: ProcessOutcome, _ programs: any ProgramRunner) throws(ExecutorError) {
        switch outcome.ending {
        case .exited(0): return
        case .timedOut: throw outOfTime()
        case .cancelled: throw ExecutorError("agent", "interrupted")
        case .exited, .signalled: break
        }
        let last = (outcome.errors.lastLines(5) + outcome.output.lastLines(5)).prefix(5)
        let hint = "the policy keeps the network closed; most agents need sandbox.network: allow"
        throw ExecutorError(
            "agent", "'\(command[0])' ended with \(outcome.ending)",
            causes: last.map { PlainLine.text(redactor.redacted($0), limit: 300) },
            hint: programs.opensNetwork ? nil : hint)
    }

    private func outOfTime() -> ExecutorError {
        ExecutorError(
            "agent", "'\(command[0])' took longer than its budget of \(DurationText.text(budget.time.value))",
            hint: budget.time.remedy)
    }

    private func report(_ notes: [String], _ log: [UInt8]) -> Report {
        var report = Report(notes: notes)
        report.declaredInputs = [
            "command": .strings(command.map(redactor.redacted)), "reproducible": false,
            "reason": .string(Self.reason),
        ]
        if !log.isEmpty {
            let text = redactor.redacted(String(decoding: log, as: UTF8.self))
            report.artifacts = [ReportedArtifact(kind: "log", name: "agent.log", bytes: Array(text.utf8))]
        }
        return report
    }
}
