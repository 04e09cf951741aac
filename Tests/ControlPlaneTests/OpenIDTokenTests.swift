import API
import Basics
import Crypto
import HTTP
import HTTPServer
import Secrets
import TestSupport
import Testing

@testable import ControlPlane

/// Logins at a provider that says what a test wants: whatever is wrong with a token lets nobody in.
@Suite struct OpenIDTokenTests {
    /// One way in which a token is made; `isGood` ones let their person in.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let problem: String?
        var testDescription: String { name }
        let make: @Sendable (_ claims: [String: JSON], _ nonce: String) throws -> String

        init(
            _ name: String, _ problem: String?,
            _ make: @escaping @Sendable (_ claims: [String: JSON], _ nonce: String) throws -> String
        ) {
            (self.name, self.problem, self.make) = (name, problem, make)
        }

        /// One that is signed as it should be, and whose claims are other than they should be.
        init(
            claims name: String, _ problem: String?,
            _ change: @escaping @Sendable (inout [String: JSON]) -> Void
        ) {
            self.init(name, problem) { claims, _ in
                var claims = claims
                change(&claims)
                return try OpenIDTokenTests.rsa(claims)
            }
        }
    }

    static let now = Instant("2026-03-01T12:00:00Z")!.secondsSinceEpoch

    static func object(_ claims: [String: JSON]) -> JSON {
        .object(claims.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) })
    }

    static func rsa(_ claims: [String: JSON], _ header: JSON = ["alg": "RS256", "kid": "r", "typ": "JWT"]) throws
        -> String
    { try TestTokens.rs256(header, object(claims), try TestTokens.own.get()) }

    static func time(_ seconds: Int64) -> JSON { .integer(Int(now + seconds)) }

    static let cases: [Case] = [
        Case("RS256", nil) { claims, _ in try rsa(claims) },
        Case("ES256", nil) { claims, _ in
            try TestTokens.es256(["alg": "ES256", "kid": "e"], object(claims), try TestTokens.own.get())
        },
        Case("no name of a key", nil) { claims, _ in try rsa(claims, ["alg": "RS256"]) },
        Case(claims: "for several, and made for us", nil) {
            ($0["aud"], $0["azp"]) = (["other", "leviathan"], "leviathan")
        },
        Case(claims: "expired within the skew", nil) { $0["exp"] = time(-59) },
        Case(claims: "begins within the skew", nil) { $0["nbf"] = time(59) },
        Case(claims: "issued within the skew", nil) { $0["iat"] = time(59) },
        Case(claims: "times with fractions", nil) { $0["exp"] = .double(Double(now) + 0.5) },

        Case(claims: "wrong issuer", "is from 'https://evil.example'") { $0["iss"] = "https://evil.example" },
        Case(claims: "issuer with a slash more", "is from") { $0["iss"] = .string($0["iss"]!.string! + "/") },
        Case(claims: "no issuer", "is from ''") { $0["iss"] = nil },
        Case(claims: "issuer that is a list", "is from ''") { $0["iss"] = .array([$0["iss"]!]) },
        Case(claims: "wrong audience", "somebody else") { $0["aud"] = "other" },
        Case(claims: "no audience", "somebody else") { $0["aud"] = nil },
        Case(claims: "empty audience", "somebody else") { $0["aud"] = [] },
        Case(claims: "for several, and not for whom", "somebody else") { $0["aud"] = ["other", "leviathan"] },
        Case(claims: "for us, and made for another", "somebody else") { $0["azp"] = "other" },
        Case(claims: "wrong nonce", "another login") { $0["nonce"] = "other" },
        Case(claims: "no nonce", "another login") { $0["nonce"] = nil },
        Case(claims: "empty nonce", "another login") { $0["nonce"] = "" },
        Case(claims: "expired", "expired") { $0["exp"] = time(-61) },
        Case(claims: "no end", "from when until when") { $0["exp"] = nil },
        Case(claims: "end that is text", "no time") { $0["exp"] = "tomorrow" },
        Case(claims: "end beyond all times", "no time") { $0["exp"] = .double(1e300) },
        Case(claims: "issued in the future", "not valid yet") { $0["iat"] = time(61) },
        Case(claims: "no beginning", "from when until when") { $0["iat"] = nil },
        Case(claims: "begins in the future", "not valid yet") { $0["nbf"] = time(61) },
        Case(claims: "no subject", "names nobody") { $0["sub"] = nil },
        Case(claims: "empty subject", "names nobody") { $0["sub"] = "" },
        Case(claims: "subject without end", "names nobody") {
            $0["sub"] = .string(String(repeating: "a", count: 256))
        },

        Case("alg none", "signed by 'none'") { claims, _ in
            TestTokens.part(["alg": "none"]) + "." + TestTokens.part(object(claims)) + "."
        },
        Case("alg nOnE with a signature", "signed by 'nOnE'") { claims, _ in
            try rsa(claims, ["alg": "nOnE", "kid": "r"])
        },
        Case("no algorithm", "signed by ''") { claims, _ in try rsa(claims, ["kid": "r"]) },
        Case("HS256 with the public key as the secret", "signed by 'HS256'") { claims, _ in
            let keys = try TestTokens.own.get()
            let signed = TestTokens.part(["alg": "HS256", "kid": "r"]) + "." + TestTokens.part(object(claims))
            let secret = Secret(Base64URL.encode(keys.modulus))
            return signed + "." + Base64URL.encode(HMAC.sha256(Array(signed.utf8), key: secret))
        },
        Case("RS512", "signed by 'RS512'") { claims, _ in try rsa(claims, ["alg": "RS512", "kid": "r"]) },
        Case("says ES256 and names the RSA key", "no key") { claims, _ in
            try rsa(claims, ["alg": "ES256", "kid": "r"])
        },
        Case("says RS256 and names the EC key", "no key") { claims, _ in
            try TestTokens.es256(["alg": "RS256", "kid": "e"], object(claims), try TestTokens.own.get())
        },
        Case("signed by somebody else's key", "not the provider's") { claims, _ in
            try TestTokens.rs256(["alg": "RS256", "kid": "r"], object(claims), try TestTokens.others.get())
        },
        Case("signed by somebody else's EC key", "not the provider's") { claims, _ in
            try TestTokens.es256(["alg": "ES256", "kid": "e"], object(claims), try TestTokens.others.get())
        },
        Case("brings its own key", "not the provider's") { claims, _ in
            let keys = try TestTokens.others.get()
            return try TestTokens.rs256(
                ["alg": "RS256", "kid": "r", "jwk": keys.rsaKey("r")], object(claims), keys)
        },
        Case("a key that nobody knows", "no key") { claims, _ in try rsa(claims, ["alg": "RS256", "kid": "x"]) },
        Case("a key for encryption", "no key") { claims, _ in try rsa(claims, ["alg": "RS256", "kid": "enc"]) },
        Case("a signature of other claims", "not the provider's") { claims, _ in
            let (good, other) = (try rsa(claims), try rsa(claims.merging(["sub": "root"]) { $1 }))
            let (one, two) = (good.split(separator: "."), other.split(separator: "."))
            return "\(two[0]).\(two[1]).\(one[2])"
        },
        Case("no signature", "not the provider's") { claims, _ in
            try rsa(claims).split(separator: ".").dropLast().joined(separator: ".") + "."
        },
        Case("two parts", "three parts") { _, _ in "a.b" },
        Case("nothing", "three parts") { _, _ in "" },
        Case("too long", "too long") { claims, _ in
            try rsa(claims.merging(["x": .string(String(repeating: "a", count: 40_000))]) { $1 })
        },
        Case("a demand", "extension") { claims, _ in
            try rsa(claims, ["alg": "RS256", "kid": "r", "crit": ["x"], "x": 1])
        },
        Case("a token for an API", "its type is 'at+jwt'") { claims, _ in
            try rsa(claims, ["alg": "RS256", "kid": "r", "typ": "at+JWT"])
        },
        Case("padding", "no JSON object") { claims, _ in
            let parts = try rsa(claims).split(separator: ".")
            return "\(parts[0])=.\(parts[1]).\(parts[2])"
        },
    ]

    /// A control plane and the provider that it trusts.
    struct Pair {
        let provider: TestProvider
        let world: PlaneWorld
        var access: OpenIDAccess { world.home.access.openID! }

        init() throws {
            provider = try TestProvider()
            world = try PlaneWorld(secrets: ["OIDC_SECRET": TestProvider.secret])
            try world.directory.write("config.yaml", provider.configuration())
            let keys = try TestTokens.own.get()
            provider.serve([
                keys.rsaKey("r", [("alg", "RS256"), ("use", "sig")]), keys.ecKey("e"),
                keys.rsaKey("enc", [("use", "enc")]),
            ])
            provider.tell(["sub": "kim", "email": "other@example.com", "groups": ["platform"]])
        }

        func claims(_ nonce: String) -> [String: JSON] {
            [
                "iss": .string(provider.issuer), "aud": "leviathan", "sub": "kim", "nonce": .string(nonce),
                "iat": time(-5), "exp": time(300), "groups": ["platform"], "email": "kim@example.com",
                "email_verified": true,
            ]
        }
    }

    @Test(arguments: cases)
    func aTokenIsTakenOnlyAsItShouldBe(_ example: Case) throws {
        let pair = try Pair()
        let claims: @Sendable (String) -> [String: JSON] = { [provider = pair.provider] nonce in
            [
                "iss": .string(provider.issuer), "aud": "leviathan", "sub": "kim", "nonce": .string(nonce),
                "iat": Self.time(-5), "exp": Self.time(300), "groups": ["platform"], "email": "kim@example.com",
                "email_verified": true,
            ]
        }
        pair.provider.sign { try example.make(claims($0), $0) }
        do throws(Problem) {
            let person = try pair.provider.login(pair.access)
            #expect(example.problem == nil, "it was taken")
            #expect(person.subject == "kim" && person.name == "kim@example.com")
            #expect(pair.access.principal(of: person)?.may(.admin) == true)
        } catch {
            #expect(error.status == 401)
            #expect(example.problem.map { error.detail.contains($0) } == true, "\(error.detail)")
        }
    }
}
