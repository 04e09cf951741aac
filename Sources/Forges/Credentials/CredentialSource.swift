internal import Basics
internal import Secrets

/// Which credentials are needed.
package struct CredentialRequest: Hashable, Sendable {
    let address: ForgeAddress

    package init(_ address: ForgeAddress) { self.address = address }

    package var kind: ForgeKind { address.kind }
    /// Whose credentials, such as `github.com`; with its port where that is not the usual one.
    package var host: String { address.credentialHost }
    /// Where git itself fetches and pushes: the user's choice, while the host may come from the contract.
    package var remoteHost: String { address.remoteHost }
    package var slug: RepositorySlug { address.slug }
    /// Whether the machine's configuration names the forge.
    package var isConfigured: Bool { address.isConfigured }
    package var isSecure: Bool { !address.apiURL.lowercased().hasPrefix("http:") }
}

/// A place where credentials may be found.
package protocol CredentialSource: Sendable {
    /// What it is called by people.
    var name: String { get }

    /// `nil` when it has none for that host; an error when it has some that cannot be used.
    func provider(for request: CredentialRequest) throws(ForgeError) -> (any CredentialProvider)?
}

/// Looks in one place after the other; the first that has something serves.
package struct CredentialChain: Sendable {
    private let sources: [any CredentialSource]

    package init(_ sources: [any CredentialSource]) { self.sources = sources }

    /// What serves for that forge; nothing is sent where nothing was found.
    package func provider(for request: CredentialRequest) throws(ForgeError) -> any CredentialProvider {
        for source in sources { if let found = try source.provider(for: request) { return found } }
        return FixedCredential.none
    }

    /// What each place has to say, in the order in which they are looked at.
    package func findings(for request: CredentialRequest) -> [CredentialFinding] {
        var isServed = false
        return sources.map { source in
            do throws(ForgeError) {
                guard let provider = try source.provider(for: request) else {
                    return CredentialFinding(name: source.name, state: .absent)
                }
                defer { isServed = true }
                let place = provider.source ?? source.name
                return CredentialFinding(name: place, state: isServed ? .unused : .used)
            } catch {
                // The first that cannot be used stops the search, so that no other account serves unnoticed.
                defer { isServed = true }
                return CredentialFinding(name: source.name, state: .broken(error.description))
            }
        }
    }
}

/// What one place holds, told without showing any of it.
package struct CredentialFinding: Hashable, Sendable, CustomStringConvertible {
    package enum State: Hashable, Sendable {
        case used
        /// It has some, and an earlier place serves.
        case unused
        case absent
        case broken(String)
    }

    package let name: String
    package let state: State

    package var description: String {
        switch state {
        case .used: "\(name): used"
        case .unused: "\(name): there, and not needed"
        case .absent: "\(name): none"
        case .broken(let reason): "\(name): \(reason)"
        }
    }
}

/// Tokens in environment variables, each for the hosts that it was made for.
///
/// A token only goes to the public host of its kind, to those that the environment or the machine's configuration
/// names, and, for kinds without such names, to the host that git pushes to anyway.
package struct EnvironmentCredentials: CredentialSource {
    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    package var name: String { "the environment" }

    package func provider(for request: CredentialRequest) throws(ForgeError) -> (any CredentialProvider)? {
        for variable in variables(request) {
            guard let token = environment[variable], !token.isEmpty else { continue }
            let user = request.kind == .gerrit ? environment["GERRIT_USER"] ?? environment["GERRIT_USERNAME"] : nil
            return FixedCredential(
                try ForgeCredential(Secret(token), user: user, source: "the environment variable \(variable)"))
        }
        return nil
    }

    private func variables(_ request: CredentialRequest) -> [String] {
        let isRemotes = request.host == request.remoteHost
        switch request.kind {
        case .github:
            // Anybody may have a name below ghe.com: it takes the user to say that the token is for that one.
            let isTenant = request.host.hasSuffix(".ghe.com")
            let isNamed = request.isConfigured || self.isNamed(request, "GH_HOST", "GITHUB_SERVER_URL")
            if request.host == "github.com" || (isTenant && isNamed) { return ["GH_TOKEN", "GITHUB_TOKEN"] }
            let enterprise =
                !isTenant && (request.isConfigured || self.isNamed(request, "GH_HOST") || isRemotes)
                ? ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"] : []
            let own = self.isNamed(request, "GITHUB_SERVER_URL", "GITHUB_API_URL") ? ["GITHUB_TOKEN"] : []
            return enterprise + own
        case .gitlab:
            let isKnown =
                request.isConfigured
                || request.host == "gitlab.com" && !names("GITLAB_HOST", "GITLAB_URI", "GL_HOST")
                || isNamed(request, "GITLAB_HOST", "GITLAB_URI", "GL_HOST", "CI_SERVER_URL", "CI_SERVER_HOST")
            return isKnown ? ["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"] : []
        case .gitea:
            let hosts = ["GITEA_SERVER_URL", "GITEA_HOST", "FORGEJO_SERVER_URL", "FORGEJO_HOST"]
            let isKnown =
                request.isConfigured || hosts.contains { isNamed(request, $0) }
                || (isRemotes && !hosts.contains { names($0) })
            return isKnown ? ["GITEA_TOKEN", "FORGEJO_TOKEN"] : []
        case .gerrit:
            return request.isConfigured || isNamed(request, "GERRIT_HOST", "GERRIT_URL") || isRemotes
                ? ["GERRIT_PASSWORD", "GERRIT_TOKEN"] : []
        case .plain: return []
        }
    }

    private func names(_ variables: String...) -> Bool { variables.contains { environment[$0]?.isEmpty == false } }

    /// Whether one of the variables names the host, as a name or within a URL.
    private func isNamed(_ request: CredentialRequest, _ variables: String...) -> Bool {
        variables.contains { variable in
            guard let value = environment[variable], !value.isEmpty else { return false }
            let address = value.contains("://") ? RemoteAddress(value + "/x") : RemoteAddress("https://\(value)/x")
            return address?.authority == request.host
        }
    }
}

/// Opens the forge at an address with the credentials that are found for it.
package enum ForgeOpening {
    package static func open(
        _ address: ForgeAddress, _ credentials: CredentialChain, _ surroundings: ForgeEnvironment
    ) throws(ForgeError) -> any Forge {
        if address.kind == .plain { return PlainForge(address) }
        let provider = try credentials.provider(for: CredentialRequest(address))
        return switch address.kind {
        case .github: GitHubForge(address, provider, surroundings)
        case .gitlab: GitLabForge(address, provider, surroundings)
        case .gitea: GiteaForge(address, provider, surroundings)
        case .gerrit: GerritForge(address, provider, surroundings)
        case .plain: PlainForge(address)
        }
    }
}
