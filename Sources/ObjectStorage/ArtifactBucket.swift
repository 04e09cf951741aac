package import Basics
internal import Crypto
internal import HTTP
package import Journal
internal import Secrets

/// Artifacts in a bucket of S3, or of a server that speaks as it does: each under its digest, and believed by it alone.
package struct ArtifactBucket: ArtifactStore {
    /// What is larger goes in parts of this size.
    package static let partSize = 8 << 20

    private let settings: S3Settings
    private let clock: Clock
    private let client: HTTPClient
    private let signature: S3Signature

    package init(_ settings: S3Settings, clock: Clock, userAgent: String) {
        (self.settings, self.clock) = (settings, clock)
        client = HTTPClient(userAgent: userAgent)
        signature = S3Signature(settings.credentials, region: settings.region)
    }

    // MARK: The store

    @discardableResult
    package func store(_ bytes: [UInt8], limit: Int) throws(ArtifactError) -> StoredArtifact {
        guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        let stored = StoredArtifact(digest: SHA256.digest(of: bytes), bytes: bytes.count)
        // What has the same digest is the same.
        if try holds(stored.digest) { return stored }
        if bytes.count > Self.partSize {
            try storeParts(bytes, stored.digest)
        } else {
            let answer = try ask("PUT", stored.digest, body: bytes, content: stored.digest.hex)
            try demand(answer, 200, "store", stored.digest)
        }
        return stored
    }

    package func holds(_ digest: Digest) throws(ArtifactError) -> Bool {
        let answer = try ask("HEAD", digest)
        if answer.status == 404 { return false }
        try demand(answer, 200, "look for", digest)
        return true
    }

    package func read(_ digest: Digest, limit: Int) throws(ArtifactError) -> [UInt8] {
        let answer = try ask("GET", digest, limit: limit)
        if answer.status == 404 { throw .missing(digest) }
        try demand(answer, 200, "read", digest)
        guard SHA256.digest(of: answer.body) == digest else { throw .altered(digest) }
        return answer.body
    }

    package func problem(with digest: Digest) -> ArtifactError? {
        do throws(ArtifactError) {
            let sum = RunningDigest()
            let answer = try ask("GET", digest, limit: ArtifactFiles.fileLimit) { sum.hash?.update($0) }
            if answer.status == 404 { return .missing(digest) }
            try demand(answer, 200, "read", digest)
            return sum.hash.take()?.finalize() == digest ? nil : .altered(digest)
        } catch { return error }
    }

    /// A link under which a person gets an artifact for so many seconds, without a key.
    package func link(to digest: Digest, seconds: Int) -> String {
        var request = self.request("GET", digest, content: S3Signature.unsigned)
        // Content that came from anywhere must never be taken for a page.
        request.query = [
            ("response-content-disposition", "attachment; filename=\"\(digest.hex)\""),
            ("response-content-type", "application/octet-stream"),
        ]
        let query = signature.query(for: request, at: clock.now(), seconds: seconds)
        return settings.origin + S3Signature.escaped(path: request.path) + "?" + S3Signature.text(of: query)
    }

    // MARK: In parts

    private func storeParts(_ bytes: [UInt8], _ digest: Digest) throws(ArtifactError) {
        let begun = try ask("POST", digest, query: [("uploads", "")])
        try demand(begun, 200, "begin to store", digest)
        guard let upload = Self.element("UploadId", in: begun.body) else {
            throw .remote("the bucket did not say how to go on with \(digest.hex)")
        }
        do throws(ArtifactError) {
            var parts = ""
            for (index, start) in stride(from: 0, to: bytes.count, by: Self.partSize).enumerated() {
                let part = Array(bytes[start..<min(start + Self.partSize, bytes.count)])
                let number = String(index + 1)
                let answer = try ask(
                    "PUT", digest, query: [("partNumber", number), ("uploadId", upload)], body: part,
                    content: SHA256.digest(of: part).hex)
                try demand(answer, 200, "store a part of", digest)
                let tag = answer.headers["ETag"] ?? ""
                parts += "<Part><PartNumber>\(number)</PartNumber><ETag>\(Self.escaped(tag))</ETag></Part>"
            }
            let list = Array("<CompleteMultipartUpload>\(parts)</CompleteMultipartUpload>".utf8)
            let ended = try ask(
                "POST", digest, query: [("uploadId", upload)], body: list, content: SHA256.digest(of: list).hex)
            try demand(ended, 200, "finish storing", digest)
            // It may begin to answer before it knows: the answer says so then.
            guard Self.element("ETag", in: ended.body) != nil else {
                throw ArtifactError.remote("the bucket did not put the parts of \(digest.hex) together")
            }
        } catch {
            // Parts that nobody puts together would be paid for for ever.
            _ = try? ask("DELETE", digest, query: [("uploadId", upload)])
            throw error
        }
    }

    private static func element(_ name: String, in body: [UInt8]) -> String? {
        let text = String(decoding: body, as: UTF8.self)
        guard let open = text.firstRange(of: "<\(name)>"),
            let close = text[open.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        return text[open.upperBound..<close.lowerBound].replacing("&quot;", with: "\"").replacing(
            "&amp;", with: "&")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }

    // MARK: Requests

    private func request(_ method: String, _ digest: Digest, content: String) -> S3Signature.Request {
        let key = "\(settings.prefix)\(digest.hex.prefix(2))/\(digest.hex)"
        let path = settings.isPathStyle ? "/\(settings.bucket)/\(key)" : "/" + key
        return S3Signature.Request(method, host: settings.host, path: path, content: content)
    }

    private func ask(
        _ method: String, _ digest: Digest, query: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        content: String = S3Signature.emptyContent, limit: Int = 1 << 20, onChunk: (([UInt8]) -> Void)? = nil
    ) throws(ArtifactError) -> HTTPResponse {
        var signed = request(method, digest, content: content)
        signed.query = query
        let text = S3Signature.text(of: query)
        let url = settings.origin + S3Signature.escaped(path: signed.path) + (text.isEmpty ? "" : "?" + text)
        var request = HTTPRequest(HTTPMethod(rawValue: method) ?? .get, url, body: body)
        for header in signature.headers(for: signed, at: clock.now()) {
            request.headers[header.name] = header.value
        }
        (request.maxResponseBytes, request.followRedirects) = (max(limit, 1 << 20), 0)
        request.timeouts.total = .seconds(600)
        // What is stored twice is the same.
        request.isIdempotent = true
        do throws(HTTPError) {
            guard let onChunk else { return try client.send(request) }
            return try client.stream(request) { bytes in
                onChunk(bytes)
                return true
            }
        } catch { throw .remote("the bucket '\(settings.bucket)' cannot be asked: \(error.description)") }
    }

    private func demand(
        _ answer: HTTPResponse, _ status: Int, _ deed: String, _ digest: Digest
    ) throws(ArtifactError) {
        guard answer.status != status else { return }
        let code = Self.element("Code", in: answer.body).map { " (\(JSON.string($0).text()))" } ?? ""
        throw .remote(
            "the bucket '\(settings.bucket)' refused to \(deed) \(digest.hex): status \(answer.status)\(code)")
    }
}

/// A digest of what comes piece by piece.
private final class RunningDigest { var hash: SHA256? = SHA256() }
