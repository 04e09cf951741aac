internal import Basics
internal import Crypto
internal import HTTP
internal import Secrets
internal import Synchronization

/// A GitHub App's own credentials: it signs for itself, and gets a token for one installation at a time.
package struct GitHubApp: CredentialSource {
    private static let longestKey = 64 << 10

    private let id: String
    private let keyPath: String
    private let installation: Int?
    private let host: String
    private let surroundings: ForgeEnvironment

    /// `host` is the GitHub that knows the app; without `installation`, the one for the repository is looked up.
    package init(
        id: String, keyPath: String, installation: Int?, host: String = "github.com",
        surroundings: ForgeEnvironment
    ) {
        (self.id, self.keyPath, self.installation, self.host) = (id, keyPath, installation, host)
        self.surroundings = surroundings
    }

    /// Reads the variables that name an app; `nil` when none do.
    package init?(environment: [String: String], surroundings: ForgeEnvironment) {
        guard let id = environment["GITHUB_APP_ID"], !id.isEmpty,
            let path = environment["GITHUB_APP_PRIVATE_KEY_FILE"] ?? environment["GITHUB_APP_PRIVATE_KEY_PATH"],
            !path.isEmpty
        else { return nil }
        let server = environment["GITHUB_SERVER_URL"].flatMap { RemoteAddress($0 + "/x")?.authority }
        self.init(
            id: id, keyPath: path, installation: environment["GITHUB_APP_INSTALLATION_ID"].flatMap { Int($0) },
            host: environment["GH_HOST"] ?? server ?? "github.com", surroundings: surroundings)
    }

    package var name: String { "the GitHub App" }

    package func provider(for request: CredentialRequest) throws(ForgeError) -> (any CredentialProvider)? {
        guard request.kind == .github, request.host == host else { return nil }
        do throws(FileError) {
            let key = try FileSystem.read(keyPath, limit: Self.longestKey)
            return InstallationTokens(
                id: id, key: Secret(String(decoding: key, as: UTF8.self)), installation: installation,
                request: request, surroundings: surroundings)
        } catch {
            throw ForgeError(
                .credentials, "use the GitHub App \(ForgeText.shown(id, limit: 40))", host: host,
                details: [error.description])
        }
    }
}

/// Tokens of one installation, each used for an hour at most and renewed before it ends.
final class InstallationTokens: CredentialProvider {
    /// What is left of a token's life when it is renewed.
    private static let margin = Duration.seconds(300)

    private struct Token: Sendable {
        let credential: ForgeCredential
        let expires: Instant
    }

    private let id: String
    private let key: Secret
    private let installation: Int?
    private let request: CredentialRequest
    private let surroundings: ForgeEnvironment
    private let current = Mutex<Token?>(nil)

    init(
        id: String, key: Secret, installation: Int?, request: CredentialRequest, surroundings: ForgeEnvironment
    ) {
        (self.id, self.key, self.installation) = (id, key, installation)
        (self.request, self.surroundings) = (request, surroundings)
    }

    var source: String? { "the GitHub App \(ForgeText.shown(id, limit: 40))" }
    var canRenew: Bool { true }

    func forget() { current.withLock { $0 = nil } }

    func concealing(_ text: String) -> String {
        current.withLock { $0 }?.credential.secret.concealed(in: text) ?? text
    }

    func authorization(for kind: ForgeKind) throws(ForgeError) -> HTTPAuthorization? {
        let now = surroundings.timing.now()
        // The lock is held while asking, so that several threads get one token and not one each.
        let result = current.withLock { current -> Result<ForgeCredential, ForgeError> in
            if let token = current, token.expires - now > Self.margin { return .success(token.credential) }
            do throws(ForgeError) {
                let token = try ask(now)
                current = token
                return .success(token.credential)
            } catch { return .failure(error) }
        }
        return try result.get().authorization(for: kind)
    }

    private func ask(_ now: Instant) throws(ForgeError) -> Token {
        let signed = FixedCredential(try ForgeCredential(Secret(try webToken(now)), source: "the GitHub App"))
        let connection = ForgeConnection(request.address, signed, surroundings)
        let number = if let installation { installation } else { try installationNumber(connection) }
        // Asking twice gives two tokens, which does no harm.
        let call = ForgeCall(
            "get a token for installation \(number)", .post,
            connection.url("app", "installations", String(number), "access_tokens"), .object([])
        ).reading
        let answer = try connection.send(call)
        let json = try answer.json()
        guard let token = json["token"]?.string, let expires = json["expires_at"]?.string.flatMap({ Instant($0) })
        else { throw answer.unreadable("the answer has no token") }
        return Token(
            credential: try ForgeCredential(Secret(token), source: source ?? "the GitHub App"), expires: expires)
    }

    private func installationNumber(_ connection: ForgeConnection) throws(ForgeError) -> Int {
        let target = connection.url("repos", request.slug.owner, request.slug.name, "installation")
        let answer = try connection.send(
            ForgeCall("find the App's installation for \(request.slug)", .get, target))
        guard let number = try answer.json()["id"]?.integer else { throw answer.unreadable("it has no id") }
        return number
    }

    /// A JSON Web Token (RFC 7519) that is good for nine minutes, dated back for clocks that run ahead.
    private func webToken(_ now: Instant) throws(ForgeError) -> String {
        let header: JSON = ["alg": "RS256", "typ": "JWT"]
        let issued = Int(now.secondsSinceEpoch)
        let claims: JSON = [
            "iat": .integer(issued - 60), "exp": .integer(issued + 540),
            "iss": Int(id).map(JSON.integer) ?? .string(id),
        ]
        let message = Base64URL.encode(header.utf8()) + "." + Base64URL.encode(claims.utf8())
        do throws(CryptoError) {
            return message + "." + Base64URL.encode(try RS256.sign(Array(message.utf8), privateKey: key))
        } catch {
            throw ForgeError(
                .credentials, "sign as the GitHub App \(ForgeText.shown(id, limit: 40))", host: request.host,
                details: [error.description, error.hint].compactMap(\.self))
        }
    }
}
