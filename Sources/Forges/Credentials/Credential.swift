internal import Basics
package import HTTP
package import Secrets

/// A token, or a user name with a password, and where it was found.
package struct ForgeCredential: Sendable {
    package let secret: Secret
    package let user: String?
    /// Where it comes from, in words that tell nothing of it.
    package let source: String

    /// Refuses what cannot be sent as it is.
    package init(_ secret: Secret, user: String? = nil, source: String) throws(ForgeError) {
        let isClean = secret.reveal { text in
            !text.isEmpty && text.utf8.count <= 16384 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        guard isClean else {
            throw ForgeError(
                .credentials, "use the token from \(source)", host: "",
                details: [
                    "it is empty, too long, or holds a line break, a space or another character no token has"
                ])
        }
        if let user {
            guard !user.isEmpty, user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") })
            else {
                throw ForgeError(
                    .credentials, "use the user name from \(source)", host: "",
                    details: ["it is empty or holds a character that no user name has"])
            }
        }
        (self.secret, self.user, self.source) = (secret, user, source)
    }

    /// How the forge wants it.
    package func authorization(for kind: ForgeKind) -> HTTPAuthorization {
        switch kind {
        case .gerrit: .basic(user: user ?? "", password: secret)
        case .gitea:
            // What git keeps for a Gitea may be a password, which only works together with its user.
            user.map { .basic(user: $0, password: secret) }
                ?? .header(name: "Authorization", value: secret.reveal { Secret("token " + $0) })
        case .github, .gitlab, .plain: .bearer(secret)
        }
    }
}

/// Gives the credentials for each request; what it gives may change while it is used.
package protocol CredentialProvider: Sendable {
    /// Where the credentials come from; `nil` when there are none.
    var source: String? { get }
    var canRenew: Bool { get }

    func authorization(for kind: ForgeKind) throws(ForgeError) -> HTTPAuthorization?

    /// Drops what was cached, so that the next request gets something new.
    func forget()

    /// The text with every occurrence of the secret hidden.
    func concealing(_ text: String) -> String
}

/// Credentials that stay the same, or none.
package struct FixedCredential: CredentialProvider {
    private let credential: ForgeCredential?

    package init(_ credential: ForgeCredential?) { self.credential = credential }

    package static let none = FixedCredential(nil)

    package var source: String? { credential?.source }
    package var canRenew: Bool { false }

    package func authorization(for kind: ForgeKind) throws(ForgeError) -> HTTPAuthorization? {
        credential?.authorization(for: kind)
    }

    package func forget() {}

    package func concealing(_ text: String) -> String { credential?.secret.concealed(in: text) ?? text }
}

extension Secret {
    /// The text with every occurrence of the value hidden.
    func concealed(in text: String) -> String {
        reveal { $0.utf8.count < 4 ? text : text.replacing($0, with: description) }
    }
}
