import API
import Basics
import Console
import ControlPlane
import HTTP
import HTTPServer
import TestSupport
import Testing

/// Whole logins at providers that others made, each with another kind of signature.
@Suite(.serialized, .timeLimit(.minutes(60))) struct RealProviderTests {
    private func configuration(_ provider: any RealProvider, _ roles: String) -> String {
        """
        control_plane:
          url: https://console.example
          oidc:
            {issuer: '\(provider.issuer)', client_secret_variable: CLIENT_SECRET, name: Our accounts,
             \(provider.settings), roles: \(roles)}
        """
    }

    private func world(_ provider: any RealProvider, _ roles: String) throws -> ConsoleWorld {
        try ConsoleWorld(
            secrets: ["CLIENT_SECRET": provider.secret], configuration: configuration(provider, roles),
            start: Clock.system.now())
    }

    private func cookie(_ name: String, of response: ServerResponse) -> String {
        response.headers.values("Set-Cookie").first { $0.hasPrefix(name + "=") }.map {
            String($0.prefix { $0 != ";" })
        }
            ?? ""
    }

    /// Goes the way of a browser, and returns the last answer.
    private func login(_ world: ConsoleWorld, _ provider: any RealProvider) throws -> ServerResponse {
        let page = world.get("/login").page
        #expect(page.contains("Log in with Our accounts"))
        let begun = world.get("/login/provider?next=/tasks")
        #expect(begun.status == 303, "\(begun.page)")
        let back = try provider.answer(to: begun.headers["Location"] ?? "")
        try #require(back.hasPrefix("https://console.example/login/callback?"), "\(back)")
        return world.get(
            String(back.dropFirst("https://console.example".count)),
            cookie: cookie("__Host-leviathan-login", of: begun))
    }

    private func goThrough(_ provider: any RealProvider, group: String, name: String) throws {
        let world = try world(provider, "[{group: '\(group)', right: operate}]")
        let back = try login(world, provider)
        #expect(back.status == 303 && back.headers["Location"] == "/tasks", "\(back.status) \(back.page)")
        let session = cookie("__Host-leviathan", of: back)
        #expect(world.get("/", cookie: session).page.contains(name))
        #expect(world.get("/v1/attempts", cookie: session).status == 200)
        #expect(world.get("/v1/keys", cookie: session).status == 403)
        // What they do is theirs in the record.
        #expect(world.act("/act/stop", reason: "a fire", cookie: session).status == 303)
        let audit = world.get("/v1/audit", cookie: session)
        #expect(String(decoding: audit.bytes, as: UTF8.self).contains("\"actor_id\":\"\(name)\""))
        try withdrawing(world, provider, session, group)
    }

    /// A right that is withdrawn ends streams, and what else they could do.
    private func withdrawing(
        _ world: ConsoleWorld, _ provider: any RealProvider, _ session: String, _ group: String
    ) throws {
        let feed = world.plane.home.feed
        guard case .stream(let stream) = world.get("/v1/events/stream", cookie: session).body else {
            Issue.record("no stream")
            return
        }
        feed.step()
        #expect(stream.isOpen)
        try world.directory.write(
            "config.yaml", configuration(provider, "[{group: '\(group)', right: view, targets: [shop]}]"))
        feed.step()
        #expect(!stream.isOpen)
        #expect(world.get("/act/resume", cookie: session).status == 200)
        #expect(world.act("/act/resume", reason: "over", cookie: session).status == 403)
        try world.directory.write("config.yaml", configuration(provider, "[]"))
        #expect(world.get("/", cookie: session).status == 401)
        let none = try login(world, provider)
        #expect(none.status == 403 && none.page.contains("no role here is yours"))
        #expect(cookie("__Host-leviathan", of: none).isEmpty)
    }

    @Test(.enabled(if: FileSystem.exists(ProviderPrograms.nanoidp), "nanoidp is not installed"))
    func nanoidpLogsPeopleInWithRS256() throws {
        let provider = try NanoProvider()
        try goThrough(provider, group: "platform", name: "oidc:kim@example.org")
        let world = try world(provider, "[{user: kim, right: view}]")
        let first = try login(world, provider)
        #expect(first.status == 303)
        try provider.rotate()
        world.advance(.seconds(31))
        let second = try login(world, provider)
        #expect(second.status == 303, "\(second.page)")
        // Sessions end by themselves, and by their own button.
        let session = cookie("__Host-leviathan", of: second)
        let word = world.hidden("word", of: world.get("/", cookie: session).page)
        let left = world.post("/logout", [("word", word)], cookie: session)
        #expect(left.status == 303 && left.headers["Location"] == "/login?left=1")
        #expect(world.get("/login?left=1").page.contains(provider.issuer + "/logout"))
        #expect(world.get("/", cookie: session).status == 401)
        let other = cookie("__Host-leviathan", of: first)
        #expect(world.get("/", cookie: other).status == 200)
        world.advance(.seconds(2 * 3600 + 1))
        #expect(world.get("/", cookie: other).status == 401)
    }

    @Test(.enabled(if: FileSystem.exists(ProviderPrograms.glewlwyd), "glewlwyd is not installed"))
    func glewlwydLogsPeopleInWithES256() throws {
        try goThrough(try GlewlwydProvider(), group: "kim@example.org", name: "oidc:kim@example.org")
    }
}
