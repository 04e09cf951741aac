import API
import Basics
import HTTP
import HTTPServer
import TestSupport
import Testing

@testable import ControlPlane

/// The way of a login: whose it is, how often it counts, what is kept of the provider, and who may do what afterwards.
@Suite struct OpenIDLoginTests {
    private typealias Pair = OpenIDTokenTests.Pair

    private func pair() throws -> OpenIDTokenTests.Pair {
        let pair = try Pair()
        signing(pair, "r")
        return pair
    }

    private func signing(_ pair: OpenIDTokenTests.Pair, _ key: String, by keys: TestTokens.Keys? = nil) {
        let issuer = pair.provider.issuer
        let now = pair.world.context.clock.now().secondsSinceEpoch
        pair.provider.sign { nonce in
            try TestTokens.rs256(
                ["alg": "RS256", "kid": .string(key)],
                [
                    "iss": .string(issuer), "aud": "leviathan", "sub": "kim", "nonce": .string(nonce),
                    "iat": .integer(Int(now)), "exp": .integer(Int(now + 300)), "groups": ["platform"],
                    "email": "kim@example.com", "email_verified": true,
                ], try keys ?? TestTokens.own.get())
        }
    }

    private func refusal(_ body: () throws(Problem) -> Person) -> String {
        do throws(Problem) { return "taken: \(try body().subject)" } catch { return error.detail }
    }

    @Test func asksForACodeWithAChallenge() throws {
        let pair = try pair()
        let (address, cookie) = try pair.access.begin(ServerRequest("GET", "/login/provider"), next: "/")
        #expect(address.hasPrefix(pair.provider.issuer + "/authorize?response_type=code&client_id=leviathan&"))
        for part in [
            "code_challenge_method=S256", "scope=openid%20email%20profile", "redirect_uri=https%3A%2F%2Fplane",
        ] {
            #expect(address.contains(part), "\(address)")
        }
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "__Host-leviathan-login="] {
            #expect(cookie.contains(attribute))
        }
    }

    @Test func aLoginBelongsToOneBrowserAndCountsOnce() throws {
        let pair = try pair()
        let (provider, access) = (pair.provider, pair.access)
        let (state, cookie) = try provider.begin(access)
        let fields = [(name: "state", value: state), (name: "code", value: "the-code")]
        let notHere = "not begun in this browser"
        #expect(
            refusal { () throws(Problem) in try provider.finish(access, fields, cookie: nil) }.contains(notHere))
        // What came from elsewhere has used the state up.
        #expect(
            refusal { () throws(Problem) in try provider.finish(access, fields, cookie: cookie) }.contains(notHere)
        )
        let (other, own) = (try provider.begin(access), try provider.begin(access))
        let crossed = [(name: "state", value: own.state), (name: "code", value: "the-code")]
        #expect(
            refusal { () throws(Problem) in try provider.finish(access, crossed, cookie: other.cookie) }
                .contains(notHere))
        let again = try provider.begin(access)
        let good = [(name: "state", value: again.state), (name: "code", value: "the-code")]
        #expect(try provider.finish(access, good, cookie: again.cookie).subject == "kim")
        #expect(
            refusal { () throws(Problem) in try provider.finish(access, good, cookie: again.cookie) }.contains(
                notHere))
        #expect(provider.count("/token") == 1)
    }

    @Test func twoTabsOfOneBrowserDoNotDisturbEachOther() throws {
        let pair = try pair()
        let first = try pair.provider.begin(pair.access)
        let second = try pair.provider.begin(pair.access, cookie: first.cookie)
        #expect(second.cookie == first.cookie)
        let fields = [(name: "state", value: second.state), (name: "code", value: "the-code")]
        #expect(try pair.provider.finish(pair.access, fields, cookie: first.cookie).subject == "kim")
    }

    @Test func aLoginEndsByItself() throws {
        let pair = try pair()
        let (state, cookie) = try pair.provider.begin(pair.access)
        pair.world.advance(.seconds(601))
        let fields = [(name: "state", value: state), (name: "code", value: "the-code")]
        #expect(
            refusal { () throws(Problem) in try pair.provider.finish(pair.access, fields, cookie: cookie) }
                .contains("too old"))
    }

    @Test(arguments: [
        ("iss", "https://evil.example", "another provider"), ("error", "access_denied", "lets nobody in"),
        ("code", "", "'code' is there twice"), ("state", "x", "'state' is there twice"),
    ])
    func anAnswerThatIsNoneIsRefused(_ name: String, _ value: String, _ problem: String) throws {
        let pair = try pair()
        let (state, cookie) = try pair.provider.begin(pair.access)
        let fields = [
            (name: "state", value: state), (name: "code", value: "the-code"), (name: name, value: value),
        ]
        let refusal = refusal { () throws(Problem) in try pair.provider.finish(pair.access, fields, cookie: cookie)
        }
        #expect(refusal.contains(problem), "\(refusal)")
        #expect(pair.provider.count("/token") == 0)
    }

    // MARK: Keys of the provider

    @Test func keysAreReadAgainWhereOneIsNewAndNotMoreOftenThanThat() throws {
        let pair = try pair()
        for _ in 0..<3 { _ = try pair.provider.login(pair.access) }
        #expect(pair.provider.count("/keys") == 1 && pair.provider.count("/.well-known/openid-configuration") == 1)
        // The provider signs with a new key: whoever comes too soon after the last look is refused without another.
        let others = try TestTokens.others.get()
        pair.provider.serve([others.rsaKey("new")])
        signing(pair, "new", by: others)
        for _ in 0..<5 {
            #expect(refusal { () throws(Problem) in try pair.provider.login(pair.access) }.contains("no key"))
        }
        #expect(pair.provider.count("/keys") == 1)
        pair.world.advance(.seconds(31))
        signing(pair, "new", by: others)
        #expect(try pair.provider.login(pair.access).subject == "kim")
        #expect(pair.provider.count("/keys") == 2)
        // The old one is worth nothing any more.
        signing(pair, "r")
        #expect(refusal { () throws(Problem) in try pair.provider.login(pair.access) }.contains("no key"))
        // And what was read once is not believed for ever.
        pair.world.advance(.seconds(3601))
        signing(pair, "new", by: others)
        _ = try pair.provider.login(pair.access)
        #expect(pair.provider.count("/keys") == 3 && pair.provider.count("/.well-known/openid-configuration") == 2)
    }

    @Test func aProviderThatIsAwayLetsNobodyInAndSaysSo() throws {
        let pair = try pair()
        let (state, cookie) = try pair.provider.begin(pair.access)
        pair.provider.server.stop()
        let fields = [(name: "state", value: state), (name: "code", value: "the-code")]
        do throws(Problem) {
            _ = try pair.provider.finish(pair.access, fields, cookie: cookie)
            Issue.record("it was taken")
        } catch { #expect(error.status == 503 && error.detail.contains("cannot be asked")) }
    }

    @Test func aProviderThatCallsItselfOtherwiseIsNotAsked() throws {
        let pair = try pair()
        let text = try pair.world.directory.read("config.yaml")
        try pair.world.directory.write(
            "config.yaml", text.replacing("\n    client_id:", with: "/\n    client_id:"))
        #expect(
            refusal { () throws(Problem) in try pair.provider.login(pair.access) }.contains(
                "calls itself other than"))
    }

    // MARK: Who may do what

    @Test func rolesSayWhoMayDoWhat() throws {
        let pair = try pair()
        let person = try pair.provider.login(pair.access)
        func principal(_ roles: String) throws -> Principal? {
            try pair.world.directory.write("config.yaml", pair.provider.configuration(roles))
            return pair.access.principal(of: person)
        }
        #expect(try principal("[]") == nil && principal("[{group: other, right: admin}]") == nil)
        let two = try principal("[{group: platform}, {user: KIM@example.com, right: operate, targets: [shop]}]")
        #expect(two?.name == "oidc:kim@example.com" && two?.right == .operate && two?.targets == .all)
        #expect(two?.may(.view, "other") == true && two?.may(.view) == true)
        #expect(
            two?.may(.operate, "shop") == true && two?.may(.operate, "other") == false
                && two?.may(.operate) == false)
        let one = try principal("[{user: kim, right: trigger, targets: [a, b]}]")
        #expect(one?.targets == .named(["a", "b"]) && one?.may(.view) == false && one?.may(.trigger, "b") == true)
        // What cannot be read lets nobody do anything.
        #expect(try principal("[{group: platform, right: admin, targets: []}]") == nil)
        #expect(try principal("[{group: platform, right: everything}]") == nil)
    }

    /// A mail address counts only where the provider says that it is this person's.
    @Test func anUnverifiedAddressIsNobodys() throws {
        let pair = try pair()
        let provider = try #require(try IdentityProviderSettings.read(pair.world))
        let claims: JSON = ["sub": "mallory", "email": "kim@example.com", "groups": "platform"]
        let person = Person(claims, provider)
        #expect(person.name == "mallory" && person.groups == ["platform"])
        try pair.world.directory.write(
            "config.yaml", pair.provider.configuration("[{user: kim@example.com, right: admin}]"))
        #expect(pair.access.principal(of: person) == nil)
    }

    /// Whoever may operate one target and only read another changes nothing of the other.
    @Test func aRightForOneTargetIsNoneForAnother() throws {
        let pair = try pair()
        for target in ["own", "other"] { pair.world.ingest(target, "attempt-of-\(target)") }
        let caller = Principal(
            id: "oidc:kim", name: "oidc:kim",
            grants: [AccessGrant(.operate, .named(["own"])), AccessGrant(.view, .named(["other"]))])
        func invalidate(_ target: String) -> Int {
            pair.world.service.respond(
                ServerRequest(
                    "POST", "/v1/attempts/attempt-of-\(target)/invalidate",
                    headers: ["Content-Type": "application/json"], body: Array(#"{"reason": "x"}"#.utf8)),
                as: caller
            ).status
        }
        #expect(invalidate("other") == 403 && invalidate("own") == 200)
    }

    @Test func withAProviderNobodyIsLetInUnasked() throws {
        let world = try PlaneWorld(token: nil, isOpen: true)
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 200)
        try world.directory.write(
            "config.yaml",
            "control_plane: {url: 'http://localhost', oidc: {issuer: 'https://a.example', client_id: l}}\n")
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 401)
        // A file that cannot be read opens nothing again.
        try world.directory.write("config.yaml", "control_plane: [")
        #expect(world.ask("GET", "/v1/attempts", key: nil).status == 401)
    }
}
