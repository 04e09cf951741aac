import Basics
import Git
import Glibc
import Processes
import TestSupport
import Testing
import Workspaces

/// What somebody left in a slot, or did to it, is gone when the next one gets it.
@Suite(.timeLimit(.minutes(60))) struct ScrubTests {
    @Test(
        arguments: [
            "echo x > new; mkdir -p d/e; echo y > d/e/f; echo z > a/deep/g",
            "mkdir build; echo 1 > build/out; echo 1 > err.log; echo '*' > .gitignore",
            "echo more >> README.md; rm a/one.txt; chmod +x a.txt; chmod -x run.sh",
            "git init -q nested; git init -q a/deep; echo x > a/deep/.git/hooks/post-checkout",
            "mkdir locked; echo x > locked/f; chmod 0 locked; chmod 0 a/deep; chmod 500 docs",
            "rm -r a; ln -s /tmp a; rm -r docs; ln -s a0 docs; rm a0/three.txt; ln -s /etc/passwd a0/three.txt",
            "rm -r a; echo f > a; rm a.txt; mkdir a.txt; echo x > a.txt/x; rm link; mkdir link",
            "rm .git; echo 'gitdir: /tmp/evil' > .git", "rm .git; mkdir .git; echo x > .git/config",
            "rm .git; ln -s /tmp .git",
            "mkfifo pipe; mkfifo a/pipe; rm README.md; mkfifo README.md",
            "touch -r a.txt ../ref; printf 'TEXT\\n' > a.txt; touch -r ../ref a.txt; rm ../ref",
            "chmod 777 a; chmod 1777 docs; chmod 4755 run.sh; chmod 600 README.md",
            "for i in $(seq 300); do mkdir d; cd d; done; echo deep > f; chmod 500 .",
            "ln README.md ../outside; echo sneaky > ../outside",
            "rm -rf ./* .gitignore .gitattributes",
            "echo > $'a\\nb'; echo > $'a\\xffb'; mkdir $'\\xfe'; echo > $'\\xfe/x'",
            "git checkout -q -b mine 2>/dev/null; git rm -q -r --cached . ; git config core.x y || true",
            "m=$(git rev-parse --git-dir); echo '[core]' > $m/config.worktree; mkdir $m/hooks; echo x > $m/commondir; echo /x > $m/gitdir",
            "m=$(git rev-parse --git-dir); rm $m/HEAD; ln -s /etc/passwd $m/HEAD; echo junk > $m/index; echo > $m/locked",
            "rm -rf \"$(git rev-parse --git-dir)\"",
        ], [false, true]) func everythingIsPutBack(line: String, moves: Bool) throws
    {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        do {
            let checkout = try world.claim(world.first, from: pool)
            try world.shell(line, in: checkout.path)
        }
        let wanted = moves ? world.second : world.first
        let checkout = try world.claim(wanted, from: pool)
        #expect(try world.faults(checkout.path, wanted) == [])
        let left = try world.shell("ls -A \"$(git rev-parse --git-dir)\"", in: checkout.path)
        #expect(left == "HEAD\ncommondir\ngitdir\nindex\n")
        #expect(try pool.slots().count == 1)
    }

    /// Runs as an ordinary user, to whom a closed directory is closed, and leaves with what went wrong.
    private static func asNobody(_ body: (PoolWorld) throws -> [String]) -> Never {
        do {
            let world = try PoolWorld()
            try world.shell("chmod -R a+rwX . && chown -R 65534:65534 .", in: world.repository.directory.path)
            setenv("HOME", world.repository.directory.path + "/home", 1)
            guard setgroups(0, nil) == 0, setgid(65534) == 0, setuid(65534) == 0 else { exit(3) }
            print(try body(world))
        } catch { print(error) }
        fflush(nil)
        exit(0)
    }

    @Test(.enabled(if: getuid() == 0)) func anOrdinaryUserPutsItBackToo() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            Self.asNobody { world in
                let pool = try world.pool(limit: 1)
                var faults: [String] = []
                for line in [
                    "mkdir locked; echo x > locked/f; chmod 0 locked; chmod 0 a/deep; chmod 500 docs",
                    "chmod 0 README.md",
                    "for i in $(seq 100); do mkdir d; cd d; done; chmod 500 . .. ../..; chmod 0 .",
                ] {
                    do { try world.shell(line, in: world.claim(world.first, from: pool).path) }
                    let checkout = try world.claim(world.first, from: pool)
                    faults += try world.faults(checkout.path, world.first)
                }
                return faults
            }
        }
        #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "[]\n")
    }

    @Test(.enabled(if: getuid() == 0)) func unreadableThingsAreRefusedNotSkipped() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            Self.asNobody { world in
                let outcome = try ChangeScanTests.outcome(
                    "chmod 0 README.md a; mkdir new; chmod 0 new", world: world)
                return outcome.refusals.map { String($0.prefix { $0 != ":" }) } + outcome.edits
            }
        }
        let expected = ["README.md", "a", "new"].map { "unreadable '\($0)' cannot be read" }
        #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "\(expected)\n")
    }

    /// The checkout is warm again: git opens no file to see that nothing has changed.
    @Test func gitBelievesTheIndex() throws {
        let world = try PoolWorld()
        let pool = try world.pool()
        do { try world.shell("echo x >> README.md; rm -r a", in: world.claim(world.first, from: pool).path) }
        let checkout = try world.claim(world.second, from: pool)
        #expect(try world.git("diff-files", "--raw", in: checkout.path) == "")
        #expect(try world.git("diff-index", "--cached", "HEAD", in: checkout.path) == "")
        #expect(try world.git("fsck", "--no-dangling", in: checkout.path).contains("error") == false)
        #expect(
            try world.git("ls-files", "--stage", in: checkout.path)
                == world.git(
                    "ls-tree", "-r", "--format=%(objectmode) %(objectname) 0%x09%(path)", "HEAD", in: checkout.path
                ))
    }
}
