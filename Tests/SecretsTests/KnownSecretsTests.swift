import Basics
import Secrets
import Synchronization
import TestSupport
import Testing

@Suite struct KnownSecretsTests {
    private static let value = "p@ss/w\u{F6}rd \"x\"+<1>&~9"

    private static func secrets(
        _ granted: [String: String], listed: [String] = [],
        isPublic: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) -> KnownSecrets? {
        KnownSecrets(granted: granted, listed: listed, isPublic: isPublic)
    }

    /// What `python3` writes of the value: quoted for URLs, in JSON, in base 64 and hexadecimal.
    private static let spellings = [
        value, "p%40ss%2Fw%C3%B6rd%20%22x%22%2B%3C1%3E%26~9", "p%40ss%2fw%c3%b6rd%20%22x%22%2b%3c1%3e%26~9",
        "p%40ss%2Fw%C3%B6rd+%22x%22%2B%3C1%3E%26~9", "p@ss/w\u{F6}rd \\\"x\\\"+<1>&~9",
        "p@ss\\/w\u{F6}rd \\\"x\\\"+<1>&~9",
        "p@ss/w\\u00f6rd \\\"x\\\"+<1>&~9", "p@ss/w\u{F6}rd \\\"x\\\"+\\u003c1\\u003e\\u0026~9",
        "704073732f77c3b67264202278222b3c313e267e39",
    ]

    @Test(arguments: spellings) func isTakenOutInEverySpelling(spelling: String) throws {
        let secrets = try #require(Self.secrets(["DEPLOY_TOKEN": Self.value]))
        #expect(secrets.redacted("before \(spelling) after\n") == "before *** after\n")
        #expect(secrets.secretName(in: Array("x\(spelling)".utf8)) == "DEPLOY_TOKEN")
    }

    @Test func isTakenOutOfBase64WhereverItBegins() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let value = (0..<Int.random(in: 8...40, using: &random)).map { _ in
                UInt8.random(in: 33...126, using: &random)
            }
            let text = String(decoding: value, as: UTF8.self)
            let secrets = try #require(Self.secrets(["API_KEY": text]))
            for before in 0..<6 {
                let whole = [UInt8](repeating: 65, count: before) + value + [66, 66]
                for isURL in [false, true] {
                    let encoded = Base64Text.encode(whole, isURL: isURL)
                    let shown = secrets.redacted(encoded)
                    // At most two characters at each end hold bits of the value and of its neighbours.
                    #expect(shown.contains("***") && shown.count <= "***".count + (before * 8 + 5) / 6 + 1 + 6)
                    #expect(secrets.secretName(in: Array(encoded.utf8)) == "API_KEY")
                }
            }
        }
    }

    /// `base64` breaks its lines, and so do writers of PEM and of mail.
    @Test(arguments: [60, 64, 76]) func isTakenOutOfBrokenBase64(width: Int) throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<100 {
            let value = (0..<Int.random(in: 46...400, using: &random)).map { _ in
                UInt8.random(in: 33...126, using: &random)
            }
            let secrets = try #require(Self.secrets(["API_KEY": String(decoding: value, as: UTF8.self)]))
            let before = [UInt8](repeating: 65, count: Int.random(in: 0...9, using: &random))
            let encoded = Array(Base64Text.encode(before + value, isURL: false).utf8)
            let lines = stride(from: 0, to: encoded.count, by: width).map {
                String(decoding: encoded[$0..<min($0 + width, encoded.count)], as: UTF8.self)
            }
            let text = lines.joined(separator: "\n")
            #expect(secrets.secretName(in: Array(text.utf8)) == "API_KEY")
            let left = secrets.redacted(text).split(separator: "\n").dropLast()
            #expect(left.allSatisfy { $0.contains("***") && $0.count <= 3 + 16 + 8 }, "\(left)")
        }
    }

    @Test func aStreamGivesTheSameHoweverItIsCut() throws {
        let granted = [
            "A_TOKEN": "abababababc", "B_TOKEN": "babcxyzw12", "C_TOKEN": "aaaaaaaa",
            "D_KEY": "12345678\n" + Self.value,
        ]
        let secrets = try #require(Self.secrets(granted))
        var random = SeededRandom(seed: 2)
        for _ in 0..<300 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let piece = [
                    "ababababababc", "babcxyzw12", "aaaaaaaaa", "ab", "a", "x\n", Self.value, "12345678\n",
                ].randomElement(using: &random)
                text += Array((piece ?? "").utf8).prefix(Int.random(in: 1...40, using: &random))
            }
            let whole = secrets.redacted(text)
            var stream = secrets.stream()
            var (shown, start) = ([UInt8](), 0)
            while start < text.count {
                let end = min(text.count, start + Int.random(in: 1...9, using: &random))
                shown += stream.add(text[start..<end])
                start = end
            }
            shown += stream.finish()
            #expect(shown == whole, "\(String(decoding: text, as: UTF8.self))")
            #expect(secrets.secretName(in: shown) == nil)
        }
    }

    @Test func aStreamHoldsNothingBackThatCannotBeASecret() throws {
        var stream = try #require(Self.secrets(["A_TOKEN": "abcdefghij"])).stream()
        #expect(
            String(decoding: stream.add(Array("building 3 of 9\nabc".utf8)[...]), as: UTF8.self)
                == "building 3 of 9\n")
        #expect(String(decoding: stream.add(Array("x".utf8)[...]), as: UTF8.self) == "abcx")
        #expect(stream.finish() == [])
    }

    @Test func onlyCredentialsAreSecret() throws {
        #expect(
            Self.secrets(["LANG": "C.UTF-8-long", "PATH": "/usr/bin:/bin", "KEYBOARD_LAYOUT": "us-international"])
                == nil)
        #expect(Self.secrets(["API_TOKEN": "short"]) == nil)
        #expect(Self.secrets(["KEY_FILE": "/etc/passwd"]) == nil)
        #expect(Self.secrets(["SIGNING_KEY": "/notafile/at/all+key"]) != nil)
        let listed = try #require(
            Self.secrets(["CUSTOMER": "acme-internal", "LANG": "C"], listed: ["CUSTOMER", "LANG"]))
        #expect(listed.redacted("for acme-internal, C") == "for ***, C")
    }

    @Test func whatTheRepositoryHoldsIsAskedOnceAndShown() throws {
        let asked = Asked()
        let secrets = try #require(
            Self.secrets(["A_TOKEN": "published-value", "B_TOKEN": "hidden-value"]) { value in
                asked.count()
                return value == Array("published-value".utf8)
            })
        #expect(asked.times == 0)
        for _ in 0..<3 {
            #expect(secrets.redacted("published-value hidden-value") == "published-value ***")
            #expect(secrets.secretName(in: Array("published-value".utf8)) == nil)
        }
        #expect(asked.times == 2)
    }

    @Test func eachLongLineOfAKeyIsOne() throws {
        let key = "-----BEGIN X-----\nq3rV8sWx0Zk2Tn5cY8bQd1LmPoIu\r\nHgFt7R6e5D4w3S2aZzXx\n-----END X-----"
        let secrets = try #require(Self.secrets(["DEPLOY_KEY": key]))
        #expect(secrets.redacted("> q3rV8sWx0Zk2Tn5cY8bQd1LmPoIu <") == "> *** <")
        #expect(secrets.redacted("-----BEGIN X-----") == "-----BEGIN X-----")
        #expect(secrets.redacted(key) == "***")
    }

    private final class Asked: Sendable {
        private let number = Mutex(0)
        var times: Int { number.withLock { $0 } }
        func count() { number.withLock { $0 += 1 } }
    }
}

/// Base 64 as a program would write it.
private enum Base64Text {
    static func encode(_ bytes: [UInt8], isURL: Bool) -> String {
        let letters = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (isURL ? "-_" : "+/"))
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 { text.append(place > group.count ? "=" : letters[bits >> (18 - 6 * place) & 63]) }
        }
        return text
    }
}
