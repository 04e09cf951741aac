internal import Basics
internal import HTTP

/// Why a call of the model gave no answer.
struct MessagesFailure: Error {
    enum Kind: String {
        /// The service refused for now: asking again may help, and cost nothing so far.
        case busy
        /// The answer was cut off, and what it cost is not known.
        case lost
        /// Asking again would give the same.
        case final
        case cancelled
        /// The time that is left was over.
        case outOfTime
    }

    let kind: Kind
    let message: String
    var causes: [String] = []
    var hint: String?
    /// How long the service asks to wait.
    var retryAfter: Duration?
    var status: Int?
    /// What the service had counted by then.
    var usage: TokenUsage?

    init(_ kind: Kind, _ message: String, causes: [String] = [], hint: String? = nil) {
        (self.kind, self.message, self.causes, self.hint) = (kind, message, causes, hint)
    }

    /// An answer that is no success.
    init(_ response: HTTPResponse, model: String) {
        let body = try? JSON.parse(response.body)
        let type = body?["error"]?["type"]?.string
        let said = body?["error"]?["message"]?.string
        let isSpent = body?["error"]?["details"]?["error_code"]?.string == "enforced_spend_limit_reached"
        let isBusy = [408, 409, 429, 500, 502, 503, 504, 529].contains(response.status) && !isSpent
        self.init(
            isBusy ? .busy : .final, Self.message(response.status, model: model),
            causes: [said.map(Self.excerpt) ?? Self.foreign(response)],
            hint: Self.hint(response.status, isForeign: type == nil))
        (status, retryAfter) = (response.status, response.retryAfter)
    }

    /// A failure in the midst of an answer.
    init(streamed type: String, _ message: String, usage: TokenUsage) {
        let passing = ["overloaded_error", "api_error", "rate_limit_error", "timeout_error"]
        self.init(
            passing.contains(type) ? .lost : .final, "the model's answer broke off",
            causes: ["\(Self.excerpt(type)): \(Self.excerpt(message))"])
        self.usage = usage
    }

    init(_ error: HTTPError) {
        switch error.problem {
        case .cancelled: self.init(.cancelled, "interrupted")
        case .timedOut(.total): self.init(.outOfTime, error.message, causes: error.causes)
        case .couldNotResolve, .couldNotConnect, .connectionLost, .timedOut, .invalidResponse:
            self.init(error.mayHaveActed ? .lost : .busy, error.message, causes: error.causes, hint: error.hint)
        default:
            self.init(.final, error.message, causes: error.causes, hint: error.hint)
        }
    }

    private static func message(_ status: Int, model: String) -> String {
        switch status {
        case 401: "the Messages API refused the key"
        case 402: "the Messages API asks for payment"
        case 403: "the key may not use the model '\(model)'"
        case 404: "the Messages API knows no model '\(model)', or does not live at this address"
        case 413: "the request is too large for the Messages API"
        case 429: "the Messages API allows no more requests for now"
        case 529: "the Messages API is overloaded"
        case 500...: "the Messages API failed with status \(status)"
        default: "the Messages API refused the request with status \(status)"
        }
    }

    private static func hint(_ status: Int, isForeign: Bool) -> String? {
        if isForeign, status < 500 {
            return "is ANTHROPIC_BASE_URL right, and is there a proxy in between that answers itself?"
        }
        return switch status {
        case 401: "check ANTHROPIC_API_KEY"
        case 404: "name a model in inputs.model or in LEVIATHAN_CLAUDE_MODEL"
        case 429, 529: "try again later"
        default: nil
        }
    }

    /// What an answer is that does not come from the service.
    static func foreign(_ response: HTTPResponse) -> String {
        let type = response.headers["Content-Type"] ?? "no type"
        return "it answered with \(excerpt(type)), not with the API's JSON"
    }

    /// One line that is not too long, and drives no terminal.
    static func excerpt(_ text: String) -> String { PlainLine.text(text, limit: 300) }
}

/// Text of unknown origin as one harmless line.
enum PlainLine {
    static func text(_ text: String, limit: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return String(scalars) + "…" }
            scalars.append(isHarmless(scalar) ? scalar : " ")
            count += 1
        }
        return String(scalars)
    }

    /// Neither a control character nor one that turns the direction of the text.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0xFEFF: false
        default: true
        }
    }
}
