internal import Basics
package import Contracts
package import Executors
package import HTTP
package import Model
internal import Secrets

/// Has a model do the task, with tools, within a budget; or has another agent do it.
package struct AgentExecutor: Executor {
    package let name = "agent"
    package let version = "1"
    package let summary = "a language model with tools, within inputs.budget; or any agent by inputs.command"

    private let timing: HTTPTiming

    /// With the clock, the pauses and the chance to go by.
    package init(timing: HTTPTiming = .system) { self.timing = timing }

    package var inputs: ExecutorInputs? { AgentInputs.declaration }

    package func runsPrograms(for task: BacklogTask) -> Bool { AgentSettings.runsPrograms(task.inputs) }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let settings = try AgentSettings(job)
        let redactor = SecretRedactor(environment: job.environment)
        let budget = AgentBudget(settings.wanted, limits: job.limits)
        if let command = settings.command {
            return try ExternalAgent(job, settings, command, budget, redactor, timing).run()
        }
        let brief = AgentBrief(job, instructions: settings.instructions)
        let toolbox = AgentToolbox(job, files, wanted: settings.tools)
        let conversation = Conversation(
            system: AgentBrief.system, tools: ToolCatalog.descriptions(toolbox.offered), brief: brief.text)
        if let recorded = job.recorded {
            let replay = AgentReplay(recording: try AgentRecording(recorded), toolbox: toolbox)
            var report = try replay.run(conversation, job)
            report.declaredInputs = recorded
            return report
        }
        let caller = try caller(settings, job, budget, redactor)
        var session = AgentSession(job, settings, caller, toolbox, conversation, redactor)
        return try session.run()
    }

    private func caller(
        _ settings: AgentSettings, _ job: Job, _ budget: AgentBudget, _ redactor: SecretRedactor
    ) throws(ExecutorError) -> ModelCaller {
        let price = settings.prices ?? ModelPrice.listed(settings.model)
        if price == nil { try checkPrice(settings, job) }
        let ledger = AgentLedger(budget, price: price, model: settings.model, startedAt: timing.now())
        return ModelCaller(
            try service(job), settings, job, timing, ledger, Transcript(redactor), redactor)
    }

    /// A limit in dollars that cannot be held is refused; the standard one only falls away.
    private func checkPrice(_ settings: AgentSettings, _ job: Job) throws(ExecutorError) {
        let cap = job.limits?.agentBudget.dollars
        guard settings.wanted.dollars != nil || cap != nil else { return }
        let who = cap.map { "limits.agent_budget.usd (\($0.source.rawValue))" } ?? "inputs.budget.usd"
        throw ExecutorError(
            name, "\(who) cannot be held: the price of the model '\(settings.model)' is not known",
            causes: [
                "prices of \(ModelPrice.asOf) are known for \(ModelPrice.listedModels.joined(separator: ", "))"
            ],
            hint: "give inputs.prices: {input: …, output: …}, in dollars a million tokens")
    }

    private func service(_ job: Job) throws(ExecutorError) -> MessagesService {
        let names = ["ANTHROPIC_API_KEY", "LEVIATHAN_CLAUDE_API_KEY"]
        let key = names.lazy.compactMap { job.environment[$0]?.trimmed }.first { !$0.isEmpty }
        guard let key else {
            throw ExecutorError(
                name, "there is no key for the Messages API",
                hint: "set ANTHROPIC_API_KEY or LEVIATHAN_CLAUDE_API_KEY, or name another agent in inputs.command")
        }
        let address = job.environment["ANTHROPIC_BASE_URL"]?.trimmed ?? ""
        // What may be sent again is decided where the budget is kept.
        let client = HTTPClient(
            userAgent: "leviathan", retry: .never, proxies: ProxySettings(environment: job.environment),
            caBundle: job.environment["SSL_CERT_FILE"], timing: timing)
        return MessagesService(
            client: client, address: address.isEmpty ? MessagesService.standardAddress : address, key: Secret(key))
    }
}
