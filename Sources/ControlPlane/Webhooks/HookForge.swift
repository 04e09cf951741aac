internal import Basics
internal import Crypto
internal import HTTP
internal import HTTPServer
internal import Secrets

/// How each forge signs what it sends, and where it says which pull request that is about.
enum HookForge: String, CaseIterable, Sendable {
    case github, gitlab, gitea

    /// The headers that carry the signature, what happened, and the delivery's own name.
    var headers: (signature: String, event: String, delivery: String) {
        switch self {
        case .github: ("X-Hub-Signature-256", "X-GitHub-Event", "X-GitHub-Delivery")
        case .gitlab: ("X-Gitlab-Token", "X-Gitlab-Event", "X-Gitlab-Event-UUID")
        case .gitea: ("X-Gitea-Signature", "X-Gitea-Event", "X-Gitea-Delivery")
        }
    }

    /// Whether whoever sent a request knows the secret; of two signatures none counts.
    func isSigned(_ request: ServerRequest, by secret: Secret) -> Bool {
        let given = request.headers.values(headers.signature)
        guard given.count == 1, !secret.isEmpty else { return false }
        if self == .gitlab {
            // It sends the secret itself: both are digested, so that the length tells nothing.
            let wanted = secret.reveal { SHA256.digest(of: $0) }
            return ConstantTime.isEqual(SHA256.digest(of: given[0]).bytes, wanted.bytes)
        }
        let prefix = self == .github ? "sha256=" : ""
        guard given[0].hasPrefix(prefix), let signature = Hex.decode(given[0].dropFirst(prefix.count)) else {
            return false
        }
        return ConstantTime.isEqual(signature, HMAC.sha256(request.body, key: secret))
    }

    /// The addresses of the repository that a body is about.
    func repositories(_ body: JSON) -> [String] {
        let repository = body[self == .gitlab ? "project" : "repository"]
        let names =
            switch self {
            case .github: ["clone_url", "ssh_url", "html_url"]
            case .gitlab: ["git_http_url", "git_ssh_url", "web_url"]
            case .gitea: ["clone_url", "ssh_url", "html_url"]
            }
        return names.compactMap { repository?[$0]?.string }
    }

    /// The number of the pull request that something happened to; `nil` for whatever else a forge tells.
    func pullRequest(_ body: JSON) -> Int? {
        let number =
            switch self {
            case .github, .gitea: body["pull_request"]?["number"] ?? body["number"]
            case .gitlab:
                body["object_kind"] == "merge_request"
                    ? body["object_attributes"]?["iid"] : body["merge_request"]?["iid"]
            }
        guard self == .gitlab || body["pull_request"]?.members != nil, let found = number?.integer, found > 0
        else {
            return nil
        }
        return found
    }
}
