import Basics
import Glibc
import Processes
import TestSupport
import Testing

private let m = FenceFixture.marker

/// Landlock alone takes contents and lists away, not that something is there.
private let bare: Set<Rung> = [.landlock, .oldLandlock]

private func act(
    _ name: String, _ script: String, needsRoot: Bool = false, passesOn: Set<Rung> = [], grants: [String] = []
) -> ForbiddenAct {
    var act = ForbiddenAct(name, script, needsRoot: needsRoot, isListed: true, passesOn: passesOn)
    act.grants = grants
    return act
}

private let acts: [ForbiddenAct] = [
    act("a file of nobody's concern", "cat $W/outside/secret"),
    act("a file beside what is listed", "cat $W/main/secret"),
    act("a key", "cat $W/user/.ssh/id_rsa"),
    act("a file among what is listed", "cat $W/wt/.env"),
    act("a file beside what is not there yet", "cat $W/wt/.env", grants: ["wt/new"]),
    act("a file above what is not there yet", "cat $W/wt/.env", grants: ["wt/src/new", "wt/zzz"]),
    act("a file by a relative path", "cat ../outside/secret"),
    act("a file through the root of a process", "cat /proc/self/root$W/outside/secret"),
    act("a file through the root of the supervisor", "cat /proc/$PPID/root$W/outside/secret", needsRoot: true),
    act("a file through an own symlink", "ln -s $W/outside docs/s; cat docs/s/secret"),
    act("a file linked in", "ln $W/outside/secret docs/l; cat docs/l"),
    act("a file moved in", "mv $W/outside/secret docs/l; cat docs/l"),
    act(
        "a program outside",
        "printf '#!/bin/sh\necho \(m)\n' > docs/x; chmod +x docs/x; cp docs/x $W/outside/x; $W/outside/x; true"),
    act("names in a directory", "ls $W/outside | grep -q secret && echo \(m)"),
    act(
        "names in the root",
        "d=$(echo $W | cut -d/ -f2); ls / | grep -qx $d; ls $W | grep -qx outside && echo \(m)"),
    act("whether something is there", "test -e $W/outside/secret && echo \(m)", passesOn: bare),
    act("how large something is", "stat -c %s $W/outside/secret > /dev/null && echo \(m)", passesOn: bare),
    act("what the kernel says of the disks", "ls /sys/block /sys/class/net | grep -q . && echo \(m)"),
]

extension FenceTests {
    /// Reading is granted too: what no list names is not there.
    @Suite(.timeLimit(.minutes(60))) struct List {
        @Test(arguments: acts.filter { !$0.needsRoot })
        func isHeldBack(act: ForbiddenAct) throws {
            let faults = try act.faults()
            #expect(faults == [])
        }

        @Test(.enabled(if: Somebody.isRoot), arguments: acts.filter(\.needsRoot))
        func isHeldBackFromRoot(act: ForbiddenAct) throws {
            let faults = try act.faults()
            #expect(faults == [])
        }

        @Test(.enabled(if: Somebody.isRoot))
        func isHeldBackFromAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.check(acts)
            }
            let faults = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
            #expect(faults == "all held\n")
        }

        /// Where something is granted that is not there yet, its directory is opened, and nothing below it with it.
        @Test(arguments: Rung.allCases) func whatIsMissingUncoversNothing(rung: Rung) throws {
            let world = try FenceFixture()
            try FileSystem.createDirectory(world.path("wt/docs/kept"))
            try FileSystem.write([], to: world.path("wt/docs/kept/file"))
            var fence = world.listedFence
            rung.apply(&fence)
            fence.readOnly = [world.path("wt/docs/kept")]
            fence.writable += [world.path("wt/zzz")]
            let line = "echo x > docs/kept/file; cat .env; mkdir zzz && echo made > zzz/a && cat zzz/a; true"
            let outcome = try world.run(line, fence: fence)
            #expect(
                try FileSystem.read(world.path("wt/docs/kept/file"), limit: 10) == [], "\(outcome.errors.text)")
            #expect(!outcome.output.text.contains(m))
            if !bare.contains(rung) { #expect(outcome.output.text == "made\n", "\(outcome.errors.text)") }
        }

        /// Several that are missing at different depths: an upper directory that is opened must not cover one below it, whichever
        /// name comes first.
        @Test(
            arguments: Rung.allCases.filter(\.hasMounts),
            [["wt/docs/deep/a", "wt/docs/n", "wt/zzz"], ["wt/docs/deep/z", "wt/docs/a", "wt/b"]])
        func whatIsMissingAtSeveralDepthsCanBeMade(rung: Rung, missing: [String]) throws {
            let world = try FenceFixture()
            var fence = world.listedFence
            rung.apply(&fence)
            // nothing else lies in the worktree, whose place would open its directory first
            (fence.hidden, fence.readOnly) = ([], [])
            fence.writable = missing.map(world.path)
            let made = missing.map { "echo made > $W/\($0) && cat $W/\($0)" }.joined(separator: "; ")
            let outcome = try world.run(
                made + "; echo x >> src/b.txt; echo x > docs/a.md; true", fence: fence)
            #expect(outcome.output.text == "made\nmade\nmade\n", "\(outcome.errors.text)")
            #expect(try FileSystem.read(world.path("wt/src/b.txt"), limit: 10) == Array("b\n".utf8))
            #expect(try FileSystem.read(world.path("wt/docs/a.md"), limit: 10) == Array("a\n".utf8))
        }

        @Test(arguments: Rung.allCases)
        func whatIsListedIsSeenAsItIsNamed(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.listedFence
            rung.apply(&fence)
            fence.readable = .only(
                Fence.systemPaths + [world.path("main/src"), world.path("door"), "/no/such/path"])
            let line = """
                cat $W/main/src/a.txt $W/door/a.txt $W/lent/a.txt src/b.txt && echo x > docs/x && cat docs/x && test -x /bin/sh
                cat /etc/passwd > /dev/null && ls /proc/self > /dev/null && echo y > $HOME/y && echo z > $TMPDIR/z && echo seen
                """
            let outcome = try world.run(line, fence: fence)
            #expect(outcome.output.text == "a\nlent\nlent\nb\nx\nseen\n", "\(outcome.errors.text)")
        }

        /// Entries of one directory are put there together, and nothing else of it; one that is hidden or opened among them, or a
        /// list above them, changes nothing about that.
        @Test(
            arguments: Rung.allCases,
            [[], ["hidden outside/many/1"], ["shown outside/many/sub"], ["writable outside/many/2"]])
        func whatLiesSideBySideIsSeenAlone(rung: Rung, besides: [String]) throws {
            let world = try FenceFixture()
            var fence = world.listedFence
            rung.apply(&fence)
            let names = (0..<8).map(String.init)
            try FileSystem.createDirectory(world.path("outside/many/sub"))
            for name in names + ["sub/key"] {
                try FileSystem.write(Array("\(name)\n".utf8), to: world.path("outside/many/" + name))
            }
            try FileSystem.write(Array(m.utf8), to: world.path("outside/many/key"))
            // one of them twice, one that is not there
            var listed = (names + ["7", "missing"]).map { world.path("outside/many/" + $0) }
            for what in besides.map({ $0.split(separator: " ").map(String.init) }) {
                switch what[0] {
                case "hidden": fence.hidden.append(world.path(what[1]))
                case "shown": listed.append(world.path(what[1]))
                default: fence.writable.append(world.path(what[1]))
                }
            }
            fence.readable = .only(Fence.systemPaths + listed)
            let line = """
                cd $W/outside/many; cat 0 7; cat 1; cat key; echo x > 0; echo x > new; rm -f 7; mv 3 $W/wt/docs/
                ls > $TMPDIR/names 2>&1 && cat $TMPDIR/names | tr '\\n' ' '
                """
            let outcome = try world.run(line, fence: fence)
            let isHidden = besides == ["hidden outside/many/1"]
            let seen =
                names.filter { !isHidden || $0 != "1" } + (besides == ["shown outside/many/sub"] ? ["sub"] : [])
            let expected =
                "0\n7\n" + (isHidden ? "" : "1\n") + (bare.contains(rung) ? "" : seen.joined(separator: " ") + " ")
            #expect(outcome.output.text == expected, "\(outcome.errors.text)")
            for name in names {
                #expect(
                    try FileSystem.read(world.path("outside/many/" + name), limit: 10) == Array("\(name)\n".utf8))
            }
            #expect(!FileSystem.exists(world.path("outside/many/new")))
        }

        /// A program that is on no list is there for the one that runs it.
        @Test(arguments: Rung.allCases) func theProgramItselfIsSeen(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.listedFence
            rung.apply(&fence)
            try FileSystem.write(
                Array("#!/bin/sh\necho ran\n".utf8), to: world.path("outside/tool"), permissions: 0o755)
            symlink(world.path("outside/tool"), world.path("outside/alias"))
            for name in ["outside/tool", "outside/alias"] {
                var program = Subprocess(world.path(name), environment: ["PATH": "/usr/bin:/bin"])
                (program.workingDirectory, program.fence) = (world.path("wt"), fence)
                let outcome = try program.run()
                #expect(outcome.output.text == "ran\n", "\(outcome.errors.text)")
            }
        }

        /// What hides a file goes with the file; what Landlock does not grant stays so.
        @Test(arguments: Rung.had(.best, .landlock, .oldLandlock), [3, 3000])
        func aFileThatIsReplacedMeanwhileStaysOutOfSight(rung: Rung, neighbours: Int) throws {
            let world = try FenceFixture()
            var fence = world.listedFence
            rung.apply(&fence)
            try FileSystem.createDirectory(world.path("main/src/many"))
            for number in 0..<neighbours { close(creat(world.path("main/src/many/\(number)"), 0o600)) }
            try FileSystem.write(Array("old".utf8), to: world.path("main/src/many/key"))
            fence.hidden.append(world.path("main/src/many/key"))
            let line = """
                echo here; while ! test -e docs/go; do sleep 0.01; done
                cat $W/main/src/many/key; cat $W/main/src/many/0 && echo done
                """
            // where no fence is in between, the program reads what was put there meanwhile
            for (fence, expected) in [(nil, "here\n\(m)done\n"), (fence, "here\ndone\n")] {
                let outcome = try world.program(line, fence: fence).run { _, line in
                    guard line == "here" else { return }
                    try? FileSystem.write(Array(m.utf8), to: world.path("main/src/many/key"))
                    try? FileSystem.write([], to: world.path("wt/docs/go"))
                }
                #expect(outcome.output.text == expected, "\(outcome.errors.text)")
                unlink(world.path("wt/docs/go"))
            }
        }
    }
}
