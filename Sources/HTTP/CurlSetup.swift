internal import Basics
internal import CCurl
internal import Secrets

/// Tells a handle what to do, remembering the first refusal; owns the list of headers it was given.
struct CurlSetup: ~Copyable {
    private let functions: OpaquePointer
    private let easy: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?
    private(set) var code = CURLE_OK

    init(_ library: CurlLibrary, _ easy: UnsafeMutableRawPointer) {
        (functions, self.easy) = (library.functions, easy)
    }

    deinit { ccurl_list_destroy(functions, list) }

    mutating func apply(_ hop: HTTPHop, _ route: HTTPRoute, errorText: UnsafeMutablePointer<CChar>) {
        note(ccurl_set_buffer(functions, easy, CURLOPT_ERRORBUFFER, errorText))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
        set(CURLOPT_USERAGENT, route.userAgent)
        set(CURLOPT_URL, hop.url.text)
        // A connection that died unnoticed makes libcurl send again by itself, which only the harmless may suffer.
        set(CURLOPT_FRESH_CONNECT, hop.isIdempotent ? 0 : 1)
        // Both are younger than the oldest libcurl accepted; the URL's scheme is checked in any case.
        _ = ccurl_set_text(functions, easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = ccurl_set_number(functions, easy, CURLOPT_QUICK_EXIT, 1)
        applySecurity(route)
        applyTimeouts(hop.timeouts)
        applyMethod(hop)
        applyHeaders(hop)
        set(CURLOPT_PROXY, route.proxies.proxy(scheme: hop.url.scheme))
        set(CURLOPT_NOPROXY, route.proxies.exceptions)
    }

    mutating func apply(sink: ResponseSink) {
        let context = Unmanaged.passUnretained(sink).toOpaque()
        note(
            ccurl_set_callbacks(
                functions, easy, context,
                { bytes, size, count, context in
                    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return CurlSetup.sink(context).takeHeader(line) ? size * count : 0
                },
                { bytes, size, count, context in
                    let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return CurlSetup.sink(context).takeBody(chunk) ? size * count : 0
                },
                { context, _, _, _, _ in
                    CurlSetup.sink(context).isSending = true
                    return CURL_PREREQFUNC_OK
                }))
    }

    private static func sink(_ context: UnsafeMutableRawPointer?) -> ResponseSink {
        Unmanaged<ResponseSink>.fromOpaque(context!).takeUnretainedValue()
    }

    private mutating func applySecurity(_ route: HTTPRoute) {
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caBundle = route.caBundle { set(CURLOPT_CAINFO, caBundle) }
        if let authorities = route.trust.authorities {
            set(CURLOPT_CAINFO_BLOB, authorities)
            // Beside it, the system's directory of authorities would still be looked into.
            note(ccurl_set_text(functions, easy, CURLOPT_CAPATH, nil))
        }
        guard let identity = route.trust.identity else { return }
        set(CURLOPT_SSLCERTTYPE, "PEM")
        set(CURLOPT_SSLKEYTYPE, "PEM")
        set(CURLOPT_SSLCERT_BLOB, identity.certificates)
        identity.key.reveal { set(CURLOPT_SSLKEY_BLOB, Array($0.utf8)) }
    }

    private mutating func applyTimeouts(_ timeouts: HTTPTimeouts) {
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(timeouts.connect))
        if let total = timeouts.total { set(CURLOPT_TIMEOUT_MS, Self.milliseconds(total)) }
    }

    /// At least one, as libcurl takes zero for no end.
    private static func milliseconds(_ duration: Duration) -> Int {
        Int(min(max(1, duration.milliseconds), Int64(Int32.max)))
    }

    private mutating func applyMethod(_ hop: HTTPHop) {
        if hop.body != nil || hop.method.expectsBody {
            let body = hop.body ?? []
            set(CURLOPT_POST, 1)
            note(ccurl_set_size(functions, easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            note(ccurl_set_bytes(functions, easy, CURLOPT_COPYPOSTFIELDS, body.isEmpty ? [0] : body))
        } else if hop.method == .head {
            set(CURLOPT_NOBODY, 1)
        } else {
            set(CURLOPT_HTTPGET, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, hop.method.rawValue)
    }

    private mutating func applyHeaders(_ hop: HTTPHop) {
        var lines = hop.headers.map { $0.value.isEmpty ? $0.name + ";" : $0.name + ": " + $0.value }
        lines.append("Expect:")  // No waiting for "100 Continue" before a long body.
        if hop.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        for line in lines {
            guard let longer = ccurl_list_append(functions, list, line) else { return note(CURLE_OUT_OF_MEMORY) }
            list = longer
        }
        note(ccurl_set_list(functions, easy, CURLOPT_HTTPHEADER, list))
    }

    private mutating func set(_ option: CURLoption, _ value: Int) {
        note(ccurl_set_number(functions, easy, option, value))
    }

    private mutating func set(_ option: CURLoption, _ value: String) {
        note(ccurl_set_text(functions, easy, option, value))
    }

    private mutating func set(_ option: CURLoption, _ value: [UInt8]) {
        note(ccurl_set_blob(functions, easy, option, value, value.count))
    }

    private mutating func note(_ result: CURLcode) {
        if code == CURLE_OK { code = result }
    }
}
