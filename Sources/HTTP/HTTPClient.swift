package import Basics
internal import CCurl
internal import Synchronization

/// Sends requests over libcurl, and keeps its connections for the next ones.
package final class HTTPClient: Sendable {
    /// Where requests go through instead of straight to the server.
    package struct Proxies: Sendable {
        let http: String?
        let https: String?
        let exceptions: String?

        /// The variables that curl itself knows, taken from what was passed in.
        package init(environment: [String: String]) {
            func value(_ names: String...) -> String? {
                names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
            }
            http = value("http_proxy", "all_proxy", "ALL_PROXY")
            https = value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            exceptions = value("no_proxy", "NO_PROXY")
        }
    }

    private let retry: RetryPolicy
    private let proxies: Proxies
    private let timing: HTTPTiming
    private let userAgent: String
    /// A file of certificates to trust instead of the system's.
    private let certificates: String?
    private let idle = Mutex<[Handle]>([])

    package init(
        environment: [String: String] = [:], retry: RetryPolicy = RetryPolicy(), timing: HTTPTiming = .system,
        userAgent: String = "leviathan", certificates: String? = nil
    ) {
        (self.retry, self.timing, self.userAgent, self.certificates) = (retry, timing, userAgent, certificates)
        proxies = Proxies(environment: environment)
    }

    deinit { idle.withLock { $0.forEach { $0.free() } } }

    /// Sends the request, following redirects and trying again as the policy says.
    package func send(_ request: HTTPRequest, cancellation: Cancellation? = nil) throws(HTTPError) -> HTTPResponse
    {
        if let problem = ccurl_load() { throw HTTPError(.libraryMissing, request, String(cString: problem)) }
        var attempt = 0
        while true {
            attempt += 1
            let wait: Duration
            do throws(HTTPError) {
                let response = try following(request, cancellation)
                guard let delay = retry.delay(after: response, to: request, attempt: attempt, timing) else {
                    return response
                }
                wait = delay
            } catch {
                guard let delay = retry.delay(after: error, to: request, attempt: attempt, timing) else {
                    throw error
                }
                wait = delay
            }
            timing.sleep(wait, cancellation)
            if cancellation?.isCancelled == true { throw HTTPError(.cancelled, request, "cancelled") }
        }
    }

    /// Follows redirects by hand, so that credentials stay where they belong.
    private func following(_ original: HTTPRequest, _ cancellation: Cancellation?) throws(HTTPError)
        -> HTTPResponse
    {
        var request = original
        for _ in 0...original.maxRedirects {
            guard let address = HTTPAddress(request.url) else {
                throw HTTPError(
                    request.url.contains("://") ? .unsupportedScheme : .badURL, request,
                    "only http and https addresses can be asked")
            }
            let response = try perform(request, address, cancellation)
            guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["Location"]
            else {
                return response
            }
            request = Self.redirected(request, to: address.resolving(location), from: address, response.status)
        }
        throw HTTPError(.tooManyRedirects, request, "more than \(original.maxRedirects) redirects")
    }

    private static func redirected(
        _ request: HTTPRequest, to url: String, from address: HTTPAddress, _ status: Int
    ) -> HTTPRequest {
        var next = request
        next.url = url
        if HTTPAddress(url).map({ address.sharesCredentials(with: $0) }) != true {
            next.authorization = nil
            next.headers.remove(["authorization", "cookie", "proxy-authorization", "private-token"])
        }
        let turnsIntoGet = status == 303 || ([301, 302].contains(status) && request.method == "POST")
        if turnsIntoGet && request.method != "HEAD" {
            (next.method, next.body) = ("GET", nil)
            next.headers.remove(["content-type", "content-length"])
        }
        return next
    }

    private func perform(
        _ request: HTTPRequest, _ address: HTTPAddress, _ cancellation: Cancellation?
    ) throws(HTTPError) -> HTTPResponse {
        guard let handle = idle.withLock({ $0.popLast() }) ?? Handle.new() else {
            throw HTTPError(.other, request, "libcurl has no memory left")
        }
        defer { idle.withLock { $0.append(handle) } }
        let transfer = Transfer(request, cancellation)
        let proxy = address.scheme == "https" ? proxies.https : proxies.http
        return try transfer.run(
            on: handle.pointer, proxy: proxy, exceptions: proxies.exceptions, userAgent, certificates)
    }
}

/// One curl handle with the connections it holds.
struct Handle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    static func new() -> Handle? { ccurl_new().map { Handle(pointer: $0) } }

    func free() { ccurl_free(pointer) }
}
