import Basics
import Glibc
import Processes
import Synchronization
import TestSupport
import Testing

/// Bringing the base up to date while others do the same, and beside what a git that died has left.
@Suite(.timeLimit(.minutes(60))) struct FetchTests {
    private static let count = 8

    /// A target with so many tasks, whose remote has moved since it was last fetched.
    private static func movedTarget() throws -> TestTarget {
        let tasks = (1...count).map {
            "  - {id: t\($0), title: Page \($0), scope: docs, ready: true, allowed_paths: [docs/p\($0).md]}"
        }
        let target = try TestTarget(
            policy: TestTarget.policy + "\nlimits: {max_running_attempts: 100}\n",
            backlog: (["version: 1", "tasks:"] + tasks).joined(separator: "\n") + "\n")
        try moveRemote(of: target)
        return target
    }

    private static func moveRemote(of target: TestTarget) throws {
        let other = target.repository.directory.path + "/other"
        try target.repository.git("clone", "--quiet", target.remote, other)
        try target.repository.git("-C", other, "commit", "--quiet", "--allow-empty", "-m", "Move")
        try target.repository.git("-C", other, "push", "--quiet", "origin", "HEAD:main")
    }

    /// With one home the fetch is shared; with homes of their own the processes meet at the reference.
    @Test(arguments: [true, false]) func manyAtOnceAllComeThrough(shares: Bool) throws {
        let target = try Self.movedTarget()
        let (path, log) = try Self.recordingGit(in: target)
        let results = Mutex<[String]>([])
        let done = Mutex(0)
        for number in 1...Self.count {
            BackgroundThread.run {
                do {
                    let home = shares ? target.home : "\(target.home)-\(number)"
                    let result = try target.leviathan(
                        "propose", "t\(number)", "--json", extra: ["LEVIATHAN_HOME": home, "PATH": path])
                    let outcome = result.json["outcome"]?.string ?? "?"
                    results.withLock {
                        $0.append(outcome == "delivered" ? outcome : result.output.text + result.errors.text)
                    }
                } catch { results.withLock { $0.append("\(error)") } }
                done.withLock { $0 += 1 }
            }
        }
        while done.withLock({ $0 }) < Self.count { _ = poll(nil, 0, 5) }
        #expect(results.withLock { $0 } == Array(repeating: "delivered", count: Self.count))
        let tip = try target.repository.git("--git-dir", target.remote, "rev-parse", "main")
        #expect(try target.repository.git("rev-parse", "origin/main") == tip)
        let calls = String(decoding: try FileSystem.read(log, limit: 1 << 20), as: UTF8.self).split(
            separator: "\n")
        let fetches = calls.count { $0.contains(" fetch ") }
        #expect(shares ? fetches == 1 : fetches >= 1, "\(calls)")
    }

    /// A search path whose git writes down what it is asked for, and where.
    private static func recordingGit(in target: TestTarget) throws -> (path: String, log: String) {
        let directory = target.repository.directory.path
        let path = target.repository.environment["PATH"] ?? ""
        let script = "#!/bin/sh\necho \"$*\" >> '\(directory)/calls'\nPATH='\(path)' exec git \"$@\"\n"
        try FileSystem.createDirectory(directory + "/bin", permissions: 0o755)
        try FileSystem.write(Array(script.utf8), to: directory + "/bin/git", permissions: 0o755)
        return ("\(directory)/bin:\(path)", directory + "/calls")
    }

    @Test func aLockThatStaysIsNamedAndMendedOnlyWhenItIsLeft() throws {
        let target = try Self.movedTarget()
        let lock = target.repository.path + "/.git/refs/remotes/origin/main.lock"
        try FileSystem.write([], to: lock)
        let words = ["propose", "t1", "--json"]
        let refused = try target.leviathan(arguments: words, extra: ["LEVIATHAN_WAIT": "50ms"])
        #expect(refused.ending == .exited(8), "\(refused.output.text)\(refused.errors.text)")
        let said = refused.errors.text + refused.output.text
        #expect(
            said.contains(lock) && said.contains("belongs to user") && said.contains("doctor --fix"), "\(said)")
        // Somebody may be at work with it.
        let young = try target.leviathan("doctor", "--fix").output.text
        #expect(young.contains(lock) && FileSystem.exists(lock), "\(young)")
        _ = try BackgroundProgram.run(["touch", "-d", "3 hours ago", lock])
        let old = try target.leviathan("doctor")
        #expect(old.output.text.contains("(--fix does it)") && FileSystem.exists(lock), "\(old.output.text)")
        let open = try BackgroundProgram(["sh", "-c", "exec 7<\"$0\"; echo open; cat >/dev/null", lock])
        #expect(open.readLine() == "open")
        _ = try target.leviathan("doctor", "--fix")
        #expect(FileSystem.exists(lock))
        do { _ = consume open }
        let mended = try target.leviathan("doctor", "--fix").output.text
        #expect(mended.contains("mended: '") && !FileSystem.exists(lock), "\(mended)")
        #expect(try target.leviathan(arguments: words).json["outcome"] == "delivered")
    }

    /// A branch that is moved here waits as a fetch does.
    @Test func aLockedBranchHereIsWaitedForAndNamed() throws {
        let target = try TestTarget(contract: "version: 1\ndelivery: {forge: none}\n")
        let lock = target.repository.path + "/.git/refs/heads/agent/task-001.lock"
        try FileSystem.createDirectory(target.repository.path + "/.git/refs/heads/agent", permissions: 0o755)
        try FileSystem.write([], to: lock)
        let words = ["propose", "task-001", "--json"]
        let refused = try target.leviathan(arguments: words, extra: ["LEVIATHAN_WAIT": "50ms"])
        #expect(refused.ending == .exited(8), "\(refused.output.text)\(refused.errors.text)")
        let said = refused.errors.text + refused.output.text
        #expect(
            said.contains(lock) && said.contains("belongs to user") && said.contains("doctor --fix"), "\(said)")
        // Whoever has it gives it back once somebody waits for it.
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        var waiting = Subprocess(TestTarget.program, words, environment: environment)
        waiting.workingDirectory = target.repository.path
        let result = try waiting.run { _, line in
            if line.contains("waiting for another process") { try? FileSystem.removeTree(lock) }
        }
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
    }

    /// What only makes later commands shorter is no reason to fail: where the remote's HEAD and its new branch stand.
    @Test func whatIsOnlyRememberedIsNoReasonToFail() throws {
        let target = try Self.movedTarget()
        _ = try? target.repository.git("remote", "set-head", "origin", "--delete")
        let lock = target.repository.path + "/.git/refs/remotes/origin/HEAD.lock"
        let agent = target.repository.path + "/.git/refs/remotes/origin/agent"
        try FileSystem.createDirectory(agent, permissions: 0o755)
        for path in [lock, agent + "/t1.lock"] { try FileSystem.write([], to: path) }
        let result = try target.leviathan("propose", "t1", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.errors.text.contains("refs/remotes/origin/HEAD"), "\(result.errors.text)")
        #expect(FileSystem.exists(lock))
    }

    /// What a person's partial clone has left out is fetched by whatever fetches anyway, and named by the rest.
    @Test func whatAPartialCloneHasLeftOutIsFetchedOrNamed() throws {
        let target = try TestTarget()
        try target.repository.git("--git-dir", target.remote, "config", "uploadpack.allowFilter", "true")
        let clone = target.repository.directory.path + "/partial"
        try target.repository.git("clone", "--quiet", "--filter=blob:none", "file://" + target.remote, clone)
        let whole = try target.leviathan("propose", "task-001", "--json", "--dry-run", in: clone)
        #expect(whole.json["outcome"] == "prepared", "\(whole.output.text)\(whole.errors.text)")
        // The next base has a policy whose content stays at the remote.
        try target.repository.write(".leviathan/policy.yaml", TestTarget.policy + "# changed\n")
        try target.repository.commitAll("Change the policy")
        try target.repository.git("push", "--quiet", "origin", "HEAD:main")
        try target.repository.git("-C", clone, "fetch", "--quiet", "origin")
        for words in [
            ["propose", "task-001", "--json", "--offline"], ["plan", "task-001"],
            ["lint", "--base", "origin/main"],
        ] {
            let refused = try target.leviathan(arguments: words, in: clone)
            #expect(refused.ending == .exited(3), "\(words): \(refused.output.text)\(refused.errors.text)")
            let said = refused.output.text + refused.errors.text
            #expect(said.contains("partial") && said.contains("--refetch --no-filter origin"), "\(said)")
        }
        let mended = try target.leviathan("propose", "task-001", "--json", in: clone)
        #expect(mended.json["outcome"] == "delivered", "\(mended.output.text)\(mended.errors.text)")
    }
}
