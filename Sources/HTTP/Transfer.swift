internal import Basics
internal import CCurl

/// One exchange with a server: request out, answer in, all of it bounded.
final class Transfer {
    private static let headerLimit = 256 << 10

    private let request: HTTPRequest
    private let cancellation: Cancellation?
    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var stop: HTTPError.Kind?

    init(_ request: HTTPRequest, _ cancellation: Cancellation?) {
        (self.request, self.cancellation) = (request, cancellation)
    }

    func run(
        on handle: UnsafeMutableRawPointer, proxy: String?, exceptions: String?, _ userAgent: String,
        _ certificates: String?
    ) throws(HTTPError) -> HTTPResponse {
        ccurl_reset(handle)
        // curl would wait a second for servers that never answer `100 Continue`.
        var list = ccurl_list_append(nil, "Expect:")
        for (name, value) in allHeaders
        where !value.contains(where: \.isNewline) && !name.contains(where: \.isNewline) {
            list = ccurl_list_append(list, value.isEmpty ? name + ";" : name + ": " + value)
        }
        defer { ccurl_list_free(list) }
        ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
        ccurl_set_text(handle, CURLOPT_URL, request.url)
        ccurl_set_text(handle, CURLOPT_USERAGENT, userAgent)
        // An empty text keeps curl from looking into the environment by itself.
        ccurl_set_text(handle, CURLOPT_PROXY, proxy ?? "")
        ccurl_set_text(handle, CURLOPT_NOPROXY, exceptions ?? "")
        if let certificates { ccurl_set_text(handle, CURLOPT_CAINFO, certificates) }
        ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
        ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_number(handle, CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
        ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(request.connectTimeout.milliseconds))
        ccurl_set_number(handle, CURLOPT_TIMEOUT_MS, Int(request.totalTimeout.milliseconds))
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_output(handle, takeBody, takeHeader, context)
        ccurl_set_progress(handle, watchProgress, context)
        return try exchange(on: handle)
    }

    private func exchange(on handle: UnsafeMutableRawPointer) throws(HTTPError) -> HTTPResponse {
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, message.baseAddress)
            defer { ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil) }
            return send(on: handle)
        }
        if let stop { throw HTTPError(stop, request, reason(of: stop)) }
        guard code == CURLE_OK else {
            let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.isEmpty ? String(cString: ccurl_error_text(code)) : text
            throw HTTPError(
                code: code, request, reason: words, hasSent: ccurl_get_number(handle, CURLINFO_REQUEST_SIZE) > 0)
        }
        return HTTPResponse(
            status: ccurl_get_number(handle, CURLINFO_RESPONSE_CODE), headers: headers, body: body,
            url: request.url)
    }

    private func send(on handle: UnsafeMutableRawPointer) -> CURLcode {
        if request.method == "HEAD" { ccurl_set_number(handle, CURLOPT_NOBODY, 1) }
        guard let body = request.body else {
            ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
            return ccurl_perform(handle)
        }
        return body.withUnsafeBytes { bytes in
            ccurl_set_number(handle, CURLOPT_POST, 1)
            ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
            ccurl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            let data = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
            let empty = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
            defer { empty.deallocate() }
            ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, data ?? empty)
            return ccurl_perform(handle)
        }
    }

    private var allHeaders: [(name: String, value: String)] {
        var fields = request.headers.fields
        if request.body != nil, request.headers["Content-Type"] == nil {
            fields.append(("Content-Type", "application/json"))
        }
        switch request.authorization {
        case .bearer(let token): fields.append(("Authorization", "Bearer " + token.reveal(\.self)))
        case .header(let name, let token): fields.append((name, token.reveal(\.self)))
        case .basic(let user, let password):
            fields.append(
                ("Authorization", "Basic " + Base64.encode(Array((user + ":" + password.reveal(\.self)).utf8))))
        case nil: break
        }
        return fields
    }

    private func reason(of kind: HTTPError.Kind) -> String {
        kind == .tooLarge ? "the answer is larger than \(SizeText.text(request.maxResponseBytes))" : "cancelled"
    }

    // MARK: Callbacks

    fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= request.maxResponseBytes else {
            stop = .tooLarge
            return false
        }
        body += bytes
        return true
    }

    fileprivate func take(header bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else {
            stop = .tooLarge
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
        if line.hasPrefix("HTTP/") {
            headers = HTTPHeaders()
        } else if let colon = line.firstIndex(of: ":") {
            headers.add(String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        return true
    }

    fileprivate var shouldStop: Bool {
        if cancellation?.isCancelled == true { stop = .cancelled }
        return stop != nil
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context)?.take(body: buffer) == true ? size * count : 0
}

private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context)?.take(header: buffer) == true ? size * count : 0
}

private func watchProgress(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 {
    transfer(context)?.shouldStop == true ? 1 : 0
}
