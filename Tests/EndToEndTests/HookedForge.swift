import Basics
import Processes
import TestSupport

/// A target on a forge of one kind, and the hooks that such a forge sends.
final class HookedForge: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case github, gitlab, gitea

        /// The name of the repository on the fake one.
        var repository: String { self == .gitlab ? "group/sub/name" : "octo/repo" }
    }

    private static let secret = "what the forge signs with"
    static let token = "a-token-for-the-test"

    let target: TestTarget
    private let kind: Kind
    private let hub: FakeGitHub?
    private let lab: FakeGitLab?
    private let tea: FakeGitea?
    private let url: String
    private let variables: [String: String]
    private var address: String { "\(url)/\(kind.repository).git" }

    init(_ kind: Kind) throws {
        self.kind = kind
        hub = kind == .github ? try FakeGitHub() : nil
        lab = kind == .gitlab ? try FakeGitLab() : nil
        tea = kind == .gitea ? try FakeGitea() : nil
        let (url, api) = (hub?.url ?? lab?.url ?? tea?.url ?? "", hub?.apiURL ?? lab?.apiURL ?? tea?.apiURL ?? "")
        self.url = url
        target = try TestTarget(
            contract: """
                version: 1
                target: shop
                delivery: {forge: \(kind.rawValue), api_url: "\(api)"}
                writeback: false
                """)
        let (host, remote) = (String(url.dropFirst("http://".count)), target.remote)
        try target.repository.git("remote", "set-url", "origin", "\(url)/\(kind.repository).git")
        let configuration = try target.repository.directory.write(
            "forge-gitconfig", "[url \"\(remote)\"]\n\tinsteadOf = \(url)/\(kind.repository).git\n")
        variables = [
            "GIT_CONFIG_GLOBAL": configuration, "GH_ENTERPRISE_TOKEN": "test-token", "GITLAB_TOKEN": "test-token",
            "GITLAB_HOST": host, "GITEA_TOKEN": "test-token", "HOOK_SECRET": Self.secret,
        ]
        hub?.change { $0.gitDirectory = remote }
        lab?.change { $0.gitDirectory = remote }
        tea?.change { $0.gitDirectory = remote }
        try FileSystem.createDirectory(target.home + "/targets")
        let registration =
            "name: shop\nrepo_url: \(address)\ncheckout: \(target.repository.path)\n"
            + "webhook_secret_variable: HOOK_SECRET\n"
        try FileSystem.write(Array(registration.utf8), to: target.home + "/targets/shop.yaml")
    }

    /// What was asked of the forge that no documentation allows.
    var problems: [String] { (hub?.faults ?? lab?.faults ?? tea?.faults)?.problems ?? [] }

    func propose() throws -> ProcessOutcome {
        try target.leviathan("propose", "task-001", "--json", extra: variables)
    }

    func served() throws -> ServedProgram {
        try ServedProgram(
            target, ["--no-scheduler"], variables.merging(["LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token]) { $1 })
    }

    func merge() {
        hub?.change { ($0.pulls[0].state, $0.pulls[0].isMerged) = ("closed", true) }
        lab?.change { $0.requests[0].state = "merged" }
        tea?.change { ($0.pulls[0].state, $0.pulls[0].isMerged) = ("closed", true) }
    }

    /// The body of a hook, in the shape that the forge publishes.
    func body(_ action: String) -> String {
        let text: JSON =
            switch kind {
            case .github, .gitea:
                [
                    "action": .string(action), "number": 1,
                    "pull_request": ["id": 3, "number": 1, "merged": .bool(action == "closed")],
                    "repository": [
                        "id": 1, "full_name": .string(kind.repository), "clone_url": .string(address),
                        "html_url": .string(String(address.dropLast(4))),
                    ], "sender": ["login": "kim"],
                ]
            case .gitlab:
                [
                    "object_kind": "merge_request", "event_type": "merge_request", "user": ["username": "kim"],
                    "project": [
                        "id": 42, "path_with_namespace": .string(kind.repository),
                        "git_http_url": .string(address),
                        "web_url": .string(String(address.dropLast(4))),
                    ],
                    "object_attributes": [
                        "id": 99, "iid": 1, "state": action == "closed" ? "merged" : "opened",
                        "action": action == "closed" ? "merge" : "open",
                    ],
                ]
            }
        return text.text()
    }

    private func signature(_ body: String, _ secret: String) throws -> String {
        if kind == .gitlab { return secret }
        let text = try BackgroundProgram.run([
            "sh", "-c", #"printf %s "$0" | openssl dgst -sha256 -hmac "$1" -r"#, body, secret,
        ])
        return (kind == .github ? "sha256=" : "") + text.prefix { $0 != " " }
    }

    /// What the control plane answers to a hook of the forge.
    func send(
        _ action: String, to plane: ServedProgram, delivery: String, signed secret: String = HookedForge.secret
    ) throws -> String {
        let body = body(action)
        let names =
            switch kind {
            case .github: ("X-Hub-Signature-256", "X-GitHub-Event: pull_request", "X-GitHub-Delivery")
            case .gitlab: ("X-Gitlab-Token", "X-Gitlab-Event: Merge Request Hook", "X-Gitlab-Event-UUID")
            case .gitea: ("X-Gitea-Signature", "X-Gitea-Event: pull_request", "X-Gitea-Delivery")
            }
        return try BackgroundProgram.run([
            "curl", "-s", "-S", "-X", "POST", "-H", "Content-Type: application/json", "-H",
            "\(names.0): \(signature(body, secret))", "-H", names.1, "-H", "\(names.2): \(delivery)", "-d", body,
            plane.url + "/v1/webhooks/" + kind.rawValue,
        ])
    }
}
