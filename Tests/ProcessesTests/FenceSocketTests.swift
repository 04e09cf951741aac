import Basics
import Glibc
import Processes
import TestSupport
import Testing

private let m = FenceFixture.marker

/// Connects by some way, and prints what comes back.
private func ask(_ setup: String) -> String {
    """
    python3 -c '
    import os,socket,sys; w=os.environ["W"]; p=w+"/outside/socket"
    def ask(a, s=None):
        s=s or socket.socket(socket.AF_UNIX); s.settimeout(9); s.connect(a); print(s.recv(100).decode())
    \(setup)'
    """
}

/// Sockets that somebody outside listens on, in all the ways in which a list of paths does not name them.
private let acts: [ForbiddenAct] = [
    ForbiddenAct("bound by a relative name", ask("ask(w+\"/outside/relative\")"), company: .sockets),
    ForbiddenAct("relative on both sides", ask("os.chdir(w+\"/outside\"); ask(\"relative\")"), company: .sockets),
    ForbiddenAct("by its hard link", ask("ask(w+\"/wt/src/linked\")"), company: .sockets),
    ForbiddenAct(
        "by a symlink that was made inside", "ln -s $W/outside/relative docs/s; " + ask("ask(\"docs/s\")"),
        company: .sockets),
    ForbiddenAct("in what may be written", ask("ask(w+\"/wt/docs/granted\")"), company: .sockets),
    ForbiddenAct(
        "through the working directory", ask("os.chdir(w+\"/wt/docs\"); ask(\"/proc/self/cwd/granted\")"),
        company: .sockets),
    ForbiddenAct(
        "through a handle on it",
        ask("f=os.open(w+\"/wt/docs/granted\", os.O_PATH); ask(\"/proc/self/fd/%d\" % f)"), company: .sockets),
    ForbiddenAct(
        "in another network namespace", ask("ask(w+\"/outside/elsewhere\")"), company: .sockets, needsRoot: true),
    ForbiddenAct(
        "in packets", ask("ask(w+\"/outside/packets\", socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))"),
        company: .sockets),
    ForbiddenAct(
        "opened while the program runs",
        "echo now > $ASKED; read line < $TOLD; " + ask("ask(w+\"/wt/docs/later\")"), company: .sockets),
    ForbiddenAct(
        "git's store of passwords",
        "printf 'protocol=https\\nhost=example.com\\n\\n' | git credential-cache --socket $W/outside/cache/socket get",
        company: .sockets),
    ForbiddenAct(
        "while the path is exchanged",
        ask(
            """
            import threading; own=w+"/wt/docs/own"; l=socket.socket(socket.AF_UNIX); l.bind(own); l.listen(99)
            def accept():
                while True: l.accept()[0].close()
            threading.Thread(target=accept, daemon=True).start()
            t="docs/turn"; os.symlink(own, t+"a"); os.symlink(w+"/wt/docs/granted", t+"b")
            def turn():
                while True: os.replace(t+"a", t); os.symlink(own, t+"a"); os.replace(t+"b", t); os.symlink(w+"/wt/docs/granted", t+"b")
            os.symlink(own, t); threading.Thread(target=turn, daemon=True).start(); found=0
            for i in range(1500):
                try:
                    s=socket.socket(socket.AF_UNIX); s.settimeout(9); s.connect(t)
                    if s.getpeername() != own: found+=1; break
                except OSError: pass
            if found: print("\(m)")
            sys.stdout.flush(); os._exit(0)
            """), company: .sockets),
]

extension FenceTests {
    /// No socket of the machine can be reached, and those inside can.
    @Suite(.timeLimit(.minutes(60))) struct Socket {
        @Test(arguments: acts.filter(\.canBeTried)) func isHeldBack(act: ForbiddenAct) throws {
            let faults = try act.faults()
            #expect(faults == [])
        }

        @Test(.enabled(if: Somebody.isRoot)) func isHeldBackFromAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.check(acts)
            }
            let faults = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
            #expect(faults == "all held\n")
        }

        /// Test suites talk to servers of their own, wherever these lie.
        private static let conversation = """
            python3 -c '
            import os,socket
            e=os.environ
            def serve(a, kind=socket.SOCK_STREAM):
                l=socket.socket(socket.AF_UNIX, kind); l.bind(a); l.listen()
                if os.fork()==0:
                    for i in range(9): c,_=l.accept(); c.send(b"yes"); c.close()
                    os._exit(0)
                return l
            def ask(a, kind=socket.SOCK_STREAM):
                s=socket.socket(socket.AF_UNIX, kind); s.settimeout(9); s.connect(a); print(s.recv(9).decode())
            serve(e["TMPDIR"]+"/s"); ask(e["TMPDIR"]+"/s")
            serve("/tmp/s"); ask("/tmp/s")
            os.symlink("/tmp/s", "/tmp/l"); ask("/tmp/l")
            serve("docs/s"); ask("docs/s"); os.chdir("docs"); ask("s"); ask("/proc/self/cwd/s")
            serve("\\0abstract"); ask("\\0abstract")
            serve("/tmp/p", socket.SOCK_SEQPACKET); ask("/tmp/p", socket.SOCK_SEQPACKET)
            def refused(a):
                try: ask(a); print("reached")
                except OSError as x: print(x.errno)
            refused("/tmp/none"); refused("\\0none"); open("/tmp/f","w"); refused("/tmp/f"); refused("")
            s=socket.create_server(("127.0.0.1",0)); c=socket.create_connection(s.getsockname(), 9); print("tcp")
            s.close()
            c=socket.socket(); c.setblocking(False); print(c.connect_ex(("127.0.0.1",1)) in (111,115))'
            """

        @Test(arguments: Rung.withSockets(.best, .namespaces)) func serversInsideAreReached(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let outcome = try world.run(Self.conversation, fence: fence)
            let yes = Array(repeating: "yes", count: 8)
            #expect(
                outcome.output.text.split(separator: "\n").map(String.init)
                    == yes + ["2", "111", "111", "22", "tcp", "True"], "\(outcome.errors.text)")
        }

        @Test(.enabled(if: Rung.withSockets(.best) == [.best])) func serversInAnOverlayAreReached() throws {
            let world = try FenceFixture()
            for name in ["upper", "work", "merged"] {
                try FileSystem.createDirectory(world.path("private/" + name))
            }
            var fence = world.fence
            fence.overlay = Fence.Overlay(
                lowers: [world.path("wt")], upper: world.path("private/upper"), work: world.path("private/work"),
                mountPoint: world.path("private/merged"))
            fence.writable = [world.path("private/merged/docs")]
            fence.readOnly = []
            var program = world.program(
                """
                python3 -c '
                import os,socket
                l=socket.socket(socket.AF_UNIX); l.bind("docs/s"); l.listen()
                s=socket.socket(socket.AF_UNIX); s.connect("docs/s"); print("yes")'
                """, fence: fence)
            program.workingDirectory = world.path("private/merged")
            let outcome = try program.run()
            #expect(outcome.output.text == "yes\n", "\(outcome.errors.text)")
        }

        /// A connection that waits must not keep the others, or the end of the program, waiting.
        @Test(.enabled(if: Rung.withSockets(.best) == [.best])) func aConnectionThatWaitsKeepsNobody() throws {
            let world = try FenceFixture()
            let code = """
                python3 -c '
                import os,socket,threading,time
                l=socket.socket(socket.AF_UNIX); l.bind("docs/s"); l.listen(0)
                def ask(): socket.socket(socket.AF_UNIX).connect("docs/s"); time.sleep(300)
                for i in range(20): threading.Thread(target=ask, daemon=True).start()
                f=socket.socket(socket.AF_UNIX); f.bind("docs/free"); f.listen()
                for i in range(20): socket.socket(socket.AF_UNIX).connect("docs/free")
                print("through", flush=True); time.sleep(300)'
                """
            let cancellation = Cancellation()
            var program = world.program(code, fence: world.fence)
            program.teardown = [.kill]
            var lines: [String] = []
            let outcome = try program.run(cancellation: cancellation) { _, line in
                lines.append(line)
                cancellation.cancel()
            }
            #expect(outcome.ending == .cancelled && lines == ["through"], "\(outcome.errors.text)")
        }

        @Test(arguments: Rung.allCases) func pairsWorkEverywhere(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let code = """
                python3 -c '
                import socket
                for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
                    a,b=socket.socketpair(socket.AF_UNIX, kind); a.send(b"yes"); print(b.recv(9).decode())'
                """
            #expect(try world.run(code, fence: fence).output.text == "yes\nyes\n")
        }

        /// A socket that is lent could be pointed elsewhere, or belongs to the machine's network; a pair's end cannot.
        @Test(arguments: Rung.allCases) func onlyTheEndOfAPairIsLent(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let stream = Int32(SOCK_STREAM.rawValue)
            let lent = [
                socket(AF_INET, stream, 0), socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0),
                socket(AF_UNIX, stream, 0),
            ]
            var pair: [Int32] = [-1, -1]
            socketpair(AF_UNIX, stream, 0, &pair)
            defer { for descriptor in lent + pair { close(descriptor) } }
            for descriptor in lent {
                var program = world.program("echo ran", fence: nil)
                program.passedDescriptors = [descriptor]
                #expect(try program.run().output.text == "ran\n")
                program.fence = fence
                #expect(throws: SpawnError.self) { try program.run() }
            }
            var program = world.program("echo through >&3", fence: fence)
            program.passedDescriptors = [pair[0]]
            #expect(try program.run().succeeded)
            var buffer = [UInt8](repeating: 0, count: 16)
            #expect(read(pair[1], &buffer, 16) == 8)
        }
    }
}
