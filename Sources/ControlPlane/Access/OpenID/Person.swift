internal import API
internal import Basics
internal import Model

/// Somebody whom a provider has named; what they may do follows from the roles of the moment.
package struct Person: Hashable, Sendable {
    private static let groupLimit = 2000
    package let subject: String
    /// A mail address that the provider says is theirs.
    let mail: String?
    let groups: Set<String>
    /// What they are recorded by.
    package let name: String

    init(_ claims: JSON, _ provider: IdentityProvider) {
        subject = claims["sub"]?.string ?? ""
        let isVerified = claims["email_verified"] == true || claims["email_verified"] == "true"
        let mail = isVerified ? claims["email"]?.string : nil
        self.mail = mail
        let wanted = provider.nameClaim.flatMap { claims[$0]?.string }
        name = Self.plain(wanted ?? mail ?? subject)
        let claim = provider.groupsClaim ?? provider.preset.groupsClaim
        let value = claims[claim]
        let given = value.flatMap { $0.string.map { [$0] } ?? $0.elements?.compactMap(\.string) } ?? []
        groups = Set(given.prefix(Self.groupLimit))
    }

    /// One line, of a length that fits every list.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)))
    }

    package static let prefix = "oidc:"

    /// The caller that they are, with every right that one of the roles gives them; `nil` where that is none.
    func principal(_ roles: [IdentityProvider.Role]) -> Principal? {
        let grants = roles.filter(holds).compactMap { role -> AccessGrant? in
            guard let right = Right(rawValue: role.right) else { return nil }
            return AccessGrant(right, role.targets.map { .named(Set($0)) } ?? .all)
        }
        return grants.isEmpty
            ? nil : Principal(id: Self.prefix + subject, name: Self.prefix + name, grants: grants)
    }

    // MARK: As it is kept

    var stored: JSON {
        [
            "subject": .string(subject), "mail": .optional(mail), "groups": .strings(groups.sorted()),
            "name": .string(name),
        ]
    }

    /// What cannot be read is nobody.
    init?(stored: JSON) {
        guard let subject = stored["subject"]?.string, let mail = stored["mail"],
            let name = stored["name"]?.string,
            let groups = stored["groups"]?.elements
        else { return nil }
        (self.subject, self.mail, self.name) = (subject, mail.string, name)
        self.groups = Set(groups.compactMap(\.string))
    }

    private func holds(_ role: IdentityProvider.Role) -> Bool {
        if let group = role.group { return groups.contains(group) }
        guard let user = role.user else { return false }
        return user == subject || mail.map { $0.lowercased() == user.lowercased() } == true
    }
}
