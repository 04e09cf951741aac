package import Basics
internal import Crypto
internal import HTTP
package import Secrets

/// Signs requests as Amazon's services want it (AWS Signature Version 4).
///
/// What is signed is the request in one canonical form: method, path, sorted query, sorted headers, and the digest of the
/// body. The key is derived from the secret by day, region and service, so that a signature is worth nothing elsewhere.
package struct S3Signature: Sendable {
    package struct Credentials: Sendable {
        package let keyID: String
        package let secret: Secret
        /// Of credentials that last for some hours.
        package let session: Secret?

        package init(keyID: String, secret: Secret, session: Secret? = nil) {
            (self.keyID, self.secret, self.session) = (keyID, secret, session)
        }
    }

    /// A request as far as it is signed; the path is not yet escaped.
    package struct Request: Sendable {
        package var method: String
        package var host: String
        package var path: String
        package var query: [(name: String, value: String)] = []
        package var headers: [(name: String, value: String)] = []
        /// The digest of the body in hexadecimal, or the word for one that is not signed.
        package var content: String

        package init(_ method: String, host: String, path: String, content: String) {
            (self.method, self.host, self.path, self.content) = (method, host, path, content)
        }
    }

    package static let unsigned = "UNSIGNED-PAYLOAD"
    package static let emptyContent = SHA256.digest(of: [UInt8]()).hex
    private static let algorithm = "AWS4-HMAC-SHA256"

    private let credentials: Credentials
    private let region: String
    private let service: String

    package init(_ credentials: Credentials, region: String, service: String = "s3") {
        (self.credentials, self.region, self.service) = (credentials, region, service)
    }

    /// The headers that make a request a signed one, besides those that it has.
    package func headers(for request: Request, at now: Instant) -> [(name: String, value: String)] {
        var request = request
        let time = Self.time(now)
        request.headers.append(("x-amz-date", time))
        // Only there the digest of the body is a header of its own.
        if service == "s3" { request.headers.append(("x-amz-content-sha256", request.content)) }
        if let session = credentials.session {
            session.reveal { request.headers.append(("x-amz-security-token", $0)) }
        }
        let (names, signature) = sign(request, time)
        let authorization =
            "\(Self.algorithm) Credential=\(credentials.keyID)/\(scope(time)),SignedHeaders=\(names),Signature=\(signature)"
        let added = request.headers.filter { $0.name.hasPrefix("x-amz-") }
        return added + [("Authorization", authorization)]
    }

    /// The query of a link that anybody may follow for so many seconds; nothing of the body is signed.
    package func query(
        for request: Request, at now: Instant, seconds: Int
    ) -> [(name: String, value: String)] {
        var request = request
        let time = Self.time(now)
        request.query += [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", credentials.keyID + "/" + scope(time)),
            ("X-Amz-Date", time), ("X-Amz-Expires", String(seconds)), ("X-Amz-SignedHeaders", "host"),
        ]
        if let session = credentials.session {
            session.reveal { request.query.append(("X-Amz-Security-Token", $0)) }
        }
        request.content = Self.unsigned
        return request.query + [("X-Amz-Signature", sign(request, time).signature)]
    }

    // MARK: The steps of a signature

    private func sign(_ request: Request, _ time: String) -> (names: String, signature: String) {
        let (names, canonical) = Self.canonical(request)
        let text = [Self.algorithm, time, scope(time), SHA256.digest(of: canonical).hex].joined(separator: "\n")
        let day = String(time.prefix(8))
        var key = credentials.secret.reveal { Array(("AWS4" + $0).utf8) }
        for part in [day, region, service, "aws4_request"] { key = HMAC.sha256(Array(part.utf8), key: key) }
        return (names, Hex.encode(HMAC.sha256(Array(text.utf8), key: key)))
    }

    private static func canonical(_ request: Request) -> (names: String, text: String) {
        let headers = (request.headers + [("host", request.host)])
            .map { (name: $0.name.lowercased(), value: collapsed($0.value)) }.sorted { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        let lines =
            [request.method, escaped(path: request.path), text(of: request.query)]
            + headers.map { "\($0.name):\($0.value)" } + ["", names, request.content]
        return (names, lines.joined(separator: "\n"))
    }

    /// The query as it is sent and as it is signed.
    package static func text(of query: [(name: String, value: String)]) -> String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }.sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    package static func escaped(path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.encode($0) }
            .joined(separator: "/")
    }

    private static func collapsed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/\(service)/aws4_request" }

    /// `20130524T000000Z`.
    private static func time(_ now: Instant) -> String { now.secondsText.filter { $0 != "-" && $0 != ":" } }
}
