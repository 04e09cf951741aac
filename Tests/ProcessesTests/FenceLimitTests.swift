import Basics
import Glibc
import Processes
import TestSupport
import Testing

extension FenceTests {
    /// Bombs, and programs that want to outlive their time.
    @Suite(.timeLimit(.minutes(60))) struct Limit {
        private static var tasks: Int {
            let text =
                (try? FileSystem.read("/proc/loadavg", limit: 99)).map { String(decoding: $0, as: UTF8.self) }
                ?? ""
            return text.split(separator: " ").dropFirst(3).first?.split(separator: "/").last.flatMap { Int($0) }
                ?? 1000
        }

        /// How many processes a bomb of that many gets started.
        private static func explode(_ count: Int, _ fence: Fence?, in world: FenceFixture) throws -> Int {
            let bomb = """
                python3 -c '
                import os,time,sys
                n=0
                for i in range(\(count)):
                    try:
                        if os.fork()==0: time.sleep(100); os._exit(0)
                        n+=1
                    except OSError: break
                print(n); sys.stdout.flush(); os._exit(0)'
                """
            let outcome = try world.run(bomb, fence: fence)
            return Int(outcome.output.text.split(separator: "\n").first ?? "") ?? -1
        }

        private static func forkBomb(_ rung: Rung) throws -> String {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            fence.limits.processes = 20
            let count = tasks + 500
            guard try explode(count, nil, in: world) == count else { return "the bomb does not go off" }
            do {
                // where nobody looked in time the kernel refuses what goes beyond
                let started = try explode(count, fence, in: world)
                return started > 0 && started < count - 50 ? "held" : "started \(started) of \(count)"
            } catch let error as SpawnError {
                return error.excess?.kind == .processes ? "held" : error.description
            }
        }

        @Test(.enabled(if: ownsProcessLimit), arguments: Rung.had(.best, .namespaces))
        func aForkBombIsHeld(rung: Rung) throws {
            #expect(try Self.forkBomb(rung) == "held")
        }

        @Test(.enabled(if: Somebody.isRoot), arguments: Rung.allCases)
        func aForkBombOfAnOrdinaryUserIsHeld(rung: Rung) async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                [rung] in
                Somebody.becomeNobody()
                print(try Self.forkBomb(rung))
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "held\n")
        }

        /// Where the kernel does not hold root to a limit, the report says so.
        @Test(.enabled(if: Somebody.isRoot)) func theReportTellsOfRootsProcesses() throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.means.namespaces = false
            #expect(!fence.report(in: world.root).holds("process limit"))
        }

        private static var ownsProcessLimit: Bool {
            !Somebody.isRoot || FenceProbe.probe(in: "/tmp").holds("process limit")
        }

        @Test func longFilesManyDescriptorsAndProcessorTimeAreHeld() throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.limits.fileSize = 1 << 20
            fence.limits.openFiles = 16
            fence.limits.processorSeconds = 1
            let file = try world.run("head -c 2000000 /dev/zero > docs/long", fence: fence)
            #expect(!file.succeeded)
            #expect(try FileSystem.status(world.path("wt/docs/long"))?.size == 1 << 20)
            let open = try world.run("python3 -c 'f=[open(\"/dev/null\") for _ in range(20)]'", fence: fence)
            #expect(open.errors.text.contains("Too many open files"))
            let spin = try world.run("while :; do :; done", fence: fence)
            #expect(spin.ending == .signalled(SIGKILL) || spin.ending == .signalled(SIGXCPU))
            #expect(try world.run("ulimit -c", fence: fence).output.text == "0\n")
        }

        @Test func theScratchDirectoryIsPrivateAndSmall() throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.limits.scratch = 1 << 20
            let line =
                "for d in /tmp /var/tmp /dev/shm; do ls -A $d; echo x > $d/fence-test; done; head -c 2000000 /dev/zero > /tmp/long"
            let outcome = try world.run(line, fence: fence)
            #expect(!outcome.succeeded && outcome.output.text == "")
            #expect(!FileSystem.exists("/tmp/fence-test") && !FileSystem.exists("/dev/shm/fence-test"))
        }

        /// Locks a file in a process that left its session and its parents behind.
        private static let escapee = """
            python3 -c '
            import os,fcntl,time
            if os.fork()==0:
                os.setsid()
                if os.fork()==0:
                    f=open("docs/lock","w"); fcntl.flock(f,fcntl.LOCK_EX); print("locked",flush=True); time.sleep(300)
                os._exit(0)
            time.sleep(300)'
            """

        private static func isLocked(_ path: String) -> Bool {
            let file = open(path, O_RDWR | O_CREAT, 0o644)
            defer { close(file) }
            return flock(file, LOCK_EX | LOCK_NB) != 0
        }

        @Test(arguments: Rung.allCases) func nobodyOutlivesTheTimeout(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let lock = world.path("wt/docs/lock")
            let cancellation = Cancellation()
            var wasLocked = false
            var program = world.program(Self.escapee, fence: fence)
            program.teardown = [.kill]
            let outcome = try program.run(cancellation: cancellation) { _, _ in
                wasLocked = Self.isLocked(lock)
                cancellation.cancel()
            }
            #expect(outcome.ending == .cancelled)
            #expect(wasLocked)
            #expect(!Self.isLocked(lock))
        }

        @Test(arguments: Rung.allCases) func nobodyOutlivesLeviathan(rung: Rung) async throws {
            let world = try FenceFixture()
            let root: String = world.root
            let lock: String = world.path("wt/docs/lock")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [rung = rung as Rung, root = root as String, lock = lock as String] in
                var fence = Fence(home: root + "/private/home", temporary: root + "/private/tmp")
                fence.writable = [root + "/wt/docs"]
                rung.apply(&fence)
                var program = Subprocess.shell(Self.escapee, environment: ["PATH": "/usr/bin:/bin"])
                program.workingDirectory = root + "/wt"
                program.fence = fence
                _ = try program.run { _, _ in kill(getpid(), Self.isLocked(lock) ? SIGKILL : SIGTERM) }
            }
            waitUntil { !Self.isLocked(lock) }
            #expect(!Self.isLocked(lock))
        }

        /// Whoever ended the supervisor would leave nobody behind to end the rest.
        @Test(
            arguments: Rung.allCases,
            [
                "os.kill(supervisor,9)", "os.kill(-1,0)", "os.kill(-supervisor,9)", "os.kill(supervisor,19)",
                "signal.pidfd_send_signal(os.pidfd_open(supervisor),9)",
                "resource.prlimit(supervisor,resource.RLIMIT_CPU,(0,0))",
            ])
        func theSupervisorCannotBeEnded(rung: Rung, act: String) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let lock = world.path("wt/docs/lock")
            let script = """
                M=$PPID exec python3 -c '
                import os,fcntl,time,signal,resource
                supervisor=int(os.environ["M"]); r,w=os.pipe()
                if os.fork()==0:
                    os.setsid(); signal.signal(15, signal.SIG_IGN)
                    if os.fork()==0:
                        f=open("docs/lock","w"); fcntl.flock(f,fcntl.LOCK_EX); os.write(w,b"x"); time.sleep(300)
                    os._exit(0)
                os.read(r,1)
                try: \(act)
                except OSError as e: print(e.errno)
                time.sleep(0.2)'
                """
            let outcome = try world.run(script, fence: fence)
            #expect(!Self.isLocked(lock))
            if rung == .oldLandlock { #expect(outcome.output.text == "1\n", "\(outcome.errors.text)") }
        }

        @Test(arguments: Rung.had(.best, .namespaces, .landlock)) func nobodyOutsideIsSignalled(rung: Rung) throws
        {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let line = "kill -0 \(getpid()) && echo reached; kill -9 $PPID; echo alive"
            #expect(try world.run("kill -0 \(getpid()) && echo reached", fence: nil).output.text == "reached\n")
            #expect(try world.run(line, fence: fence).output.text == "alive\n")
        }
    }
}
