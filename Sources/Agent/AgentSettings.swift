internal import Basics
internal import Executors
internal import HTTP
internal import Model

/// What a task says about how its agent works.
struct AgentSettings {
    static let standardModel = "claude-sonnet-5-5"
    private static let standardMaxTokens = 32_000
    private static let keys = [
        "model", "instructions", "budget", "prices", "max_rounds", "max_tokens", "tools", "command",
    ]
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

    init(_ inputs: JSON, environment: [String: String]) throws(ExecutorError) {
        try Self.checkNames(inputs, Self.keys, "inputs")
        model = try Self.model(inputs["model"], environment)
        instructions = try Self.instructions(inputs["instructions"])
        wanted = try Self.budget(inputs["budget"])
        prices = try Self.prices(inputs["prices"])
        maxRounds = try Self.integer(inputs["max_rounds"], "max_rounds", 0...100) ?? 3
        maxTokens = try Self.integer(inputs["max_tokens"], "max_tokens", 16...1_000_000) ?? Self.standardMaxTokens
        tools = try Self.tools(inputs["tools"])
        command = try Self.command(inputs["command"])
    }

    private static func checkNames(_ value: JSON, _ known: [String], _ place: String) throws(ExecutorError) {
        for member in value.members ?? [] where !known.contains(member.name) {
            let nearest = Suggestion.nearest(to: member.name, among: known).map { "did you mean '\($0)'?" }
            throw ExecutorError(
                "agent", "\(place) has no key '\(member.name)' for an agent",
                hint: nearest ?? "there are \(known.joined(separator: ", "))")
        }
    }

    private static func wrong(_ key: String, _ expected: String) -> ExecutorError {
        ExecutorError("agent", "inputs.\(key) is not \(expected)", hint: hint)
    }

    private static func integer(
        _ value: JSON?, _ key: String, _ range: ClosedRange<Int>
    ) throws(ExecutorError) -> Int? {
        guard let value else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
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

    private static func instructions(_ value: JSON?) throws(ExecutorError) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw wrong("instructions", "a text") }
        return text
    }

    private static func budget(_ value: JSON?) throws(ExecutorError) -> Limits.AgentBudget {
        var budget = Limits.AgentBudget()
        guard let value else { return budget }
        guard value.members != nil else { throw wrong("budget", "a mapping of tokens, usd, turns and time") }
        try checkNames(value, ["tokens", "usd", "turns", "time"], "inputs.budget")
        budget.tokens = try integer(value["tokens"], "budget.tokens", 1...1_000_000_000_000)
        budget.turns = try integer(value["turns"], "budget.turns", 1...1_000_000)
        if let dollars = value["usd"] { budget.dollars = try amount(dollars, "budget.usd") }
        if let time = value["time"] {
            guard let duration = time.string.flatMap({ DurationText.parse($0) }), duration > .zero else {
                throw wrong("budget.time", "a duration such as 15m")
            }
            budget.time = duration
        }
        return budget
    }

    private static func amount(_ value: JSON, _ key: String) throws(ExecutorError) -> Double {
        guard let number = value.double, number.isFinite, (0...1_000_000).contains(number) else {
            throw wrong(key, "a number from 0 to 1,000,000")
        }
        return number
    }

    private static func prices(_ value: JSON?) throws(ExecutorError) -> ModelPrice? {
        guard let value else { return nil }
        try checkNames(value, ["input", "output", "cache_write", "cache_read"], "inputs.prices")
        guard let input = value["input"], let output = value["output"] else {
            throw wrong("prices", "a mapping with input and output, in dollars a million tokens")
        }
        var price = ModelPrice(
            input: try amount(input, "prices.input"), output: try amount(output, "prices.output"))
        if let write = value["cache_write"] { price.cacheWrite = try amount(write, "prices.cache_write") }
        if let read = value["cache_read"] { price.cacheRead = try amount(read, "prices.cache_read") }
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
            guard let tool = element.string.flatMap({ AgentToolName(rawValue: $0) }) else {
                throw ExecutorError(
                    "agent", "inputs.tools has \(PlainLine.text(element.text(), limit: 60)), which is no tool",
                    hint: "there are \(names.joined(separator: ", "))")
            }
            tools.insert(tool)
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
        if inputs["command"] != nil { return true }
        guard let tools = inputs["tools"]?.elements else { return true }
        return tools.contains { $0.string == AgentToolName.run.rawValue }
    }
}
