package import Basics

/// A server's answer.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// As they came: `Content-Encoding` and `Content-Length` speak of the body before decompression.
    package let headers: HTTPHeaders
    /// Decompressed; empty where the body was handed over piece by piece.
    package let body: [UInt8]
    /// Where the answer came from in the end, without user name and password.
    package let effectiveURL: String
    package let timings: HTTPTimings
    package let receivedAt: Instant

    package init(
        status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], effectiveURL: String = "",
        timings: HTTPTimings = HTTPTimings(), receivedAt: Instant
    ) {
        (self.status, self.headers, self.body) = (status, headers, body)
        (self.effectiveURL, self.timings, self.receivedAt) = (effectiveURL, timings, receivedAt)
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as text; invalid UTF-8 shows as replacement characters.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// How long the server asks to wait (`Retry-After`, in seconds or as a date); never negative.
    package var retryAfter: Duration? {
        guard let text = headers["Retry-After"]?.trimmingBlanks else { return nil }
        if let seconds = text.decimal { return .seconds(seconds) }
        return HTTPDate.parse(text).map { max(.zero, $0 - receivedAt) }
    }

    package var rateLimit: RateLimit? { RateLimit(headers, receivedAt: receivedAt) }
}

/// Where the time of an answer went, each counted from the start of its last hop.
package struct HTTPTimings: Sendable, Hashable {
    package var resolved = Duration.zero
    package var connected = Duration.zero
    package var secured = Duration.zero
    package var firstByte = Duration.zero
    package var total = Duration.zero
    /// How many times the request was sent, retries included.
    package var attempts = 1
    package var reusedConnection = false

    package init() {}
}

/// What a server says about how much it will still answer.
package struct RateLimit: Sendable, Hashable {
    package let limit: Int?
    package let remaining: Int?
    package let reset: Instant?

    /// Reads GitHub's `X-RateLimit-*` and GitLab's `RateLimit-*`; `nil` when there is neither.
    init?(_ headers: HTTPHeaders, receivedAt: Instant) {
        func number(_ name: String) -> Int? {
            (headers["X-RateLimit-" + name] ?? headers["RateLimit-" + name])?.trimmingBlanks.decimal
        }
        limit = number("Limit")
        remaining = number("Remaining")
        reset = number("Reset").map { Self.moment($0, after: receivedAt) }
        if limit == nil && remaining == nil && reset == nil { return nil }
    }

    /// Some servers send the moment in seconds since 1970, some the seconds that are left.
    private static func moment(_ seconds: Int, after now: Instant) -> Instant {
        seconds < 1_000_000_000 ? now + .seconds(seconds) : Instant(secondsSinceEpoch: Int64(seconds))
    }
}

extension String {
    /// Without spaces and tabs at either end.
    var trimmingBlanks: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        return String(
            decoding: Array(utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()), as: UTF8.self)
    }

    /// A number of at most eleven plain digits, so that no sum with it overflows.
    var decimal: Int? {
        guard (1...11).contains(utf8.count), utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(self)
    }
}
