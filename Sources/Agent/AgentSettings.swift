internal import Basics
internal import Contracts
internal import Executors
internal import HTTP
internal import Model

/// What a task says about how its agent works.
struct AgentSettings {
    static let standardModel = "claude-sonnet-5-5"
    static let standardMaxTokens = 32_000
    private static let hint = "docs/agent.md says what inputs an agent takes"

    let model: String
    let instructions: String?
    let wanted: Limits.AgentBudget
    let prices: ModelPrice?
    /// How often findings are handed back.
    let maxRounds: Int
    /// How long one answer may be.
    let maxTokens: Int
    let tools: Set<AgentToolName>
    /// The external agent's arguments; `nil` for the Messages API.
    let command: [String]?

    init(_ job: Job) throws(ExecutorError) {
        try self.init(try job.inputs(AgentInputs.declaration), environment: job.environment)
    }

    init(_ inputs: InputValues, environment: [String: String]) throws(ExecutorError) {
        model = try Self.model(inputs["model"], environment)
        instructions = inputs["instructions"]?.string
        wanted = inputs.record("budget").map(Self.budget) ?? Limits.AgentBudget()
        prices = inputs.record("prices").flatMap(Self.prices)
        maxRounds = inputs["max_rounds"]?.integer ?? 3
        maxTokens = inputs["max_tokens"]?.integer ?? Self.standardMaxTokens
        tools = try Self.tools(inputs["tools"])
        command = try Self.command(inputs["command"])
    }

    private static func wrong(_ key: String, _ expected: String) -> ExecutorError {
        ExecutorError("agent", "inputs.\(key) is not \(expected)", hint: hint)
    }

    private static func model(_ value: JSON?, _ environment: [String: String]) throws(ExecutorError) -> String {
        let chosen = value.map { $0.string ?? "" } ?? environment["LEVIATHAN_CLAUDE_MODEL"] ?? ""
        let name = value == nil && chosen.isEmpty ? standardModel : chosen
        let isName =
            (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && !"\"'\\<>`".utf8.contains(byte)
            }
        guard isName else {
            throw wrong(value == nil ? "model (from LEVIATHAN_CLAUDE_MODEL)" : "model", "the name of a model")
        }
        return name
    }

    private static func budget(_ value: InputValues) -> Limits.AgentBudget {
        var budget = Limits.AgentBudget()
        (budget.tokens, budget.turns) = (value["tokens"]?.integer, value["turns"]?.integer)
        budget.dollars = value["usd"]?.double
        budget.time = value["time"]?.string.flatMap { DurationText.parse($0) }
        return budget
    }

    private static func prices(_ value: InputValues) -> ModelPrice? {
        guard let input = value["input"]?.double, let output = value["output"]?.double else { return nil }
        var price = ModelPrice(input: input, output: output)
        if let write = value["cache_write"]?.double { price.cacheWrite = write }
        if let read = value["cache_read"]?.double { price.cacheRead = read }
        return price
    }

    private static func tools(_ value: JSON?) throws(ExecutorError) -> Set<AgentToolName> {
        guard let value else { return Set(AgentToolName.allCases) }
        let names = AgentToolName.allCases.map(\.rawValue)
        guard let elements = value.elements, !elements.isEmpty else {
            throw wrong("tools", "a list of tools: \(names.joined(separator: ", "))")
        }
        var tools: Set<AgentToolName> = []
        for element in elements {
            if let tool = element.string.flatMap(AgentToolName.init(rawValue:)) { tools.insert(tool) }
        }
        return tools
    }

    private static func command(_ value: JSON?) throws(ExecutorError) -> [String]? {
        guard let value else { return nil }
        let words = (value.elements ?? []).compactMap(\.string)
        guard let first = words.first, !first.isEmpty, words.count == value.elements?.count,
            words.count <= 200, !words.contains(where: { $0.utf8.contains(0) })
        else { throw wrong("command", "a list of a program and its arguments") }
        return words
    }
}

extension AgentSettings {
    /// Whether the task has its agent start programs, as far as can be told before its inputs are checked.
    static func runsPrograms(_ inputs: JSON) -> Bool {
        let inputs = InputValues(inputs, AgentInputs.declaration)
        if inputs["command"] != nil { return true }
        guard let tools = inputs["tools"]?.elements else { return true }
        return tools.contains { $0.string == AgentToolName.run.rawValue }
    }
}
