internal import Basics
internal import CCurl

/// One request as it goes to one server.
struct HTTPHop {
    var method: HTTPMethod
    var url: HTTPURL
    var headers: HTTPHeaders
    var body: [UInt8]?
    var timeouts: HTTPTimeouts
    var isIdempotent: Bool
}

/// What all hops of a client share.
struct HTTPRoute: Sendable {
    let proxies: ProxySettings
    let caBundle: String?
    let trust: HTTPTrust
    let userAgent: String
}

/// A transfer handle of libcurl with the connections it keeps open.
///
/// Unchecked because libcurl's handles may move between threads but not be used by two at once: whoever takes a
/// session out of its pool is the only one to hold it until it is put back.
final class CurlSession: @unchecked Sendable {
    static let errorCapacity = Int(CURL_ERROR_SIZE)

    let library: CurlLibrary
    let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    /// Where libcurl writes its reason; as long-lived as the handle.
    private let errorText: UnsafeMutablePointer<CChar>

    init(_ library: CurlLibrary) throws(HTTPFailure) {
        let functions = library.functions
        let shortage = HTTPFailure(.other(code: Int(CURLE_OUT_OF_MEMORY.rawValue), reason: "out of memory"))
        guard let easy = ccurl_easy_create(functions) else { throw shortage }
        guard let multi = ccurl_multi_create(functions) else {
            ccurl_easy_destroy(functions, easy)
            throw shortage
        }
        (self.library, self.easy, self.multi) = (library, easy, multi)
        errorText = .allocate(capacity: Self.errorCapacity)
    }

    deinit {
        ccurl_easy_destroy(library.functions, easy)
        ccurl_multi_destroy(library.functions, multi)
        errorText.deallocate()
    }

    /// Sends one hop and waits for its end; `sink` holds the answer.
    func perform(
        _ hop: HTTPHop, _ route: HTTPRoute, _ sink: ResponseSink, _ cancellation: Cancellation?
    ) throws(HTTPFailure) -> HTTPTimings {
        errorText.update(repeating: 0, count: Self.errorCapacity)
        var setup = CurlSetup(library, easy)
        setup.apply(hop, route, errorText: errorText)
        setup.apply(sink: sink)
        defer { ccurl_easy_reset(library.functions, easy) }
        guard setup.code == CURLE_OK else { throw failure(setup.code, hop, route, sink) }
        // libcurl points to the header list and to the sink until the transfer ends.
        let ending = withExtendedLifetime(setup) {
            withExtendedLifetime(sink) { BrokenPipeShield.during { transfer(hop, sink, cancellation) } }
        }
        switch ending {
        case .finished(CURLE_OK) where sink.isHeadComplete: return timings()
        case .finished(CURLE_OK): throw HTTPFailure(.connectionLost(afterSending: true), sent: true)
        case .finished(CURLE_WRITE_ERROR) where sink.stop == .enough: return timings()
        case .finished(let code): throw failure(code, hop, route, sink)
        case .idle: throw HTTPFailure(.timedOut(.idle), sent: sink.isSending)
        case .cancelled: throw HTTPFailure(.cancelled, sent: sink.isSending)
        }
    }

    private enum Ending {
        case finished(CURLcode)
        case idle
        case cancelled
    }

    private func transfer(_ hop: HTTPHop, _ sink: ResponseSink, _ cancellation: Cancellation?) -> Ending {
        let functions = library.functions
        guard ccurl_multi_add(functions, multi, easy) == CURLM_OK else { return .finished(CURLE_FAILED_INIT) }
        defer { ccurl_multi_remove(functions, multi, easy) }
        var idle = IdleWatch(limit: hop.timeouts.idle)
        while true {
            if cancellation?.isCancelled == true { return .cancelled }
            var running: Int32 = 0
            guard ccurl_multi_perform(functions, multi, &running) == CURLM_OK else {
                return .finished(CURLE_FAILED_INIT)
            }
            var result = CURLE_OK
            if ccurl_multi_finished(functions, multi, &result) { return .finished(result) }
            guard let left = idle.left(moved: sink.isSending ? moved() : nil) else { return .idle }
            let descriptor = cancellation?.descriptor ?? -1
            let longest: Int64 = cancellation != nil && descriptor < 0 ? 50 : 600_000
            ccurl_multi_wait(functions, multi, descriptor, Int32(min(left, longest)))
        }
    }

    /// Bytes in both directions so far.
    private func moved() -> Int64 {
        size(CURLINFO_SIZE_UPLOAD_T) + size(CURLINFO_SIZE_DOWNLOAD_T) + Int64(number(CURLINFO_HEADER_SIZE))
    }

    private func timings() -> HTTPTimings {
        var timings = HTTPTimings()
        timings.resolved = .microseconds(size(CURLINFO_NAMELOOKUP_TIME_T))
        timings.connected = .microseconds(size(CURLINFO_CONNECT_TIME_T))
        timings.secured = .microseconds(size(CURLINFO_APPCONNECT_TIME_T))
        timings.firstByte = .microseconds(size(CURLINFO_STARTTRANSFER_TIME_T))
        timings.total = .microseconds(size(CURLINFO_TOTAL_TIME_T))
        timings.reusedConnection = number(CURLINFO_NUM_CONNECTS) == 0
        return timings
    }

    private func failure(_ code: CURLcode, _ hop: HTTPHop, _ route: HTTPRoute, _ sink: ResponseSink) -> HTTPFailure
    {
        let written = String(cString: errorText)
        let reason = written.isEmpty ? String(cString: ccurl_easy_text(library.functions, code)) : written
        let failure = CurlFailure(
            code: code, reason: Redaction.printable(reason, limit: 250), host: hop.url.host,
            caBundle: route.caBundle,
            verification: number(CURLINFO_SSL_VERIFYRESULT), isSending: sink.isSending, stop: sink.stop)
        return HTTPFailure(failure.problem, sent: sink.isSending)
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        ccurl_get_number(library.functions, easy, info, &value)
        return value
    }

    private func size(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        ccurl_get_size(library.functions, easy, info, &value)
        return Int64(value)
    }
}

/// Notices when nothing moves for too long.
private struct IdleWatch {
    private let limit: Duration?
    private var last: Int64?
    private var since = SystemTime.monotonic

    init(limit: Duration?) { self.limit = limit }

    /// The milliseconds left to wait, `nil` when there are none; `moved` is `nil` while there is no connection.
    mutating func left(moved: Int64?) -> Int64? {
        guard let limit else { return .max }
        let now = SystemTime.monotonic
        if moved == nil || moved != last { (last, since) = (moved, now) }
        let left = limit - (now - since)
        return left > .zero ? max(1, left.milliseconds) : nil
    }
}
