import Basics
import Processes
import TestSupport
import Testing

/// Where a token goes: to the host of the user's own remote, and to those that the user named.
@Suite(.timeLimit(.minutes(60))) struct CredentialHostTests {
    /// A server that only listens, and a helper of git's that tells a token to whoever asks.
    private func target() throws -> (review: ReviewTarget, listener: HTTPTestServer, environment: [String: String])
    {
        let listener = try HTTPTestServer { _ in .json("{}", status: 404) }
        let review = try ReviewTarget(apiURL: listener.url + "/api/v3")
        let asked = review.target.repository.directory.path + "/asked"
        let helper = try review.target.repository.directory.write(
            "helper", "#!/bin/sh\ncat >> \(asked)\necho username=me\necho password=helper-token\n")
        _ = try BackgroundProgram.run(["chmod", "755", helper])
        let configuration = try review.target.repository.directory.write(
            "helper-gitconfig", review.gitConfiguration + "[credential]\n\thelper = \"!\(helper)\"\n")
        return (review, listener, ["GIT_CONFIG_GLOBAL": configuration, "GH_ENTERPRISE_TOKEN": ""])
    }

    @Test func aContractGetsNoTokenForItsOwnHost() throws {
        let (review, listener, environment) = try target()
        for words in [["propose", "task-001"], ["sync"], ["doctor"]] {
            let refused = try review.leviathan(words, extra: environment)
            #expect(refused.ending != .exited(0))
            let said = refused.errors.text + refused.output.text
            #expect(said.contains("named by the target's own files alone"), "\(said)")
            #expect(said.contains("forges: {\"\(listener.url.dropFirst(7))\""), "\(said)")
        }
        #expect(listener.requests.isEmpty)
        #expect(!FileSystem.exists(review.target.repository.directory.path + "/asked"))
        let branches = try review.target.repository.git("--git-dir", review.target.remote, "for-each-ref")
        #expect(!branches.contains("agent/"))
    }

    @Test func aHostThatTheUserNamedGetsIt() throws {
        let (review, listener, environment) = try target()
        let host = review.forge.url.dropFirst(7)
        try FileSystem.createDirectory(review.target.home, permissions: 0o700)
        try FileSystem.write(
            Array("forges: {\"\(host)\": {kind: github, api_url: \"\(review.forge.apiURL)\"}}\n".utf8),
            to: review.target.home + "/config.yaml")
        review.forge.change { $0.token = "helper-token" }
        let result = try review.leviathan(["propose", "task-001", "--json"], extra: environment)
        #expect(result.json["pull_request"]?["number"] == 1, "\(result.output.text)\(result.errors.text)")
        #expect(listener.requests.isEmpty)
        let asked = try review.target.repository.directory.read("asked")
        #expect(asked.contains("protocol=http\nhost=\(host)\n"), "\(asked)")
    }
}
