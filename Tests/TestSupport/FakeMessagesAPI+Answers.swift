package import Basics

/// What a scripted model says.
package struct FakeModelAnswer: Sendable {
    package enum Block: Sendable {
        case text(String)
        case tool(String, JSON)
        /// A tool whose input comes as these bytes, whatever they are.
        case rawTool(String, String)
        case thinking(String, signature: String)
        case redactedThinking(String)
    }

    package var blocks: [Block]
    package var stopReason: String
    package var stopDetails: JSON?
    /// `nil`: what a model would use, a token for four bytes.
    package var inputTokens: Int?
    package var outputTokens = 20
    package var cacheReadTokens = 0
    package var cacheWriteTokens = 0

    package init(_ blocks: [Block], stop: String) { (self.blocks, stopReason) = (blocks, stop) }

    package static func done(_ text: String = "Done.") -> FakeModelAnswer {
        FakeModelAnswer([.text(text)], stop: "end_turn")
    }

    package static func use(_ name: String, _ input: JSON) -> FakeModelAnswer {
        FakeModelAnswer([.tool(name, input)], stop: "tool_use")
    }

    package static func uses(_ tools: [(String, JSON)]) -> FakeModelAnswer {
        FakeModelAnswer(tools.map { .tool($0.0, $0.1) }, stop: "tool_use")
    }

    /// The whole answer, in pieces that end wherever they happen to.
    package func reply(to request: JSON = .null) -> HTTPTestReply { stream(events(request)) }

    /// Only the first events, and then the end of the connection.
    package func broken(after count: Int, request: JSON = .null) -> HTTPTestReply {
        var reply = stream(Array(events(request).prefix(count)))
        reply.steps.removeLast()
        reply.closes = true
        return reply
    }

    /// The first events, then an event that says why there are no more.
    package func failing(after count: Int, _ type: String, request: JSON = .null) -> HTTPTestReply {
        stream(
            Array(events(request).prefix(count)) + [
                ("error", ["type": "error", "error": ["type": .string(type), "message": "no more"]])
            ])
    }

    /// The first events, and then nothing until the peer leaves.
    package func stalling(after count: Int, opening gate: TestGate, request: JSON = .null) -> HTTPTestReply {
        var reply = broken(after: count, request: request)
        reply.steps += [.open(gate), .waitForPeerToLeave]
        return reply
    }

    // MARK: Events

    package func events(_ request: JSON) -> [(String, JSON)] {
        let input = inputTokens ?? max(1, request.utf8().count / 4 - cacheReadTokens - cacheWriteTokens)
        var events: [(String, JSON)] = [
            (
                "message_start",
                [
                    "type": "message_start",
                    "message": [
                        "id": "msg_fake", "type": "message", "role": "assistant", "content": [],
                        "model": request["model"] ?? "claude-fake", "stop_reason": .null,
                        "usage": [
                            "input_tokens": .integer(input), "output_tokens": 1,
                            "cache_read_input_tokens": .integer(cacheReadTokens),
                            "cache_creation_input_tokens": .integer(cacheWriteTokens),
                        ],
                    ],
                ]
            ), ("ping", ["type": "ping"]),
        ]
        let call = (request["messages"]?.elements ?? []).count
        for (index, block) in blocks.enumerated() {
            events += self.events(of: block, index, "toolu_\(call)_\(index)")
        }
        events += [
            (
                "message_delta",
                [
                    "type": "message_delta",
                    "delta": [
                        "stop_reason": .string(stopReason), "stop_sequence": .null,
                        "stop_details": stopDetails ?? .null,
                    ],
                    "usage": ["output_tokens": .integer(outputTokens)],
                ]
            ), ("message_stop", ["type": "message_stop"]),
        ]
        return events
    }

    private func events(of block: Block, _ index: Int, _ id: String) -> [(String, JSON)] {
        let (start, deltas): (JSON, [JSON]) =
            switch block {
            case .text(let text):
                (
                    ["type": "text", "text": ""],
                    Self.pieces(text, of: 5).map { ["type": "text_delta", "text": .string($0)] }
                )
            case .tool(let name, let input):
                (Self.toolStart(name, id), Self.inputDeltas(input.members?.isEmpty == true ? "" : input.text()))
            case .rawTool(let name, let bytes): (Self.toolStart(name, id), Self.inputDeltas(bytes))
            case .thinking(let text, let signature):
                (
                    ["type": "thinking", "thinking": "", "signature": ""],
                    [
                        ["type": "thinking_delta", "thinking": .string(text)],
                        ["type": "signature_delta", "signature": .string(signature)],
                    ]
                )
            case .redactedThinking(let data): (["type": "redacted_thinking", "data": .string(data)], [])
            }
        let place = JSON.integer(index)
        return [("content_block_start", ["type": "content_block_start", "index": place, "content_block": start])]
            + deltas.map {
                ("content_block_delta", ["type": "content_block_delta", "index": place, "delta": $0])
            } + [("content_block_stop", ["type": "content_block_stop", "index": place])]
    }

    private static func toolStart(_ name: String, _ id: String) -> JSON {
        ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]]
    }

    private static func inputDeltas(_ text: String) -> [JSON] {
        ([""] + pieces(text, of: 7)).map { ["type": "input_json_delta", "partial_json": .string($0)] }
    }

    private static func pieces(_ text: String, of size: Int) -> [String] {
        let characters = Array(text)
        return stride(from: 0, to: characters.count, by: max(size, characters.count / 50)).map {
            String(characters[$0..<min($0 + max(size, characters.count / 50), characters.count)])
        }
    }

    private func stream(_ events: [(String, JSON)]) -> HTTPTestReply {
        let text = events.map { "event: \($0.0)\ndata: \($0.1.text())\n\n" }.joined()
        let bytes = Array(text.utf8)
        let size = max(61, bytes.count / 40)
        let chunks = stride(from: 0, to: bytes.count, by: size).map { start in
            let piece = bytes[start..<min(start + size, bytes.count)]
            return HTTPTestReply.Step.send(
                Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
        }
        let head = HTTPTestReply.head(
            200, [("Content-Type", "text/event-stream; charset=utf-8"), ("Transfer-Encoding", "chunked")])
        return HTTPTestReply([.send(head)] + chunks + [.send(Array("0\r\n\r\n".utf8))], closes: false)
    }
}
