internal import Basics
internal import CCurl

/// What libcurl reports about a failed transfer, and what it means.
struct CurlFailure {
    let code: CURLcode
    let reason: String
    let host: String
    let caBundle: String?
    /// The TLS library's own word on the certificate.
    let verification: Int
    let isSending: Bool
    let stop: ResponseSink.Stop?

    var problem: HTTPError.Problem {
        switch stop {
        case .tooLarge(let part, let limit): return .tooLarge(part, limit: limit)
        case .malformed(let reason): return .invalidResponse(reason: reason)
        case .enough, nil: break
        }
        return connectionProblem ?? answerProblem ?? tlsProblem.map { .tls($0) }
            ?? .other(code: Int(code.rawValue), reason: reason)
    }

    private var connectionProblem: HTTPError.Problem? {
        switch code {
        case CURLE_URL_MALFORMAT: .invalidURL(reason: reason)
        case CURLE_COULDNT_RESOLVE_HOST: .couldNotResolve(host: host)
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY: .couldNotConnect(reason: reason)
        case CURLE_OPERATION_TIMEDOUT: .timedOut(isSending ? .total : .connect)
        // Before the request, the only thing to be received is a proxy's refusal.
        case CURLE_RECV_ERROR where !isSending && reason.contains("CONNECT"): .couldNotConnect(reason: reason)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            .connectionLost(afterSending: isSending)
        default: nil
        }
    }

    private var answerProblem: HTTPError.Problem? {
        switch code {
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_BAD_FUNCTION_ARGUMENT:
            isSending ? .invalidResponse(reason: reason) : nil
        case CURLE_UNSUPPORTED_PROTOCOL:
            isSending ? .invalidResponse(reason: reason) : nil
        default: nil
        }
    }

    private var tlsProblem: HTTPError.TLSProblem? {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION: certificateProblem
        case CURLE_SSL_CACERT_BADFILE: .unusableCABundle(path: caBundle ?? "of the system")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_ENGINE_INITFAILED:
            .handshake(reason: reason)
        default: nil
        }
    }

    /// libcurl has one code for all of these; its words and the TLS library's tell them apart.
    private var certificateProblem: HTTPError.TLSProblem {
        let words = reason.lowercased()
        func says(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        if says("not yet valid", "not activated") { return .certificateNotYetValid }
        if says("has expired", "expired") { return .certificateExpired }
        if says("target host name", "target hostname", "does not match") { return .hostMismatch }
        if says("issuer certificate", "self-signed", "self signed", "first certificate") { return .unknownIssuer }
        return gnuTLSProblem ?? .handshake(reason: reason)
    }

    /// GnuTLS gives no words but the bits of its verification status.
    private var gnuTLSProblem: HTTPError.TLSProblem? {
        guard reason.contains("server certificate verification failed") else { return nil }
        if verification & 1 << 10 != 0 { return .certificateExpired }
        if verification & 1 << 9 != 0 { return .certificateNotYetValid }
        if verification & 1 << 6 != 0 { return .unknownIssuer }
        return nil
    }
}
