package import Basics
internal import HTTP
package import Model
package import Secrets

/// A GitHub App as GitHub's own page to register one takes it: what it is called, and what it may do.
package struct GitHubAppManifest: Hashable, Sendable {
    package struct Permission: Hashable, Sendable {
        package let name: String
        package let level: String
        /// What it is needed for.
        package let words: String
    }

    /// No more than what pull requests need.
    ///
    /// Without `workflows` GitHub refuses pushes that change `.github/workflows`.
    package static let permissions = [
        Permission(name: "metadata", level: "read", words: "to know the repository and its default branch"),
        Permission(name: "contents", level: "write", words: "to push branches that begin with agent/"),
        Permission(name: "pull_requests", level: "write", words: "to open pull requests and keep them up to date"),
        Permission(name: "checks", level: "read", words: "to see whether the checks of a pull request pass"),
        Permission(name: "statuses", level: "read", words: "to see the older kind of checks"),
    ]
    package static let events = ["pull_request", "pull_request_review"]
    /// GitHub takes no longer name.
    package static let longestName = 34

    /// Where GitHub is, as browsers and as programs reach it.
    package let webURL: String
    private let address: ForgeAddress
    package let name: String
    package let host: String
    /// `nil` for the account of whoever registers it.
    package let organization: String?
    /// Where browsers reach this control plane, without a slash at its end.
    package let home: String
    /// Whether GitHub can send webhooks there.
    package let isReachable: Bool

    /// `host` is that of the forge; what the machine's configuration says of it counts.
    package init(
        host: String, forges: [MachineForge], name: String, organization: String?, home: String, isReachable: Bool
    ) throws(ForgeError) {
        (address, self.host) = (try Self.address(host, forges), host)
        let isPlain = address.apiURL.lowercased().hasPrefix("http:")
        webURL = (isPlain ? "http://" : "https://") + host
        (self.name, self.organization, self.home, self.isReachable) = (name, organization, home, isReachable)
    }

    private static func address(_ host: String, _ forges: [MachineForge]) throws(ForgeError) -> ForgeAddress {
        let address = try ForgeAddress(
            DeliverySettings(), remoteURL: "https://\(host)/any/any.git", forges: forges)
        guard address.kind == .github else {
            throw ForgeError(
                .address, "register a GitHub App", host: host,
                details: ["'\(host)' is no GitHub: name it under forges: in config.yaml, with kind: github"])
        }
        return address
    }

    /// What credentials of the app are kept under.
    package var credentialHost: String { address.credentialHost }

    /// Where a browser posts the form to.
    package func action(state: String) -> String {
        let owner = organization.map { "/organizations/" + PercentEncoding.encode($0) } ?? ""
        return "\(webURL)\(owner)/settings/apps/new?state=\(PercentEncoding.encode(state))"
    }

    package var json: JSON {
        let rights = Self.permissions.map { JSON.Member($0.name, .string($0.level)) }
        var members: [JSON.Member] = [
            JSON.Member("name", .string(name)), JSON.Member("url", .string(home)),
            JSON.Member("description", "Opens pull requests that a policy has judged; merges nothing by itself."),
            JSON.Member("redirect_url", .string(home + "/onboarding/github/made")),
            JSON.Member("public", .bool(false)), JSON.Member("default_permissions", .object(rights)),
        ]
        // GitHub takes no address that it cannot reach.
        if isReachable {
            let hook: JSON = ["url": .string(home + "/v1/webhooks/github"), "active": true]
            members.append(JSON.Member("hook_attributes", hook))
            members.append(JSON.Member("default_events", .strings(Self.events)))
        }
        return .object(members)
    }

    /// Gets the app that GitHub made for a code; a code is good for one hour, and once.
    package static func app(
        for code: String, host: String, forges: [MachineForge], _ surroundings: ForgeEnvironment
    ) throws(ForgeError) -> GitHubAppSecrets {
        let connection = ForgeConnection(try address(host, forges), FixedCredential.none, surroundings)
        let call = ForgeCall(
            "take over the new GitHub App", .post, connection.url("app-manifests", code, "conversions"),
            .object([]))
        let answer = try connection.send(call)
        guard let app = GitHubAppSecrets(try answer.json(), host: connection.host) else {
            throw answer.unreadable("the answer has no id, no key or no secret")
        }
        return app
    }
}

/// A GitHub App with everything that proves to be it.
package struct GitHubAppSecrets: Sendable {
    package let host: String
    package let id: Int
    package let slug: String
    package let name: String
    package let owner: String
    /// Its page, below which it is installed.
    package let url: String
    package let key: Secret
    package let clientID: String
    package let clientSecret: Secret
    /// `nil` where GitHub sends no webhooks.
    package let webhookSecret: Secret?

    init?(_ json: JSON, host: String) {
        guard let id = json["id"]?.integer, let slug = json["slug"]?.string, let url = json["html_url"]?.string,
            let key = json["pem"]?.string, key.contains("PRIVATE KEY"), let client = json["client_id"]?.string,
            let secret = json["client_secret"]?.string
        else { return nil }
        (self.host, self.id, self.slug, self.url) = (host, id, slug, url)
        (name, owner) = (json["name"]?.string ?? slug, json["owner"]?["login"]?.string ?? "")
        (self.key, clientID, clientSecret) = (Secret(key), client, Secret(secret))
        webhookSecret = json["webhook_secret"]?.string.map { Secret($0) }
    }
}
