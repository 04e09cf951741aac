import Basics
internal import Glibc
internal import Synchronization

/// A real API server with its store, and as many of its companions as a test needs, on free ports of this machine.
///
/// It is version 1.20, which `scripts/kube-server` builds. Tokens say who asks: `admin-token` may do everything.
package final class KubernetesTestCluster: Sendable {
    package enum Companion: String, Sendable {
        /// Makes pods of Jobs, deletes what is owned by nobody.
        case controllers = "kube-controller-manager"
        /// Gives pods to nodes.
        case scheduler = "kube-scheduler"
    }

    package static let admin = "admin-token"

    private let root: TemporaryDirectory
    private let programs: String
    package let port: Int
    private let storePorts: (client: Int, peer: Int)
    private let store: BackgroundProgram
    private let server: Mutex<BackgroundProgram>
    private let companions: Mutex<[BackgroundProgram]> = Mutex([])

    /// Where `scripts/kube-server` puts the programs.
    private static let cache: String = {
        var environment: [String: String] = [:]
        for name in ["LEVIATHAN_KUBE_CACHE", "XDG_CACHE_HOME", "HOME"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        if let cache = environment["LEVIATHAN_KUBE_CACHE"] { return cache }
        return (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache") + "/leviathan/kube"
    }()

    /// Whether the programs were built.
    package static var isInstalled: Bool {
        ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].allSatisfy {
            FileSystem.exists(cache + "/bin/" + $0)
        }
    }

    /// `tokens`: lines of a token file beside that of the administrator; `settings` are added to the server's own.
    package init(
        tokens: [String] = [], settings: [String] = [], companions: [Companion] = []
    ) throws {
        root = try TemporaryDirectory()
        programs = Self.cache + "/bin/"
        (port, storePorts) = (try Self.freePort(), (try Self.freePort(), try Self.freePort()))
        try Self.makeCertificates(root)
        try root.write(
            "tokens.csv",
            ([Self.admin + ",admin,admin,\"system:masters\""] + tokens).joined(separator: "\n") + "\n")
        let client = "http://127.0.0.1:\(storePorts.client)"
        store = try BackgroundProgram(
            Self.logged(
                root,
                [
                    programs + "etcd", "--data-dir", root.path + "/store", "--listen-client-urls", client,
                    "--advertise-client-urls", client, "--listen-peer-urls",
                    "http://127.0.0.1:\(storePorts.peer)", "--initial-advertise-peer-urls",
                    "http://127.0.0.1:\(storePorts.peer)", "--initial-cluster",
                    "default=http://127.0.0.1:\(storePorts.peer)", "--unsafe-no-fsync",
                ], "etcd"))
        command = Self.serverCommand(root, programs, port, client, settings)
        server = Mutex(try BackgroundProgram(Self.logged(root, command, "apiserver")))
        try waitForServer()
        try root.write("admin.kubeconfig", kubeconfig(token: Self.admin))
        for companion in companions { try start(companion) }
    }

    private let command: [String]

    deinit {
        for program in companions.withLock({ $0 }) { Self.end(program) }
        server.withLock { Self.end($0) }
        Self.end(store)
    }

    package var url: String { "https://127.0.0.1:\(port)" }
    package var authorityPath: String { root.path + "/ca.pem" }
    package var adminKubeconfig: String { root.path + "/admin.kubeconfig" }

    /// Certificate and key of somebody, signed by the cluster's authority.
    package func identity(_ user: String, group: String) throws -> (certificate: String, key: String) {
        try Self.sign(root, user, subject: "/O=\(group)/CN=\(user)", names: nil, usage: "clientAuth")
    }

    package func kubeconfig(token: String, namespace: String = "leviathan") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "\(url)", certificate-authority: "\(authorityPath)"}}]
        users: [{name: test, user: {token: "\(token)"}}]
        contexts: [{name: test, context: {cluster: test, user: test, namespace: \(namespace)}}]

        """
    }

    /// Ends the API server; what asks now is refused.
    package func stopServer() { server.withLock { Self.end($0) } }

    /// Starts it again on the same port, with the same store.
    package func startServer() throws {
        let program = try BackgroundProgram(Self.logged(root, command, "apiserver"))
        server.withLock { $0 = program }
        try waitForServer()
    }

    /// Forgets every version before now, so that a watch from then cannot go on.
    package func compact() throws {
        // The store's own program is another package; its gateway takes the same requests as JSON.
        let answer = try BackgroundProgram.run([
            "curl", "-s", "--max-time", "10", "-X", "POST", "http://127.0.0.1:\(storePorts.client)/v3/kv/range",
            "-d",
            #"{"key":"AA==","range_end":"AA==","limit":"1","keys_only":true}"#,
        ])
        guard let revision = (try? JSON.parse(Array(answer.utf8)))?["header"]?["revision"]?.string else {
            throw TestSystemError("ask the store for its revision")
        }
        _ = try BackgroundProgram.run([
            "curl", "-s", "-f", "--max-time", "30", "-X", "POST",
            "http://127.0.0.1:\(storePorts.client)/v3/kv/compaction", "-d",
            #"{"revision":"\#(revision)","physical":true}"#,
        ])
    }

    /// `kubectl` as the administrator; what it wrote.
    @discardableResult
    package func kubectl(_ arguments: String...) throws -> String {
        try BackgroundProgram.run(["kubectl", "--kubeconfig", adminKubeconfig] + arguments)
    }

    /// Applies a manifest as the administrator.
    package func apply(_ name: String, _ text: String) throws {
        let path = try root.write(name, text)
        try kubectl("apply", "-f", path)
    }

    package func start(_ companion: Companion) throws {
        var arguments = [
            programs + companion.rawValue, "--kubeconfig", adminKubeconfig, "--leader-elect=false",
            "--bind-address=127.0.0.1", "--secure-port=\(try Self.freePort())", "--port=0",
            "--cert-dir=\(root.path)/\(companion.rawValue)",
        ]
        if companion == .controllers {
            arguments += [
                "--service-account-private-key-file=\(root.path)/accounts.key", "--root-ca-file=\(authorityPath)",
                "--use-service-account-credentials=false",
                "--controllers=job,deployment,replicaset,namespace,serviceaccount,serviceaccount-token,garbagecollector,resourcequota,"
                    + "ttl-after-finished,podgc,nodelifecycle,root-ca-cert-publisher",
                "--feature-gates=TTLAfterFinished=true", "--node-monitor-period=1s",
                "--node-monitor-grace-period=60s", "--pod-eviction-timeout=1s", "--resource-quota-sync-period=2s",
            ]
        }
        let program = try BackgroundProgram(Self.logged(root, arguments, companion.rawValue))
        companions.withLock { $0.append(program) }
    }

    // MARK: Parts

    private static func serverCommand(
        _ root: TemporaryDirectory, _ programs: String, _ port: Int, _ store: String, _ settings: [String]
    ) -> [String] {
        [
            programs + "kube-apiserver", "--etcd-servers=\(store)", "--bind-address=127.0.0.1",
            "--secure-port=\(port)", "--insecure-port=0", "--advertise-address=127.0.0.1",
            "--tls-cert-file=\(root.path)/server.pem", "--tls-private-key-file=\(root.path)/server.key",
            "--client-ca-file=\(root.path)/ca.pem", "--token-auth-file=\(root.path)/tokens.csv",
            "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=\(root.path)/accounts.key",
            "--service-account-signing-key-file=\(root.path)/accounts.key",
            "--enable-admission-plugins=ResourceQuota,ServiceAccount", "--feature-gates=TTLAfterFinished=true",
            "--endpoint-reconciler-type=none", "--cert-dir=\(root.path)/api",
        ] + settings
    }

    /// What it writes goes to a file; it ends with the test process, from which another process of it reads.
    private static func logged(_ root: TemporaryDirectory, _ command: [String], _ name: String) -> [String] {
        [
            "sh", "-c",
            #"exec 3<&0; log=$1; shift; "$@" >>"$log" 2>&1 3<&- & child=$!; "#
                + #"(cat <&3 >/dev/null; kill -9 $child) >/dev/null 2>&1 & exec 3<&-; wait $child 2>/dev/null"#,
            "sh", root.path + "/" + name + ".log",
        ] + command
    }

    /// As a loss of power would have it, and gone when this returns.
    private static func end(_ program: BackgroundProgram) {
        program.closeInput()
        while program.readLine() != nil {}
    }

    private func waitForServer() throws {
        for _ in 0..<600 {
            let answer = try? BackgroundProgram.run([
                "curl", "-s", "--max-time", "5", "--cacert", authorityPath, "-H",
                "Authorization: Bearer " + Self.admin,
                url + "/readyz",
            ])
            if answer == "ok" { return }
            _ = poll(nil, 0, 100)
        }
        throw TestSystemError("start the API server: \((try? root.read("apiserver.log").suffix(1500)) ?? "")")
    }

    private static func makeCertificates(_ root: TemporaryDirectory) throws {
        try openssl([
            "req", "-x509", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", root.path + "/ca.key", "-out", root.path + "/ca.pem", "-subj", "/CN=test-authority",
        ])
        try openssl(["genrsa", "-out", root.path + "/accounts.key", "2048"])
        _ = try sign(
            root, "server", subject: "/CN=kube-apiserver", names: "DNS:localhost,IP:127.0.0.1", usage: "serverAuth"
        )
    }

    private static func sign(
        _ root: TemporaryDirectory, _ name: String, subject: String, names: String?, usage: String
    ) throws -> (certificate: String, key: String) {
        let base = root.path + "/" + name
        try openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            base + ".key", "-out", base + ".csr", "-subj", subject,
        ])
        let extensions = try root.write(
            name + ".ext",
            "extendedKeyUsage=\(usage)\n" + (names.map { "subjectAltName=\($0)\n" } ?? ""))
        try openssl([
            "x509", "-req", "-days", "2", "-in", base + ".csr", "-CA", root.path + "/ca.pem", "-CAkey",
            root.path + "/ca.key", "-CAcreateserial", "-out", base + ".pem", "-extfile", extensions,
        ])
        return (base + ".pem", base + ".key")
    }

    private static func openssl(_ arguments: [String]) throws {
        _ = try BackgroundProgram.run(["sh", "-c", "exec openssl \"$@\" 2>&1", "openssl"] + arguments)
    }

    package static func freePort() throws -> Int {
        let socket = try TestSocket.listening()
        defer { socket.shutDown() }
        return socket.port
    }
}
