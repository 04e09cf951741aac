/// Thirty kinds of credentials in the formats that their services give out.
enum KnownFormats {
    static let all: [SecretFormat] = forges + clouds + services + keys + general

    private static let forges = [
        SecretFormat("GitHub token", ["github token", "gh pat"]) { text in
            text.choose(["ghp_", "gho_", "ghs_", "ghu_"]) + text.alphanumeric(36)
        },
        SecretFormat("GitHub fine-grained token", ["github token"]) { text in
            "github_pat_" + text.alphanumeric(22) + "_" + text.alphanumeric(59)
        },
        SecretFormat("GitLab token", ["gitlab token", "ci job token"]) { text in "glpat-" + text.base64URL(20) },
        SecretFormat("npm token", ["npm token", "node auth token"]) { text in "npm_" + text.alphanumeric(36) },
        SecretFormat("PyPI token", ["twine password", "pypi token"]) { text in
            "pypi-AgEIcHlwaS5vcmcC" + text.base64URL(150)
        },
        SecretFormat("Docker Hub token", ["docker password", "registry token"]) { text in
            "dckr_pat_" + text.base64URL(26) + text.alphanumeric(1)
        },
    ]

    private static let clouds = [
        SecretFormat("AWS access key", ["aws access key id"]) { text in
            text.choose(["AKIA", "ASIA"]) + text.pick(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        },
        SecretFormat("AWS secret key", ["aws secret access key", "secret key"], in: SecretCarrier.named) { text in
            text.base64(40)
        },
        SecretFormat("Google API key", ["google api key", "maps key"]) { text in "AIza" + text.base64URL(35) },
        SecretFormat("Google client secret", ["client secret"]) { text in "GOCSPX-" + text.base64URL(27) + "a" },
        SecretFormat("Azure client secret", ["azure client secret"]) { text in
            text.alphanumeric(3) + text.digits(1) + "Q~" + text.base64URL(30) + text.alphanumeric(4)
        },
        SecretFormat(
            "Azure storage key", ["connection string"], in: [.quotedDotenv, .json, .capitalJSON, .python]
        ) {
            text in
            "DefaultEndpointsProtocol=https;AccountName=acc\(text.lower(4));AccountKey=\(text.base64(86))==;"
                + "EndpointSuffix=core.windows.net"
        },
        SecretFormat("DigitalOcean token", ["do token"]) { text in "dop_v1_" + text.hex(64) },
        SecretFormat("Vault token", ["vault token"]) { text in "hvs." + text.alphanumeric(24) },
        SecretFormat("Databricks token", ["databricks token"]) { text in "dapi" + text.hex(32) },
    ]

    private static let services = [
        SecretFormat("Slack token", ["slack bot token"]) { text in
            "xoxb-" + text.digits(12) + "-" + text.digits(13) + "-" + text.alphanumeric(24)
        },
        SecretFormat("Slack webhook", ["slack webhook"], in: SecretCarrier.quoted + [.plain, .comment]) { text in
            "https://hooks.slack.com/services/T" + text.upperAndDigits(10) + "/B" + text.upperAndDigits(10) + "/"
                + text.alphanumeric(24)
        },
        SecretFormat("Stripe key", ["stripe key"]) { text in
            text.choose(["sk_live_", "rk_live_"]) + text.alphanumeric(text.choose([24, 99]))
        },
        SecretFormat("Anthropic key", ["anthropic api key"]) { text in "sk-ant-api03-" + text.base64URL(93) + "AA"
        },
        SecretFormat("OpenAI key", ["openai api key"]) { text in
            "sk-proj-" + text.base64URL(74) + "T3Blbk" + "FJ" + text.base64URL(73) + "A"
        },
        SecretFormat("Hugging Face token", ["hf token"]) { text in "hf_" + text.alphanumeric(34) },
        SecretFormat("Twilio key", ["twilio key"]) { text in "SK" + text.hex(32) },
        SecretFormat("SendGrid key", ["sendgrid api key"]) { text in
            "SG." + text.base64URL(21) + "a." + text.base64URL(42) + "b"
        },
        SecretFormat("Telegram token", ["telegram token"]) { text in
            text.pick(1, "123456789") + text.digits(9) + ":AA" + text.base64URL(32) + "x"
        },
        SecretFormat("Discord token", ["discord token"]) { text in
            RandomText.base64URL(of: text.pick(1, "1345678") + text.digits(17)) + "." + text.base64URL(6) + "."
                + text.base64URL(37) + "c"
        },
    ]

    private static let keys = [
        SecretFormat("private key", ["private key"], in: [.plain]) { text in PrivateKeys.pem(&text) },
        SecretFormat("service account", ["private key"], in: [.json, .capitalJSON]) { text in
            PrivateKeys.pkcs8(&text, line: "\\n")
        },
    ]

    private static let general = [
        SecretFormat("JSON web token", ["session token", "id token"]) { text in
            let claims = "{\"sub\":\"\(text.word())\",\"iat\":17\(text.digits(8)),\"exp\":18\(text.digits(8))}"
            return RandomText.base64URL(of: "{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "."
                + RandomText.base64URL(of: claims) + "." + text.base64URL(42) + "A"
        },
        SecretFormat("database URL", ["database url"], in: SecretCarrier.named + [.plain, .log]) { text in
            text.choose(["postgres", "mysql", "mongodb+srv", "amqps", "rediss"]) + "://\(text.word()):"
                + text.alphanumeric(text.number(12...24))
                + "@db\(text.number(1...9)).\(text.word()).corp.net:5432/app"
        },
        SecretFormat(
            "random value", ["api key", "client secret", "auth token", "webhook secret"], in: SecretCarrier.named
        ) {
            text in
            text.number(0...1) == 0
                ? text.hex(text.choose([32, 40, 64])) : text.alphanumeric(text.number(24...48))
        },
    ]
}

/// Private keys whose bytes begin as those of real ones do; the rest is random.
enum PrivateKeys {
    static func pem(_ text: inout RandomText) -> String {
        switch text.number(0...4) {
        case 0:
            block("RSA PRIVATE KEY", [0x30, 0x82, 0x04, 0xA4, 2, 1, 0, 0x02, 0x82, 1, 1, 0] + text.bytes(1180))
        case 1: block("EC PRIVATE KEY", [0x30, 0x77, 2, 1, 1, 4, 0x20] + text.bytes(112))
        case 2: openSSH(&text)
        case 3: encrypted(&text)
        default: pkcs8(&text, line: "\n")
        }
    }

    static func pkcs8(_ text: inout RandomText, line: String) -> String {
        let algorithm: [UInt8] = [0x30, 0x0D, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0]
        let head =
            [0x30, 0x82, 0x04, 0xBE, 2, 1, 0] + algorithm + [4, 0x82, 4, 0xA8, 0x30, 0x82, 4, 0xA4, 2, 1, 0]
        return block("PRIVATE KEY", head + text.bytes(1180), line: line)
    }

    private static func encrypted(_ text: inout RandomText) -> String {
        let scheme: [UInt8] = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 0x0D, 0x30, 0x52]
        return block("ENCRYPTED PRIVATE KEY", [0x30, 0x82, 0x05, 0x35, 0x30, 0x5F] + scheme + text.bytes(1200))
    }

    private static func openSSH(_ text: inout RandomText) -> String {
        let head =
            Array("openssh-key-v1\0".utf8) + [0, 0, 0, 4] + Array("none".utf8) + [0, 0, 0, 4] + Array("none".utf8)
        return block("OPENSSH PRIVATE KEY", head + [0, 0, 0, 0, 0, 0, 0, 1] + text.bytes(300), width: 70)
    }

    static func block(_ title: String, _ bytes: [UInt8], line: String = "\n", width: Int = 64) -> String {
        let body = Array(RandomText.base64(of: bytes))
        let lines = stride(from: 0, to: body.count, by: width).map {
            String(body[$0..<min($0 + width, body.count)])
        }
        return (["-----BEGIN \(title)-----"] + lines + ["-----END \(title)-----"]).joined(separator: line) + line
    }
}
