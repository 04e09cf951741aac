import Basics
import Enforcement
import Model
import Secrets
import TestSupport
import Testing

@Suite struct SecretRuleTests {
    /// What is made, what it is called, and where it stands.
    private static func credentials(seed: UInt64) -> [(text: String, kind: String)] {
        var made = MadeUpSecret(seed: seed)
        return [
            ("token = \"ghp_\(made.text(36))\"", "a GitHub token"),
            ("github_pat_\(made.text(22))_\(made.text(59))", "a GitHub token"),
            ("glpat-\(made.text(20))", "a GitLab token"), ("AKIA\(made.capitals(16))", "an AWS access key"),
            ("key: AIza\(made.text(35))", "a Google API key"),
            ("GOCSPX-\(made.text(28))", "a Google client secret"),
            ("xoxb-12345-\(made.text(24))", "a Slack token"),
            ("https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/\(made.text(24))", "a Slack webhook"),
            ("sk_live_\(made.text(24))", "a Stripe key"), ("npm_\(made.text(36))", "an npm token"),
            ("pypi-AgE\(made.text(60))", "a PyPI token"),
            ("sk-ant-api03-\(made.text(90))", "an Anthropic API key"),
            ("sk-proj-\(made.text(48))", "an OpenAI API key"), ("sk-\(made.text(48))", "an OpenAI API key"),
            ("SK\(made.hex(32))", "a Twilio key"), ("SG.\(made.text(22)).\(made.text(43))", "a SendGrid key"),
            ("eyJ\(made.text(20)).eyJ\(made.text(30)).\(made.text(43))", "a JSON web token"),
            (made.key("RSA PRIVATE KEY"), "a private key"), (made.key("OPENSSH PRIVATE KEY"), "a private key"),
            (made.key("PGP PRIVATE KEY BLOCK"), "a private key"),
            (made.key("ENCRYPTED PRIVATE KEY"), "a private key"),
            ("{\"private_key\": \"\(made.key("PRIVATE KEY", line: "\\n"))\\n\"}", "a private key"),
            ("secret: a7K8Q~\(made.text(32))", "an Azure client secret"),
            ("12345678:AA\(made.text(33))", "a Telegram bot token"),
            ("AccountKey=\(made.text(86))==;EndpointSuffix=x", "a secret"),
            ("AWS_SECRET_ACCESS_KEY=\(made.text(40))", "a secret"),
            ("\"apiKey\": \"\(made.hex(32))\",", "a secret"),
            ("let clientSecret: String = \"\(made.text(32))\"", "a secret"),
            ("config['auth-token'] = '\(made.text(32))'", "a secret"),
            ("'secret' => '\(made.text(32))',", "a secret"),
            ("Authorization: Bearer \(made.text(40))", "a secret"),
            ("//registry.npmjs.org/:_authToken=\(made.text(36))", "a secret"),
            ("password: \"k7!\(made.text(9))\"", "a password"), ("DB_PASSWORD='\(made.text(16))'", "a password"),
            ("postgres://svc:\(made.text(14))@db1.prod.corp.net:5432/app", "a password in a URL"),
        ]
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func findsCredentialsAndNeverShowsThem(seed: UInt64) throws {
        for (text, kind) in Self.credentials(seed: seed) {
            let found = try ChangeFixture().with("src/a.txt", "first line\n\(text)\nlast\n").violations()
            #expect(found.map(\.rule) == ["secret"], "\(kind): \(text)")
            #expect(found.first?.message == "'src/a.txt' line 2 holds what looks like \(kind)", "\(text)")
            #expect(found.first?.line == 2)
        }
    }

    @Test(arguments: [
        "password = \"changeme\"", "password = os.environ['PASSWORD_1']", "token = \"${GITHUB_TOKEN_V2}\"",
        "api_key: <your-key-1A2b3C>",
        "secret = \"xxxxxxxxxxxxxxxx\"", "token: {{ secrets.TOKEN_4 }}", "AKIAIOSFODNN7EXAMPLE",
        "password: \"Your-Passw0rd-Here\"",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "-----BEGIN PRIVATE KEY-----",
        "if line == '-----BEGIN RSA PRIVATE KEY-----':",
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAG\n",
        "token = get_token(user1, Abc2)",
        "next_page_token = \"a7Kd82hHs82kL0sPq\"", "\"AWS::IAM::AccessKey\": \"62d91b17309e76c8\"",
        "private_key: PKCS7PrivateKeyTypes,",
        "tokenizer = \"Qwen2Tokenizer9Fast3X\"", "password_field = \"id_Passw0rd_9xY\"",
        "https://user:secret@example.com", "redis://:Abc12345@localhost/0",
        "postgres://app:Xk29dkA8@db:5432/app", "commit 8f14e45fceea167a5a36dedd4bea2543aa8f6bd1",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "\"integrity\": \"sha512-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2q\"",
        "sk-learn-contrib-something-very-long-indeed-1234", "secret = 'my-secret-token-2024'",
        "import hf_transfer_with_a_very_long_name_indeed", "eyJhbGciOiJIUzI1NiJ9", "TOKEN=$(cat /run/token)",
        "password == other_Password9",
        "SKILLS0123456789abcdef0123456789abcdef", "task-ab12cd34ef56ab12cd34ef56ab12cd34",
        "secret_name: prod/Db1-Main9-K8s2-Xy3z/v2",
        "token: \"<TOKEN>\"", "api_key = \"API_KEY_2_PLACEHOLDER_9x8Y\"", "key = \"4f9a8b7c6d5e4f3a2b1c\"",
        "the password is a1B2c3D4e5 said nobody",
    ])
    func leavesOtherTextsAlone(text: String) throws {
        #expect(try ChangeFixture().with("src/a.txt", text + "\n").violations() == [])
    }

    @Test func whatTheBaseHoldsIsNotTheChangesFault() throws {
        var made = MadeUpSecret(seed: 3)
        let (old, new) = ("token: ghp_\(made.text(36))", "token: ghp_\(made.text(36))")
        #expect(try ChangeFixture().with("a", "x\n\(old)\nmore\n", before: "\(old)\n").rules() == [])
        let both = try ChangeFixture().with("a", "\(old)\n\(new)\n", before: "\(old)\n").violations()
        #expect(both.map(\.line) == [2])
        #expect(try ChangeFixture().with("b", old).without("a", old).rules() == ["secret"])
    }

    @Test func anAllowanceCountsOnlyInTheBase() throws {
        var made = MadeUpSecret(seed: 4)
        let line = "token: ghp_\(made.text(36))  # leviathan:allow-secret"
        let added = try ChangeFixture().with("a", line + "\n").violations()
        #expect(added.map(\.rule) == ["secret"])
        #expect(added.first?.hint?.contains("counts only on a line that the base holds already") == true)
        let moved = try ChangeFixture().with("b", "new\n\(line)\n", movedFrom: "a").without("a", line + "\n")
        #expect(try moved.rules() == [])
        // The line has to be the same: its secret cannot be exchanged under the old allowance.
        let exchanged = "token: ghp_\(made.text(36))  # leviathan:allow-secret"
        #expect(try ChangeFixture().with("a", exchanged + "\n", before: line + "\n").rules() == ["secret"])
    }

    @Test func aZeroByteHidesNoToken() throws {
        var made = MadeUpSecret(seed: 5)
        let text = "\0\0ghp_\(made.text(36))"
        #expect(try ChangeFixture().with("a.bin", text, isBinary: true).rules() == ["secret"])
        let chance = "\0password: \"k7!\(made.text(9))\""
        #expect(try ChangeFixture().with("a.bin", chance, isBinary: true).rules() == [])
    }

    @Test func namesHoldNone() throws {
        var made = MadeUpSecret(seed: 9)
        let token = "ghp_\(made.text(36))"
        for path in ["notes/\(token)", "\(token).txt", "a/api_key=\(made.hex(32))"] {
            let found = try ChangeFixture().with(path, "x").violations()
            #expect(found.map(\.rule) == ["secret"], "\(path)")
            #expect(found.allSatisfy { $0.path == nil && !$0.message.contains("ghp_") })
            #expect(try ChangeFixture().with(path, "y", before: "x").rules() == [])
            #expect(try ChangeFixture().without(path, "x").rules() == [])
        }
        #expect(try ChangeFixture().with("link", token, mode: 0o120000).rules() == ["secret"])
    }

    @Test(arguments: [[], [0xFF, 0xFE]] as [[UInt8]]) func textInTwoBytesACharacterIsRead(mark: [UInt8]) throws {
        var made = MadeUpSecret(seed: 10)
        let text = "first\nDB_PASSWORD='\(made.text(16))'\ntoken: ghp_\(made.text(36))\n"
        for isBigEndian in [false, true] {
            let units = text.utf16.flatMap { unit -> [UInt8] in
                let pair = [UInt8(unit & 255), UInt8(unit >> 8)]
                return isBigEndian ? pair.reversed() : pair
            }
            let bytes: [UInt8] = (isBigEndian ? mark.reversed() : mark) + units
            let found = try ChangeFixture().with("a.txt", bytes: bytes, isBinary: true).violations()
            #expect(found.map(\.line) == [2, 3])
            let same = try ChangeFixture().with(
                "a.txt", bytes: bytes + bytes.suffix(2), before: bytes, isBinary: true)
            #expect(try same.rules() == [])
        }
        let wide = text.utf8.flatMap { [$0, 0, 0, 0] as [UInt8] }
        #expect(try ChangeFixture().with("a.bin", bytes: [1, 0, 2] + wide, isBinary: true).rules() == ["secret"])
    }

    @Test func aBaseFullOfSecretsHidesNoNewOne() throws {
        var made = MadeUpSecret(seed: 11)
        let base = (0..<1500).map { _ in "token: ghp_\(made.text(36))\n" }.joined()
        let fixture = try ChangeFixture().with("a", base + "glpat-\(made.text(20))\n", before: base)
        #expect(try fixture.violations().map(\.line) == [1501])
        #expect(try ChangeFixture().with("a", base).violations().count == 1000)
    }

    @Test func thePlaceOfAnAllowanceInALongLineIsReadOnce() throws {
        var made = MadeUpSecret(seed: 12)
        let line = (0..<5000).map { _ in "ghp_\(made.text(36)) " }.joined() + "leviathan:allow-secret"
        #expect(try ChangeFixture().with("a", line + "\n", before: line).rules() == [])
        #expect(try ChangeFixture().with("b", line, movedFrom: "a").without("a", line).rules() == [])
    }

    @Test func endsOfFilesAndLongLinesAreRead() throws {
        var made = MadeUpSecret(seed: 6)
        let token = "ghp_\(made.text(36))"
        for text in [
            token, String(repeating: "a ", count: 500_000) + token, token + "\0", "=" + token,
            "\n\n\n" + token + ":",
        ] {
            #expect(try ChangeFixture().with("a", text).rules() == ["secret"])
        }
        for text in [
            "", "=", ":", "a=", "password=", "password=\"", "-----BEGIN ", "eyJ", "gh", "://", "a://:@", "Q~",
            ":A", "Authorization: Bearer ",
        ] {
            #expect(try ChangeFixture().with("a", text).rules() == [])
        }
    }

    @Test func garbageIsReadWithoutHarm() throws {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "password", "=", ":", "\"", "'", "ghp_", "-----BEGIN PRIVATE KEY-----", "eyJ", "://", "@", " ", "\n",
            "\\", "Bearer ", "Q~", "a1B2",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            _ = SecretScan.findings(in: Array(text.joined().utf8), extent: [.assignments, .connections])
        }
    }

    @Test func theInvariantSaysTheSame() throws {
        var made = MadeUpSecret(seed: 8)
        let fixture = try ChangeFixture().with("a", "x\nghp_\(made.text(36))\n").with("b", "fine")
        let problems = BuiltinInvariant.secrets.problems(in: fixture.changes, fixture)
        #expect(problems == ["'a' line 2 holds what looks like a GitHub token"])
        #expect(BuiltinInvariant.secrets.problems(in: fixture.changes, Unreadable()).count == 2)
    }
}
