internal import Basics
package import Model
internal import Secrets

/// The kinds of forge that pull requests are delivered to.
package enum ForgeKind: String, CaseIterable, Sendable {
    case github, gitlab, gitea, gerrit
    /// A git server that knows no pull requests.
    case plain

    /// The forge behind a remote, as far as its address tells.
    package init(recognising remote: RemoteAddress) {
        let host = remote.host
        let labels = host.split(separator: ".").map(String.init)
        func isNamed(_ names: String...) -> Bool {
            labels.contains { label in
                names.contains { label == $0 || label.split(separator: "-").contains($0[...]) }
            }
        }
        self =
            if remote.transport == .file || remote.transport == .git {
                .plain
            } else if remote.transport == .ssh && remote.port == 29418 {
                .gerrit
            } else if host.hasSuffix("-review.googlesource.com") || isNamed("gerrit") {
                .gerrit
            } else if host == "github.com" || host.hasSuffix(".ghe.com") || isNamed("github") {
                .github
            } else if host == "gitlab.com" || isNamed("gitlab") {
                .gitlab
            } else if host == "codeberg.org" || isNamed("gitea", "forgejo") {
                .gitea
            } else {
                .plain
            }
    }

    /// What people call it.
    package var name: String {
        switch self {
        case .github: "GitHub"
        case .gitlab: "GitLab"
        case .gitea: "Gitea"
        case .gerrit: "Gerrit"
        case .plain: "plain git"
        }
    }

    /// What the path of its API starts with, on a server of one's own.
    fileprivate var apiPath: String {
        switch self {
        case .github: "/api/v3"
        case .gitlab: "/api/v4"
        case .gitea: "/api/v1"
        case .gerrit, .plain: ""
        }
    }
}

/// Which forge a repository is on, where its API is, and what it is called there.
///
/// There is no such value whose API is at a host that only the target's own files name: credentials go where its API
/// is, and a contract is written by whoever may push to the target.
package struct ForgeAddress: Hashable, Sendable {
    package let kind: ForgeKind
    package let slug: RepositorySlug
    /// Without a slash at its end; empty for plain git.
    package let apiURL: String
    /// Whose credentials are needed, such as `github.com`; the port included where it is not the usual one.
    package let credentialHost: String
    /// Where git itself fetches and pushes, which is the user's own choice and not the contract's.
    package let remoteHost: String
    /// Whether the machine's configuration names the forge.
    package let isConfigured: Bool

    /// Takes what the machine's configuration says, then what the contract says, and the rest from the remote's URL.
    package init(
        _ settings: DeliverySettings, remoteURL: String, forges: [MachineForge] = []
    ) throws(ForgeError) {
        guard let remote = RemoteAddress(remoteURL) else {
            throw ForgeError(
                .address, "recognise the forge", host: "", details: ["the remote's address cannot be read"])
        }
        // An ssh port is not where the web server listens.
        let remoteHost = remote.transport == .ssh ? remote.host : remote.authority
        let known = forges.first { $0.host == remoteHost } ?? forges.first { $0.host == remote.authority }
        let named = known.map(\.kind) ?? .auto
        let kind = Self.kind(named == .auto ? settings.forge : named, remote)
        let api: String
        if let text = known?.apiURL {
            api = try Self.checked(text, kind, "'api_url' of '\(remoteHost)' in config.yaml")
        } else if let text = settings.apiURL {
            api = try Self.checked(text, kind, "'api_url' of the contract")
        } else {
            api = Self.defaultAPI(kind, remote)
        }
        (apiURL, self.kind, self.remoteHost, isConfigured) = (api, kind, remoteHost, known != nil)
        let apiAddress = RemoteAddress(api + "/x")
        let apiHost = apiAddress?.authority ?? remote.host
        credentialHost = Self.credentialHost(kind, apiHost)
        slug = try Self.slug(kind, remote, apiURL)
        guard kind != .plain else { return }
        try ForgeTrust(remote, remoteHost, forges).check(apiAddress, kind)
    }

    private static func kind(_ forge: DeliverySettings.Forge, _ remote: RemoteAddress) -> ForgeKind {
        switch forge {
        case .auto: ForgeKind(recognising: remote)
        case .github: .github
        case .gitlab: .gitlab
        case .gitea: .gitea
        case .gerrit: .gerrit
        case .git, .none: .plain
        }
    }

    private static func defaultAPI(_ kind: ForgeKind, _ remote: RemoteAddress) -> String {
        if kind == .plain { return "" }
        if kind == .github, remote.host == "github.com" { return "https://api.github.com" }
        if kind == .github, remote.host.hasSuffix(".ghe.com") { return "https://api.\(remote.host)" }
        let scheme = remote.transport == .http ? "http" : "https"
        // An ssh port says nothing of where the web server listens.
        let isWeb = remote.transport == .http || remote.transport == .https
        return "\(scheme)://\(isWeb ? remote.authority : remote.host)\(kind.apiPath)"
    }

    private static func checked(
        _ text: String, _ kind: ForgeKind, _ origin: String
    ) throws(ForgeError) -> String {
        func refusal(_ reason: String) -> ForgeError {
            ForgeError(.address, "use \(origin)", host: "", details: [reason])
        }
        let lower = text.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else {
            throw refusal("it must start with https://")
        }
        guard !URLRedaction.hasCredentials(text), !text.contains("@"), !text.contains("\\") else {
            throw refusal("it must not hold a user name, a password or a backslash")
        }
        guard !text.contains("?"), !text.contains("#"), !text.contains(where: \.isWhitespace) else {
            throw refusal("it must not hold a query, a fragment or a space")
        }
        let isBareHost = text.split(separator: "/", omittingEmptySubsequences: true).count == 2
        guard let address = RemoteAddress(isBareHost ? text + "/x" : text) else {
            throw refusal("it is not a URL")
        }
        var base = text
        while base.hasSuffix("/") { base.removeLast() }
        return isBareHost && !Self.isPublicAPI(address.host) ? base + kind.apiPath : base
    }

    /// GitHub's own API, and those of its customers below `ghe.com`.
    private static func isPublicAPI(_ host: String) -> Bool {
        host == "api.github.com" || (host.hasPrefix("api.") && host.hasSuffix(".ghe.com"))
    }

    private static func credentialHost(_ kind: ForgeKind, _ apiHost: String) -> String {
        kind == .github && isPublicAPI(apiHost) ? String(apiHost.dropFirst(4)) : apiHost
    }

    private static func slug(
        _ kind: ForgeKind, _ remote: RemoteAddress, _ apiURL: String
    ) throws(ForgeError) -> RepositorySlug {
        var path = remote.path
        if kind == .gerrit || kind == .plain {
            if kind == .gerrit, path.first == "a", path.count > 1 { path.removeFirst() }
            return RepositorySlug(owner: path.dropLast().joined(separator: "/"), name: path.last ?? "")
        }
        // A forge below a path of its server has that path in its clone URLs too, but not in its own names.
        let isWeb = remote.transport == .http || remote.transport == .https
        let prefix = (RemoteAddress(apiURL)?.path ?? []).prefix { $0 != "api" }
        if isWeb, !prefix.isEmpty, path.starts(with: prefix) { path.removeFirst(prefix.count) }
        let isDeep = kind == .gitlab
        guard let slug = RepositorySlug(path), isDeep || path.count == 2 else {
            throw ForgeError(
                .address, "recognise the repository on \(kind.name)", host: remote.host,
                details: ["'\(path.joined(separator: "/"))' is not \(isDeep ? "group/name" : "owner/name")"])
        }
        return slug
    }
}
