import Basics
import Crypto
import Forges
import HTTP
import Model
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct GitHubAppTests {
    /// A GitHub that gives tokens to an app, each for an hour.
    private final class Server: Sendable {
        let server: HTTPTestServer
        let given: Gathered<String>

        init(_ time: FakeTime, refuse: Bool = false) throws {
            let given = Gathered<String>()
            self.given = given
            server = try HTTPTestServer { request in
                let authorization = request.header("Authorization") ?? ""
                switch (request.method, request.path) {
                case ("GET", "/api/v3/repos/octo/repo/installation"):
                    return .json(#"{"id":77}"#)
                case ("POST", "/api/v3/app/installations/77/access_tokens"):
                    given.add(authorization)
                    if refuse {
                        return .json(#"{"message":"A JSON web token could not be decoded"}"#, status: 401)
                    }
                    let end = (time.now + .seconds(3600)).secondsText
                    return .json(#"{"token":"ghs_\#(given.all.count)","expires_at":"\#(end)"}"#, status: 201)
                default:
                    guard authorization == "Bearer ghs_\(given.all.count)" else {
                        return .json(#"{"message":"Bad credentials"}"#, status: 401)
                    }
                    return .json(#"{"full_name":"octo/repo"}"#)
                }
            }
        }

        var requests: [HTTPTestRequest] { server.requests }
    }

    private static func key(_ directory: TemporaryDirectory) throws -> String {
        let path = directory.path + "/app.pem"
        _ = try BackgroundProgram.run([
            "sh", "-c",
            "openssl genrsa -out '\(path)' 2048 2>/dev/null && openssl rsa -in '\(path)' -pubout -out '\(path).pub' 2>/dev/null",
        ])
        return path
    }

    private func forge(_ server: Server, _ time: FakeTime, key: String, installation: Int? = nil) throws
        -> GitHubForge
    {
        let place = try address(.github, server.server.url + "/api/v3")
        let app = GitHubApp(
            id: "1234", keyPath: key, installation: installation, host: place.credentialHost,
            surroundings: surroundings(time))
        let provider = try #require(try app.provider(for: CredentialRequest(place)))
        return GitHubForge(place, provider, surroundings(time))
    }

    @Test func signsInAndRenewsBeforeTheTokenEnds() throws {
        let directory = try TemporaryDirectory()
        let key = try Self.key(directory)
        let time = FakeTime()
        let server = try Server(time)
        let forge = try forge(server, time, key: key)
        for _ in 0..<3 { _ = try forge.facts() }
        #expect(server.given.all.count == 1)
        time.timing.sleep(.seconds(3600 - 301), nil)
        _ = try forge.facts()
        #expect(server.given.all.count == 1)
        time.timing.sleep(.seconds(2), nil)
        _ = try forge.facts()
        #expect(server.given.all.count == 2)
        try verify(server.given.all[0], key: key, directory)
    }

    /// Checks the token as GitHub would: its parts, its times, and its signature with the public key.
    private func verify(_ authorization: String, key: String, _ directory: TemporaryDirectory) throws {
        let parts = authorization.dropFirst("Bearer ".count).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let script = """
            import base64, json, sys
            def read(part): return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            header, claims = json.loads(read(sys.argv[1])), json.loads(read(sys.argv[2]))
            open(sys.argv[4] + "/signature", "wb").write(read(sys.argv[3]))
            open(sys.argv[4] + "/message", "w").write(sys.argv[1] + "." + sys.argv[2])
            print(header["alg"], claims["iss"], claims["iat"], claims["exp"] - claims["iat"])
            """
        let read = try BackgroundProgram.run(["python3", "-c", script] + parts + [directory.path])
        #expect(read == "RS256 1234 \(FakeTime.start.secondsSinceEpoch - 60) 600")
        let verified = try BackgroundProgram.run([
            "openssl", "dgst", "-sha256", "-verify", key + ".pub", "-signature", directory.path + "/signature",
            directory.path + "/message",
        ])
        #expect(verified == "Verified OK")
    }

    @Test func getsAnotherTokenWhereOneIsRevoked() throws {
        let directory = try TemporaryDirectory()
        let time = FakeTime()
        let server = try Server(time)
        let forge = try forge(server, time, key: try Self.key(directory), installation: 77)
        _ = try forge.facts()
        // As if another had been made meanwhile: the first is no longer good.
        server.given.add("elsewhere")
        _ = try forge.facts()
        #expect(server.given.all.count == 3)
        #expect(server.requests.allSatisfy { !$0.path.hasSuffix("/installation") })
    }

    @Test func doesNotAskForEverWhereItIsRefused() throws {
        let directory = try TemporaryDirectory()
        let time = FakeTime()
        let server = try Server(time, refuse: true)
        let forge = try forge(server, time, key: try Self.key(directory), installation: 77)
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try forge.facts() })
        #expect(error.kind == .unauthorized)
        #expect(error.description.contains("could not be decoded"))
        #expect(server.given.all.count == 1)
        #expect(!error.description.contains("eyJ"))
    }

    @Test func severalThreadsShareOneToken() throws {
        let directory = try TemporaryDirectory()
        let time = FakeTime()
        let server = try Server(time)
        let forge = try forge(server, time, key: try Self.key(directory), installation: 77)
        concurrently(6) { _ in _ = try? forge.facts() }
        #expect(server.given.all.count == 1)
    }

    @Test func saysWhatIsWrongWithTheKey() throws {
        let directory = try TemporaryDirectory()
        let time = FakeTime()
        let server = try Server(time)
        try directory.write("bad.pem", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n")
        let bad = try forge(server, time, key: directory.path + "/bad.pem")
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try bad.facts() })
        #expect(error.kind == .credentials)
        #expect(error.description.contains("private key cannot be read"))
        #expect(!error.description.contains("hunter2"))
        let place = try address(.github, server.server.url + "/api/v3")
        let gone = GitHubApp(
            id: "1", keyPath: "/nowhere.pem", installation: 1, host: place.credentialHost,
            surroundings: surroundings())
        let missing = forgeFailure { () throws(ForgeError) in _ = try gone.provider(for: CredentialRequest(place))
        }
        #expect(missing?.description.contains("/nowhere.pem") == true)
        #expect(server.requests.isEmpty)
    }

    @Test func servesOnlyItsOwnHost() throws {
        let place = try address(.github, "https://evil.example/api/v3", remote: "https://github.com/octo/repo")
        let app = GitHubApp(id: "1", keyPath: "/nowhere.pem", installation: 1, surroundings: surroundings())
        #expect(try app.provider(for: CredentialRequest(place)) == nil)
        let variables = ["GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY_FILE": "/k.pem"]
        #expect(GitHubApp(environment: variables, surroundings: surroundings()) != nil)
        #expect(GitHubApp(environment: ["GITHUB_APP_ID": "1"], surroundings: surroundings()) == nil)
    }
}
