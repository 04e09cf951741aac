import API
import Basics
import Console
import ControlPlane
import Forges
import HTTP
import HTTPServer
import Secrets
import TestSupport
import Testing

/// A GitHub App from the form to its secrets, with a GitHub that refuses what is not documented.
@Suite(.timeLimit(.minutes(60))) struct GitHubAppTests {
    private let github: FakeGitHub
    private let world: ConsoleWorld
    private var host: String { String(github.url.dropFirst("http://".count)) }

    init() throws {
        github = try FakeGitHub()
        let host = github.url.dropFirst("http://".count)
        world = try ConsoleWorld(
            configuration: "forges:\n  \"\(host)\": {kind: github, api_url: \"\(github.apiURL)\"}\n")
    }

    private func begin(_ cookie: String, _ more: [(String, String)] = []) throws -> String {
        let word = world.hidden("word", of: world.get("/onboarding/github", cookie: cookie).page)
        let fields = [("word", word), ("host", host), ("name", "shop bot"), ("reason", "for the shop")]
        let page = world.post("/onboarding/github", fields + more, cookie: cookie)
        #expect(page.status == 200, "\(page.page)")
        #expect(page.headers["Content-Security-Policy"]?.contains("form-action 'self' http://\(host);") == true)
        return page.page
    }

    /// What a browser gets for the form of a page: where GitHub sends it back to.
    private func register(_ page: String) throws -> String {
        let action = try #require(page.range(of: "<form action=\"http"))
        let address = "http" + page[action.upperBound...].prefix { $0 != "\"" }
        let manifest = world.hidden("manifest", of: page).replacing("&quot;", with: "\"")
        let client = HTTPClient(userAgent: "browser")
        var request = HTTPRequest(
            .post, address.replacing("&amp;", with: "&"),
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array("manifest=\(PercentEncoding.encode(manifest))".utf8))
        request.followRedirects = 0
        let answer = try client.send(request)
        #expect(answer.status == 302)
        let location = try #require(answer.headers["Location"])
        #expect(location.hasPrefix("https://console.example/onboarding/github/made?code="))
        return String(location.dropFirst("https://console.example".count))
    }

    private func file(_ name: String) -> String { "\(world.directory.path)/github-apps/\(host)/\(name)" }

    @Test func isRegisteredFromTheBrowser() throws {
        let cookie = world.login()
        let page = try begin(cookie)
        #expect(
            page.contains("to push branches that begin with agent/")
                && page.contains("is not told to send webhooks"))
        let done = world.get(try register(page), cookie: cookie, headers: ["Sec-Fetch-Site": "cross-site"])
        #expect(done.status == 303 && done.headers["Location"] == "/onboarding/github", "\(done.page)")
        let shown = world.get("/onboarding/github", cookie: cookie).page
        #expect(
            shown.contains("The app &#39;shop bot&#39; is registered")
                && shown.contains("/apps/shop-bot/installations/new"))
        #expect(
            try FileSystem.read(file("private-key.pem"), limit: 1000) == Array(github.state.appSecrets.key.utf8))
        for name in ["private-key.pem", "client-secret", "app.json"] {
            #expect(try FileSystem.status(file(name))?.permissions == 0o600, "\(name)")
        }
        #expect(try FileSystem.status(file(""))?.permissions == 0o700)
        // Nobody sees what they are: in no page, in no answer, in no event.
        let audit = world.get("/audit", cookie: cookie).page
        #expect(audit.contains("forge_app.registered") && audit.contains("for the shop"))
        for text in [done.page, shown, audit, page] {
            #expect(!text.contains("the key of the app") && !text.contains("client&#39;s secret"))
        }
        #expect(github.faults.problems == [])
    }

    @Test func aStateIsGoodOnceAndForWhoeverBegan() throws {
        let (cookie, other) = (world.login(), world.login(try world.key(.admin).secret))
        let address = try register(try begin(cookie))
        #expect(world.get(address, cookie: other).status == 409)
        #expect(world.get(address, cookie: cookie).status == 303)
        #expect(world.get(address, cookie: cookie).status == 409)
        #expect(world.get("/onboarding/github/made?code=c&state=guessed", cookie: cookie).status == 409)
        #expect(world.get("/onboarding/github/made?code=c", cookie: cookie).status == 400)
    }

    @Test func aStateIsGoodForAnHour() throws {
        let cookie = world.login()
        let address = try register(try begin(cookie))
        world.advance(.seconds(3601))
        #expect(world.get(address, cookie: cookie).status == 409 && !FileSystem.exists(file("app.json")))
    }

    @Test func aCodeThatGitHubDoesNotKnowLeavesNothingBehind() throws {
        let cookie = world.login()
        let address = try register(try begin(cookie)).replacing("code=code1", with: "code=code9")
        let answer = world.get(address, cookie: cookie)
        #expect(
            answer.status == 422 && answer.page.contains("cannot take over the new GitHub App"), "\(answer.page)")
        #expect(!FileSystem.exists(file("app.json")) && !FileSystem.exists(file("private-key.pem")))
    }

    @Test func whatIsWrongIsSaidBesideWhatWasTyped() throws {
        let cookie = world.login()
        let word = world.hidden("word", of: world.get("/onboarding/github", cookie: cookie).page)
        let fields = [
            ("word", word), ("host", "gitlab.example"), ("name", "shop bot"), ("reason", "for the shop"),
        ]
        let page = world.post("/onboarding/github", fields, cookie: cookie)
        #expect(
            page.status == 422 && page.page.contains("is no GitHub") && page.page.contains("value=\"shop bot\""))
        #expect(page.page.contains(">for the shop</textarea>"))
    }

    @Test func onlyWhoMayEverythingRegistersOne() throws {
        let cookie = world.login(try world.key(.operate).secret)
        #expect(world.get("/onboarding/github", cookie: cookie).page.contains("needs the right &#39;admin&#39;"))
        let fields = [("word", ""), ("host", host), ("name", "n"), ("reason", "r")]
        #expect(world.post("/onboarding/github", fields, cookie: cookie).status == 403)
    }

    /// Its secret signs webhooks of the repositories of its host, and of no other.
    @Test func itsWebhooksAreTaken() throws {
        try world.directory.write(
            "config.yaml",
            "control_plane: {url: \"https://console.example\"}\nforges:\n  \"\(host)\": {kind: github, api_url: \"\(github.apiURL)\"}\n"
        )
        let cookie = world.login()
        let page = try begin(cookie)
        #expect(page.contains("GitHub tells this server at once"))
        #expect(world.get(try register(page), cookie: cookie).status == 303)
        #expect(try FileSystem.status(file("webhook-secret"))?.permissions == 0o600)
        let files = GitHubAppFiles(home: world.directory.path)
        #expect(try files.webhookSecret(host)?.reveal { $0 } == github.state.appSecrets.webhook)
        #expect(try files.webhookSecret("github.com") == nil)
        #expect(github.faults.problems == [])
    }

    @Test func namesOfHostsThatAreNoneBecomeNoDirectory() {
        let files = GitHubAppFiles(home: world.directory.path)
        for host in ["..", "../x", "a/b", "", ".hidden", "A B"] {
            #expect(throws: FileError.self, "\(host)") { try files.app(host) }
        }
    }
}
