import Basics
import Glibc
import Processes
import Testing

extension FenceTests {
    /// Programs above an overlay: a shared checkout below, what they write in a layer of its own.
    @Suite(.timeLimit(.minutes(60))) struct Overlay {
        private static func fence(in world: FenceFixture) throws -> Fence {
            for name in ["upper", "work", "mount"] { try FileSystem.createDirectory(world.path(name)) }
            var fence = world.fence
            fence.readOnly = [world.path("main/.git"), world.path("mount/.git")]
            fence.writable = [world.path("mount/docs"), world.path("mount/src/new/made.txt")]
            fence.overlay = Fence.Overlay(
                lowers: [world.path("wt")], upper: world.path("upper"), work: world.path("work"),
                mountPoint: world.path("mount"))
            return fence
        }

        private static func run(_ line: String, in world: FenceFixture, _ fence: Fence) throws -> ProcessOutcome {
            var program = world.program(line, fence: fence)
            program.workingDirectory = world.path("mount")
            return try program.run()
        }

        /// What is wrong; empty when only the upper layer has changed.
        private static func faults() throws -> [String] {
            let world = try FenceFixture()
            let fence = try fence(in: world)
            let lower = try world.snapshot()
            let line = """
                set -e; pwd; cat README.md; echo changed > docs/a.md; echo new > docs/new.md; rm docs/deep/b.md
                rmdir docs/deep; mkdir docs/deep; echo x > docs/deep/c; mkdir src/new; echo made > src/new/made.txt
                ! echo x > src/b.txt; ! echo x > README.md; ! rm .git; ! echo x > $W/upper/x; ! echo x > $W/wt/docs/a.md
                """
            var found: [String] = []
            let outcome = try run(line, in: world, fence)
            if !outcome.succeeded { found.append("the program: \(outcome.ending) \(outcome.errors.text)") }
            if outcome.output.text != world.path("mount") + "\nreadme\n" { found.append(outcome.output.text) }
            if try world.snapshot() != lower { found.append("the lower layer has changed") }
            if try String(decoding: FileSystem.read(world.path("wt/docs/a.md"), limit: 99), as: UTF8.self) != "a\n"
            {
                found.append("a file of the lower layer has changed")
            }
            if try FileSystem.list(world.path("mount")) != [] { found.append("the mount point has changed") }
            for (name, text) in [
                ("docs/a.md", "changed\n"), ("docs/new.md", "new\n"), ("src/new/made.txt", "made\n"),
            ] {
                let bytes = (try? FileSystem.read(world.path("upper/" + name), limit: 99)) ?? []
                if String(decoding: bytes, as: UTF8.self) != text { found.append("upper/\(name) is missing") }
            }
            if try FileSystem.list(world.path("upper")) != ["docs", "src"] {
                found.append("more in the upper layer")
            }
            let mark =
                "python3 -c 'import os; print(os.getxattr(\"$W/upper/docs/deep\", \"user.overlay.opaque\"))'"
                .replacing("$W", with: world.root)
            if try world.run(mark, fence: nil).output.text != "b'y'\n" { found.append("no opaque mark") }
            let again = try run("cat docs/a.md; test ! -e docs/deep/b.md", in: world, fence)
            if !again.succeeded || again.output.text != "changed\n" {
                found.append("a second program sees something else")
            }
            return found
        }

        @Test func onlyTheUpperLayerIsWritten() throws { #expect(try Self.faults() == []) }

        @Test(.enabled(if: Somebody.isRoot)) func onlyTheUpperLayerIsWrittenByAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.becomeNobody()
                print(try Self.faults())
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "[]\n")
        }

        @Test func aDeletedFileIsAWhiteout() throws {
            let world = try FenceFixture()
            let fence = try Self.fence(in: world)
            #expect(try Self.run("rm docs/a.md", in: world, fence).succeeded)
            var info = stat()
            #expect(lstat(world.path("upper/docs/a.md"), &info) == 0)
            #expect(info.st_mode & S_IFMT == S_IFCHR && info.st_rdev == 0)
            #expect(FileSystem.exists(world.path("wt/docs/a.md")))
        }

        /// The whole workspace is granted, and its git file still stays what it is.
        @Test func theRootOfTheMergedTreeCanBeGranted() throws {
            let world = try FenceFixture()
            var fence = try Self.fence(in: world)
            fence.writable = [world.path("mount")]
            let line =
                "echo x > new; mv src source; mv docs/a.md b.md; rm .git; mv .git g; echo x > .git; cat .git"
            let outcome = try Self.run(line, in: world, fence)
            #expect(outcome.output.text.hasPrefix("gitdir: "))
            #expect(try FileSystem.list(world.path("upper")) == ["b.md", "docs", "new", "source", "src"])
            #expect(try Self.run("rm new", in: world, fence).succeeded)
        }

        @Test func pathsWithColonsAndCommasAreLayersToo() throws {
            let world = try FenceFixture()
            var fence = try Self.fence(in: world)
            let odd = world.path("od:d,na\\me")
            for name in ["", "/lower/docs", "/upper", "/work", "/mount"] {
                try FileSystem.createDirectory(odd + name)
            }
            fence.overlay = Fence.Overlay(
                lowers: [odd + "/lower"], upper: odd + "/upper", work: odd + "/work", mountPoint: odd + "/mount")
            (fence.writable, fence.readOnly) = ([odd + "/mount/docs"], [])
            var program = world.program("echo x > docs/x", fence: fence)
            program.workingDirectory = odd + "/mount"
            let outcome = try program.run()
            #expect(outcome.succeeded, "\(outcome.errors.text)")
            #expect(FileSystem.exists(odd + "/upper/docs/x"))
        }

        /// What lies above in the list hides what lies below, deletions included.
        @Test func severalLowerLayersAreMerged() throws {
            let world = try FenceFixture()
            var fence = try Self.fence(in: world)
            let layer = world.path("layer")
            try FileSystem.createDirectory(layer + "/docs")
            try FileSystem.write(Array("above\n".utf8), to: layer + "/README.md")
            #expect(mknod(layer + "/docs/a.md", S_IFCHR, 0) == 0)
            fence.overlay?.lowers.insert(layer, at: 0)
            let outcome = try Self.run(
                "cat README.md; test ! -e docs/a.md && cat docs/deep/b.md", in: world, fence)
            #expect(outcome.output.text == "above\nb\n")
            fence.overlay?.lowers = Array(repeating: layer, count: 5)
            #expect(throws: SpawnError.self) { try Self.run("true", in: world, fence) }
        }

        /// Grants inside the merged tree follow no symlink, whoever planted it.
        @Test func aPlantedSymlinkIsNoWayOut() throws {
            let world = try FenceFixture()
            var fence = try Self.fence(in: world)
            symlink(world.path("outside"), world.path("wt/door"))
            fence.writable = [world.path("mount/door")]
            #expect {
                try Self.run("echo x > door/file", in: world, fence)
            } throws: { error in
                "\(error)".contains("mount/door")
            }
        }

        @Test func isRefusedWithoutAMountNamespace() throws {
            let world = try FenceFixture()
            var fence = try Self.fence(in: world)
            fence.means.namespaces = false
            #expect(throws: SpawnError.self) { try Self.run("true", in: world, fence) }
        }
    }
}
