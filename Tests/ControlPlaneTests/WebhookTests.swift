import API
import Basics
import Crypto
import HTTP
import HTTPServer
import Secrets
import TestSupport
import Testing

@testable import ControlPlane

/// What forges send, in the shapes that they publish: only what is signed is taken, and only as a hint.
@Suite struct WebhookTests {
    static let secret = "the secret of the hook"

    static let bodies: [String: JSON] = [
        "github": [
            "action": "closed", "number": 7,
            "pull_request": [
                "number": 7, "state": "closed", "merged": true,
                "merge_commit_sha": "0123456789012345678901234567890123456789",
                "head": ["ref": "agent/task-1", "sha": "0123456789012345678901234567890123456789"],
                "base": ["ref": "main"],
            ],
            "repository": [
                "id": 1, "full_name": "team/shop", "html_url": "https://forge.example/team/shop",
                "clone_url": "https://forge.example/team/shop.git", "ssh_url": "git@forge.example:team/shop.git",
            ], "sender": ["login": "kim"],
        ],
        "gitlab": [
            "object_kind": "merge_request", "event_type": "merge_request", "user": ["username": "kim"],
            "project": [
                "id": 1, "path_with_namespace": "team/shop", "web_url": "https://forge.example/team/shop",
                "git_http_url": "https://forge.example/team/shop.git",
                "git_ssh_url": "git@forge.example:team/shop.git",
            ],
            "object_attributes": [
                "id": 99, "iid": 7, "state": "merged", "action": "merge", "source_branch": "agent/task-1",
                "target_branch": "main",
            ],
        ],
        "gitea": [
            "action": "closed", "number": 7,
            "pull_request": [
                "id": 3, "number": 7, "state": "closed", "merged": true, "head": ["ref": "agent/task-1"],
            ],
            "repository": [
                "id": 1, "full_name": "team/shop", "html_url": "https://forge.example/team/shop",
                "clone_url": "https://forge.example/team/shop.git", "ssh_url": "git@forge.example:team/shop.git",
            ], "sender": ["login": "kim"],
        ],
    ]

    private func world(_ more: String = "") throws -> PlaneWorld {
        let world = try PlaneWorld(secrets: ["HOOK_SECRET": Self.secret, "OTHER_SECRET": "other"])
        try world.directory.write(
            "targets/shop.yaml",
            "name: shop\nrepo_url: git@forge.example:team/shop.git\nwebhook_secret_variable: HOOK_SECRET\n" + more)
        try world.directory.write(
            "targets/other.yaml",
            "name: other\nrepo_url: https://forge.example/team/other\nwebhook_secret_variable: OTHER_SECRET\n")
        return world
    }

    private func headers(
        _ forge: HookForge, _ body: JSON, secret: String = WebhookTests.secret, delivery: String = "d-1"
    ) -> HTTPHeaders {
        let signature = Hex.encode(HMAC.sha256(body.utf8(), key: Secret(secret)))
        let proof =
            switch forge {
            case .github: "sha256=" + signature
            case .gitlab: secret
            case .gitea: signature
            }
        return [
            forge.headers.signature: proof, forge.headers.event: "pull_request", forge.headers.delivery: delivery,
        ]
    }

    private func post(_ world: PlaneWorld, _ forge: HookForge, _ body: JSON, _ headers: HTTPHeaders)
        -> ServerResponse
    {
        world.ask("POST", "/v1/webhooks/" + forge.rawValue, body, key: nil, headers: headers)
    }

    @Test(arguments: HookForge.allCases)
    func takesWhatIsSigned(_ forge: HookForge) throws {
        let world = try world()
        let body = Self.bodies[forge.rawValue]!
        let first = post(world, forge, body, headers(forge, body))
        #expect(first.status == 202 && first.json["status"] == "queued", "\(first.json.text())")
        // The same delivery again is known; another one is asked about anew.
        #expect(post(world, forge, body, headers(forge, body)).json["status"] == "known")
        #expect(post(world, forge, body, headers(forge, body, delivery: "d-2")).json["status"] == "queued")
        world.advance(.seconds(601))
        #expect(post(world, forge, body, headers(forge, body)).json["status"] == "queued")
        let comment = JSON.object(
            (body.members ?? []).filter { !["pull_request", "object_kind"].contains($0.name) })
        #expect(post(world, forge, comment, headers(forge, comment)).json["status"] == "ignored")
    }

    @Test(arguments: HookForge.allCases)
    func refusesWhatIsNot(_ forge: HookForge) throws {
        let world = try world()
        let body = Self.bodies[forge.rawValue]!
        let good = headers(forge, body)
        let changed = JSON.object((body.members ?? []) + [JSON.Member("more", 1)])
        var (twice, none, empty, short) = (good, good, good, good)
        twice.add(forge.headers.signature, good[forge.headers.signature] ?? "")
        none[forge.headers.signature] = nil
        empty[forge.headers.signature] = ""
        short[forge.headers.signature] = good[forge.headers.signature].map { String($0.dropLast()) }
        let wrong = headers(forge, body, secret: "other")
        for headers in [twice, none, empty, short, wrong] {
            #expect([400, 401].contains(post(world, forge, body, headers).status))
        }
        if forge != .gitlab { #expect(post(world, forge, changed, good).status == 401) }
        // One target's secret signs nothing about another one, and what is not known here answers the same.
        for name in ["other", "unknown"] {
            let text = body.text().replacing("team/shop", with: "team/" + name)
            let foreign = try JSON.parse(Array(text.utf8))
            #expect(post(world, forge, foreign, headers(forge, foreign)).status == 401)
        }
        #expect(world.ask("POST", "/v1/webhooks/" + forge.rawValue, body).status == 401)
    }

    /// The older signature of GitHub is one that others can make.
    @Test func theWeakSignatureProvesNothing() throws {
        let world = try world()
        let body = Self.bodies["github"]!
        #expect(
            post(world, .github, body, ["X-Hub-Signature": "sha1=00", "X-GitHub-Event": "pull_request"]).status
                == 401)
    }

    @Test func withoutASecretNothingIsTaken() throws {
        let world = try PlaneWorld(secrets: ["EMPTY": ""])
        let body = Self.bodies["github"]!
        try world.directory.write("targets/shop.yaml", "name: shop\nrepo_url: https://forge.example/team/shop\n")
        #expect(post(world, .github, body, headers(.github, body, secret: "")).status == 401)
        try world.directory.write("config.yaml", "control_plane: {webhook_secret_variable: EMPTY}\n")
        #expect(post(world, .github, body, headers(.github, body, secret: "")).status == 401)
    }

    @Test func bodiesAreBounded() throws {
        let world = try world()
        let body: JSON = ["x": .string(String(repeating: "a", count: 2 << 20))]
        #expect(post(world, .github, body, headers(.github, body)).status == 413)
        let response = world.ask(
            "POST", "/v1/webhooks/github", body, key: nil,
            headers: ["Content-Type": "application/x-www-form-urlencoded"])
        #expect(response.status == 413 || response.status == 415)
    }

    @Test func whoGuessesSecretsWaits() throws {
        let world = try world()
        let body = Self.bodies["github"]!
        let answers = (0..<40).map { post(world, .github, body, headers(.github, body, secret: "\($0)")).status }
        #expect(Set(answers) == [401, 429])
        #expect(post(world, .github, body, headers(.github, body)).status == 202)
    }
}
