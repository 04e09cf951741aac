import Basics
import Git
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct GitCommandTests {
    private let branch = "refs/heads/agent/task-001"

    @Test func pushesOnlyFromTheExpectedPlace() throws {
        let test = try TestRepository()
        let one = try test.commitAll("One")
        let remote = try test.addRemote()
        let two = try test.commitAll("Two")
        let git = GitCommand(environment: test.environment)
        try git.push(remote: "origin", updates: [PushUpdate(one, to: branch, expecting: nil)], in: test.path)
        #expect {
            try git.push(remote: "origin", updates: [PushUpdate(two, to: branch, expecting: nil)], in: test.path)
        } throws: { ($0 as? GitCommandError)?.kind == .staleLease }
        try git.push(remote: "origin", updates: [PushUpdate(two, to: branch, expecting: one)], in: test.path)
        let listing = try git.listRemote("origin", patterns: ["refs/heads/agent/*"], in: test.path)
        #expect(listing.references[branch] == two)
        #expect(listing.defaultBranch == "main")
        #expect(
            try test.git("--git-dir", remote, "for-each-ref", "--format=%(refname)")
                == "refs/heads/agent/task-001\nrefs/heads/main")
    }

    @Test func repeatsTheWordsOfARemoteThatRefuses() throws {
        let test = try TestRepository()
        let commit = try test.commitAll()
        let remote = try test.addRemote()
        let hook = try test.directory.write(
            "remote.git/hooks/pre-receive", "#!/bin/sh\necho 'no robots here'\nexit 1\n")
        try FileSystem.write(try FileSystem.read(hook, limit: 1000), to: hook, permissions: 0o755)
        _ = remote
        #expect {
            try GitCommand(environment: test.environment)
                .push(remote: "origin", updates: [PushUpdate(commit, to: branch, expecting: nil)], in: test.path)
        } throws: { error in
            (error as? GitCommandError)?.kind == .refused && "\(error)".contains("no robots here")
        }
    }

    @Test func runsNoPlantedHookAndSeesNoPlantedVariables() throws {
        let test = try TestRepository()
        let commit = try test.commitAll()
        try test.addRemote()
        let marker = test.directory.path + "/ran"
        let script = "#!/bin/sh\ntouch '\(marker)'\n"
        for name in ["pre-push", "reference-transaction", "post-checkout"] {
            try FileSystem.write(Array(script.utf8), to: test.path + "/.git/hooks/" + name, permissions: 0o755)
        }
        try FileSystem.write(Array(script.utf8), to: test.directory.path + "/fsmonitor", permissions: 0o755)
        try test.git("config", "core.fsmonitor", test.directory.path + "/fsmonitor")
        try? FileSystem.removeTree(marker)
        var environment = test.environment
        environment["GIT_DIR"] = "/nowhere"
        environment["GIT_CONFIG_COUNT"] = "1"
        environment["GIT_CONFIG_KEY_0"] = "core.sshCommand"
        environment["GIT_CONFIG_VALUE_0"] = "touch \(marker)"
        let git = GitCommand(environment: environment)
        try git.push(remote: "origin", updates: [PushUpdate(commit, to: branch, expecting: nil)], in: test.path)
        try git.fetch(remote: "origin", refspecs: ["+refs/heads/main:refs/remotes/origin/main"], in: test.path)
        #expect(!FileSystem.exists(marker))
    }

    /// A reference that another process has moved or locked is told by a kind, and the lock by its path.
    @Test func tellsAReferenceThatOthersMoveOrLock() throws {
        let test = try TestRepository()
        try test.commitAll("One")
        try test.addRemote()
        try test.git("push", "-q", "origin", "HEAD:refs/heads/other")
        let git = GitCommand(environment: test.environment, lockPatience: .milliseconds(50))
        let lock = test.path + "/.git/refs/remotes/origin/fresh.lock"
        try FileSystem.createDirectory(test.path + "/.git/refs/remotes/origin", permissions: 0o755)
        try FileSystem.write([], to: lock)
        let refspecs = ["+refs/heads/other:refs/remotes/origin/fresh"]
        #expect {
            try git.fetch(remote: "origin", refspecs: refspecs, in: test.path)
        } throws: { ($0 as? GitCommandError)?.kind == .referenceLocked(lock) }
        for words in [
            "error: cannot lock ref 'refs/remotes/origin/main': is at 1111111 but expected 2222222",
            "error: cannot lock ref 'refs/remotes/origin/main': reference already exists",
            " ! [rejected]        main       -> origin/main  (incorrect old value provided)",
        ] {
            let script = "#!/bin/sh\necho \"\(words)\" >&2\nexit 1\n"
            try FileSystem.createDirectory(test.directory.path + "/bin", permissions: 0o755)
            try FileSystem.write(Array(script.utf8), to: test.directory.path + "/bin/git", permissions: 0o755)
            let path = test.directory.path + "/bin:" + (test.environment["PATH"] ?? "")
            let fake = GitCommand(environment: test.environment.merging(["PATH": path]) { $1 })
            #expect {
                try fake.fetch(remote: "origin", refspecs: refspecs, in: test.path)
            } throws: { ($0 as? GitCommandError)?.kind == .referenceMoved }
        }
    }

    @Test func namesTheMissingRemote() throws {
        let test = try TestRepository()
        try test.git("remote", "add", "origin", test.directory.path + "/gone.git")
        #expect {
            try GitCommand(environment: test.environment).listRemote("origin", patterns: [], in: test.path)
        } throws: { ($0 as? GitCommandError)?.kind == .remoteNotFound }
    }

    @Test func saysThatTheNetworkIsNotThere() throws {
        let test = try TestRepository()
        try test.git("remote", "add", "origin", "http://name:pass" + "word@127.0.0.1:9/x.git")
        #expect {
            try GitCommand(environment: test.environment).listRemote("origin", patterns: [], in: test.path)
        } throws: { error in
            (error as? GitCommandError)?.kind == .unreachable && !"\(error)".contains("password")
        }
    }

    @Test func asksForTheRightGit() throws {
        let directory = try TemporaryDirectory()
        #expect(try GitCommand(environment: ["PATH": "/usr/bin:/bin"]).version() >= .minimum)
        #expect {
            try GitCommand(environment: ["PATH": directory.path]).version()
        } throws: { ($0 as? GitCommandError)?.kind == .programMissing }
        try FileSystem.write(
            Array("#!/bin/sh\necho git version 1.8.3\n".utf8), to: directory.path + "/git", permissions: 0o755)
        #expect {
            try GitCommand(environment: ["PATH": directory.path]).version()
        } throws: { ($0 as? GitCommandError)?.kind == .tooOld(found: "1.8") }
    }

    @Test func givesUpOnARemoteThatNeverAnswers() throws {
        let listener = try SilentListener()
        let test = try TestRepository()
        try test.git("remote", "add", "origin", "git://127.0.0.1:\(listener.port)/x.git")
        #expect {
            try GitCommand(environment: test.environment, timeout: .milliseconds(300))
                .listRemote("origin", patterns: [], in: test.path)
        } throws: { ($0 as? GitCommandError)?.kind == .timedOut }
    }

    @Test(arguments: [
        ("https://user:tok@host/x.git", "https://host/x.git"), ("ssh://git:pw@host:22/x", "ssh://host:22/x"),
        ("git@host:owner/x.git", "git@host:owner/x.git"),
        ("a http://u@h/ b https://t@h2/@x c", "a http://h/ b https://h2/@x c"),
        ("'https://a:b%40c@h'", "'https://h'"), ("https://a:b@c@h/x", "https://h/x"),
    ])
    func urlsLoseTheirCredentials(text: String, redacted: String) {
        #expect(URLRedaction.redact(text) == redacted)
    }
}
