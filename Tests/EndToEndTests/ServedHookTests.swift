import Basics
import Processes
import TestSupport
import Testing

/// A forge that tells of a merge, to a control plane that runs.
@Suite(.timeLimit(.minutes(60))) struct ServedHookTests {
    private static let secret = "what the forge signs with"
    private static let token = "a-token-for-the-test"

    private func signature(_ body: String, _ secret: String) throws -> String {
        let text = try BackgroundProgram.run([
            "sh", "-c", #"printf %s "$0" | openssl dgst -sha256 -hmac "$1" -r"#, body, secret,
        ])
        return "sha256=" + text.prefix { $0 != " " }
    }

    private func post(_ url: String, _ body: String, signed secret: String, delivery: String) throws -> String {
        try BackgroundProgram.run([
            "curl", "-s", "-S", "-X", "POST", "-H", "Content-Type: application/json", "-H",
            "X-Hub-Signature-256: " + signature(body, secret), "-H", "X-GitHub-Event: pull_request", "-H",
            "X-GitHub-Delivery: " + delivery, "-d", body, url + "/v1/webhooks/github",
        ])
    }

    /// Nobody runs `sync`, and nothing schedules: what is recorded comes of the hook alone.
    @Test func aMergeIsKnownAsSoonAsTheForgeTellsOfIt() throws {
        let review = try ReviewTarget(more: "writeback: false")
        let proposed = try review.leviathan("propose", "task-001", "--json")
        try #require(
            proposed.json["pull_request"]?["number"] == 1, "\(proposed.output.text)\(proposed.errors.text)")
        let address = review.forge.url + "/octo/repo.git"
        try FileSystem.createDirectory(review.target.home + "/targets")
        let registration =
            "name: shop\nrepo_url: \(address)\ncheckout: \(review.target.repository.path)\n"
            + "webhook_secret_variable: HOOK_SECRET\n"
        try FileSystem.write(Array(registration.utf8), to: review.target.home + "/targets/shop.yaml")
        let git = try review.target.repository.directory.write("served-gitconfig", review.gitConfiguration)
        let serving = try ServedProgram(
            review.target, ["--no-scheduler"],
            [
                "HOOK_SECRET": Self.secret, "LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token,
                "GH_ENTERPRISE_TOKEN": "test-token", "GIT_CONFIG_GLOBAL": git,
            ])
        func merged() throws -> Int {
            try JSON.parse(serving.ask("/v1/events?type=pr.merged", Self.token))["events"]?.elements?.count ?? -1
        }
        let body = #"""
            {"action": "closed", "number": 1, "pull_request": {"number": 1, "merged": true},
             "repository": {"full_name": "octo/repo", "clone_url": "\#(address)"}}
            """#
        // What a body says counts for nothing: the pull request is still open, and the forge is asked.
        #expect(try post(serving.url, body, signed: Self.secret, delivery: "1").contains("queued"))
        #expect(try post(serving.url, body, signed: "another", delivery: "2").contains("unauthenticated"))
        #expect(try post(serving.url, body, signed: Self.secret, delivery: "1").contains("known"))
        #expect(try merged() == 0)
        review.forge.change { ($0.pulls[0].state, $0.pulls[0].isMerged) = ("closed", true) }
        for delivery in ["3", "4"] {
            #expect(try post(serving.url, body, signed: Self.secret, delivery: delivery).contains("queued"))
        }
        waitUntil { (try? merged()) == 1 }
        #expect(try merged() == 1)
        #expect(review.forge.faults.problems.isEmpty, "\(review.forge.faults.problems)")
        #expect(try serving.end() == "0")
    }
}
