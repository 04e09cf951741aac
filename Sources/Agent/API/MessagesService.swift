internal import Basics
internal import HTTP
internal import Secrets

/// The Messages API at one address, asked with one key.
struct MessagesService {
    static let standardAddress = "https://api.anthropic.com"
    static let version = "2023-06-01"
    private static let answerLimit = 64 << 20
    private static let eventLimit = 16 << 20
    private static let silence = Duration.seconds(180)

    let client: HTTPClient
    let address: String
    let key: Secret

    var host: String { AgentForecast.host(ofAddress: address) }

    /// Sends one request, and hands text over as it comes; `time` is all that it may take.
    func ask(
        _ body: JSON, model: String, within time: Duration, cancellation: Cancellation,
        onText: (String) -> Void
    ) throws(MessagesFailure) -> ModelAnswer {
        let request = try request(body, within: time)
        var stream = MessageStream(ServerSentEventParser(limit: Self.eventLimit))
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try client.stream(request, cancellation: cancellation) { chunk in
                stream.take(chunk, onText)
            }
        } catch {
            var failure = MessagesFailure(error)
            if stream.assembler.hasBegun { failure.usage = stream.assembler.answer.usage }
            throw failure
        }
        guard response.isSuccess else { throw MessagesFailure(response, model: model) }
        if let failure = stream.failure { throw failure }
        guard stream.assembler.isComplete else { throw incomplete(stream, response) }
        return stream.assembler.answer
    }

    private func request(_ body: JSON, within time: Duration) throws(MessagesFailure) -> HTTPRequest {
        let url: String
        do throws(URLBuilderError) { url = try URLBuilder(address).path("v1", "messages").url } catch {
            throw MessagesFailure(.final, error.message)
        }
        var request = HTTPRequest(
            .post, url,
            headers: [
                "content-type": "application/json", "accept": "text/event-stream",
                "anthropic-version": Self.version,
            ], body: body.utf8(), authorization: .header(name: "x-api-key", value: key))
        request.timeouts = HTTPTimeouts(connect: min(.seconds(20), time), total: time, idle: Self.silence)
        request.maxResponseBytes = Self.answerLimit
        request.followRedirects = 0
        return request
    }

    private func incomplete(_ stream: MessageStream, _ response: HTTPResponse) -> MessagesFailure {
        let isStream = response.headers["Content-Type"]?.lowercased().hasPrefix("text/event-stream") ?? false
        guard isStream || stream.assembler.hasBegun else {
            return MessagesFailure(
                .final, "what answered is not the Messages API", causes: [MessagesFailure.foreign(response)],
                hint: "is ANTHROPIC_BASE_URL right, and is there a proxy in between that answers itself?")
        }
        var failure = MessagesFailure(
            .lost, "the model's answer broke off", causes: ["the stream ended before the message did"])
        if stream.assembler.hasBegun { failure.usage = stream.assembler.answer.usage }
        return failure
    }
}

/// An answer while it comes in.
private struct MessageStream {
    private var parser: ServerSentEventParser
    private(set) var assembler = MessageAssembler()
    private(set) var failure: MessagesFailure?

    init(_ parser: ServerSentEventParser) { self.parser = parser }

    /// Whether more is wanted.
    mutating func take(_ chunk: [UInt8], _ onText: (String) -> Void) -> Bool {
        let events: [ServerSentEvent]
        do throws(ServerSentEventError) { events = try parser.feed(chunk) } catch {
            failure = MessagesFailure(.final, "the model's answer cannot be read", causes: [error.message])
            return false
        }
        for event in events {
            switch assembler.take(event) {
            case .goOn: continue
            case .text(let text): onText(text)
            case .finished: return false
            case .failed(let type, let message):
                failure = MessagesFailure(streamed: type, message, usage: assembler.answer.usage)
                return false
            case .malformed(let problem):
                failure = MessagesFailure(.lost, "the model's answer cannot be read", causes: [problem])
                failure?.usage = assembler.hasBegun ? assembler.answer.usage : nil
                return false
            }
        }
        return true
    }
}
