import API
import Basics
import Crypto
import HTTP
import HTTPServer
import Model
import Runner
import Synchronization
import TestSupport

@testable import ControlPlane

/// A provider that says whatever a test wants it to, over real HTTP.
final class TestProvider: Sendable {
    static let secret = "secret of/the client"
    private struct State {
        var keys: [JSON] = []
        var token: @Sendable (_ nonce: String) throws -> String = { _ in "" }
        var nonce = ""
        var challenge = ""
        var person: JSON = .null
    }

    private let state: Box<State>
    let server: HTTPTestServer

    init() throws {
        let state = Box(State())
        self.state = state
        server = try HTTPTestServer { request in
            let base = "http://" + (request.header("Host") ?? "")
            switch request.path {
            case "/.well-known/openid-configuration":
                let metadata: JSON = [
                    "issuer": .string(base), "authorization_endpoint": .string(base + "/authorize"),
                    "token_endpoint": .string(base + "/token"), "jwks_uri": .string(base + "/keys"),
                    "userinfo_endpoint": .string(base + "/person"), "end_session_endpoint": .string(base + "/end"),
                ]
                return .json(metadata.text())
            case "/keys": return .json((["keys": .array(state.value.keys)] as JSON).text())
            case "/person": return .json(state.value.person.text())
            case "/token": return Self.token(request, state.value)
            default: return .text("nothing here", status: 404)
            }
        }
    }

    /// As a provider that is strict about PKCE and about its client's secret.
    private static func token(_ request: HTTPTestRequest, _ state: State) -> HTTPTestReply {
        let fields = request.text.split(separator: "&").map { $0.split(separator: "=").map(String.init) }
        func field(_ name: String) -> String {
            fields.first { $0[0] == name && $0.count == 2 }.flatMap { PercentEncoding.decode($0[1]) } ?? ""
        }
        let basic = "Basic bGV2aWF0aGFuOnNlY3JldCUyMG9mJTJGdGhlJTIwY2xpZW50"
        let isRight =
            field("grant_type") == "authorization_code" && field("code") == "the-code"
            && field("redirect_uri") == "https://plane.example/login/callback"
            && Base64URL.encode(SHA256.digest(of: field("code_verifier")).bytes) == state.challenge
            && request.header("Authorization") == basic
        guard isRight, let token = try? state.token(state.nonce) else {
            return .json(#"{"error": "invalid_grant"}"#, status: 400)
        }
        let answer: JSON = ["access_token": "access", "token_type": "Bearer", "id_token": .string(token)]
        return .json(answer.text())
    }

    var issuer: String { server.url }

    func serve(_ keys: [JSON]) { state.change { $0.keys = keys } }
    func tell(_ person: JSON) { state.change { $0.person = person } }
    func sign(_ token: @escaping @Sendable (_ nonce: String) throws -> String) {
        state.change { $0.token = token }
    }

    func count(_ path: String) -> Int { server.requests.count { $0.path == path } }

    /// The configuration of a control plane that trusts it.
    func configuration(_ roles: String = "[{group: platform, right: admin}]", _ more: String = "") -> String {
        """
        control_plane:
          url: https://plane.example/
          oidc:
            issuer: \(issuer)
            client_id: leviathan
            client_secret_variable: OIDC_SECRET
            roles: \(roles)
        \(more)
        """
    }

    /// Begins a login as a browser does, and says what the provider was told of it.
    func begin(_ access: OpenIDAccess, cookie: String? = nil) throws(Problem) -> (state: String, cookie: String) {
        let headers: HTTPHeaders = cookie.map { ["Cookie": $0] } ?? [:]
        let begun = try access.begin(ServerRequest("GET", "/login/provider", headers: headers), next: "/tasks")
        let query = begun.address.split(separator: "?")[1].split(separator: "&").map { $0.split(separator: "=") }
        func field(_ name: String) -> String { query.first { $0[0] == name }.map { String($0[1]) } ?? "" }
        state.change { ($0.nonce, $0.challenge) = (field("nonce"), field("code_challenge")) }
        return (field("state"), String(begun.cookie.prefix { $0 != ";" }))
    }

    func finish(
        _ access: OpenIDAccess, _ fields: [(name: String, value: String)], cookie: String?
    ) throws(Problem) -> Person {
        let headers: HTTPHeaders = cookie.map { ["Cookie": $0] } ?? [:]
        return try access.finish(ServerRequest("GET", "/login/callback", headers: headers), fields).person
    }

    /// The whole way of a login that nothing but the token can be against.
    func login(_ access: OpenIDAccess) throws(Problem) -> Person {
        let (state, cookie) = try begin(access)
        return try finish(access, [("state", state), ("code", "the-code")], cookie: cookie)
    }
}

/// A value that threads share.
final class Box<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}

/// The provider of a world's configuration.
enum IdentityProviderSettings {
    static func read(_ world: PlaneWorld) throws -> IdentityProvider? {
        try MachineConfiguration.read(world.context).controlPlane.provider
    }
}
