/// What `config.yaml` says about the control plane of its home.
package struct ControlPlaneSettings: Hashable, Sendable {
    /// Where browsers reach it, without a path.
    package var url: String?
    package var provider: IdentityProvider?
    /// The variable that holds what forges sign webhooks with, for targets that name none of their own.
    package var webhookSecretVariable: String?

    package init() {}

    /// The variables whose values are nobody else's business.
    package var secretVariables: [String] { [provider?.secretVariable, webhookSecretVariable].compactMap(\.self) }
}

/// An OpenID provider whose people may log in, and what each of them may do.
package struct IdentityProvider: Hashable, Sendable {
    /// What a provider calls things, where nothing else is said.
    package enum Preset: String, CaseIterable, Sendable {
        case generic, okta, entra, google, keycloak, cognito

        /// The claim that names the groups of a person.
        package var groupsClaim: String {
            switch self {
            case .cognito: "cognito:groups"
            // It knows no groups: the domain of an organisation is what it says.
            case .google: "hd"
            case .generic, .okta, .entra, .keycloak: "groups"
            }
        }

        package var scopes: [String] {
            switch self {
            // It refuses scopes that an administrator has not made.
            case .okta: ["openid", "email", "profile", "groups"]
            case .generic, .entra, .google, .keycloak, .cognito: ["openid", "email", "profile"]
            }
        }
    }

    /// Who may do what: those of a group, or one person.
    package struct Role: Hashable, Sendable {
        package var group: String?
        /// A mail address that the provider has verified, or the provider's own name of a person.
        package var user: String?
        /// `view`, `trigger`, `operate` or `admin`.
        package var right = "view"
        /// `nil` for all.
        package var targets: [String]?

        package init() {}
    }

    package var issuer = ""
    package var clientID = ""
    /// The variable that holds the client's secret; without one the client is public.
    package var secretVariable: String?
    package var name: String?
    package var preset = Preset.generic
    package var groupsClaim: String?
    package var nameClaim: String?
    package var scopes: [String]?
    package var clockSkew = Duration.seconds(60)
    package var idle = Duration.seconds(2 * 3600)
    package var longest = Duration.seconds(12 * 3600)
    package var roles: [Role] = []

    package init() {}
}
