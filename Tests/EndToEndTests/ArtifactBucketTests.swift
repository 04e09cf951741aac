import Basics
import Glibc
import TestSupport
import Testing

/// A control plane whose artifacts are in a bucket of a server that checks every signature.
@Suite(.timeLimit(.minutes(60))) struct ArtifactBucketTests {
    private static let weed =
        String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }) + "/.build/venv/bin/weed"
    private static let token = "token-of-the-bucket-test"

    @Test(.enabled(if: FileSystem.exists(weed))) func artifactsGoIntoABucketAndComeBackUnaltered() throws {
        let server = try BucketServer(Self.weed)
        let target = try TestTarget()
        let variables = [
            "LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token, "LEVIATHAN_ARTIFACT_BACKEND": "s3",
            "LEVIATHAN_ARTIFACT_S3_BUCKET": "things", "LEVIATHAN_ARTIFACT_S3_PREFIX": "a b/logs",
            "AWS_ACCESS_KEY_ID": BucketServer.key, "AWS_SECRET_ACCESS_KEY": BucketServer.secret,
            "AWS_ENDPOINT_URL_S3": server.url,
        ]
        let serving = try ServedProgram(target, ["--no-scheduler"], variables)
        // A small one, and one that goes in parts.
        for (name, size) in [("small", 1000), ("large", 9 << 20)] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let path = target.repository.directory.path + "/" + name
            try FileSystem.write(bytes, to: path)
            let digest = String(try BackgroundProgram.run(["sha256sum", path]).prefix(64))
            let place = serving.url + "/v1/artifacts/" + digest
            let key = "Authorization: Bearer \(Self.token)"
            let stored = try BackgroundProgram.run([
                "curl", "-sS", "-X", "PUT", "-H", key, "--data-binary", "@" + path, place,
            ])
            #expect(try JSON.parse(stored)["sha256"]?.string == digest, "\(stored)")
            _ = try BackgroundProgram.run(["curl", "-sS", "-f", "-H", key, "-o", path + ".back", place])
            #expect(try FileSystem.read(path + ".back", limit: 1 << 25) == bytes)
            #expect(!FileSystem.exists(target.home + "/artifacts/\(digest.prefix(2))/\(digest)"))
            // A person follows a link without any key.
            let link = try JSON.parse(try BackgroundProgram.run(["curl", "-sS", "-H", key, place + "/link"]))
            let url = try #require(link["url"]?.string)
            _ = try BackgroundProgram.run(["curl", "-sS", "-f", "-o", path + ".link", url])
            #expect(try FileSystem.read(path + ".link", limit: 1 << 25) == bytes)
            // A link that somebody changed is worth nothing.
            let forged = url.replacing("X-Amz-Expires=300", with: "X-Amz-Expires=9999")
            #expect(forged != url)
            let status = try BackgroundProgram.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", forged])
            #expect(status == "403")
        }
        #expect(try serving.end() == "0")
    }

    @Test(.enabled(if: FileSystem.exists(weed))) func aWrongSecretIsToldAndNothingIsStored() throws {
        let server = try BucketServer(Self.weed)
        let target = try TestTarget()
        let serving = try ServedProgram(
            target, ["--no-scheduler"],
            [
                "LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token, "LEVIATHAN_ARTIFACT_BACKEND": "s3",
                "LEVIATHAN_ARTIFACT_S3_BUCKET": "things", "AWS_ACCESS_KEY_ID": BucketServer.key,
                "AWS_SECRET_ACCESS_KEY": "another", "AWS_ENDPOINT_URL_S3": server.url,
            ])
        let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        let said = try BackgroundProgram.run([
            "curl", "-sS", "-X", "PUT", "-H", "Authorization: Bearer \(Self.token)", "--data-binary", "hello",
            serving.url + "/v1/artifacts/" + digest,
        ])
        let problem = try JSON.parse(said)
        #expect(problem["status"] == 503 && problem["detail"]?.string?.contains("status 403") == true, "\(said)")
        #expect(try serving.end() == "0")
    }
}

/// A server that speaks as S3 does, with one bucket and one key.
final class BucketServer {
    static let key = "test-key"
    static let secret = "test/secret+of=the.bucket"

    private let directory: TemporaryDirectory
    private let program: BackgroundProgram
    let url: String

    init(_ weed: String) throws {
        directory = try TemporaryDirectory()
        try directory.write(
            "s3.json",
            """
            {"identities": [{"name": "test", "credentials": [{"accessKey": "\(Self.key)", "secretKey": "\(Self.secret)"}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
            """)
        let ports = try (0..<9).map { _ in try TestPort.free() }
        url = "http://127.0.0.1:\(ports[0])"
        let words = [
            weed, "server", "-dir=" + directory.path, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
            "-s3.port=\(ports[0])", "-s3.port.grpc=\(ports[1])", "-s3.config=" + directory.path + "/s3.json",
            "-master.port=\(ports[2])", "-master.port.grpc=\(ports[3])", "-volume.port=\(ports[4])",
            "-volume.port.grpc=\(ports[5])", "-filer.port=\(ports[6])", "-filer.port.grpc=\(ports[7])",
            "-master.volumeSizeLimitMB=64", "-volume.max=10", "-s3.port.iceberg=0", "-s3.port.lance=0",
        ]
        // It does not end by itself when the test dies: whoever reads its standard input to the end ends it.
        program = try BackgroundProgram(
            [
                "sh", "-c", "\"$@\" >\"$0/log\" 2>&1 & server=$!; cat >/dev/null; kill -9 $server", directory.path,
            ] + words)
        let url = url
        func isThere() -> Bool {
            let made = try? BackgroundProgram.run([
                "curl", "-s", "-f", "--aws-sigv4", "aws:amz:us-east-1:s3", "-u", Self.key + ":" + Self.secret,
                "-X",
                "PUT", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", url + "/things",
            ])
            return made != nil
        }
        // A bucket that is there already is not made a second time.
        var isMade = false
        for _ in 0..<4 where !isMade {
            waitUntil {
                isMade = isMade || isThere()
                return isMade
            }
        }
        guard isMade else {
            throw BucketFailure(log: (try? directory.read("log")) ?? "")
        }
    }

    deinit {
        program.closeInput()
        _ = program.readLine()
    }
}

/// The server did not begin to answer.
private struct BucketFailure: Error { let log: String }
