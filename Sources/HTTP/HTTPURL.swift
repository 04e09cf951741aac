internal import Basics
internal import CCurl
internal import Secrets

/// A URL as libcurl reads it, so that what is checked here is what is asked there.
struct HTTPURL: Sendable {
    /// Absolute, without user name, password and fragment.
    let text: String
    let scheme: String
    let host: String
    let port: String
    let user: String?
    let password: Secret?

    /// Where credentials may go: the same scheme, host and port.
    func isSameOrigin(as other: HTTPURL) -> Bool {
        (scheme, host.lowercased(), port) == (other.scheme, other.host.lowercased(), other.port)
    }

    /// Reads an absolute URL, or with `base` also a relative one.
    init(_ text: String, relativeTo base: HTTPURL? = nil, _ library: CurlLibrary) throws(HTTPFailure) {
        guard text.utf8.count <= 65536, !text.utf8.contains(0) else {
            throw HTTPFailure(.invalidURL(reason: "it is too long or holds a NUL"))
        }
        guard let parts = URLParts(library) else { throw HTTPFailure(.other(code: 27, reason: "out of memory")) }
        let lenient = UInt32(CURLU_NON_SUPPORT_SCHEME)
        if let base { try parts.set(base.text, lenient) }
        // Servers put raw spaces and bytes above 127 into Location; what a person wrote is taken strictly.
        try parts.set(text, base == nil ? lenient : lenient | UInt32(CURLU_URLENCODE))
        scheme = parts.get(CURLUPART_SCHEME)?.lowercased() ?? ""
        guard scheme == "http" || scheme == "https" else {
            throw HTTPFailure(.unsupportedScheme(Redaction.printable(scheme, limit: 40)))
        }
        host = parts.get(CURLUPART_HOST) ?? ""
        port = parts.get(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)) ?? ""
        user = parts.get(CURLUPART_USER, UInt32(CURLU_URLDECODE))
        password = parts.get(CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE)).map { Secret($0) }
        for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] {
            parts.clear(part)
        }
        self.text = parts.get(CURLUPART_URL) ?? ""
        guard !host.isEmpty, !self.text.isEmpty else { throw HTTPFailure(.invalidURL(reason: "it has no host")) }
    }
}

/// One handle of libcurl's URL parser.
private struct URLParts: ~Copyable {
    private let functions: OpaquePointer
    private let handle: OpaquePointer

    init?(_ library: CurlLibrary) {
        functions = library.functions
        guard let handle = ccurl_url_create(functions) else { return nil }
        self.handle = handle
    }

    deinit { ccurl_url_destroy(functions, handle) }

    func set(_ text: String, _ flags: UInt32) throws(HTTPFailure) {
        let code = ccurl_url_set(functions, handle, CURLUPART_URL, text, flags)
        guard code == CURLUE_OK else { throw HTTPFailure(.invalidURL(reason: Self.reason(code))) }
    }

    func clear(_ part: CURLUPart) { ccurl_url_set(functions, handle, part, nil, 0) }

    /// `nil` where the URL has no such part, or one that cannot be decoded.
    func get(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard ccurl_url_get(functions, handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { ccurl_release(functions, text) }
        return String(cString: text)
    }

    private static func reason(_ code: CURLUcode) -> String {
        switch code {
        case CURLUE_BAD_PORT_NUMBER: "the port is not a number up to 65535"
        case CURLUE_BAD_SCHEME: "it does not start with a scheme, such as https://"
        case CURLUE_NO_HOST, CURLUE_BAD_HOSTNAME, CURLUE_BAD_IPV6: "the host is missing or not a host"
        case CURLUE_UNSUPPORTED_SCHEME: "its scheme is not supported"
        default: "it is malformed, code \(code.rawValue)"
        }
    }
}
