internal import Basics
internal import Model
internal import YAML

/// The right that a role gives, as the control plane calls it.
enum RoleRight: String, CaseIterable, Sendable { case view, trigger, operate, admin }

/// `control_plane:` of a machine's `config.yaml`.
enum ControlPlaneFormat {
    static let fields: [Field<ControlPlaneSettings>] = [
        Field("url", \.url, .text, "Where browsers reach the control plane, without a path: needed for `oidc`."),
        Field(
            "webhook_secret_variable", \.webhookSecretVariable, .variable,
            "The variable that holds what forges sign webhooks with, for targets that name none of their own."),
        oidc,
    ]

    static let provider = RecordFormat<IdentityProvider>(
        "an OpenID provider",
        [
            Field("issuer", \.issuer, .text, required: true, "What the provider calls itself; https."),
            Field("client_id", \.clientID, .text, required: true, "What the provider calls this control plane."),
            Field(
                "client_secret_variable", \.secretVariable, .variable,
                "The variable that holds the client's secret; without it the client is a public one."),
            Field("name", \.name, .text, "What the page to log in calls the provider; without it its host."),
            Field(
                "preset", \.preset, .choice(), standard: "generic",
                "Whose habits the claim of groups and the scopes follow."),
            Field("groups_claim", \.groupsClaim, .text, "The claim that names a person's groups."),
            Field(
                "name_claim", \.nameClaim, .text,
                "The claim that a person is recorded by; without it the verified mail address, else the subject."),
            Field("scopes", \.scopes, .list(of: .text, limit: 50), "What the provider is asked for."),
            Field(
                "clock_skew", \.clockSkew, .duration(0...300), standard: "1m",
                "How far the provider's clock may be from this machine's."),
            Field(
                "idle", \.idle, .duration(60...86_400), standard: "2h",
                "A session ends after this without a request."
            ),
            Field(
                "longest", \.longest, .duration(60...7 * 86_400), standard: "12h",
                "A session ends after this, whatever is done with it."),
            roles,
        ])

    static let role = RecordFormat<IdentityProvider.Role>(
        "a role",
        [
            Field("group", \.group, .text, "Everybody of this group has it."),
            Field(
                "user", \.user, .text, "The person with this verified mail address, or with this subject, has it."),
            Field<IdentityProvider.Role>(
                "right", Codec<RoleRight>.choice(), standard: "view", "What the role allows."
            ) { $0.right = $1.rawValue },
            Field("targets", \.targets, .list(of: .text, limit: 1000), "Only for these; for all without it."),
        ])

    private static let roles = Field<IdentityProvider>(
        "roles", expected: "a list of roles", schema: ["type": ["array", "null"], "items": role.schema()],
        "Who may do what: each with `group` or `user`, `right` and `targets`. Nobody else may do anything."
    ) { entry, provider, context in
        guard let items = entry.value.items else {
            return context.reportWrongType(entry.value, expected: "a list of roles")
        }
        for item in items {
            var record = Record(IdentityProvider.Role())
            role.read(item, into: &record, &context)
            let found = record.value
            // A list of targets that cannot be read must not become all of them.
            let isNarrow = role.entry("targets", of: record) == nil || found.targets?.isEmpty == false
            guard (found.group == nil) != (found.user == nil), isNarrow else {
                context.report(
                    .wrongType,
                    isNarrow ? "a role has either `group` or `user`" : "`targets` of a role names at least one",
                    at: item.span)
                continue
            }
            provider.roles.append(found)
        }
    }

    private static let oidc = Field<ControlPlaneSettings>(
        "oidc", expected: "a mapping with `issuer`, `client_id` and `roles`", schema: provider.schema(),
        "An OpenID provider whose people may log in."
    ) { entry, settings, context in
        guard entry.value.pairs != nil else {
            return context.reportWrongType(entry.value, expected: "a mapping with `issuer` and `client_id`")
        }
        var record = Record(IdentityProvider())
        provider.read(entry.value, into: &record, &context)
        provider.reportMissing(record, &context)
        let found = record.value
        if !found.issuer.isEmpty, !isAddress(found.issuer) {
            context.report(
                .wrongType, "the issuer of a provider is an https address without query",
                at: entry.value.span)
        }
        settings.provider = found
    }

    /// Over TLS, or to this machine.
    static func isAddress(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && !"?#@\\".utf8.contains($0) }) else {
            return false
        }
        if text.hasPrefix("https://") { return text.utf8.count > "https://".utf8.count }
        guard text.hasPrefix("http://") else { return false }
        let host = text.dropFirst("http://".count).prefix { $0 != "/" }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }
}
