import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// `leviathan fence` in a checkout: what a program sees of the checkout, of the person and of the machine.
@Suite(.timeLimit(.minutes(60))) struct FenceCommandTests {
    private static let marker = "MARKER-7c1f"

    /// A checkout and a home with secrets in all the places where people have them.
    private static func target() throws -> TestTarget {
        let target = try TestTarget()
        let home = try #require(target.repository.environment["HOME"])
        for name in ["src/a.py", "src/.env.example", "config/.env"] {
            try target.repository.write(name, "\(marker)\n")
        }
        try target.repository.commitAll("Files")
        try FileSystem.createDirectory(target.repository.path + "/.git/modules/lib/deep/modules/inner")
        for name in ["lib/deep", "lib/deep/modules/inner"] {
            try target.repository.write(".git/modules/\(name)/HEAD", "ref: refs/heads/main\n")
            try target.repository.write(".git/modules/\(name)/config", marker)
        }
        try target.repository.git("config", "user.name", "A \"Person\"")
        try target.repository.git("config", "http.extraheader", "AUTHORIZATION: " + marker)
        try target.repository.git("config", "include.path", "more.inc")
        for name in [".git/more.inc", ".git/config.worktree"] {
            try target.repository.write(name, "# \(marker)\n")
        }
        for name in [
            ".env", ".env.local", "src/.env", "src/.env.production", ".npmrc", "new/deep/.env", "new/.ENV",
        ] {
            try target.repository.write(name, marker)
        }
        for name in [
            ".ssh/id_x", ".config/gh/hosts.yml", ".local/share/keys", ".netrc", "notes.txt",
            ".cargo/credentials.toml",
        ] {
            try put(marker, at: home + "/" + name)
        }
        try put(marker, at: target.home + "/workspaces/other/slots/1/tree/file")
        return target
    }

    private static func put(_ text: String, at path: String, permissions: UInt16 = 0o644) throws {
        let slash = try #require(path.lastIndex(of: "/"))
        try FileSystem.createDirectory(String(path[..<slash]), permissions: 0o700)
        try FileSystem.write(Array(text.utf8), to: path, permissions: permissions)
    }

    /// Which authorities to trust is no secret where every fence shows the file; any other place may tell something.
    @Test func placesOfAuthoritiesAreTold() throws {
        let target = try TestTarget()
        var environment = target.repository.environment
        environment["SSL_CERT_FILE"] = "/etc/ssl/certs/ca-certificates.crt"
        environment["PIP_CERT"] = "/home/somebody/authority.pem"
        environment["LEVIATHAN_HOME"] = target.home
        let run = try TestTarget.run(["fence", "--", "env"], in: target.repository.path, environment: environment)
        #expect(
            run.output.text.contains("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\n"), "\(run.errors.text)")
        #expect(!run.output.text.contains("PIP_CERT"))
    }

    @Test(arguments: [
        "cat .env", "cat .env.local", "cat .npmrc", "cat new/deep/.env", "cat new/.ENV", "cat src/.env",
        "cat src/.env.production", "cat .git/config",
        "git config http.extraheader", "cat .git/more.inc", "cat .git/config.worktree",
        "cat .git/modules/lib/deep/config",
        "cat .git/modules/lib/deep/modules/inner/config", "cat PERSON/.ssh/id_x",
        "cat PERSON/.config/gh/hosts.yml",
        "cat PERSON/.local/share/keys", "cat PERSON/.netrc", "cat PERSON/notes.txt",
        "cat PERSON/.cargo/credentials.toml",
        "cat LEVIATHAN/workspaces/other/slots/1/tree/file",
        "cat LEVIATHAN/workspaces/../workspaces/other/slots/1/tree/file",
    ])
    func whatIsNotForProgramsIsNotThere(deed: String) throws {
        let target = try Self.target()
        let line = deed.replacing("PERSON", with: target.repository.environment["HOME"] ?? "")
            .replacing("LEVIATHAN", with: target.home)
        var free = Subprocess.shell(line, environment: target.repository.environment)
        free.workingDirectory = target.repository.path
        #expect(try free.run().output.text.contains(Self.marker), "the deed fails even without a fence")
        // Something that is granted and not there yet opens the directory that it is to be in, and no more.
        for grants in [[], ["--allow", "new"], ["--allow", "src/new", "--allow", "zzz"]] {
            let fenced = try target.leviathan("fence", arguments: grants + ["--", "sh", "-c", line])
            #expect(!(fenced.output.text + fenced.errors.text).contains(Self.marker), "\(grants)")
        }
    }

    @Test func whatBelongsToTheRepositoryIsThereAndGitWorks() throws {
        let target = try Self.target()
        let line = """
            set -e; cat src/a.py config/.env src/.env.example; git log -1 --format=%s; git status --porcelain; git diff HEAD
            git config user.name; git rev-parse --show-toplevel; ! git config x.y z; ! git commit -q --allow-empty -m x
            """
        let fenced = try target.leviathan("fence", "--", "sh", "-c", line)
        let name = try target.repository.git("config", "user.name")
        let expected = [Self.marker, Self.marker, Self.marker, "Files", name, target.repository.path]
        #expect(
            fenced.output.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("??") } == expected,
            "\(fenced.errors.text)")
    }

    /// The password database knows a home that the environment does not name.
    @Test func theHomeOfThePasswordDatabaseIsNotThere() throws {
        let entry = try BackgroundProgram.run(["sh", "-c", "getent passwd $(id -u)"])
        let home = try #require(entry.split(separator: ":", omittingEmptySubsequences: false).dropFirst(5).first)
        let usual = [".bashrc", ".profile", ".gitconfig", ".ssh", ".bash_history", ".cache", ".config"]
        let target = try TestTarget()
        for name in usual where FileSystem.exists("\(home)/\(name)") {
            #expect(
                try target.leviathan("fence", "--", "test", "-e", "\(home)/\(name)").ending == .exited(1),
                "\(name)")
        }
        #expect(
            try target.leviathan("fence", "--", "ls", "\(target.repository.environment["HOME"] ?? "")/..")
                .succeeded == false)
    }

    @Test(.enabled(if: geteuid() == 0)) func whatOnlyRootMayReadOfTheSystemIsNotThere() throws {
        let target = try TestTarget()
        for path in ["/etc/shadow", "/etc/gshadow"] where FileSystem.exists(path) {
            #expect(try !FileSystem.read(path, limit: 1 << 20).isEmpty)
            let fenced = try target.leviathan("fence", "--", "cat", path)
            #expect(fenced.output.text == "", "\(path)")
        }
        let line = "cat /etc/ssh/ssh_host_*_key"
        #expect(try target.leviathan("fence", "--", "sh", "-c", line).output.text == "")
        #expect(try target.leviathan("fence", "--", "grep", "-q", "root", "/etc/passwd").succeeded)
    }

    @Test func aHomeIsNotShownAsAWhole() throws {
        let target = try Self.target()
        let home = try #require(target.repository.environment["HOME"])
        let refused = try target.leviathan("fence", "--", "true", in: home)
        #expect(refused.ending == .exited(3) && refused.errors.text.contains("holds a home directory"))
        // Nor where it is on the way to a program.
        let path = "\(home):\(home)/.config:/usr/bin:/bin"
        let fenced = try target.leviathan("fence", "--", "cat", home + "/notes.txt", extra: ["PATH": path])
        #expect(!fenced.output.text.contains(Self.marker))
    }

    /// Tools below a home run, and what lies beside them stays out of sight.
    @Test func toolsBelowAHomeAreThere() throws {
        let target = try Self.target()
        let home = try #require(target.repository.environment["HOME"])
        let tool = "#!/bin/sh\ncat \"$(dirname \"$(readlink -f \"$0\")\")/../lib/data\"\n"
        try Self.put(tool, at: home + "/.local/share/app/venv/bin/tool", permissions: 0o755)
        try Self.put("data\n", at: home + "/.local/share/app/venv/lib/data")
        try Self.put(Self.marker, at: home + "/.local/share/app/token")
        try FileSystem.createDirectory(home + "/.local/bin")
        symlink("../share/app/venv/bin/tool", home + "/.local/bin/tool")
        let path = "\(home)/.local/bin:/usr/bin:/bin"
        let line = "tool; cat \(home)/.local/share/app/token \(home)/.local/share/keys; ls \(home)/.local"
        let fenced = try target.leviathan("fence", "--", "sh", "-c", line, extra: ["PATH": path])
        #expect(fenced.output.text == "data\nbin\nshare\n", "\(fenced.errors.text)")
    }

    @Test func homesOfToolsAreShownInPart() throws {
        let target = try TestTarget()
        let home = try #require(target.repository.environment["HOME"])
        let shown = [
            ".rustup/toolchains/x/bin/rustc", ".cargo/bin/cargo", ".cargo/registry/index",
            ".pyenv/versions/3/bin/python",
            ".nvm/versions/node/v20/bin/node", "go/pkg/mod/x", ".local/share/swiftly/toolchains/6/usr/bin/swift",
            ".sdkman/candidates/java/17/bin/java", ".rbenv/versions/3/bin/ruby", ".asdf/installs/x",
            ".volta/bin/node",
            ".bun/bin/bun", ".deno/bin/deno",
        ]
        let kept = [
            ".cargo/credentials", ".cargo/config.toml", ".nvm/.npmrc", "go/src/private/x", ".asdf/.netrc",
            ".sdkman/etc/token",
        ]
        for name in shown + kept { try Self.put("x", at: home + "/" + name) }
        let script =
            (shown + kept).map { "test -e \(home)/\($0) && echo \($0)" }.joined(separator: "\n") + "\ntrue"
        let fenced = try target.leviathan(
            "fence", "--", "sh", "-c", script + "; echo $RUSTUP_HOME; ! touch \(home)/.cargo/bin/x 2>/dev/null")
        #expect(
            fenced.output.text.split(separator: "\n").map(String.init) == shown + [home + "/.rustup"],
            "\(fenced.errors.text)")
        #expect(fenced.succeeded)
    }
}
