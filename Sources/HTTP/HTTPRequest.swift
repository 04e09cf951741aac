package import Basics

/// Names and values, in order; names are compared without regard to case.
package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    package init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { ($0.0, $0.1) } }

    /// The first value of that name.
    package subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    mutating func remove(_ names: Set<String>) { fields.removeAll { names.contains($0.name.lowercased()) } }
}

/// What proves to a server who is asking; dropped when a redirect leads elsewhere.
package enum HTTPAuthorization: Sendable {
    case bearer(Secret)
    case basic(user: String, password: Secret)
    /// A header of the server's own, such as `PRIVATE-TOKEN`.
    case header(String, Secret)
}

/// One request.
package struct HTTPRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    package var authorization: HTTPAuthorization?
    package var connectTimeout = Duration.seconds(10)
    package var totalTimeout = Duration.seconds(60)
    package var maxResponseBytes = 32 << 20
    package var maxRedirects = 5
    /// Whether sending it twice does no more than sending it once; by default what HTTP says of the method.
    package var isIdempotent: Bool

    package init(_ method: String = "GET", _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
        isIdempotent = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].contains(method)
    }
}

/// One answer.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// Where the answer came from, after redirects.
    package let url: String

    package var succeeded: Bool { (200..<300).contains(status) }

    package var rateLimit: RateLimit? { RateLimit(headers) }
}

/// How often a server may still be asked.
package struct RateLimit: Hashable, Sendable {
    package let limit: Int?
    package let remaining: Int
    package let reset: Instant?

    /// Reads GitHub's `x-ratelimit-*` and GitLab's `ratelimit-*`.
    init?(_ headers: HTTPHeaders) {
        func number(_ name: String) -> Int? {
            (headers["x-ratelimit-" + name] ?? headers["ratelimit-" + name]).flatMap { Int($0) }
        }
        guard let remaining = number("remaining") else { return nil }
        self.remaining = remaining
        limit = number("limit")
        reset = number("reset").map { Instant(secondsSinceEpoch: Int64($0)) }
    }
}

/// How long a server asks to be left alone.
enum RetryAfter {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds, or an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func delay(_ text: String, now: Instant) -> Duration? {
        if let seconds = Int(text), seconds >= 0 { return .seconds(min(seconds, 1_000_000)) }
        let parts = text.split(separator: " ")
        guard parts.count == 6, let month = months.firstIndex(where: { $0 == parts[2] }),
            let date = Instant("\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
        else { return nil }
        return max(.zero, date - now)
    }
}
