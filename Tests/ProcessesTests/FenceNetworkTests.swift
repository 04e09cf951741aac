import Basics
import Glibc
import Processes
import TestSupport
import Testing

private let m = FenceFixture.marker

/// Connects or sends, and prints what comes back.
private func talk(_ setup: String) -> String {
    """
    python3 -c '
    import os,socket; e=os.environ; w=e["W"]; m="\(m)"
    U,I,S,D=socket.AF_UNIX,socket.AF_INET,socket.SOCK_STREAM,socket.SOCK_DGRAM
    def ask(s,a):
        s.settimeout(9); s.connect(a)
        if s.type==D: s.send(b"x")
        print(s.recv(100).decode())
    \(setup)'
    """
}

/// Sends where no answer can come back, and waits until it has arrived.
private let told = "for i in $(seq 100); do test -f $SOCKET.d.told && echo \(m) && break; sleep 0.02; done"

private let acts: [ForbiddenAct] = [
    ForbiddenAct("tcp", talk("ask(socket.socket(I,S), (\"127.0.0.1\", int(e[\"TCP\"])))"), company: .listener),
    ForbiddenAct("udp", talk("ask(socket.socket(I,D), (\"127.0.0.1\", int(e[\"UDP\"])))"), company: .listener),
    ForbiddenAct(
        "tcp with data in the first packet",
        talk(
            "s=socket.socket(I,S); s.sendto(b\"x\",0x20000000,(\"127.0.0.1\",int(e[\"TCP\"]))); print(s.recv(100).decode())"
        ), company: .listener),
    ForbiddenAct(
        "multipath tcp", talk("ask(socket.socket(I,S,262), (\"127.0.0.1\", int(e[\"TCP\"])))"), company: .listener),
    ForbiddenAct("unix socket by path", talk("ask(socket.socket(U,S), e[\"SOCKET\"])"), company: .listener),
    ForbiddenAct(
        "unix socket by a short path", talk("os.chdir(w+\"/outside\"); ask(socket.socket(U,S), \"socket\")"),
        company: .listener),
    ForbiddenAct(
        "unix socket by link", "ln $SOCKET docs/s; " + talk("ask(socket.socket(U,S), \"docs/s\")"),
        company: .listener),
    ForbiddenAct(
        "abstract unix socket", talk("ask(socket.socket(U,S), chr(0)+e[\"SOCKET\"])"), company: .listener),
    ForbiddenAct(
        "unix datagram", talk("socket.socket(U,D).sendto(b\"x\", e[\"SOCKET\"]+\".d\")") + " && " + told,
        company: .listener),
    ForbiddenAct(
        "unix datagram from a pair",
        talk("a,b=socket.socketpair(U,D); a.sendto(b\"x\", e[\"SOCKET\"]+\".d\")")
            + " && " + told, company: .listener),
    ForbiddenAct(
        "unix datagram from a connected pair",
        talk("a,b=socket.socketpair(U,D); a.connect(e[\"SOCKET\"]+\".d\"); a.send(b\"x\")") + " && " + told,
        company: .listener),
]

extension FenceTests {
    @Suite(.timeLimit(.minutes(60))) struct Network {
        @Test(arguments: acts)
        func isHeldBack(act: ForbiddenAct) throws {
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

        @Test(arguments: ["AF_VSOCK", "AF_PACKET", "AF_ALG", "AF_BLUETOOTH"], Rung.allCases)
        func noOtherKindOfSocketCanBeMade(family: String, rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.network = .allowed
            rung.apply(&fence)
            let code =
                "import socket,errno\ntry: socket.socket(socket.\(family), 3)\nexcept OSError as e: print(e.errno)"
            #expect(try world.run("python3 -c '\(code)'", fence: fence).output.text == "1\n")
        }

        @Test(arguments: Rung.allCases)
        func allowedNetworkReachesTheListener(rung: Rung) throws {
            let world = try FenceFixture()
            try world.listen()
            var fence = world.fence
            fence.network = .allowed
            rung.apply(&fence)
            for act in acts.prefix(2) {
                let outcome = try world.run(act.script, fence: fence)
                #expect(outcome.output.text.contains(m), "\(act.name): \(outcome.errors.text)")
            }
            for act in acts where act.name.contains("unix") {
                let outcome = try world.run(act.script, fence: fence)
                #expect(!outcome.output.text.contains(m), "\(act.name)")
            }
        }

        /// As a container's host lends the socket of a daemon: nobody on this side has bound it.
        @Test(.enabled(if: Somebody.isRoot)) func aSocketThatIsMountedHereIsOutOfReach() throws {
            let world = try FenceFixture()
            let (own, lent) = (world.path("outside/own"), world.path("outside/lent"))
            let code = """
                import socket, sys, threading
                s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print("up", flush=True)
                def serve():
                    while True: s.accept()[0].send(sys.argv[2].encode())
                threading.Thread(target=serve, daemon=True).start(); sys.stdin.read()
                """
            let lender = try BackgroundProgram(["unshare", "--net", "python3", "-c", code, own, m])
            guard lender.readLine() == "up" else { return }
            try FileSystem.write([], to: lent)
            let mounting = world.program("mount --bind '\(own)' '\(lent)'", fence: nil)
            guard try mounting.run().succeeded else { return }
            defer { _ = try? world.program("umount -l '\(lent)'", fence: nil).run() }
            let script = talk("ask(socket.socket(U,S), w+\"/outside/lent\")")
            #expect(try world.run(script, fence: nil).output.text.contains(m))
            #expect(try !world.run(script, fence: world.fence).output.text.contains(m))
            withExtendedLifetime(lender) {}
        }

        /// Test suites start servers of their own; with namespaces these are nobody else's business.
        @Test(arguments: Rung.withSockets(.best, .namespaces))
        func aServerInsideCanBeReachedFromInside(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let inner = """
                l=socket.create_server(("127.0.0.1",0)); a=l.getsockname()
                    if os.fork()==0: c,_=l.accept(); c.send(b"yes"); os._exit(0)
                    ask(socket.socket(I,S), a)
                    p=e["TMPDIR"]+"/s"; l=socket.socket(U,S); l.bind(p); l.listen()
                    if os.fork()==0: c,_=l.accept(); c.send(b"yes"); os._exit(0)
                    ask(socket.socket(U,S), p)
                """.split(separator: "\n").map { $0.trimmingPrefix("    ") }.joined(separator: "\n")
            let outcome = try world.run(talk(inner), fence: fence)
            #expect(outcome.output.text == "yes\nyes\n", "\(outcome.errors.text)")
        }

        /// A network is lent to the next program only as long as nobody has sent anything in it, and nothing is left in it.
        @Test(arguments: [
            (
                "l=socket.create_server((\"127.0.0.1\",0)); c=socket.create_connection(l.getsockname()); c.close()",
                false
            ),
            ("s=socket.socket(I,D); s.bind((\"127.0.0.1\",0)); s.sendto(b\"x\", s.getsockname())", false),
            ("socket.socket(I,S).bind((\"127.0.0.1\",0))", true),
            ("pass", true),
        ])
        func nobodyMeetsWhatTheLastOneLeft(deed: String, isLent: Bool) async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                [deed, isLent] in
                let world = try FenceFixture()
                let name = "print(os.readlink(\"/proc/self/ns/net\"))"
                let first = try world.run(talk(deed + "; " + name), fence: world.fence).output.text
                let silent = "print(open(\"/proc/net/dev\").read().split(\"lo:\")[1].split()[0]); "
                let second = try world.run(talk(silent + name), fence: world.fence).output.text
                let isSame = second == "0\n" + first
                let canLend = Somebody.isRoot && world.fence.report(in: world.root).level == .namespacesAndLandlock
                print(
                    first.hasPrefix("net:") && second.hasPrefix("0\nnet:") && isSame == (isLent && canLend)
                        ? "fine" : first + second)
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "fine\n")
        }

        /// A port that the last program's connection keeps for a minute is free for the next one.
        @Test func thePortsOfTheLastOneAreFree() throws {
            let world = try FenceFixture()
            let serve = """
                l=socket.socket(I,S); l.bind(("127.0.0.1",4711)); l.listen()
                    c=socket.create_connection(("127.0.0.1",4711)); d,_=l.accept(); d.close(); c.recv(1); c.close(); print("yes")
                """.split(separator: "\n").map { $0.trimmingPrefix("    ") }.joined(separator: "\n")
            for _ in 0..<3 {
                let outcome = try world.run(talk(serve), fence: world.fence)
                #expect(outcome.output.text == "yes\n", "\(outcome.errors.text)")
            }
        }

        @Test func streamPairsWorkEverywhere() throws {
            let world = try FenceFixture()
            for rung in Rung.allCases {
                var fence = world.fence
                rung.apply(&fence)
                let outcome = try world.run(
                    talk("a,b=socket.socketpair(); a.send(b\"yes\"); print(b.recv(9).decode())"), fence: fence)
                #expect(outcome.output.text == "yes\n", "\(rung) \(outcome.errors.text)")
            }
        }
    }
}
