import Basics
import Glibc
import Processes
import TestSupport
import Testing

extension FenceTests {
    /// What a caller sees of the fence: paths that are refused, finer grants, reports, descriptors, and git at work.
    @Suite(.timeLimit(.minutes(60))) struct Face {
        private func message(_ world: FenceFixture, _ change: (inout Fence) -> Void) -> String {
            var fence = world.fence
            change(&fence)
            do {
                return "\(try world.run("echo ran", fence: fence).output.text)"
            } catch { return "\(error)" }
        }

        @Test func refusesPathsThatNoFenceCanBeBuiltOn() throws {
            let world = try FenceFixture()
            symlink(world.path("outside"), world.path("wt/door"))
            #expect(message(world) { $0.writable = ["docs"] }.contains("it is not absolute"))
            #expect(message(world) { $0.writable = ["/"] }.contains("the root of everything"))
            #expect(
                message(world) { $0.writable = [world.path("wt/../outside")] }.contains("not in its plain form"))
            #expect(message(world) { $0.writable = [world.path("wt/door")] }.contains("symbolic link"))
            #expect(message(world) { $0.writable = [world.path("wt/door/new")] }.contains("symbolic link"))
            #expect(message(world) { $0.writable = [world.path("main/.git/hooks")] }.contains("read-only"))
            #expect(message(world) { $0.writable = [world.path("no/such")] }.contains("too wide"))
            #expect(message(world) { $0.home = world.path("nowhere") }.contains("not a directory"))
            #expect(message(world) { _ in } == "ran\n")
        }

        @Test func refusesWhereNothingHolds() throws {
            let world = try FenceFixture()
            let refusal = message(world) {
                ($0.means.namespaces, $0.means.landlock, $0.means.bubblewrap) = (false, 0, false)
            }
            #expect(refusal.contains("no fence can be had"))
            #expect(!FileSystem.exists(world.path("wt/docs/ran")))
        }

        @Test func reportsWhatHolds() throws {
            let world = try FenceFixture()
            var fence = world.fence
            let best = fence.report(in: world.root)
            #expect([.namespacesAndLandlock, .namespaces, .landlock].contains(best.level))
            fence.means.namespaces = false
            let bare = fence.report(in: world.root)
            #expect(bare.level == .landlock)
            #expect(bare.holds("writes outside") && !bare.holds("modes, owners and times outside"))
            #expect(bare.gaps.contains { $0.contains("chmod") })
            fence.means.landlock = 2
            #expect(!fence.report(in: world.root).holds("signals outside"))
            fence.means.landlock = 0
            fence.means.bubblewrap = false
            #expect(fence.report(in: world.root).level == .none)
        }

        /// A file that does not exist yet, and one that a tool replaces.
        @Test func aDirectoryTakesNewEntriesAndKeepsTheOthers() throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.writable = [world.path("wt/src/new.txt"), world.path("wt/README.md")]
            fence.creatable = [world.path("wt")]
            let line = """
                echo new > src/new.txt && echo r > r && mv r README.md && cat src/new.txt README.md
                echo x > src/b.txt; rm src/b.txt; mv src/b.txt src/c.txt; chmod 777 src/b.txt; rm -r docs; echo x > .git
                mv docs d; rm .git
                """
            let before = try world.snapshot()
            let outcome = try world.run(line, fence: fence)
            #expect(outcome.output.text == "new\nr\n", "\(outcome.errors.text)")
            let changed = try world.snapshot().filter { before[$0.key] != $0.value }.keys.sorted()
            #expect(changed == ["wt", "wt/README.md", "wt/src", "wt/src/new.txt"])
            #expect(FileSystem.exists(world.path("wt/docs/a.md")))
        }

        @Test(arguments: Rung.allCases) func aProtectedPathCannotBeMovedAwayFromAbove(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            fence.writable = [world.path("wt")]
            fence.readOnly += [world.path("wt/docs/deep/b.md")]
            let line = """
                echo x > docs/a.md; mv docs d; mv docs/deep docs/e; rm docs/deep/b.md; echo x > docs/deep/b.md
                mv .git g; rm .git; echo x > .git; ls -A
                """
            let outcome = try world.run(line, fence: fence)
            #expect(outcome.output.text == ".env\n.git\nREADME.md\ndocs\nsrc\n")
            let read = { (name: String) in
                String(decoding: try FileSystem.read(world.path(name), limit: 99), as: UTF8.self)
            }
            #expect(try read("wt/docs/deep/b.md") == "b\n")
            #expect(try read("wt/docs/a.md") == "x\n")
            #expect(try read("wt/.git").hasPrefix("gitdir: "))
        }

        @Test(arguments: Rung.allCases) func aPassedFileStaysWhatItIs(rung: Rung) throws {
            let world = try FenceFixture()
            let file = open(world.path("outside/file"), O_RDONLY)
            let directory = open(world.path("outside"), O_RDONLY)
            defer { for descriptor in [file, directory] { close(descriptor) } }
            var program = world.program("cat <&3; echo x > /proc/self/fd/3", fence: nil)
            program.passedDescriptors = [file]
            _ = try program.run()
            #expect(try FileSystem.read(world.path("outside/file"), limit: 99) == Array("x\n".utf8))
            var fence = world.fence
            rung.apply(&fence)
            program = world.program("cat <&3; echo yyyy > /proc/self/fd/3; ls /proc/self/fd", fence: fence)
            program.passedDescriptors = [file]
            lseek(file, 0, SEEK_SET)
            let outcome = try program.run()
            #expect(outcome.output.text == "x\n0\n1\n2\n3\n4\n")  // 4 is ls reading the directory
            if rung != .namespaces, rung != .bubblewrap {
                #expect(try FileSystem.read(world.path("outside/file"), limit: 99).count == 2)
            }
            program.passedDescriptors = [directory]
            #expect(throws: SpawnError.self) { try program.run() }
        }

        @Test func noDescriptorLeaksIn() throws {
            let world = try FenceFixture()
            let extra = open(world.path("outside"), O_RDONLY)
            defer { close(extra) }
            for rung in Rung.allCases {
                var fence = world.fence
                rung.apply(&fence)
                let names = try world.run("ls /proc/self/fd", fence: fence).output.text.split(separator: "\n")
                #expect(names == ["0", "1", "2", "3"], "\(rung)")
            }
        }

        @Test func passesTheCallersTerminalThrough() async throws {
            let world = try FenceFixture()
            let root: String = world.root
            let result = await #expect(processExitsWith: .exitCode(7), observing: [\.standardOutputContent]) {
                [root = root as String] in
                var fence = Fence(home: root + "/private/home", temporary: root + "/private/tmp")
                fence.writable = [root + "/wt/docs"]
                var program = Subprocess.shell(
                    "echo straight through; exit 7", environment: ["PATH": "/usr/bin:/bin"])
                (program.input, program.output, program.errors) = (.inherited, .inherited, .inherited)
                (program.fence, program.workingDirectory) = (fence, root + "/wt")
                let outcome = try program.run()
                guard case .exited(let code) = outcome.ending, outcome.output.isEmpty else { exit(1) }
                exit(code)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "straight through\n")
        }

        @Test(arguments: Rung.allCases) func gitCanBeReadBehindIt(rung: Rung) throws {
            let world = try FenceFixture()
            let setup = """
                set -e; cd $W; export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
                git init -q -b main repo; cd repo; mkdir docs; echo a > docs/a.md; git add .; git commit -qm first
                git worktree add -q --detach ../tree
                """
            let made = try world.run(setup, fence: nil)
            #expect(made.succeeded, "\(made.errors.text)")
            var fence = world.fence
            rung.apply(&fence)
            fence.writable = [world.path("tree/docs")]
            fence.readOnly = [world.path("repo/.git"), world.path("tree/.git")]
            var program = world.program(
                "echo b >> docs/a.md; git status --porcelain; git log --format=%s; git diff --stat | tail -n 1",
                fence: fence)
            program.workingDirectory = world.path("tree")
            let outcome = try program.run()
            #expect(
                outcome.output.text == " M docs/a.md\nfirst\n 1 file changed, 1 insertion(+)\n",
                "\(outcome.errors.text)")
            program.arguments = ["-c", "git commit -qam second || git config core.fsmonitor evil || git stash"]
            #expect(try !program.run().succeeded)
        }

        @Test func theEnvironmentIsThePrivateOne() throws {
            let world = try FenceFixture()
            let outcome = try world.run("echo $HOME $TMPDIR; env | grep -c . ", fence: world.fence)
            #expect(
                outcome.output.text.hasPrefix(world.path("private/home") + " " + world.path("private/tmp") + "\n"))
        }
    }
}
