internal import Basics
package import Secrets

package enum HTTPMethod: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether sending it twice does what sending it once does (RFC 9110, 9.2.2).
    package var isIdempotent: Bool { self != .post && self != .patch }

    /// Whether its requests state a length even when they carry nothing.
    var expectsBody: Bool { self == .post || self == .put || self == .patch }
}

/// What proves who asks; sent only to the scheme, host and port that the request names.
package enum HTTPAuthorization: Sendable {
    case bearer(Secret)
    case basic(user: String, password: Secret)
    case header(name: String, value: Secret)
}

/// How long the stages of one attempt may last.
package struct HTTPTimeouts: Sendable, Hashable {
    /// Until a connection, its TLS handshake included, stands.
    package var connect: Duration
    /// Until the whole answer is there, redirects included; `nil` for no end.
    package var total: Duration?
    /// Without a byte in either direction once the request is on its way; `nil` for no end.
    package var idle: Duration?

    package init(connect: Duration = .seconds(10), total: Duration? = .seconds(60), idle: Duration? = .seconds(30))
    {
        (self.connect, self.total, self.idle) = (connect, total, idle)
    }
}

/// One question to a server.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    package var authorization: HTTPAuthorization?
    package var timeouts = HTTPTimeouts()
    /// The longest body accepted, counted after decompression.
    package var maxResponseBytes = 16 << 20
    /// How many redirects to follow; with 0 the redirect itself is the answer.
    package var followRedirects = 5
    /// Whether it may be sent again after the server may have seen it.
    ///
    /// Such a request may use a connection left open by an earlier one; any other gets a fresh one, as libcurl
    /// sends again by itself where the open one turns out to be dead.
    package var isIdempotent: Bool

    package init(
        _ method: HTTPMethod = .get, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
        authorization: HTTPAuthorization? = nil
    ) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
        self.authorization = authorization
        isIdempotent = method.isIdempotent
    }
}

extension HTTPAuthorization {
    /// The header field that carries it.
    var field: HTTPHeaders.Field {
        switch self {
        case .bearer(let token):
            token.reveal { HTTPHeaders.Field("Authorization", "Bearer " + $0) }
        case .basic(let user, let password):
            password.reveal {
                HTTPHeaders.Field("Authorization", "Basic " + Base64.encode(Array("\(user):\($0)".utf8)))
            }
        case .header(let name, let value):
            value.reveal { HTTPHeaders.Field(name, $0) }
        }
    }
}

/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for position in 0..<4 {
                let digit = digits[bits >> (18 - 6 * position) & 63]
                text.append(position <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
