internal import API
internal import Basics
internal import Crypto
internal import Glibc
internal import HTTP
internal import HTTPServer
internal import Journal

/// Logs, diffs and transcripts, by their digest.
extension Operations {
    private static let name = Endpoint.Parameter("sha256", .path, .digest, "The digest of the content")

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

    private static func get(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let digest = try digest(call)
        let missing = Problem(.notFound, "there is no artifact \(digest.hex)")
        if call.principal.targets != .all {
            // What no attempt of the caller's targets refers to is not there for it.
            let targets = try home.journals.with { try $0.targets(ofArtifact: digest) }
            guard targets.contains(where: call.principal.targets.covers) else { throw missing }
        }
        switch home.artifactStore.problem(with: digest) {
        case nil: break
        case .missing?, .file?: throw missing
        case let problem?: throw problem
        }
        let path = home.artifactStore.path(of: digest)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw missing }
        guard let size = try FileSystem.status(path)?.size else {
            close(descriptor)
            throw missing
        }
        // Content that came from anywhere must never be taken for a page.
        return ServerResponse(
            200,
            headers: [
                "Content-Type": "application/octet-stream", "Content-Disposition": "attachment",
                "ETag": "\"\(digest.hex)\"", "Cache-Control": "private, max-age=31536000, immutable",
            ], body: .file(descriptor: descriptor, count: size))
    }

    private static func put(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let digest = try digest(call)
        let found = SHA256.digest(of: call.request.body)
        guard found == digest else { throw Problem(.invalid, "the content has the digest \(found.hex)") }
        let stored = try home.artifactStore.store(call.request.body, limit: Endpoint.bodyLimit)
        return .json(["sha256": .string(stored.digest.hex), "bytes": .integer(stored.bytes)])
    }
}
