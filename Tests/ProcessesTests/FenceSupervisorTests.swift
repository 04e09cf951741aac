import Basics
import Glibc
import Processes
import TestSupport
import Testing

extension FenceTests {
    /// Whoever ended or stopped the supervisor would leave nobody behind to end the rest.
    @Suite(.timeLimit(.minutes(60))) struct Supervision {
        /// Unlike `kill`, these need no number of a process as an argument of a call.
        ///
        /// `v`: the supervisor.
        private static let acts = [
            "a handle on its directory in /proc":
                "signal.pidfd_send_signal(os.open(\"/proc/%d\" % v, os.O_RDONLY), 9)",
            "the same, stopped": "signal.pidfd_send_signal(os.open(\"/proc/%d\" % v, os.O_RDONLY), 19)",
            "a pipe that it owns": own("fcntl.fcntl(r, fcntl.F_SETOWN, v)"),
            "a pipe that its group owns": own("fcntl.fcntl(r, fcntl.F_SETOWN, -v)"),
            "a pipe that it owns, told by a structure": own("fcntl.fcntl(r, 15, struct.pack(\"ii\", 1, v))"),
            "a socket that it owns": """
            a,b=socket.socketpair(); fcntl.ioctl(a, 0x8901, struct.pack("i", v))
            fcntl.fcntl(a, 10, 9); fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC); b.send(b"x"); time.sleep(0.2)
            """,
            "a signal in a queue": "ctypes.CDLL(None).sigqueue(v, 9, 0)",
        ]

        /// Signal 9 for the owner of a pipe as soon as something can be read.
        private static func own(_ act: String) -> String {
            """
            r,w=os.pipe(); \(act)
            fcntl.fcntl(r, 10, 9); fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC); os.write(w, b"x"); time.sleep(0.2)
            """
        }

        private static func script(_ act: String) -> String {
            let lines = act.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
            return """
                V=$PPID exec python3 -c '
                import ctypes,fcntl,os,signal,socket,struct,sys,time
                v=int(os.environ["V"]) or 1; r,w=os.pipe()
                if os.fork()==0:
                    os.setsid(); signal.signal(15, signal.SIG_IGN)
                    if os.fork()==0:
                        f=open("docs/lock","w"); fcntl.flock(f,fcntl.LOCK_EX); os.write(w,b"x"); time.sleep(30)
                    os._exit(0)
                os.read(r,1)
                try:
                \(lines)
                except OSError as e: print(e.errno)'
                """
        }

        private static func isLocked(_ path: String) -> Bool {
            let file = open(path, O_RDWR | O_CREAT, 0o644)
            defer { close(file) }
            return flock(file, LOCK_EX | LOCK_NB) != 0
        }

        /// How it ended, and whether somebody is left.
        private static func attempt(_ act: String, _ rung: Rung?) throws -> (ending: String, isLocked: Bool) {
            let world = try FenceFixture()
            var fence: Fence? = rung == nil ? nil : world.fence
            if let rung { rung.apply(&fence!) }
            let ending: String
            do throws(SpawnError) {
                ending = "\(try world.program(script(act), fence: fence).run().ending)"
            } catch { ending = error.description }
            return (ending, isLocked(world.path("wt/docs/lock")))
        }

        /// A stopped one would never come to an end.
        private static func isProvable(_ name: String) -> Bool {
            name != "the same, stopped"
        }

        /// Without a fence each act does end the supervisor.
        private static func faults() -> [String] {
            acts.flatMap { name, act -> [String] in
                do {
                    var faults: [String] = []
                    if isProvable(name), try attempt(act, nil).ending == "exit code 0" {
                        faults.append("\(name) does not work without a fence")
                    }
                    for rung in Rung.allCases {
                        let (ending, isLocked) = try attempt(act, rung)
                        // one that ends itself, with its group, has ended nothing else
                        let isHeld = !isLocked && !ending.contains("its supervisor was killed")
                        AttackLog.record("end the supervisor: " + name, rung, isHeld ? .held : .open)
                        if !isHeld {
                            faults.append("\(name) on \(rung): \(ending), \(isLocked)")
                        }
                    }
                    return faults
                } catch { return ["\(name): \(error)"] }
            }
        }

        /// In a process of its own: what is left behind there is nobody else's.
        @Test func itCannotBeReached() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                print(Self.faults().joined(separator: "\n"))
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "\n")
        }

        @Test(.enabled(if: Somebody.isRoot)) func anOrdinaryUserCannotReachIt() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.becomeNobody()
                print(Self.faults().joined(separator: "\n"))
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "\n")
        }

        /// As an administrator does: what a killed supervisor leaves behind is ended all the same.
        @Test(arguments: Rung.allCases) func nobodyOutlivesIt(rung: Rung) async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                [rung = rung as Rung] in
                let world = try FenceFixture()
                var fence = world.fence
                rung.apply(&fence)
                var wasLocked = false
                let lock = world.path("wt/docs/lock")
                let script = Self.script("print(\"up\", flush=True); time.sleep(300)")
                do throws(SpawnError) {
                    _ = try world.program(script, fence: fence).run { _, _ in
                        wasLocked = Self.isLocked(lock)
                        for child in Self.children() { kill(child, SIGKILL) }
                    }
                    print("not noticed")
                } catch {
                    // bubblewrap is told by a signal that its parent is gone
                    if rung == .bubblewrap { waitUntil { !Self.isLocked(lock) } }
                    print(error.causes.first ?? "", wasLocked, Self.isLocked(lock), Self.children().count)
                }
                fflush(nil)
                exit(0)
            }
            #expect(
                String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
                    == "its supervisor was killed, and everything behind the fence was ended true false 0\n")
        }

        private static func children() -> [pid_t] {
            ((try? FileSystem.list("/proc/self/task")) ?? []).flatMap { thread -> [pid_t] in
                let bytes = (try? FileSystem.read("/proc/self/task/\(thread)/children", limit: 4096)) ?? []
                return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
            }
        }
    }
}
