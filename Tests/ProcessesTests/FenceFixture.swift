import Basics
import Glibc
import Processes
import TestSupport

/// A small machine of files for one act: a main checkout, a worktree of it, a user's secrets and things outside.
///
/// Not below `/tmp`, which every fence empties: nothing here may be safe only because it is out of sight.
final class FenceFixture {
    static let marker = "MARKER-3f9a12c4"
    let root: String
    private var companions: [BackgroundProgram] = []
    private var extra: [String: String] = [:]

    init() throws {
        root = try FileSystem.createTemporaryDirectory(in: try Self.openDirectory(), prefix: "world-")
        for directory in [
            "main/.git/hooks", "main/.git/worktrees/wt", "main/src", "wt/docs/deep", "wt/src", "user/.ssh",
            "outside/dir", "private/home", "private/tmp", "lent",
        ] { try FileSystem.createDirectory(path(directory)) }
        for (name, text) in [
            ("main/.git/config", "[core]\n\tbare = false\n"), ("main/.git/HEAD", "ref: refs/heads/main\n"),
            ("main/.git/worktrees/wt/HEAD", "ref: refs/heads/main\n"), ("main/src/a.txt", "a\n"),
            ("wt/.git", "gitdir: \(path("main/.git/worktrees/wt"))\n"), ("wt/docs/a.md", "a\n"),
            ("wt/docs/deep/b.md", "b\n"), ("wt/src/b.txt", "b\n"), ("wt/README.md", "readme\n"),
            ("user/.ssh/id_rsa", Self.marker), ("user/.netrc", Self.marker), ("user/other", "plain\n"),
            ("outside/file", "outside\n"), ("outside/dir/file", "outside\n"), ("outside/secret", Self.marker),
            ("main/secret", Self.marker), ("wt/.env", Self.marker), ("lent/a.txt", "lent\n"),
        ] { try put(text, at: path(name)) }
        symlink("lent", path("door"))
        mkfifo(path("outside/fifo"), 0o600)
    }

    deinit { try? FileSystem.removeTree(root) }

    /// Unlike a real write this one does not wait for the disk.
    private func put(_ text: String, at path: String) throws {
        guard let file = fopen(path, "w") else { throw TestSystemError("write \(path)") }
        fputs(text, file)
        fclose(file)
    }

    func path(_ name: String) -> String { root + "/" + name }

    /// The docs may be written, everything else may not.
    var fence: Fence {
        var fence = Fence(home: path("private/home"), temporary: path("private/tmp"))
        fence.writable = [path("wt/docs")]
        fence.readOnly = [path("main/.git"), path("wt/.git")]
        fence.hidden = [path("user/.ssh"), path("user/.netrc")]
        return fence
    }

    /// The same, and beside the system only the worktree and one directory can be read.
    var listedFence: Fence {
        var fence = fence
        fence.hidden = [path("wt/.env")]
        fence.readable = .only(Fence.systemPaths + [path("main/src"), path("door")])
        return fence
    }

    func program(_ line: String, fence: Fence?) -> Subprocess {
        var program = Subprocess.shell(
            line,
            environment: ["PATH": "/usr/sbin:/usr/bin:/bin", "LANG": "C.UTF-8", "W": root].merging(extra) { $1 })
        program.workingDirectory = path("wt")
        program.fence = fence
        program.timeout = .seconds(60)
        return program
    }

    func run(_ line: String, fence: Fence?) throws -> ProcessOutcome { try program(line, fence: fence).run() }

    /// Everything but what may change: kinds, modes, owners, times and contents.
    func snapshot() throws -> [String: String] {
        var found: [String: String] = [:]
        for top in ["main", "wt", "user", "outside"] { try record(top, into: &found) }
        return found.filter { !$0.key.hasPrefix("wt/docs") }
    }

    private func record(_ name: String, into found: inout [String: String]) throws {
        var info = stat()
        guard lstat(path(name), &info) == 0 else { return }
        var text = "\(info.st_mode) \(info.st_uid) \(info.st_gid) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"
        switch info.st_mode & S_IFMT {
        case S_IFDIR:
            for child in try FileSystem.list(path(name)) { try record(name + "/" + child, into: &found) }
        case S_IFREG:
            text += " \((try? FileSystem.read(path(name), limit: 1 << 20)).map { "\($0)" } ?? "unreadable")"
        default: break
        }
        found[name] = text
    }

    /// Starts somebody outside who keeps a token in the environment.
    func keepToken() throws {
        let keeper = try BackgroundProgram(["env", "TOKEN=" + Self.marker, "sh", "-c", "echo up; exec cat"])
        guard keeper.readLine() == "up" else { throw TestSystemError("start a keeper of a token") }
        companions.append(keeper)
    }

    /// Starts somebody outside who tells the token to everybody that connects, in four ways.
    func listen() throws {
        let listener = try BackgroundProgram(["python3", "-c", Self.listener, path("outside/socket"), Self.marker])
        guard let ports = listener.readLine()?.split(separator: " "), ports.count == 2 else {
            throw TestSystemError("start a listener")
        }
        extra = ["TCP": String(ports[0]), "UDP": String(ports[1]), "SOCKET": path("outside/socket")]
        companions.append(listener)
    }

    /// Starts somebody outside who keeps the token in shared memory.
    func shareMemory() throws {
        let code = """
            import ctypes, sys
            c = ctypes.CDLL(None); c.shmat.restype = ctypes.c_void_p
            i = c.shmget(0, 4096, 0o1600); a = c.shmat(i, None, 0); c.shmctl(i, 0, None)
            ctypes.memmove(a, sys.argv[1].encode(), len(sys.argv[1])); print(i, flush=True); sys.stdin.read()
            """
        let keeper = try BackgroundProgram(["python3", "-c", code, Self.marker])
        guard let id = keeper.readLine() else { throw TestSystemError("share memory") }
        extra = ["SHM": id]
        companions.append(keeper)
    }

    /// Starts somebody outside who tells the token on sockets whose paths no table names, and keeps one in git's cache.
    func openSockets() throws {
        let (asked, told) = (path("wt/docs/asked"), path("wt/docs/told"))
        for fifo in [asked, told] { mkfifo(fifo, 0o600) }
        let opener = try BackgroundProgram(["python3", "-c", Self.opener, root, Self.marker])
        guard opener.readLine() == "up" else { throw TestSystemError("open sockets") }
        extra = ["ASKED": asked, "TOLD": told]
        companions.append(opener)
    }

    private static let opener = """
        import ctypes, os, socket, subprocess, sys, threading
        root, marker = sys.argv[1], sys.argv[2].encode()
        def tell(s):
            s.listen(64)
            def serve():
                while True: c, _ = s.accept(); c.send(marker); c.close()
            threading.Thread(target=serve, daemon=True).start()
        def bind(path, kind=socket.SOCK_STREAM):
            s = socket.socket(socket.AF_UNIX, kind); s.bind(path); tell(s)
        os.chdir(root + "/outside"); bind("relative"); bind("packets", socket.SOCK_SEQPACKET)
        os.link("relative", root + "/wt/src/linked"); bind(root + "/wt/docs/granted")
        os.mkdir("cache", 0o700)
        def later():
            while True:
                with open(root + "/wt/docs/asked") as f: f.read()
                if not os.path.exists("../wt/docs/later"): bind("../wt/docs/later")
                with open(root + "/wt/docs/told", "w") as f: f.write("open\\n")
        threading.Thread(target=later, daemon=True).start()
        cache = subprocess.Popen(
            ["git", "credential-cache--daemon", root + "/outside/cache/socket"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
            preexec_fn=lambda: ctypes.CDLL(None).prctl(1, 9))
        cache.stdout.readline()
        entry = b"protocol=https\\nhost=example.com\\nusername=u\\npassword=" + marker + b"\\n\\n"
        subprocess.run(["git", "credential-cache", "--socket", root + "/outside/cache/socket", "store"], input=entry)
        if os.geteuid() == 0 and ctypes.CDLL(None).unshare(0x40000000) == 0: bind("elsewhere")
        print("up", flush=True); sys.stdin.read()
        """

    private static let listener = """
        import os, select, socket, sys, threading
        path, marker = sys.argv[1], sys.argv[2].encode()
        def serve(family, kind, address):
            s = socket.socket(family, kind); s.bind(address)
            if kind == socket.SOCK_STREAM: s.listen(8)
            return s
        U, I, S, D = socket.AF_UNIX, socket.AF_INET, socket.SOCK_STREAM, socket.SOCK_DGRAM
        tcp, udp = serve(I, S, ("127.0.0.1", 0)), serve(I, D, ("127.0.0.1", 0))
        streams = [tcp, serve(U, S, path), serve(U, S, "\\0" + path)]
        datagrams = [udp, serve(U, D, path + ".d")]
        print(tcp.getsockname()[1], udp.getsockname()[1], flush=True)
        while True:
            ready, _, _ = select.select(streams + datagrams + [0], [], [])
            for s in ready:
                if s == 0: sys.exit()
                if s in streams:
                    c, _ = s.accept(); c.sendall(marker); c.close()
                else:
                    data, sender = s.recvfrom(100)
                    if sender: s.sendto(marker, sender)
                    else: open(path + ".told", "wb").write(data)
        """

    /// A directory that another user can reach, too.
    static func openDirectory() throws -> String {
        let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        // What lies below /tmp is seen differently behind a fence, which has a /tmp of its own.
        let isApart = ["/tmp/", "/var/tmp/", "/dev/shm/"].allSatisfy { !package.hasPrefix($0) }
        let candidates = (isApart ? [package + "/.build"] : []) + ["/srv", "/opt", "/home"]
        for candidate in candidates where isOpen(candidate) {
            let directory = candidate + "/fence-tests"
            if mkdir(directory, 0o777) == 0 { chmod(directory, 0o1777) }
            if access(directory, W_OK) == 0 { return directory }
        }
        throw TestSystemError("find a directory for the fence's tests")
    }

    private static func isOpen(_ path: String) -> Bool {
        var candidate = path
        while let slash = candidate.lastIndex(of: "/"), !candidate.isEmpty {
            var info = stat()
            guard stat(candidate, &info) == 0, info.st_mode & 0o001 != 0 || geteuid() != 0 else { return false }
            candidate = String(candidate[..<slash])
        }
        return true
    }
}
