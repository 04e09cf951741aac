package import Basics
internal import Synchronization

/// A small Messages API that speaks real HTTP and streams: it answers as a script says, and remembers what it was asked.
package final class FakeMessagesAPI: Sendable {
    package typealias Handler = @Sendable (Int, JSON) -> HTTPTestReply

    private let server: HTTPTestServer

    /// `handler` gets the number of the request, counted from 1, and its body.
    package init(_ handler: @escaping Handler) throws {
        let next = Atomic(1)
        server = try HTTPTestServer { request in
            guard request.method == "POST", request.path == "/v1/messages" else {
                return .json(Self.error("not_found_error", "no such thing: \(request.target)"), status: 404)
            }
            let body = (try? JSON.parse(request.body)) ?? .null
            if let problem = Self.problem(request, body) {
                return .json(Self.error("invalid_request_error", problem), status: 400)
            }
            return handler(next.add(1, ordering: .relaxed).oldValue, body)
        }
    }

    /// Answers with these, one after the other, and with the last one from then on.
    package convenience init(_ replies: [HTTPTestReply]) throws {
        try self.init { number, _ in replies[min(number, replies.count) - 1] }
    }

    package convenience init(answers: [FakeModelAnswer]) throws {
        try self.init { number, body in answers[min(number, answers.count) - 1].reply(to: body) }
    }

    package var url: String { server.url }

    package var httpRequests: [HTTPTestRequest] { server.requests }

    /// The bodies of all requests so far.
    package var requests: [JSON] { server.requests.map { (try? JSON.parse($0.body)) ?? .null } }

    package func stop() { server.stop() }

    package static func error(_ type: String, _ message: String) -> String {
        let body: JSON = [
            "type": "error", "error": ["type": .string(type), "message": .string(message)],
            "request_id": "req_fake",
        ]
        return body.text()
    }

    package static func overloaded(retryAfter: String? = nil) -> HTTPTestReply {
        refusal(529, "overloaded_error", "Overloaded", retryAfter)
    }

    package static func limited(retryAfter: String? = nil) -> HTTPTestReply {
        refusal(429, "rate_limit_error", "This request would exceed your rate limit", retryAfter)
    }

    package static func refusal(
        _ status: Int, _ type: String, _ message: String, _ retryAfter: String? = nil
    ) -> HTTPTestReply {
        let headers = [("Content-Type", "application/json")] + (retryAfter.map { [("retry-after", $0)] } ?? [])
        return .status(status, headers: headers, body: Array(error(type, message).utf8))
    }

    // MARK: What the real service checks too

    private static func problem(_ request: HTTPTestRequest, _ body: JSON) -> String? {
        guard request.header("anthropic-version") == "2023-06-01" else { return "anthropic-version: required" }
        guard request.header("x-api-key")?.isEmpty == false else { return "x-api-key: required" }
        guard (body["max_tokens"]?.integer ?? 0) > 0 else { return "max_tokens: required" }
        guard let messages = body["messages"]?.elements, messages.first?["role"] == "user" else {
            return "messages: first message must use the user role"
        }
        if marks(in: body) > 4 { return "A maximum of 4 blocks with cache_control may be provided" }
        for (index, message) in messages.enumerated() {
            guard let blocks = message["content"]?.elements, !blocks.isEmpty else {
                return "messages.\(index): all messages must have non-empty content"
            }
            if let problem = problem(blocks, index, next: messages.dropFirst(index + 1).first) { return problem }
        }
        return nil
    }

    private static func problem(_ blocks: [JSON], _ index: Int, next: JSON?) -> String? {
        for block in blocks {
            if block["type"] == "text", block["text"]?.string?.contains(where: { !$0.isWhitespace }) != true {
                return "messages: text content blocks must contain non-whitespace text"
            }
            guard block["type"] == "tool_use" else { continue }
            guard block["input"]?.members != nil else { return "messages.\(index): tool_use.input: not an object" }
            let results = next?["content"]?.elements ?? []
            guard results.contains(where: { $0["tool_use_id"] == block["id"] }) else {
                return "messages.\(index): tool_use ids were found without tool_result blocks immediately after"
            }
        }
        return nil
    }

    private static func marks(in json: JSON) -> Int {
        switch json {
        case .array(let elements): elements.reduce(0) { $0 + marks(in: $1) }
        case .object(let members):
            members.reduce(0) { $0 + ($1.name == "cache_control" ? 1 : marks(in: $1.value)) }
        default: 0
        }
    }
}
