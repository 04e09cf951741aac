import Basics
import Forges
import Model
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("https://github.com/octo/repo.git", ForgeKind.github, "https://api.github.com", "octo/repo"),
        ("https://user:secret@github.com/octo/repo", .github, "https://api.github.com", "octo/repo"),
        ("git@github.com:octo/repo.git", .github, "https://api.github.com", "octo/repo"),
        ("ssh://git@ssh.github.com:443/octo/repo.git", .github, "https://api.github.com", "octo/repo"),
        ("https://octo.ghe.com/a/b", .github, "https://api.octo.ghe.com", "a/b"),
        ("https://github.corp.example:8443/a/b.git", .github, "https://github.corp.example:8443/api/v3", "a/b"),
        ("ssh://git@github.corp.example:2222/a/b.git", .github, "https://github.corp.example/api/v3", "a/b"),
        (
            "https://gitlab.com/group/sub/deep/name.git", .gitlab, "https://gitlab.com/api/v4",
            "group/sub/deep/name"
        ),
        ("git@gitlab.corp.example:group/name.git", .gitlab, "https://gitlab.corp.example/api/v4", "group/name"),
        ("git@altssh.gitlab.com:group/name.git", .gitlab, "https://gitlab.com/api/v4", "group/name"),
        ("https://codeberg.org/a/b.git/", .gitea, "https://codeberg.org/api/v1", "a/b"),
        ("https://gitea.lan:3000/a/b", .gitea, "https://gitea.lan:3000/api/v1", "a/b"),
        ("git@code-forgejo.lan:a/b.git", .gitea, "https://code-forgejo.lan/api/v1", "a/b"),
        ("ssh://me@review.example:29418/plugins/x", .gerrit, "https://review.example", "plugins/x"),
        ("https://gerrit.example/a/tools/x", .gerrit, "https://gerrit.example", "tools/x"),
        (
            "https://android-review.googlesource.com/platform/x", .gerrit,
            "https://android-review.googlesource.com", "platform/x"
        ),
        ("[git@[::1]:a/b.git", .plain, "", "a/b"), ("git@[::1]:a/b.git", .plain, "", "a/b"),
        ("/srv/git/x.git", .plain, "", "srv/git/x"), ("file:///srv/git/x.git", .plain, "", "srv/git/x"),
        ("git://example.org/a/b.git", .plain, "", "a/b"), ("https://git.example.org/a/b", .plain, "", "a/b"),
        ("git@github.com:octo/na%20me.git", .github, "https://api.github.com", "octo/na me"),
        ("https://github.com/octo/.github", .github, "https://api.github.com", "octo/.github"),
    ])
    func recognisesTheForge(remote: String, kind: ForgeKind, api: String, slug: String) throws {
        guard RemoteAddress(remote) != nil else {
            #expect(remote.hasPrefix("[git"))
            return
        }
        let address = try ForgeAddress(DeliverySettings(), remoteURL: remote)
        #expect(address.kind == kind)
        #expect(address.apiURL == api)
        #expect(address.slug.description == slug)
        #expect(!String(reflecting: address).contains("secret"))
    }

    @Test(arguments: [
        "", "https://", "https:///a/b", "https://host:99999/a/b", "https://host:x/a/b", "ssh://", "ftp://host/a/b",
        "https://host/a/../b", "https://host/a%2F..%00/b", "https://ho\nst/a/b", "https://host/%zz/b",
    ])
    func refusesWhatIsNoAddress(remote: String) {
        #expect(RemoteAddress(remote) == nil)
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try ForgeAddress(DeliverySettings(), remoteURL: remote) }
                != nil)
    }

    @Test func hidesWhatItCannotRead() {
        let remote = "https://user:hunter2@github.com:x/a/b"
        let error = forgeFailure { () throws(ForgeError) in
            _ = try ForgeAddress(DeliverySettings(), remoteURL: remote)
        }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func obeysTheContract() throws {
        var settings = DeliverySettings()
        settings.forge = .gitlab
        settings.apiURL = "https://tools.example/gitlab/api/v4/"
        let below = try ForgeAddress(settings, remoteURL: "https://tools.example/gitlab/group/name.git")
        #expect(below.apiURL == "https://tools.example/gitlab/api/v4")
        #expect(below.slug.description == "group/name")
        // An ssh path does not have the web server's prefix.
        #expect(
            try ForgeAddress(settings, remoteURL: "git@tools.example:gitlab/name.git").slug.description
                == "gitlab/name")
        settings.apiURL = "https://x"
        #expect(try ForgeAddress(settings, remoteURL: "git@x:a/b").apiURL == "https://x/api/v4")
        settings.forge = .git
        #expect(try ForgeAddress(settings, remoteURL: "https://github.com/a/b").kind == .plain)
        settings.forge = .github
        settings.apiURL = "https://api.github.com"
        #expect(try ForgeAddress(settings, remoteURL: "git@github.com:a/b").credentialHost == "github.com")
    }

    // MARK: Where credentials may go

    private func refusal(
        _ forge: DeliverySettings.Forge, _ apiURL: String?, _ remote: String, _ forges: [MachineForge] = []
    ) -> ForgeError.Kind? {
        var settings = DeliverySettings()
        (settings.forge, settings.apiURL) = (forge, apiURL)
        return forgeFailure { () throws(ForgeError) in
            _ = try ForgeAddress(settings, remoteURL: remote, forges: forges)
        }?.kind
    }

    @Test(arguments: [
        ("https://evil.example/api/v3", "evil.example"),
        ("https://github.com.evil.example", "github.com.evil.example"),
        ("https://api.evil.example/.ghe.com", "api.evil.example"),
        ("https://api.evil.ghe.com", "api.evil.ghe.com"),
        ("https://github.com:8443/api/v3", "github.com:8443"), ("https://githu\u{1E05}.com", "githu\u{1E05}.com"),
        ("https://127.0.0.1:1", "127.0.0.1:1"), ("http://github.com.:80/api", "github.com."),
    ])
    func aContractNamesNoHostForCredentials(apiURL: String, host: String) {
        for remote in ["https://github.com/a/b", "git@github.com:a/b"] {
            #expect(refusal(.github, apiURL, remote) == .untrustedHost(host))
        }
    }

    @Test func theUserNamesHosts() throws {
        let own = "https://evil.example:3000/api/v1"
        #expect(refusal(.gitea, own, "git@git.example:a/b") == .untrustedHost("evil.example:3000"))
        // By the host of the remote, with where its API is.
        let named = MachineForge(host: "git.example", kind: .gitea, apiURL: "https://git.example:3000/api/v1")
        let address = try ForgeAddress(DeliverySettings(), remoteURL: "git@git.example:a/b", forges: [named])
        #expect(address.kind == .gitea && address.apiURL == "https://git.example:3000/api/v1")
        #expect(address.isConfigured && address.credentialHost == "git.example:3000")
        // What the user says comes before what the target says.
        var settings = DeliverySettings()
        (settings.forge, settings.apiURL) = (.gitlab, own)
        #expect(
            try ForgeAddress(settings, remoteURL: "git@git.example:a/b", forges: [named]).apiURL == address.apiURL)
        // And a host that the user named may be pointed to.
        #expect(refusal(.gitea, "https://git.example:3000", "git@alias:a/b", [named]) == nil)
        #expect(refusal(.gitea, "https://git.example:3001", "git@alias:a/b", [named]) != nil)
    }

    @Test(arguments: [
        ("http://gitea.lan:3000/a/b", false), ("http://127.0.0.1.evil.example/a/b", false),
        ("http://0x7f.1/a/b", false), ("http://127.0.0.1:3000/a/b", true), ("http://localhost/a/b", true),
        ("http://127.8.9.10/a/b", true), ("http://[::1]:3000/a/b", true), ("http://128.0.0.1/a/b", false),
    ])
    func plainHTTPGoesNoFurtherThanThisMachine(remote: String, isFine: Bool) {
        #expect(refusal(.gitea, nil, remote) == (isFine ? nil : .plaintext))
    }

    @Test(arguments: [
        "ftp://x", "https://user:pw@x/api", "https://x/api?y=1", "https://x/a b", "api.github.com", "https://",
        "file:///x",
        "https://x\\@y/api",
    ])
    func refusesAnAPIThatIsNone(text: String) {
        var settings = DeliverySettings()
        settings.apiURL = text
        let error = forgeFailure { () throws(ForgeError) in
            _ = try ForgeAddress(settings, remoteURL: "https://github.com/a/b")
        }
        #expect(error?.kind == .address)
        #expect(error?.description.contains("pw") == false)
    }

    @Test(arguments: ["https://github.com/only", "https://github.com/a/b/c", "git@github.com:repo"])
    func refusesARepositoryThatItCannotName(remote: String) {
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try ForgeAddress(DeliverySettings(), remoteURL: remote) }?
                .kind
                == .address)
    }
}
