import Basics
import Glibc
import HTTP
import TestSupport

/// A provider of identities that runs as a program beside a test, with one person whom a browser can log in as.
protocol RealProvider {
    var issuer: String { get }
    /// What `config.yaml` says about it besides.
    var settings: String { get }
    var secret: String { get }
    /// Logs the person in on the page that a control plane sent the browser to; returns where it is sent back to.
    func answer(to address: String) throws -> String
}

enum ProviderPrograms {
    static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    static let nanoidp = root + "/.build/venv/bin/nanoidp"
    static let glewlwyd = "/usr/bin/glewlwyd"

    static func freePort() throws -> Int { try HTTPTestServer { _ in .text("") }.port }

    static let client = HTTPClient(userAgent: "browser", retry: .never)

    static func ask(
        _ method: HTTPMethod, _ url: String, _ type: String = "", _ body: String? = nil, cookie: String? = nil
    ) throws -> HTTPResponse {
        var headers: HTTPHeaders = [:]
        if !type.isEmpty { headers["Content-Type"] = type }
        if let cookie { headers["Cookie"] = cookie }
        var request = HTTPRequest(method, url, headers: headers, body: body.map { Array($0.utf8) })
        request.followRedirects = 0
        return try client.send(request)
    }

    /// A program may need long where much else runs.
    static func waitFor(_ url: String) throws {
        for _ in 0..<600 {
            if (try? ask(.get, url))?.isSuccess == true { return }
            _ = poll(nil, 0, 200)
        }
        throw MissingProvider(message: "nothing answers at \(url)")
    }

    static func form(_ fields: [(String, String)]) -> String {
        fields.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }.joined(separator: "&")
    }
}

struct MissingProvider: ExplainedError { let message: String }

/// nanoidp: RS256, and claims that it tells only when it is asked for the person.
final class NanoProvider: RealProvider {
    private let directory: TemporaryDirectory
    private let program: BackgroundProgram
    let issuer: String
    let secret = "demo-secret"
    let settings = "client_id: demo-client, preset: generic"

    init() throws {
        let port = try ProviderPrograms.freePort()
        (directory, issuer) = (try TemporaryDirectory(), "http://127.0.0.1:\(port)")
        try directory.write(
            "settings.yaml",
            """
            config_version: 1
            server: {host: 127.0.0.1, port: \(port)}
            oauth:
              issuer: "\(issuer)"
              audience: my-app
              token_expiry_minutes: 60
              clients: [{client_id: demo-client, client_secret: \(secret), description: test}]
            """)
        try directory.write(
            "users.yaml",
            """
            config_version: 1
            users:
              kim: {password: "secret-of-kim", email: kim@example.org, groups: [platform], roles: [USER], tenant: default}
            """)
        try FileSystem.createDirectory(directory.path + "/keys")
        program = try BackgroundProgram([
            "env", "-C", directory.path, ProviderPrograms.nanoidp, "--config", directory.path, "--port",
            String(port),
            "--host", "127.0.0.1",
        ])
        try ProviderPrograms.waitFor(issuer + "/.well-known/openid-configuration")
    }

    func answer(to address: String) throws -> String {
        let page = try ProviderPrograms.ask(.get, address)
        let cookie = page.headers["Set-Cookie"].map { String($0.prefix { $0 != ";" }) }
        let transaction = page.text.split(separator: "name=\"transaction_id\" value=\"").dropFirst().first?
            .prefix { $0 != "\"" }
        let fields = [
            ("transaction_id", String(transaction ?? "")), ("username", "kim"), ("password", "secret-of-kim"),
        ]
        let answer = try ProviderPrograms.ask(
            .post, address, "application/x-www-form-urlencoded", ProviderPrograms.form(fields), cookie: cookie)
        return answer.headers["Location"] ?? "no way back: \(answer.status)"
    }

    func rotate() throws {
        let answer = try ProviderPrograms.ask(.post, issuer + "/api/keys/rotate", "application/json", "{}")
        guard answer.isSuccess else {
            throw MissingProvider(message: "no rotation: \(answer.status) \(answer.text)")
        }
    }
}

/// Glewlwyd: ES256, and an address of its own for each instance.
final class GlewlwydProvider: RealProvider {
    private let directory: TemporaryDirectory
    private let program: BackgroundProgram
    private let api: String
    let issuer: String
    let secret = "secret-of-the-client"
    let settings = "client_id: leviathan, groups_claim: email, name_claim: email, scopes: [openid]"

    init() throws {
        let port = try ProviderPrograms.freePort()
        directory = try TemporaryDirectory()
        api = "http://127.0.0.1:\(port)/api"
        issuer = api + "/oidc"
        let schema = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
        _ = try BackgroundProgram.run([
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(open(sys.argv[2]).read()); c.commit()",
            directory.path + "/db", schema,
        ])
        try directory.write("conf", Self.configuration(port, directory.path))
        program = try BackgroundProgram([ProviderPrograms.glewlwyd, "--config-file=" + directory.path + "/conf"])
        try ProviderPrograms.waitFor("http://127.0.0.1:\(port)/config")
        try setUp()
    }

    private static func configuration(_ port: Int, _ directory: String) -> String {
        """
        port=\(port)
        bind_address="127.0.0.1"
        external_url="http://127.0.0.1:\(port)"
        login_url="login.html"
        api_prefix="api"
        log_mode="file"
        log_file="\(directory)/log"
        log_level="WARNING"
        cookie_secure=0
        session_key="S"
        session_expiration=3600
        admin_scope="g_admin"
        profile_scope="g_profile"
        user_module_path="/usr/lib/glewlwyd/user"
        client_module_path="/usr/lib/glewlwyd/client"
        user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
        plugin_module_path="/usr/lib/glewlwyd/plugin"
        use_secure_connection=false
        secure_connection_key_file="none"
        secure_connection_pem_file="none"
        hash_algorithm="SHA512"
        database = { type = "sqlite3"; path = "\(directory)/db"; };
        """
    }

    private func session(_ user: String, _ password: String) throws -> String {
        let body: JSON = ["username": .string(user), "password": .string(password)]
        let answer = try ProviderPrograms.ask(.post, api + "/auth/", "application/json", body.text())
        return String((answer.headers["Set-Cookie"] ?? "").prefix { $0 != ";" })
    }

    private func setUp() throws {
        let admin = try session("admin", "password")
        let key = directory.path + "/key.pem"
        _ = try BackgroundProgram.run([
            "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key,
        ])
        _ = try BackgroundProgram.run(["openssl", "pkey", "-in", key, "-pubout", "-out", key + ".pub"])
        let flags = [
            "allow-non-oidc", "auth-type-token-enabled", "auth-type-id-token-enabled", "auth-type-none-enabled",
            "auth-type-password-enabled", "auth-type-client-enabled", "auth-type-refresh-enabled",
            "auth-type-device-enabled", "pkce-method-plain-allowed", "refresh-token-rolling",
        ].map { JSON.Member($0, false) }
        let parameters: [JSON.Member] = [
            .init("iss", .string(issuer)), .init("jwt-type", "ecdsa"), .init("jwt-key-size", "256"),
            .init("key", .string(try directory.read("key.pem"))),
            .init("cert", .string(try directory.read("key.pem.pub"))), .init("access-token-duration", 3600),
            .init("refresh-token-duration", 3600), .init("code-duration", 600), .init("jwks-show", true),
            .init("auth-type-code-enabled", true), .init("pkce-allowed", true), .init("subject-type", "public"),
            .init("email-claim", "mandatory"), .init("name-claim", "no"), .init("scope-claim", "no"),
            .init("scope", [["name": "openid", "refresh-token-rolling": false]]),
        ]
        let plugin: JSON = [
            "module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": .object(parameters + flags),
        ]
        let client: JSON = [
            "client_id": "leviathan", "name": "leviathan", "client_secret": .string(secret), "confidential": true,
            "enabled": true, "redirect_uri": ["https://console.example/login/callback"],
            "authorization_type": ["code"], "token_endpoint_auth_method": ["client_secret_basic"],
            "scope": ["openid"],
        ]
        let user: JSON = [
            "username": "kim", "name": "Kim", "email": "kim@example.org", "password": "secret-of-kim",
            "enabled": true, "scope": ["openid", "g_profile"],
        ]
        for (path, body) in [("/mod/plugin/", plugin), ("/client/", client), ("/user/", user)] {
            let answer = try ProviderPrograms.ask(
                .post, api + path, "application/json", body.text(), cookie: admin)
            guard answer.isSuccess else {
                throw MissingProvider(message: "\(path): \(answer.status) \(answer.text)")
            }
        }
    }

    func answer(to address: String) throws -> String {
        let kim = try session("kim", "secret-of-kim")
        _ = try ProviderPrograms.ask(
            .put, api + "/auth/grant/leviathan", "application/json", #"{"scope": "openid"}"#, cookie: kim)
        let answer = try ProviderPrograms.ask(.get, address + "&g_continue", cookie: kim)
        return answer.headers["Location"] ?? "no way back: \(answer.status)"
    }
}
