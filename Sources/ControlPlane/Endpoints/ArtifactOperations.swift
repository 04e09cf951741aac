internal import API
internal import Basics
internal import Crypto
internal import Glibc
internal import HTTP
internal import HTTPServer
internal import Journal
internal import ObjectStorage

/// Logs, diffs and transcripts, by their digest.
extension Operations {
    private static let name = Endpoint.Parameter("sha256", .path, .digest, "The digest of the content")
    /// What comes from a bucket is in memory before it is sent; whatever is larger is got by a link.
    private static let longestFromBucket = 64 << 20
    private static let linkSeconds = 300

    static let artifacts: [Operation] = [
        Operation(
            Endpoint(
                "getArtifact", .get, "/v1/artifacts/{sha256}", .view, .visible,
                "An artifact, once it is proved to be unaltered"
            ).with {
                $0.parameters = [name]
                $0.answers = [Endpoint.Answer(200, "Its content", .anyText, type: "application/octet-stream")]
            }, get),
        Operation(
            Endpoint(
                "putArtifact", .put, "/v1/artifacts/{sha256}", .trigger, .visible,
                "Store an artifact that an event is to refer to"
            ).with {
                $0.parameters = [name]
                $0.body = .bytes
                $0.answers = [
                    Endpoint.Answer(
                        200, "It is there",
                        .object([
                            Schema.Property("sha256", .digest), Schema.Property("bytes", .integer(0...1 << 30)),
                        ]))
                ]
                $0.problems = [422]
            }, put),
    ]

    private static func digest(_ call: APICall) throws(Problem) -> Digest {
        guard let digest = call.value("sha256").flatMap({ Digest(hex: $0) }) else {
            throw Problem(.notFound, "no digest")
        }
        return digest
    }

    /// What no attempt of the caller's targets refers to is not there for it.
    private static func visible(_ call: APICall, _ home: ControlPlaneHome) throws -> Digest {
        let digest = try digest(call)
        guard call.principal.targets != .all else { return digest }
        let targets = try home.journals.with { try $0.targets(ofArtifact: digest) }
        guard targets.contains(where: call.principal.targets.covers) else { throw missing(digest) }
        return digest
    }

    private static func missing(_ digest: Digest) -> Problem {
        Problem(.notFound, "there is no artifact \(digest.hex)")
    }

    private static func get(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let digest = try visible(call, home)
        // Content that came from anywhere must never be taken for a page.
        let headers: HTTPHeaders = [
            "Content-Type": "application/octet-stream", "Content-Disposition": "attachment",
            "ETag": "\"\(digest.hex)\"", "Cache-Control": "private, max-age=31536000, immutable",
        ]
        if let bucket = home.bucket, try !home.artifactFiles.holds(digest) {
            return ServerResponse(
                200, headers: headers, body: .bytes(try bucket.read(digest, limit: longestFromBucket)))
        }
        switch home.artifactFiles.problem(with: digest) {
        case nil: break
        case .missing?, .file?: throw missing(digest)
        case let problem?: throw problem
        }
        let path = home.artifactFiles.path(of: digest)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw missing(digest) }
        guard let size = try FileSystem.status(path)?.size else {
            close(descriptor)
            throw missing(digest)
        }
        return ServerResponse(200, headers: headers, body: .file(descriptor: descriptor, count: size))
    }

    private static func put(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let digest = try digest(call)
        let found = SHA256.digest(of: call.request.body)
        guard found == digest else { throw Problem(.invalid, "the content has the digest \(found.hex)") }
        let stored = try home.artifactStore.store(call.request.body, limit: Endpoint.bodyLimit)
        return .json(["sha256": .string(stored.digest.hex), "bytes": .integer(stored.bytes)])
    }

    static let artifactLinks: [Operation] = [
        Operation(
            Endpoint(
                "linkArtifact", .get, "/v1/artifacts/{sha256}/link", .view, .visible,
                "A link under which a person gets an artifact of a bucket for some minutes, without a key"
            ).with {
                $0.parameters = [name]
                $0.answers = [
                    Endpoint.Answer(
                        200, "The link",
                        .object([
                            Schema.Property("url", .anyText), Schema.Property("expires_at", .anyText),
                        ]))
                ]
            }, link)
    ]

    /// It is proved to be unaltered first: nobody looks at it again on its way.
    private static func link(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let digest = try visible(call, home)
        guard let bucket = home.bucket, try bucket.holds(digest) else {
            throw Problem(
                .notFound, "no bucket holds the artifact \(digest.hex)", hint: "GET /v1/artifacts/\(digest.hex)")
        }
        if let problem = bucket.problem(with: digest) { throw problem }
        let expires = home.context.clock.now() + .seconds(linkSeconds)
        return .json([
            "url": .string(bucket.link(to: digest, seconds: linkSeconds)),
            "expires_at": .string(expires.secondsText),
        ])
    }
}
