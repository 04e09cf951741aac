import Secrets
import Testing

@Suite struct PrivateKeyTests {
    private static func isKey(_ text: String) -> Bool {
        SecretScan.findings(in: Array(text.utf8)).contains { $0.kind == "a private key" }
    }

    /// The beginnings of an RSA key, of PKCS #8, of an encrypted one, of an elliptic curve, of OpenSSH's, of OpenPGP's.
    private static let beginnings: [(title: String, material: String)] = [
        ("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEAq3rV8sWx0Zk2Tn5c"),
        ("PRIVATE KEY", "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC"),
        ("ENCRYPTED PRIVATE KEY", "MIIFNTBfBgkqhkiG9w0BBQ0wUjAxBgkq"),
        ("EC PRIVATE KEY", "MHcCAQEEIKq3rV8sWx0Zk2Tn5cY8bQd1"),
        ("OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUA"),
        ("PGP PRIVATE KEY BLOCK", "lQOYBGX3rV8BCADq3rV8sWx0Zk2Tn5cY"),
    ]

    @Test(arguments: beginnings) func theBeginningOfAKeyCountsWithoutItsEnd(title: String, material: String) {
        let header = "-----BEGIN \(title)-----"
        #expect(Self.isKey("\(header)\n\(material)"))
        #expect(Self.isKey("x = \"\(header)\\n\(material)"))
        #expect(Self.isKey("  \(header)\r\n  \(material)\r\n  "))
        #expect(Self.isKey("'\(header)\\n' +\n    '\(material)\\n'"))
        #expect(!Self.isKey("\(header)\n\(material.dropLast())"))
        #expect(!Self.isKey("\(header)\n\(material)...\n-----END \(title)-----"))
        #expect(!Self.isKey("\(header) is what comes first; \(material.dropLast(8)) is not enough"))
    }

    @Test(arguments: [
        "...", "[your private key here]", "<base64>", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "\u{2026}", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "",
        "YourPrivateKeyExampleYourPrivateKeyExample12",
    ])
    func placeholdersDoNot(text: String) {
        for title in ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
            #expect(!Self.isKey("-----BEGIN \(title)-----\n\(text)\n-----END \(title)-----\n"))
        }
    }

    @Test func otherBase64CountsAsAWholeBlockOnly() {
        let material = "q3rV8sWx0Zk2Tn5cY8bQd1LmPoIuHgFt7R6e5D4w3S2a"
        let header = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"
        #expect(Self.isKey(header + material + "\n-----END RSA PRIVATE KEY-----\n"))
        #expect(!Self.isKey(header + material + "\n"))
        #expect(
            !Self.isKey(
                "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEAq3rV8sWx0Zk2Tn5cQ\n-----END CERTIFICATE-----\n"))
    }

    @Test func nothingBehindTheKeyBelongsToIt() {
        let block = "-----BEGIN PRIVATE KEY-----\\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASC\\n-----END PRIVATE KEY-----"
        let text = "{\"key\": \"\(block)\\n\", \"next\": 1}"
        let found = SecretScan.findings(in: Array(text.utf8))
        #expect(found.map(\.range) == [9..<9 + block.utf8.count])
    }
}
