import API
import Basics
import Console
import HTTP
import HTTPServer
import Testing

/// Who may look and who may press.
@Suite struct ConsoleSessionTests {
    @Test func nobodySeesAnythingWithoutAKey() throws {
        let world = try ConsoleWorld()
        for address in ["/", "/attempts", "/keys", "/act/stop", "/attempts/a1"] {
            let response = world.get(address)
            #expect(response.status == 401 && response.page.contains("name=\"key\""), "\(address)")
        }
        #expect(world.get("/", cookie: "__Host-leviathan=" + String(repeating: "0", count: 64)).status == 401)
    }

    @Test func aKeyOpensASession() throws {
        let world = try ConsoleWorld()
        let response = world.post("/login", [("key", ConsoleWorld.token), ("next", "/attempts?task=a")])
        #expect(response.status == 303 && response.headers["Location"] == "/attempts?task=a")
        let cookie = try #require(response.headers["Set-Cookie"])
        #expect(cookie.hasPrefix("__Host-leviathan="))
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] { #expect(cookie.contains(attribute)) }
        #expect(!cookie.contains(ConsoleWorld.token))
        let wrong = world.post("/login", [("key", "wrong")])
        #expect(wrong.status == 401 && wrong.headers["Set-Cookie"] == nil && wrong.page.contains("role=\"alert\""))
        let foreign = world.post(
            "/login", [("key", ConsoleWorld.token)], headers: ["Origin": "https://evil.example"])
        #expect(foreign.status == 403 && foreign.headers["Set-Cookie"] == nil)
    }

    @Test(arguments: [
        "//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb",
    ])
    func aLoginLeadsNowhereElse(next: String) throws {
        let response = try ConsoleWorld().post("/login", [("key", ConsoleWorld.token), ("next", next)])
        #expect(response.headers["Location"] == "/")
    }

    @Test func aSessionEnds() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        world.advance(.seconds(3600))
        #expect(world.get("/", cookie: cookie).status == 200)
        world.advance(.seconds(2 * 3600 + 1))
        #expect(world.get("/", cookie: cookie).status == 401)
        // However busy it is.
        let busy = world.login()
        for _ in 0..<12 {
            #expect(world.get("/audit", cookie: busy).status == 200)
            world.advance(.seconds(3600))
        }
        #expect(world.get("/audit", cookie: busy).status == 401)
        let left = world.login()
        let word = world.hidden("word", of: world.get("/", cookie: left).page)
        #expect(world.post("/logout", [("word", word)], cookie: left).status == 303)
        #expect(world.get("/", cookie: left).status == 401)
    }

    @Test func aKeyThatIsRevokedEndsItsSessions() throws {
        let world = try ConsoleWorld()
        let key = try world.key(.view)
        let cookie = world.login(key.secret)
        #expect(world.get("/", cookie: cookie).status == 200)
        #expect(world.act("/act/revoke-key?key=\(key.id)", reason: "lost", cookie: world.login()).status == 303)
        #expect(world.get("/", cookie: cookie).status == 401)
    }

    @Test func aFormOfAnotherSiteDoesNothing() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        let word = world.hidden("word", of: world.get("/act/stop", cookie: cookie).page)
        let fields = [("reason", "because"), ("word", word)]
        for headers in [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"], [:],
        ] as [HTTPHeaders] {
            #expect(world.post("/act/stop", fields, cookie: cookie, headers: headers).status == 403)
        }
        for word in ["", "0", String(word.dropLast())] {
            #expect(
                world.post("/act/stop", [("reason", "because"), ("word", word)], cookie: cookie).status == 403)
        }
        #expect(world.get("/", cookie: cookie).page.contains("badge good\">ON<"))
        #expect(world.post("/act/stop", fields, cookie: cookie).status == 303)
    }

    @Test func whereNobodyHasToSayWhoTheyAreFormsAreProvedAllTheSame() throws {
        let world = try ConsoleWorld(token: nil, isOpen: true)
        let here: HTTPHeaders = ["Host": "localhost:8000", "Origin": "http://localhost:8000"]
        #expect(world.get("/", headers: ["Host": "rebound.example"]).status == 401)
        let bare = world.post("/act/stop", [("reason", "because")], headers: here)
        #expect(bare.status == 403)
        let first = world.get("/act/stop", headers: ["Host": "localhost:8000"])
        let cookie = try #require(first.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init))
        let word = world.hidden("word", of: first.page)
        #expect(
            world.post("/act/stop", [("reason", "because"), ("word", word)], cookie: cookie, headers: here).status
                == 303)
    }

    /// A page's script reads with the session, and nothing is changed that way.
    @Test func aSessionReadsTheAPIAndChangesNothingThere() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        #expect(world.get("/v1/attempts", cookie: cookie).status == 200)
        #expect(world.get("/v1/attempts", cookie: cookie, headers: ["Sec-Fetch-Site": "cross-site"]).status == 401)
        #expect(world.post("/v1/stop", [("reason", "x")], cookie: cookie).status == 401)
    }
}
