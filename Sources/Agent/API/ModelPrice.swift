internal import Basics

/// What a model's tokens cost, in dollars a million.
struct ModelPrice: Hashable, Sendable {
    var input: Double
    var output: Double
    var cacheWrite: Double
    var cacheRead: Double
    /// Prompts longer than this cost `longFactor` times as much, all their tokens.
    var longAbove: Int?
    var longFactor = 1.0

    init(input: Double, output: Double, cacheWrite: Double? = nil, cacheRead: Double? = nil) {
        (self.input, self.output) = (input, output)
        self.cacheWrite = cacheWrite ?? input * 1.25
        self.cacheRead = cacheRead ?? input * 0.1
    }

    /// When the table was compared with the published prices.
    static let asOf = "2026-11-21"

    /// The price of a model, by its name without the date behind it; `nil` for one that is not listed.
    static func listed(_ model: String) -> ModelPrice? { table[withoutDate(model)] }

    static var listedModels: [String] { table.keys.sorted() }

    private static let table: [String: ModelPrice] = [
        "claude-fable-5-1": ModelPrice(input: 10, output: 50),
        "claude-opus-5-5": ModelPrice(input: 4, output: 20),
        "claude-opus-5": ModelPrice(input: 5, output: 25),
        "claude-opus-4-8": ModelPrice(input: 5, output: 25),
        "claude-opus-4-7": ModelPrice(input: 5, output: 25),
        "claude-opus-4-6": ModelPrice(input: 5, output: 25),
        "claude-opus-4-5": ModelPrice(input: 5, output: 25),
        "claude-sonnet-5-5": ModelPrice(input: 2, output: 10, cacheRead: 0.1),
        "claude-sonnet-5": ModelPrice(input: 2, output: 10),
        "claude-sonnet-4-6": ModelPrice(input: 3, output: 15),
        "claude-haiku-5-5": {
            var price = ModelPrice(input: 0.1, output: 0.5)
            (price.longAbove, price.longFactor) = (100_000, 5)
            return price
        }(),
        "claude-haiku-4-5": ModelPrice(input: 1, output: 5),
    ]

    /// `claude-haiku-4-5` of `claude-haiku-4-5-20251001`.
    private static func withoutDate(_ model: String) -> String {
        guard let dash = model.lastIndex(of: "-") else { return model }
        let ending = model[model.index(after: dash)...]
        let isDate = ending.utf8.count == 8 && ending.utf8.allSatisfy { (48...57).contains($0) }
        return isDate ? String(model[..<dash]) : model
    }

    func cost(of usage: TokenUsage) -> Double {
        let tokens =
            Double(usage.input) * input + Double(usage.output) * output + Double(usage.cacheWrite) * cacheWrite
            + Double(usage.cacheRead) * cacheRead
        return tokens * factor(prompt: usage.prompt) / 1_000_000
    }

    /// The most that a prompt of so many tokens can cost, however the cache is used.
    func mostForPrompt(_ tokens: Int) -> Double {
        Double(tokens) * max(input, cacheWrite, cacheRead) * factor(prompt: tokens) / 1_000_000
    }

    /// What one generated token can cost behind a prompt of at most so many tokens.
    func mostForOutputToken(prompt: Int) -> Double { output * factor(prompt: prompt) / 1_000_000 }

    private func factor(prompt: Int) -> Double {
        guard let longAbove, prompt > longAbove else { return 1 }
        return longFactor
    }
}

/// How many tokens a call took, as the service counts them.
struct TokenUsage: Hashable, Sendable {
    var input = 0
    var output = 0
    var cacheRead = 0
    var cacheWrite = 0

    /// All that the model read.
    var prompt: Int { input + cacheRead + cacheWrite }
    var total: Int { prompt + output }

    init() {}

    init(_ json: JSON?) { update(json) }

    /// Later reports are cumulative, and leave out what did not change.
    mutating func update(_ json: JSON?) {
        func count(_ name: String, _ old: Int) -> Int {
            json?[name]?.integer.map { min(max(0, $0), 1 << 40) } ?? old
        }
        input = count("input_tokens", input)
        output = count("output_tokens", output)
        cacheRead = count("cache_read_input_tokens", cacheRead)
        cacheWrite = count("cache_creation_input_tokens", cacheWrite)
    }

    var json: JSON {
        [
            "input_tokens": .integer(input), "output_tokens": .integer(output),
            "cache_read_input_tokens": .integer(cacheRead), "cache_creation_input_tokens": .integer(cacheWrite),
        ]
    }
}
