internal import Basics

/// What is said between Leviathan and the model, as the Messages API wants it.
struct Conversation {
    let system: String
    let tools: [JSON]
    private(set) var messages: [JSON] = []
    /// How many tokens the service counted up to its last answer, that answer included.
    private var countedTokens: Int
    /// What came since, or before anything was counted: a token is never less than a byte.
    private var uncountedBytes: Int

    /// What the service adds by itself: its own words about tools, marks around messages.
    private static let ownTokens = 2_000
    private static let tokensAroundMessage = 64
    private static let mark: JSON = ["type": "ephemeral"]

    init(system: String, tools: [JSON], brief: String) {
        (self.system, self.tools) = (system, tools)
        countedTokens = Self.ownTokens
        uncountedBytes = JSON.string(system).utf8().count + JSON.array(tools).utf8().count
        add(user: [["type": "text", "text": .string(brief)]])
    }

    /// How many tokens the next request can have at most.
    var promptAtMost: Int { countedTokens + uncountedBytes }

    mutating func add(user blocks: [JSON]) { add("user", blocks) }

    mutating func add(_ answer: ModelAnswer) {
        // An empty message would be refused; what is said next follows on what was said before.
        if !answer.content.isEmpty { add("assistant", answer.content) }
        guard answer.usage.prompt > 0 else { return }
        (countedTokens, uncountedBytes) = (answer.usage.total + Self.tokensAroundMessage, 0)
    }

    private mutating func add(_ role: String, _ blocks: [JSON]) {
        let message: JSON = ["role": .string(role), "content": .array(blocks)]
        messages.append(message)
        uncountedBytes += message.utf8().count + Self.tokensAroundMessage
    }

    /// The request; what stays the same from call to call is marked for the cache.
    func request(model: String, maxTokens: Int) -> JSON {
        [
            "model": .string(model), "max_tokens": .integer(maxTokens), "stream": true,
            "system": [["type": "text", "text": .string(system), "cache_control": Self.mark]],
            "tools": .array(Self.markingLast(tools)), "messages": .array(markedMessages),
        ]
    }

    /// The last two turns of ours are marked, so that a turn with many blocks still finds the one before it.
    private var markedMessages: [JSON] {
        var marked = messages
        let own = messages.indices.filter { messages[$0]["role"] == "user" }
        for index in own.suffix(2) {
            let blocks = messages[index]["content"]?.elements ?? []
            marked[index] = messages[index].replacing(["content": .array(Self.markingLast(blocks))])
        }
        return marked
    }

    private static func markingLast(_ blocks: [JSON]) -> [JSON] {
        guard let last = blocks.last else { return blocks }
        return blocks.dropLast() + [last.replacing(["cache_control": mark])]
    }
}
