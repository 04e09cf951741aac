import Basics
import Glibc
import Processes
import Synchronization
import TestSupport
import Testing

/// Bringing the base up to date while others do the same, and beside what a git that died has left.
@Suite(.timeLimit(.minutes(10))) struct FetchTests {
    private static let count = 8

    /// A target with so many tasks, whose remote has moved since it was last fetched.
    private static func movedTarget() throws -> TestTarget {
        let tasks = (1...count).map {
            "  - {id: t\($0), title: Page \($0), scope: docs, ready: true, allowed_paths: [docs/p\($0).md]}"
        }
        let target = try TestTarget(backlog: (["version: 1", "tasks:"] + tasks).joined(separator: "\n") + "\n")
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
        let results = Mutex<[String]>([])
        let done = Mutex(0)
        for number in 1...Self.count {
            BackgroundThread.run {
                do {
                    let home = shares ? [:] : ["LEVIATHAN_HOME": "\(target.home)-\(number)"]
                    let result = try target.leviathan("propose", "t\(number)", "--json", extra: home)
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
        #expect(old.output.text.contains("doctor --fix") && FileSystem.exists(lock), "\(old.output.text)")
        let open = try BackgroundProgram(["sh", "-c", "exec 7<\"$0\"; echo open; cat >/dev/null", lock])
        #expect(open.readLine() == "open")
        _ = try target.leviathan("doctor", "--fix")
        #expect(FileSystem.exists(lock))
        do { _ = consume open }
        let mended = try target.leviathan("doctor", "--fix").output.text
        #expect(mended.contains("removed, it was left") && !FileSystem.exists(lock), "\(mended)")
        #expect(try target.leviathan(arguments: words).json["outcome"] == "delivered")
    }

    /// What only makes later commands shorter is no reason to fail.
    @Test func theRemotesHeadIsNoReasonToFail() throws {
        let target = try Self.movedTarget()
        _ = try? target.repository.git("remote", "set-head", "origin", "--delete")
        let lock = target.repository.path + "/.git/refs/remotes/origin/HEAD.lock"
        try FileSystem.write([], to: lock)
        let result = try target.leviathan("propose", "t1", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(FileSystem.exists(lock))
    }

    /// A partial clone works as far as its objects are here; what it has left out is named, with the way to it.
    @Test func whatAPartialCloneHasLeftOutIsNamed() throws {
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
        for words in [["propose", "task-001", "--json"], ["plan", "task-001", "--fetch"]] {
            let refused = try target.leviathan(arguments: words, in: clone)
            #expect(refused.ending == .exited(3), "\(words): \(refused.output.text)\(refused.errors.text)")
            let said = refused.output.text + refused.errors.text
            #expect(said.contains("partial") && said.contains("--refetch --no-filter origin"), "\(said)")
        }
        try target.repository.git("-C", clone, "fetch", "--quiet", "--refetch", "--no-filter", "origin")
        let mended = try target.leviathan("propose", "task-001", "--json", in: clone)
        #expect(mended.json["outcome"] == "delivered", "\(mended.output.text)\(mended.errors.text)")
    }
}
