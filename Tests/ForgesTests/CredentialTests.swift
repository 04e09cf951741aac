import Basics
import Crypto
import Forges
import HTTP
import Model
import Processes
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct CredentialTests {
    private func request(
        _ remote: String, forge: DeliverySettings.Forge = .auto, apiURL: String? = nil
    ) throws(ForgeError) -> CredentialRequest {
        var settings = DeliverySettings()
        (settings.forge, settings.apiURL) = (forge, apiURL)
        return CredentialRequest(try ForgeAddress(settings, remoteURL: remote))
    }

    private func source(_ environment: [String: String], _ request: CredentialRequest) throws -> String? {
        try EnvironmentCredentials(environment).provider(for: request)?.source
    }

    @Test func takesTheTokenOfTheKind() throws {
        let all = ["GITHUB_TOKEN": "a", "GITLAB_TOKEN": "b", "GITEA_TOKEN": "c"]
        #expect(try source(all, request("https://github.com/a/b")) == "the environment variable GITHUB_TOKEN")
        #expect(try source(all, request("https://gitlab.com/a/b")) == "the environment variable GITLAB_TOKEN")
        #expect(try source(all, request("https://codeberg.org/a/b")) == "the environment variable GITEA_TOKEN")
        #expect(
            try source(["GH_TOKEN": "x", "GITHUB_TOKEN": "y"], request("https://github.com/a/b"))?.hasSuffix(
                "GH_TOKEN") == true)
        #expect(try source(["GITHUB_TOKEN": ""], request("https://github.com/a/b")) == nil)
        #expect(try source([:], request("https://github.com/a/b")) == nil)
    }

    /// The contract is the repository's, and may name any host; the tokens are the user's.
    @Test(arguments: [
        ("https://github.com/a/b", DeliverySettings.Forge.github), ("https://gitlab.com/a/b", .gitlab),
        ("https://codeberg.org/a/b", .gitea),
    ])
    func givesNoTokenToAHostThatOnlyTheContractNames(remote: String, forge: DeliverySettings.Forge) throws {
        for kind in [forge, .github, .gitlab, .gitea, .gerrit] {
            let error = forgeFailure { () throws(ForgeError) in
                _ = try self.request(remote, forge: kind, apiURL: "https://evil.example/api")
            }
            #expect(error?.kind == .untrustedHost("evil.example"))
        }
        // Anybody may have a name below ghe.com, and one that looks like GitHub's.
        for near in ["https://evil.ghe.com/a/b", "https://github.evil.example/a/b", "https://evilghe.com/a/b"] {
            let asked = try request(near, forge: .github)
            #expect(try source(["GITHUB_TOKEN": "a", "GH_TOKEN": "a"], asked) == nil)
        }
        let tenant = try request("https://corp.ghe.com/a/b")
        #expect(try source(["GH_TOKEN": "a", "GH_ENTERPRISE_TOKEN": "b"], tenant) == nil)
        #expect(try source(["GH_TOKEN": "a", "GH_HOST": "corp.ghe.com"], tenant)?.hasSuffix("GH_TOKEN") == true)
    }

    @Test func knowsTheHostsThatTheEnvironmentNames() throws {
        let corporate = try request("https://github.corp.example/a/b")
        #expect(try source(["GITHUB_TOKEN": "x"], corporate) == nil)
        #expect(try source(["GH_ENTERPRISE_TOKEN": "x"], corporate) != nil)
        #expect(
            try source(["GITHUB_TOKEN": "x", "GITHUB_SERVER_URL": "https://github.corp.example"], corporate) != nil
        )
        let gitlab = try request("git@gitlab.corp.example:a/b")
        #expect(try source(["GITLAB_TOKEN": "x"], gitlab) == nil)
        #expect(try source(["GITLAB_TOKEN": "x", "GITLAB_HOST": "gitlab.corp.example"], gitlab) != nil)
        #expect(try source(["GITLAB_TOKEN": "x", "GITLAB_HOST": "https://gitlab.corp.example"], gitlab) != nil)
        #expect(
            try source(
                ["GITLAB_TOKEN": "x", "GITLAB_HOST": "gitlab.corp.example"], request("https://gitlab.com/a/b"))
                == nil)
        let gitea = try request("https://gitea.lan:3000/a/b")
        #expect(try source(["GITEA_TOKEN": "x"], gitea) != nil)
        #expect(try source(["GITEA_TOKEN": "x", "GITEA_SERVER_URL": "http://other.lan"], gitea) == nil)
        #expect(try source(["GITEA_TOKEN": "x", "GITEA_HOST": "gitea.lan:3000"], gitea) != nil)
        let gerrit = try request("ssh://me@gerrit.example:29418/x")
        #expect(try source(["GERRIT_PASSWORD": "x", "GERRIT_USER": "me"], gerrit) != nil)
    }

    @Test(arguments: ["abc\n", "a\r\nb", "a b", "tök", "\u{7F}x", "a\0b", String(repeating: "x", count: 20_000)])
    func refusesATokenThatNoTokenIs(token: String) throws {
        let asked = try request("https://github.com/a/b")
        let error = try #require(
            forgeFailure { () throws(ForgeError) in
                _ = try CredentialChain([EnvironmentCredentials(["GITHUB_TOKEN": token])]).provider(for: asked)
            })
        #expect(error.kind == .credentials)
        #expect(error.description.contains("GITHUB_TOKEN"))
        #expect(error.description.contains("line break"))
        #expect(!error.description.contains(token))
    }

    @Test func neverShowsWhatItHolds() throws {
        let token = "ghp_0123456789abcdefghijABCDEFGHIJ"
        let credential = try ForgeCredential(Secret(token), source: "somewhere")
        let provider = FixedCredential(credential)
        for text in ["\(credential)", String(reflecting: provider), "\(provider)"] {
            #expect(!text.contains(token))
        }
        var dumped = ""
        dump(provider, to: &dumped)
        #expect(!dumped.contains(token))
        #expect(provider.concealing("say \(token)!") == "say ***!")
    }

    // MARK: git

    private func git(_ directory: TemporaryDirectory, helper: String?) throws -> GitCredentials {
        var environment = TestRepository.environment(home: directory.path)
        environment["GIT_DIR"] = "/nowhere"
        environment["GIT_ASKPASS"] = "/bin/echo"
        if let helper {
            let path = try directory.write("helper", "#!/bin/sh\n\(helper)\n")
            _ = try BackgroundProgram.run(["chmod", "755", path])
            try directory.write(".gitconfig", "[credential]\n\thelper = \"!\(path)\"\n")
        }
        return GitCredentials(environment: environment, directory: nil, timeout: .seconds(10))
    }

    private func password(_ provider: (any CredentialProvider)?, _ kind: ForgeKind = .github) throws -> String? {
        switch try provider?.authorization(for: kind) {
        case .bearer(let secret): secret.reveal { $0 }
        case .basic(let user, let secret): secret.reveal { "\(user):\($0)" }
        case .header(_, let value): value.reveal { $0 }
        case nil: nil
        }
    }

    @Test func asksTheUsersGit() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/asked"
        let git = try git(
            directory, helper: "test \"$1\" = get && cat > \(log); echo username=me; echo password=pw-from-git")
        let found = try git.provider(for: request("https://github.com/a/b.git"))
        #expect(try password(found) == "pw-from-git")
        let asked = try directory.read("asked")
        #expect(asked.contains("host=github.com"))
        #expect(asked.contains("protocol=https"))
        // A Gitea may keep a password there, which is nothing without its user.
        let gitea = try git.provider(for: request("https://gitea.lan:3000/a/b"))
        #expect(try password(gitea, .gitea) == "me:pw-from-git")
        #expect(try directory.read("asked").contains("host=gitea.lan:3000"))
    }

    @Test func neverAsksAPerson() throws {
        let directory = try TemporaryDirectory()
        #expect(try git(directory, helper: nil).provider(for: request("https://github.com/a/b")) == nil)
        #expect(try git(directory, helper: "exit 1").provider(for: request("https://github.com/a/b")) == nil)
        #expect(
            try git(directory, helper: "echo username=me").provider(for: request("https://github.com/a/b")) == nil)
    }

    @Test func takesNoPasswordForAnotherHost() throws {
        let directory = try TemporaryDirectory()
        let git = try git(directory, helper: "echo host=evil.example; echo username=me; echo password=pw")
        #expect(try git.provider(for: request("https://github.com/a/b")) == nil)
        let other = try self.git(directory, helper: "echo protocol=http; echo username=me; echo password=pw")
        #expect(try other.provider(for: request("https://github.com/a/b")) == nil)
    }

    @Test func doesNotWaitForAHelperForEver() throws {
        let directory = try TemporaryDirectory()
        try directory.write(".gitconfig", "[credential]\n\thelper = \"!cat /dev/zero > /dev/null; :\"\n")
        let git = GitCredentials(
            environment: TestRepository.environment(home: directory.path), directory: nil,
            timeout: .milliseconds(300))
        let asked = try request("https://github.com/a/b")
        let error = forgeFailure { () throws(ForgeError) in _ = try git.provider(for: asked) }
        #expect(error?.kind == .credentials)
    }

    @Test func doesWithoutGit() throws {
        let git = GitCredentials(environment: ["PATH": "/nowhere"], directory: nil)
        #expect(try git.provider(for: request("https://github.com/a/b")) == nil)
    }

    // MARK: gh and glab

    private func tool(_ path: String, _ text: String, _ remote: String) throws -> (any CredentialProvider)? {
        let directory = try TemporaryDirectory()
        try directory.write(path, text)
        return try ToolCredentials(["HOME": directory.path]).provider(for: request(remote))
    }

    @Test(arguments: [
        ("github.com:\n    user: me\n    oauth_token: gho_one\n    git_protocol: https\n", "gho_one"),
        (
            "github.com:\n  users:\n    me:\n      oauth_token: gho_two\n    you:\n      oauth_token: gho_x\n  user: me\n",
            "gho_two"
        ),
        (
            "# hosts\nother.example:\n  oauth_token: gho_x\n\"github.com\":\n  oauth_token: 'gho_three' \n",
            "gho_three"
        ),
        ("github.com:\r\n    oauth_token: \"gho_four\"\r\n", "gho_four"),
        ("github.com:\n    oauth_token: gho_five # mine\n", "gho_five"),
        // What gh keeps in the system's keyring is not here.
        ("github.com:\n    user: me\n    git_protocol: ssh\n", nil), ("other.example:\n    oauth_token: x\n", nil),
        ("", nil), ("- github.com\n", nil), ("{github.com: {oauth_token: x}}", nil),
        ("github.com:\n    oauth_token: &a x\n", nil),
        ("github.com: \n    oauth_token: |\n      x\n", nil), ("\tgithub.com:\n\t\toauth_token: x\n", nil),
        ("github.com:\noauth_token: x\n", nil), ("github.com:\n    oauth_token: \"x\n", nil),
    ])
    func readsTheHostsOfGH(text: String, token: String?) throws {
        #expect(try password(tool(".config/gh/hosts.yml", text, "https://github.com/a/b")) == token)
    }

    @Test func readsTheHostsOfGLab() throws {
        let text = """
            git_protocol: ssh
            hosts:
                gitlab.com:
                    token: glpat-one
                    api_host: gitlab.com
                gitlab.lan:8080:
                    token: !!null glpat-two
            """
        #expect(
            try password(tool(".config/glab-cli/config.yml", text, "https://gitlab.com/a/b"), .gitlab)
                == "glpat-one")
        #expect(
            try password(tool(".config/glab-cli/config.yml", text, "https://gitlab.lan:8080/a/b"), .gitlab)
                == "glpat-two")
        #expect(try tool(".config/glab-cli/config.yml", text, "https://gitlab.other/a/b") == nil)
    }

    @Test func refusesAFileThatItMayNotRead() throws {
        let directory = try TemporaryDirectory()
        try FileSystem.createDirectory(directory.path + "/.config/gh/hosts.yml")
        let asked = try request("https://github.com/a/b")
        let error = forgeFailure { () throws(ForgeError) in
            _ = try ToolCredentials(["HOME": directory.path]).provider(for: asked)
        }
        #expect(error?.description.contains("gh's configuration") == true)
        #expect(try ToolCredentials(["HOME": "/nowhere"]).provider(for: asked) == nil)
        #expect(try ToolCredentials([:]).provider(for: asked) == nil)
    }

    // MARK: The order

    @Test func tellsWhichServes() throws {
        let directory = try TemporaryDirectory()
        try directory.write(".config/gh/hosts.yml", "github.com:\n    oauth_token: gho_secret\n")
        let asked = try request("https://github.com/a/b")
        let tools = ToolCredentials(["HOME": directory.path])
        let none = EnvironmentCredentials([:])
        let findings = CredentialChain([none, tools, EnvironmentCredentials(["GH_TOKEN": "t"])]).findings(
            for: asked)
        #expect(
            findings.map(\.description) == [
                "the environment: none", "gh's configuration: used",
                "the environment variable GH_TOKEN: there, and not needed",
            ])
        let broken = CredentialChain([EnvironmentCredentials(["GH_TOKEN": "a\nb"]), tools])
        #expect(broken.findings(for: asked)[0].description.contains("line break"))
        #expect(broken.findings(for: asked)[1].state == .unused)
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try broken.provider(for: asked) }?.kind == .credentials)
        #expect(try CredentialChain([none]).provider(for: asked).source == nil)
    }

    @Test func diagnosesWithoutShowing() throws {
        let fake = try FakeGitHub()
        let place = try address(.github, fake.apiURL)
        let host = place.credentialHost
        func examine(_ environment: [String: String]) -> [String] {
            ForgeDiagnosis.examine(place, CredentialChain([EnvironmentCredentials(environment)]), surroundings())
                .lines.map { ($0.isProblem ? "problem: " : "") + $0.text }
        }
        let lines = examine(["GH_ENTERPRISE_TOKEN": "test-token", "GH_HOST": host])
        #expect(
            lines == [
                "GitHub, \(fake.apiURL), octo/repo",
                "the environment variable GH_ENTERPRISE_TOKEN: used",
                "scopes: repo, read:org", "may push: yes",
            ])
        fake.change { ($0.scopes, $0.canPush) = ("gist", false) }
        let lacking = examine(["GH_ENTERPRISE_TOKEN": "test-token", "GH_HOST": host])
        #expect(lacking.contains("problem: missing scopes: repo"))
        #expect(lacking.contains("problem: may only read"))
        let wrong = examine(["GH_ENTERPRISE_TOKEN": "other-token", "GH_HOST": host])
        #expect(
            wrong.contains {
                $0.hasPrefix("problem: cannot read the repository") && $0.contains("Bad credentials")
            })
        #expect(!wrong.joined().contains("other-token"))
        #expect(examine([:]).contains("problem: none; looked at the environment"))
    }
}
