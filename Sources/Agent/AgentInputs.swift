internal import Contracts

/// What the `agent` executor wants to know.
enum AgentInputs {
    static let declaration = ExecutorInputs(
        "agent",
        InputRecord([
            Input(
                "model", .text, default: "LEVIATHAN_CLAUDE_MODEL, else \(AgentSettings.standardModel)",
                "The model.", example: AgentSettings.standardModel),
            Input("instructions", .text, "Further instructions of the task's.", example: "Keep the tone."),
            Input("budget", .record(budget), "What it may cost at most.", example: "{usd: 0.50, turns: 30}"),
            Input(
                "prices", .record(prices), default: "those that are known", "What the model costs.",
                example: "{input: 3, output: 15}"),
            Input(
                "max_rounds", .integer(0...100), default: "3", "How often findings are handed back.", example: "3"),
            Input(
                "max_tokens", .integer(16...1_000_000), default: "\(AgentSettings.standardMaxTokens)",
                "How long one answer may be.", example: "16000"),
            Input(
                "tools", .list(.choice(AgentToolName.allCases.map(\.rawValue))), default: "all of them",
                "What it may use.", example: "[\(AgentToolName.allCases[0].rawValue)]"),
            Input(
                "command", .list(.text), default: "the Messages API", "Another agent, and its arguments.",
                example: "[claude, -p]"),
        ]),
        example:
            "model: \(AgentSettings.standardModel)\nbudget: {tokens: 200000, usd: 0.50, turns: 30, time: 10m}\n")

    private static let budget = InputRecord([
        Input("tokens", .integer(1...1_000_000_000_000), "All tokens of the attempt.", example: "200000"),
        Input("usd", .number(0...1_000_000), "Dollars.", example: "0.50"),
        Input("turns", .integer(1...1_000_000), "Questions to the model.", example: "30"),
        Input("time", .duration, "How long it may take.", example: "10m"),
    ])

    private static let prices = InputRecord([
        Input("input", .number(0...1_000_000), required: true, "Dollars a million tokens.", example: "3"),
        Input("output", .number(0...1_000_000), required: true, "Dollars a million tokens.", example: "15"),
        Input("cache_write", .number(0...1_000_000), "Dollars a million tokens.", example: "3.75"),
        Input("cache_read", .number(0...1_000_000), "Dollars a million tokens.", example: "0.30"),
    ])
}
