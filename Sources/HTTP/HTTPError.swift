internal import Basics
internal import CCurl

/// Why there is no answer.
package struct HTTPError: ExplainedError, Equatable {
    package enum Kind: Hashable, Sendable {
        case libraryMissing
        case badURL
        case unsupportedScheme
        case couldNotResolve
        case couldNotConnect
        /// The server's certificate is not to be trusted; there is no way to ignore this.
        case tls
        case timedOut
        case tooLarge
        case tooManyRedirects
        case cancelled
        /// `afterSending` says that the server may have acted all the same.
        case connectionLost(afterSending: Bool)
        case other
    }

    package let kind: Kind
    /// Method and address, without credentials.
    package let request: String
    package let reason: String

    init(_ kind: Kind, _ request: HTTPRequest, _ reason: String) {
        self.kind = kind
        self.request = request.method + " " + HTTPError.withoutQuery(URLRedaction.redact(request.url))
        self.reason = URLRedaction.redact(reason)
    }

    package var message: String { "no answer to \(request)" }
    package var causes: [String] { [reason] }

    package var hint: String? {
        switch kind {
        case .libraryMissing: "install it, such as with: apt-get install libcurl4"
        case .couldNotResolve, .couldNotConnect: "check the address, the network and the proxy settings"
        case .tls: "check the server's certificate, and the machine's clock and ca-certificates"
        default: nil
        }
    }

    /// A query may carry a token.
    private static func withoutQuery(_ url: String) -> String {
        url.firstIndex(of: "?").map { url[..<$0] + "?…" } ?? url
    }

    init(code: CURLcode, _ request: HTTPRequest, reason: String, hasSent: Bool) {
        let kind: Kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .couldNotResolve
            case CURLE_COULDNT_CONNECT: .couldNotConnect
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM:
                .tls
            case CURLE_URL_MALFORMAT: .badURL
            case CURLE_UNSUPPORTED_PROTOCOL: .unsupportedScheme
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
                .connectionLost(afterSending: hasSent)
            default: .other
            }
        self.init(kind, request, reason)
    }
}
