import Basics
import Processes
import TestSupport

/// A target whose remote is a repository on a forge that keeps state and checks every request.
///
/// Git reaches the bare repository below the forge's address through `insteadOf`, in a configuration of its own.
final class ReviewTarget: Sendable {
    let target: TestTarget
    let forge: FakeGitHub
    /// What git has to know to find the remote.
    let gitConfiguration: String
    private let configuration: String

    init(
        policy: String = TestTarget.policy, backlog: String = TestTarget.backlog, delivery: String = "",
        more: String = "", apiURL: String? = nil
    ) throws {
        forge = try FakeGitHub()
        let contract = """
            version: 1
            target: shop
            delivery: {forge: github, api_url: "\(apiURL ?? forge.apiURL)"\(delivery)}
            \(more)
            """
        target = try TestTarget(policy: policy, backlog: backlog, contract: contract)
        let url = forge.url + "/octo/repo.git"
        try target.repository.git("remote", "set-url", "origin", url)
        let remote = target.remote
        forge.change { $0.gitDirectory = remote }
        gitConfiguration = "[url \"\(target.remote)\"]\n\tinsteadOf = \(url)\n"
        configuration = try target.repository.directory.write("forge-gitconfig", gitConfiguration)
    }

    deinit { forge.stop() }

    func leviathan(_ words: String..., extra: [String: String] = [:]) throws -> ProcessOutcome {
        try leviathan(words, extra: extra)
    }

    func leviathan(_ words: [String], extra: [String: String] = [:]) throws -> ProcessOutcome {
        let own = [
            "LEVIATHAN_HOME": target.home, "GH_ENTERPRISE_TOKEN": "test-token", "GIT_CONFIG_GLOBAL": configuration,
        ]
        let environment = target.repository.environment.merging(own) { $1 }.merging(extra) { $1 }
        return try TestTarget.run(words, in: target.repository.path, environment: environment)
    }

    /// Commits a file to the base and pushes it.
    func moveBase(_ name: String = "other.txt", _ text: String = "x\n") throws {
        try target.repository.write(name, text)
        try target.repository.commitAll("Move on")
        try target.repository.git("push", "--quiet", target.remote, "main")
    }

    /// The events of a type, as the journal has them.
    func events(_ type: String) throws -> [JSON] {
        try leviathan("events", "--type", type, "--json").output.text.split(separator: "\n")
            .map { try JSON.parse(String($0)) }
    }

    /// The pull requests that there are, with a branch that really stands where they say.
    var pulls: [FakeGitHub.Pull] { forge.state.pulls }
}
