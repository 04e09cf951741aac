import Basics
import Glibc
import Processes
import Testing

extension FenceTests {
    /// The directory that is worked in, seen at the same path in every run.
    @Suite(.timeLimit(.minutes(60))) struct StablePath {
        /// What is wrong; empty when the path is one more way to the same files, and opens nothing.
        private static func faults(overlay: Bool) throws -> [String] {
            let world = try FenceFixture()
            var (fence, directory) = (world.fence, world.path("wt"))
            if overlay {
                for name in ["upper", "work", "mount"] { try FileSystem.createDirectory(world.path(name)) }
                directory = world.path("mount")
                fence.writable = [directory + "/docs"]
                fence.readOnly = [world.path("main/.git"), directory + "/.git"]
                fence.overlay = Fence.Overlay(
                    lowers: [world.path("wt")], upper: world.path("upper"), work: world.path("work"),
                    mountPoint: directory)
            }
            fence.workspace = directory
            guard let path = Fence.stablePath(tryingIn: world.path("private/tmp")) else {
                return ["there is none"]
            }
            let before = try world.snapshot()
            let line = """
                set -e; test "$PWD" = \(path); cat \(path)/README.md; echo new > docs/new.md; cat $DIR/docs/new.md
                test "$(readlink -f .)" = \(path); test -x /bin/sh; test -d /usr/bin; test -e /etc/passwd
                ! echo x > README.md; ! echo x > \(path)/.git; ! touch \(path)/x; ! touch /x; ! mkdir /other
                ! rm -rf \(path)/src; ! cat $W/user/.ssh/id_rsa; ! touch $W/outside/x; ! rmdir \(path)
                echo private > /tmp/x; echo done > "$TMPDIR/x"; cat /proc/self/status > /dev/null
                """
            var program = world.program(line, fence: fence)
            program.environment["DIR"] = directory
            program.workingDirectory = directory
            let outcome = try program.run()
            var found: [String] = []
            if !outcome.succeeded { found.append("the program: \(outcome.ending) \(outcome.errors.text)") }
            if outcome.output.text != "readme\nnew\n" { found.append(outcome.output.text) }
            if try world.snapshot() != before { found.append("something else has changed") }
            let written = world.path(overlay ? "upper/docs/new.md" : "wt/docs/new.md")
            if !FileSystem.exists(written) { found.append("nothing was written") }
            if FileSystem.exists(path) { found.append("the path is there outside") }
            // the overlay is at rest: its layer can be mounted again
            if overlay, try !program.run().succeeded { found.append("it does not run again") }
            return found
        }

        @Test(arguments: [false, true]) func itIsOneMoreWayToTheSameFiles(overlay: Bool) throws {
            #expect(try Self.faults(overlay: overlay) == [])
        }

        @Test(.enabled(if: Somebody.isRoot)) func soItIsForAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.becomeNobody()
                print(try Self.faults(overlay: false) + Self.faults(overlay: true))
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "[]\n")
        }

        /// Below a directory that is worked in the path goes on as the directory does.
        @Test func aDirectoryInsideIsSeenInside() throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.workspace = world.path("wt")
            var program = world.program("pwd", fence: fence)
            program.workingDirectory = world.path("wt/docs/deep")
            let path = try #require(Fence.stablePath(tryingIn: world.path("private/tmp")))
            #expect(try program.run().output.text == path + "/docs/deep\n")
        }
    }
}
