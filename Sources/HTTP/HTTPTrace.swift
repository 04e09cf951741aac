internal import Basics

/// What a client did, fit to be logged: what may be secret is hidden in every URL and header.
package enum HTTPTraceEvent: Sendable, Equatable, CustomStringConvertible {
    case sending(method: String, url: String, headers: HTTPHeaders, bodyBytes: Int)
    case received(status: Int, url: String, headers: HTTPHeaders, bodyBytes: Int, took: Duration)
    case redirecting(to: String, keepsCredentials: Bool)
    case waiting(Duration, reason: String, nextAttempt: Int)
    case failed(reason: String)

    package var description: String {
        switch self {
        case .sending(let method, let url, _, let bytes): "sending \(method) \(url), \(bytes) bytes"
        case .received(let status, let url, _, let bytes, let took):
            "received \(status) from \(url), \(bytes) bytes in \(took.milliseconds) ms"
        case .redirecting(let url, let keeps):
            "redirected to \(url)" + (keeps ? "" : ", credentials left behind")
        case .waiting(let duration, let reason, let attempt):
            "waiting \(duration.milliseconds) ms before attempt \(attempt): \(reason)"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}
