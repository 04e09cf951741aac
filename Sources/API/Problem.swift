package import Basics
internal import HTTP
package import HTTPServer

/// What went wrong, as RFC 9457 has it.
package struct Problem: Error, Sendable {
    /// Stable for ever, such as `not-found`.
    package let id: String
    package var status: Int
    package let title: String
    package var detail: String
    package var hint: String?
    /// Single mistakes, each with its place.
    package var errors: [String] = []
    /// How long to wait before it may go better, in seconds.
    package var retryAfter: Int?
    /// The methods that are allowed, where another was used.
    package var allow: [String] = []
    package var members: [JSON.Member] = []

    package init(_ kind: Kind, _ detail: String, hint: String? = nil) {
        (id, status, title) = (kind.rawValue, kind.status, kind.title)
        (self.detail, self.hint) = (detail, hint)
    }

    package enum Kind: String, CaseIterable, Sendable {
        case malformed
        case unauthenticated
        case forbidden
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case conflict
        case inProgress = "in-progress"
        case staleVersion = "stale-version"
        case tooLarge = "too-large"
        case wrongMediaType = "wrong-media-type"
        case misdirected
        case invalid
        case keyReused = "key-reused"
        case versionRequired = "version-required"
        case rateLimited = "rate-limited"
        case refused
        case http
        case failed
        case unavailable

        package var status: Int {
            switch self {
            case .malformed, .http: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .conflict, .inProgress, .refused: 409
            case .staleVersion: 412
            case .tooLarge: 413
            case .wrongMediaType: 415
            case .misdirected: 421
            case .invalid, .keyReused: 422
            case .versionRequired: 428
            case .rateLimited: 429
            case .failed: 500
            case .unavailable: 503
            }
        }

        package var title: String {
            switch self {
            case .malformed: "The request is malformed"
            case .http: "The request is no unambiguous HTTP"
            case .unauthenticated: "The request does not say who calls"
            case .forbidden: "The right for this is missing"
            case .notFound: "There is no such thing"
            case .methodNotAllowed: "That cannot be done with this"
            case .conflict: "It contradicts what is there"
            case .inProgress: "The same request is still being answered"
            case .refused: "A limit or switch refuses"
            case .staleVersion: "It was changed in between"
            case .tooLarge: "The request is too large"
            case .wrongMediaType: "The body is of another kind than it must be"
            case .misdirected: "The request is for another host"
            case .invalid: "The request cannot be carried out as it is"
            case .keyReused: "The idempotency key belongs to another request"
            case .versionRequired: "The version that is to be changed is not named"
            case .rateLimited: "Too many requests"
            case .failed: "Leviathan failed"
            case .unavailable: "It cannot be done at the moment"
            }
        }
    }

    package func json(instance: String?) -> JSON {
        var all: [JSON.Member] = [
            JSON.Member("type", .string("urn:leviathan:problem:" + id)), JSON.Member("title", .string(title)),
            JSON.Member("status", .integer(status)), JSON.Member("detail", .string(detail)),
        ]
        if let instance { all.append(JSON.Member("instance", .string(instance))) }
        if let hint { all.append(JSON.Member("hint", .string(hint))) }
        if !errors.isEmpty { all.append(JSON.Member("errors", .strings(errors))) }
        return .object(all + members)
    }

    /// `instance` names the request, as the log does.
    package func response(instance: String?) -> ServerResponse {
        var response = ServerResponse(status, body: .bytes(json(instance: instance).utf8() + [10]))
        response.headers["Content-Type"] = "application/problem+json"
        if let retryAfter { response.headers["Retry-After"] = String(retryAfter) }
        if !allow.isEmpty { response.headers["Allow"] = allow.joined(separator: ", ") }
        if status == 401 { response.headers["WWW-Authenticate"] = "Bearer" }
        return response
    }

    static let schema = Schema.named(
        "Problem",
        .object([
            Schema.Property("type", .anyText, "Stable: what programs look at"), Schema.Property("title", .anyText),
            Schema.Property("status", .integer(400...599)), Schema.Property("detail", .anyText),
            Schema.Property("instance", .anyText, required: false, "The request's id"),
            Schema.Property("hint", .anyText, required: false, "What to do next"),
            Schema.Property("errors", .list(.anyText, atMost: 1000), required: false),
        ]))
}
