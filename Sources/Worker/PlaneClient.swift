package import Basics
internal import Glibc
internal import HTTP
package import Runner
internal import Secrets

/// Asks a control plane.
package struct PlaneClient: Sendable {
    /// What was answered; no answer at all is an error of its own.
    package struct Answer: Sendable {
        package let status: Int
        package let json: JSON

        package var isAccepted: Bool { (200..<300).contains(status) }

        /// Whether the same question may be answered otherwise later.
        package var isPassing: Bool { status >= 500 || status == 429 }

        /// What the control plane has against it, for people.
        package func error(_ doing: String) -> StageError {
            let kind: StageError.Kind =
                status == 409 ? .refusal : status == 401 || status == 403 ? .delivery : .unexpected
            return StageError(
                kind, "the control plane refuses to \(doing): \(json["detail"]?.string ?? "status \(status)")",
                hint: json["hint"]?.string)
        }
    }

    private let address: PlaneAddress
    private let client: HTTPClient
    private let cancellation: Cancellation

    package init(_ address: PlaneAddress, _ context: Context) {
        (self.address, cancellation) = (address, context.cancellation)
        client = HTTPClient(
            userAgent: "leviathan", retry: .never, proxies: ProxySettings(environment: context.environment),
            caBundle: context.environment["SSL_CERT_FILE"])
    }

    /// A name as one segment of a path.
    package static func segment(_ name: String) -> String { PercentEncoding.encode(name) }

    package static func address(_ path: String, _ query: [(String, String)]) -> String {
        let words = query.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }
        return words.isEmpty ? path : path + "?" + words.joined(separator: "&")
    }

    /// `nil` where nobody answers now.
    package func ask(_ method: String, _ path: String, _ body: JSON) -> Answer? {
        send(method, path, body.utf8(), type: "application/json")
    }

    /// What is answered to a question that is asked once; that nobody answers is an error, with its reason.
    package func answer(_ method: String, _ path: String, _ body: JSON?) throws(StageError) -> Answer {
        let type = body == nil ? "" : "application/json"
        do throws(HTTPError) {
            let response = try client.send(request(method, path, body?.utf8(), type), cancellation: cancellation)
            return Answer(status: response.status, json: (try? JSON.parse(response.body)) ?? .null)
        } catch {
            throw StageError(cancellation.isCancelled ? .interrupted : .delivery, error)
        }
    }

    package func put(_ bytes: [UInt8], at path: String) -> Answer? {
        send("PUT", path, bytes, type: "application/octet-stream")
    }

    private func send(_ method: String, _ path: String, _ body: [UInt8], type: String) -> Answer? {
        guard let response = try? client.send(request(method, path, body, type)) else { return nil }
        return Answer(status: response.status, json: (try? JSON.parse(response.body)) ?? .null)
    }

    private func request(_ method: String, _ path: String, _ body: [UInt8]?, _ type: String) -> HTTPRequest {
        var request = HTTPRequest(
            HTTPMethod(rawValue: method) ?? .post, address.url + path,
            headers: type.isEmpty ? [:] : ["Content-Type": type], body: body,
            authorization: address.token.isEmpty ? nil : .bearer(address.token))
        // The token is for this one address.
        request.followRedirects = 0
        request.timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(30), idle: .seconds(20))
        return request
    }

    /// Asks until there is an answer that stays, or patience ends; `nil` then.
    package func askPatiently(_ method: String, _ path: String, _ body: JSON, patience: Duration) -> Answer? {
        patiently(patience) { ask(method, path, body) }
    }

    /// Pauses grow to ten seconds; cancellation ends the wait.
    package func patiently(_ patience: Duration, _ ask: () -> Answer?) -> Answer? {
        let start = MonotonicTime.now
        var pause: Int32 = 200
        while true {
            if let answer = ask(), !answer.isPassing { return answer }
            guard MonotonicTime.now - start < patience, !cancellation.isCancelled else { return nil }
            Self.wait(pause, cancellation)
            pause = min(2 * pause, 10_000)
        }
    }

    static func wait(_ milliseconds: Int32, _ cancellation: Cancellation) {
        var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wake, 1, milliseconds)
    }
}
