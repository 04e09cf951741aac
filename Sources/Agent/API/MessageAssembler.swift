package import Basics
internal import HTTP

/// A model's whole answer.
struct ModelAnswer: Sendable {
    /// A tool that the model wants used.
    struct ToolCall: Sendable {
        let id: String
        let name: String
        /// `nil` where what came is no JSON object.
        let input: JSON?
        /// What came, where it is no JSON object.
        var malformed = ""
    }

    var id = ""
    var model = ""
    /// The blocks as they have to be sent back.
    var content: [JSON] = []
    var calls: [ToolCall] = []
    var stopReason = ""
    /// Why the service stopped, where it says more than the reason.
    var stopDetails: JSON?
    var usage = TokenUsage()

    var texts: [String] { content.compactMap { $0["type"]?.string == "text" ? $0["text"]?.string : nil } }
}

/// Puts an answer together from the events of a stream.
struct MessageAssembler {
    /// What an event means for the call.
    enum Step {
        case goOn
        /// A piece of text for people.
        case text(String)
        case finished
        /// The service gave up in the midst of its answer.
        case failed(type: String, message: String)
        case malformed(String)
    }

    private static let blockLimit = 10_000

    private(set) var answer = ModelAnswer()
    private(set) var hasBegun = false
    private(set) var isComplete = false
    private var blocks: [Int: Block] = [:]

    private struct Block {
        var start: JSON
        var text = ""
        var thinking = ""
        var signature = ""
        var json = ""
    }

    mutating func take(_ event: ServerSentEvent) -> Step {
        guard let data = try? JSON.parse(event.data), data.members != nil else {
            return .malformed("an event is not valid JSON")
        }
        switch data["type"]?.string ?? event.type {
        case "message_start": return start(data["message"])
        case "content_block_start": return startBlock(data)
        case "content_block_delta": return extend(data)
        case "message_delta": return end(data)
        case "message_stop": return finish()
        case "error":
            let error = data["error"]
            return .failed(
                type: error?["type"]?.string ?? "error",
                message: error?["message"]?.string ?? "no reason was given")
        default: return .goOn
        }
    }

    private mutating func start(_ message: JSON?) -> Step {
        guard let message, !hasBegun else { return .malformed("a message begins where none may") }
        hasBegun = true
        answer.id = message["id"]?.string ?? ""
        answer.model = message["model"]?.string ?? ""
        answer.usage.update(message["usage"])
        return .goOn
    }

    private mutating func startBlock(_ data: JSON) -> Step {
        guard let index = data["index"]?.integer, let block = data["content_block"], block.members != nil,
            blocks[index] == nil, blocks.count < Self.blockLimit
        else { return .malformed("a block begins where none may") }
        var new = Block(start: block)
        new.text = block["text"]?.string ?? ""
        new.thinking = block["thinking"]?.string ?? ""
        new.signature = block["signature"]?.string ?? ""
        blocks[index] = new
        return new.text.isEmpty ? .goOn : .text(new.text)
    }

    private mutating func extend(_ data: JSON) -> Step {
        guard let index = data["index"]?.integer, let delta = data["delta"], blocks[index] != nil else {
            return .malformed("a piece belongs to no block")
        }
        switch delta["type"]?.string {
        case "text_delta":
            let text = delta["text"]?.string ?? ""
            blocks[index]?.text += text
            return .text(text)
        case "input_json_delta": blocks[index]?.json += delta["partial_json"]?.string ?? ""
        case "thinking_delta": blocks[index]?.thinking += delta["thinking"]?.string ?? ""
        case "signature_delta": blocks[index]?.signature += delta["signature"]?.string ?? ""
        default: break
        }
        return .goOn
    }

    private mutating func end(_ data: JSON) -> Step {
        answer.stopReason = data["delta"]?["stop_reason"]?.string ?? answer.stopReason
        answer.stopDetails = data["delta"]?["stop_details"] ?? answer.stopDetails
        answer.usage.update(data["usage"])
        return .goOn
    }

    private mutating func finish() -> Step {
        guard hasBegun, !answer.stopReason.isEmpty else {
            return .malformed("a message ends before it says why")
        }
        for (_, block) in blocks.sorted(by: { $0.key < $1.key }) { add(block) }
        isComplete = true
        return .finished
    }

    private mutating func add(_ block: Block) {
        switch block.start["type"]?.string {
        case "text":
            // A text of nothing cannot be sent back.
            if block.text.contains(where: { !$0.isWhitespace }) {
                answer.content.append(block.start.replacing(["text": .string(block.text)]))
            }
        case "thinking":
            let kept = block.start.replacing(["thinking": .string(block.thinking)])
            // Services that only speak alike may sign nothing.
            answer.content.append(
                block.signature.isEmpty ? kept : kept.replacing(["signature": .string(block.signature)]))
        case "tool_use": addCall(block)
        default: answer.content.append(block.start)
        }
    }

    private static func parsed(_ text: String) -> JSON {
        do throws(JSONError) { return try JSON.parse(text) } catch { return .null }
    }

    private static func object(_ json: JSON) -> JSON? {
        // Not `nil`, which could also be JSON's own.
        guard json.members != nil else { return .none }
        return json
    }

    private mutating func addCall(_ block: Block) {
        let id = block.start["id"]?.string ?? ""
        let name = block.start["name"]?.string ?? ""
        let given = block.start["input"] ?? [:]
        let input = Self.object(block.json.isEmpty ? given : Self.parsed(block.json))
        answer.calls.append(
            ModelAnswer.ToolCall(id: id, name: name, input: input, malformed: input == nil ? block.json : ""))
        // The service takes only objects back, so what is none is wrapped for the model to see.
        let shown = input ?? ["INVALID_JSON": .string(String(block.json.prefix(10_000)))]
        answer.content.append(block.start.replacing(["input": shown]))
    }
}

extension JSON {
    /// The object with these members in place of those of the same names, or behind the others.
    package func replacing(_ new: KeyValuePairs<String, JSON>) -> JSON {
        var kept = (members ?? []).filter { member in !new.contains { $0.key == member.name } }
        kept += new.map { Member($0.key, $0.value) }
        return .object(kept)
    }
}
