internal import Basics

/// Tells from a name whether its value is a credential.
package enum CredentialName {
    /// Whether a word of a variable's name says so: `API_KEY` does, `KEYBOARD_LAYOUT` does not.
    package static func matches(_ variable: String) -> Bool {
        variable.uppercased().split(separator: "_").contains { word in
            words.contains { word == $0 || (word.hasSuffix($0) && $0.count > 4) || word == $0 + "S" }
        }
    }

    private static let words = [
        "KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PAT", "PWD", "CREDENTIAL",
        "AUTH", "AUTHORIZATION",
    ]

    /// Whether a header or a query parameter of that name usually holds a secret.
    package static func isSensitive(field: some StringProtocol) -> Bool {
        let name = field.lowercased()
        return fields.contains(name) || fieldWords.contains { name.contains($0) }
    }

    private static let fieldWords = [
        "token", "secret", "password", "passwd", "signature", "credential", "cookie", "authorization", "api-key",
        "api_key", "apikey", "session", "jwt",
    ]

    private static let fields = ["key", "sig", "auth", "code", "access", "pass", "pwd"]
}
