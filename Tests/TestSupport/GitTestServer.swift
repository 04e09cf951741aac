internal import Basics
internal import Glibc

/// A real server for the repositories below a directory, on a free loopback port.
package final class GitTestServer: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// `git daemon`, which lets anybody push.
        case daemon
        /// `git http-backend` behind basic authentication.
        case http
        /// `sshd` with a key of its own, and one key that it lets in.
        case ssh
    }

    package static let user = "me"
    package static let password = "test-token"

    package let kind: Kind
    package let port: Int
    private let program: BackgroundProgram
    private let root: String
    private let place: String

    package init(_ kind: Kind, root: String, in directory: TemporaryDirectory) throws {
        (self.kind, self.root, place) = (kind, root, directory.path + "/server")
        try FileSystem.createDirectory(place, permissions: 0o700)
        if kind == .ssh { try Self.makeKeys(place) }
        program = try BackgroundProgram(["python3", "-c", Self.script, kind.rawValue, root, place])
        guard let port = program.readLine().flatMap({ Int($0) }) else {
            throw TestProgramFailure(arguments: ["python3"], output: [])
        }
        self.port = port
        if kind == .ssh {
            let host = String(decoding: try FileSystem.read(place + "/host.pub", limit: 4096), as: UTF8.self)
            try FileSystem.write(Array("[127.0.0.1]:\(port) \(host)".utf8), to: place + "/known")
        }
    }

    /// Two keys: the server's own, and that of the only user it lets in.
    private static func makeKeys(_ place: String) throws {
        for name in ["host", "user"] {
            _ = try BackgroundProgram.run([
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", place + "/" + name,
            ])
        }
        let settings = """
            HostKey \(place)/host
            AuthorizedKeysFile \(place)/user.pub
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            PidFile none
            LogLevel ERROR
            """
        try FileSystem.write(Array((settings + "\n").utf8), to: place + "/config")
    }

    /// Where a repository of the directory is found.
    package func url(of name: String) -> String {
        switch kind {
        case .daemon: "git://127.0.0.1:\(port)/\(name)"
        case .http: "http://127.0.0.1:\(port)/\(name)"
        case .ssh: "ssh://\(Self.login)@127.0.0.1:\(port)\(root)/\(name)"
        }
    }

    private static var login: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root" }

    /// What a user's git needs to get in, as variables; `knowsHost: false` leaves out what ssh must know beforehand.
    package func access(knowsHost: Bool = true, password: String = password) throws -> [String: String] {
        switch kind {
        case .daemon: return [:]
        case .http:
            let line = "http://\(Self.user):\(password)@127.0.0.1%3a\(port)\n"
            try FileSystem.write(Array(line.utf8), to: place + "/credentials", permissions: 0o600)
            let settings = "[credential]\n\thelper = store --file=\(place)/credentials\n"
            try FileSystem.write(Array(settings.utf8), to: place + "/gitconfig")
            return ["GIT_CONFIG_GLOBAL": place + "/gitconfig"]
        case .ssh:
            let known = knowsHost ? place + "/known" : "/dev/null"
            let words = [
                "ssh", "-F", "none", "-i", place + "/user", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + known,
            ]
            return ["GIT_SSH_COMMAND": words.joined(separator: " ")]
        }
    }

    /// Listens, and gives every connection to a server of its own; ends with the test.
    private static let script = """
        import base64, http.server, os, socket, socketserver, subprocess, sys, threading
        kind, root, place = sys.argv[1:]
        clean = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "HOME": place, "GIT_CONFIG_NOSYSTEM": "1"}

        def end_with_the_test():
            sys.stdin.read()
            os._exit(0)

        threading.Thread(target=end_with_the_test, daemon=True).start()

        class Backend(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words): pass

            def answer(self):
                body = self.body()
                wanted = "Basic " + base64.b64encode(b"me:test-token").decode()
                if self.headers.get("Authorization") != wanted:
                    return self.reply(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
                path, _, query = self.path.partition("?")
                given = {"Content-Type": "CONTENT_TYPE", "Git-Protocol": "HTTP_GIT_PROTOCOL", "Content-Encoding": "HTTP_CONTENT_ENCODING"}
                variables = clean | {variable: self.headers[name] for name, variable in given.items() if name in self.headers}
                variables |= {
                    "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query,
                    "REQUEST_METHOD": self.command, "REMOTE_USER": "me", "CONTENT_LENGTH": str(len(body)),
                }
                done = subprocess.run(["git", "http-backend"], input=body, env=variables, stdout=subprocess.PIPE)
                head, _, rest = done.stdout.partition(b"\\r\\n\\r\\n")
                lines = [tuple(line.split(": ", 1)) for line in head.decode().split("\\r\\n") if ": " in line]
                status = next((int(value.split()[0]) for name, value in lines if name == "Status"), 200)
                self.reply(status, [line for line in lines if line[0] != "Status"], rest)

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                pieces = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    pieces.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(pieces)

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in headers + [("Content-Length", str(len(body)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

        def serve(client):
            if kind == "daemon":
                words = ["git", "daemon", "--inetd", "--export-all", "--enable=receive-pack", "--base-path=" + root, root]
            else:
                words = ["/usr/sbin/sshd", "-i", "-e", "-f", place + "/config"]
            with client:
                subprocess.run(words, stdin=client, stdout=client, stderr=subprocess.DEVNULL, env=clean)

        if kind == "http":
            class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
                daemon_threads = True
            server = Server(("127.0.0.1", 0), Backend)
            print(server.server_address[1], flush=True)
            server.serve_forever()
        if kind == "ssh" and os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()
        """
}
