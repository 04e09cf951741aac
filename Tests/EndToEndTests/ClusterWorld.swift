import Basics
import Glibc
import Processes
import Synchronization
import TestSupport
import Testing

/// A real cluster with a small node, a control plane, a target with a fake forge, and the scheduler as a program.
final class ClusterWorld: Sendable {
    static let token = "the-token-of-the-control-plane"
    static let image = "leviathan-worker:local"

    let cluster: KubernetesTestCluster
    let target: ReviewTarget
    private let place: TemporaryDirectory
    private let node: Mutex<BackgroundProgram?>
    private let plane: Mutex<(program: BackgroundProgram, process: pid_t)?>
    let planePort: Int
    private let environment: [String: String]
    /// What the node says of how it runs containers.
    let isolation: String

    init(
        tasks: Int, companions: [KubernetesTestCluster.Companion] = [.controllers, .scheduler], more: String = "",
        isConfined: Bool = false
    ) throws {
        cluster = try KubernetesTestCluster(tokens: ["nobody-token,nobody,u2"], companions: companions)
        place = try TemporaryDirectory()
        let policy = RunTests.policy + "limits: {max_open_prs: 1000, max_running_attempts: 20}\n"
        target = try ReviewTarget(
            policy: policy, backlog: RunTests.backlog(tasks),
            more: "identity: {name: Worker, email: worker@example.com}")
        planePort = try KubernetesTestCluster.freePort()
        let remote = target.target.remote
        // Workers are another user, and push into the bare repository themselves.
        let configuration = try place.write(
            "gitconfig",
            "[url \"\(remote)\"]\n\tinsteadOf = \(target.forge.url)/octo/repo.git\n[safe]\n\tdirectory = *\n"
                + "[user]\n\tname = worker\n\temail = worker@example.com\n[core]\n\tsharedRepository = 0666\n")
        _ = try BackgroundProgram.run(["chmod", "-R", "a+rwX", remote])
        _ = try BackgroundProgram.run(["chmod", "a+rx", place.path])
        let home = target.target.home
        environment = target.target.repository.environment.merging([
            "LEVIATHAN_HOME": home, "GH_ENTERPRISE_TOKEN": "test-token", "GIT_CONFIG_GLOBAL": configuration,
            "KUBECONFIG": cluster.adminKubeconfig,
        ]) { $1 }
        let url = target.forge.url + "/octo/repo.git"
        try FileSystem.createDirectory(home + "/targets", permissions: 0o700)
        try FileSystem.write(
            Array("name: shop\nrepo_url: \(url)\ndefault_branch: main\n".utf8), to: home + "/targets/shop.yaml")
        try FileSystem.write(
            Array(
                """
                limits: {max_open_prs: 1000, max_running_attempts: 20, circuit_breaker: {failures: 1000}}
                dispatch:
                  kind: kubernetes
                  namespace: leviathan
                  image: \(Self.image)
                  control_plane_url: http://127.0.0.1:\(planePort)
                \(more)

                """.utf8), to: home + "/config.yaml")
        try Self.prepare(cluster)
        let node = try Self.node(cluster, place.path, remote, configuration, isConfined)
        isolation = node.readLine() ?? ""
        self.node = Mutex(node)
        plane = Mutex(nil)
        try startPlane()
    }

    deinit {
        plane.withLock { if let process = $0?.process { kill(process, SIGKILL) } }
        node.withLock { $0?.closeInput() }
    }

    private static func prepare(_ cluster: KubernetesTestCluster) throws {
        try cluster.kubectl("create", "namespace", "leviathan")
        try cluster.kubectl("-n", "leviathan", "create", "serviceaccount", "leviathan-worker")
        try cluster.kubectl(
            "-n", "leviathan", "create", "secret", "generic", "leviathan-secrets",
            "--from-literal=control-plane-token=\(token)", "--from-literal=github-token=test-token")
    }

    private static func node(
        _ cluster: KubernetesTestCluster, _ place: String, _ remote: String, _ configuration: String,
        _ isConfined: Bool
    ) throws -> BackgroundProgram {
        let extra: JSON = [
            "GH_ENTERPRISE_TOKEN": "test-token", "GIT_CONFIG_GLOBAL": .string(configuration),
        ]
        let binds: JSON = .object([
            JSON.Member(remote, .string(remote)), JSON.Member(configuration, .string(configuration)),
        ])
        return try BackgroundProgram([
            "env", "KUBE_NODE_ENV=\(extra.text())", "KUBE_NODE_BINDS=\(binds.text())",
            "KUBE_NODE_SECCOMP=\(isConfined ? 1 : 0)", "python3",
            "scripts/kube-node", cluster.url, cluster.authorityPath, KubernetesTestCluster.admin, "node-1",
            place + "/node", TestTarget.program, image,
        ])
    }

    // MARK: Acts

    func startPlane() throws {
        let script = #"echo $$; exec "$0" "$@" >>"$LOG" 2>&1"#
        let program = try BackgroundProgram(
            ["env", "-i"] + environment.map { "\($0)=\($1)" } + [
                "LEVIATHAN_CONTROL_PLANE_TOKEN=\(Self.token)", "LOG=\(place.path)/plane.log", "sh", "-c", script,
                TestTarget.program, "serve", "--no-scheduler", "--port", "\(planePort)",
            ])
        let process = try #require(program.readLine().flatMap { pid_t($0) })
        plane.withLock { $0 = (program, process) }
        waitUntil {
            (try? BackgroundProgram.run(["curl", "-sf", "--max-time", "5", "http://127.0.0.1:\(planePort)/ready"]))
                != nil
        }
    }

    func killPlane() { plane.withLock { if let process = $0?.process { kill(process, SIGKILL) } } }

    /// One look of the scheduler, to its end.
    func run(_ words: String..., extra: [String: String] = [:]) throws -> ProcessOutcome {
        try TestTarget.run(
            ["run", "--once", "--all", "--json"] + words, in: place.path,
            environment: environment.merging(extra) { $1 })
    }

    /// The same beside the test, which may kill it.
    func begin(_ words: String...) throws -> (program: BackgroundProgram, process: pid_t) {
        let program = try BackgroundProgram(
            ["env", "-i", "-C", place.path] + environment.map { "\($0)=\($1)" } + [
                "sh", "-c", #"echo $$; exec "$0" "$@" 2>>"$HOME/run.log""#, TestTarget.program, "run", "--once",
                "--all", "--json",
            ] + words)
        return (program, try #require(program.readLine().flatMap { pid_t($0) }))
    }

    func leviathan(_ words: String...) throws -> ProcessOutcome {
        try TestTarget.run(words, in: place.path, environment: environment)
    }

    func jobs() throws -> [JSON] {
        let text = try cluster.kubectl("-n", "leviathan", "get", "jobs", "-o", "json")
        return try JSON.parse(Array(text.utf8))["items"]?.elements ?? []
    }

    func pods() throws -> [JSON] {
        let text = try cluster.kubectl("-n", "leviathan", "get", "pods", "-o", "json")
        return try JSON.parse(Array(text.utf8))["items"]?.elements ?? []
    }

    /// Asks the cluster to take a pod away, as the emptying of a node does.
    func evict(_ pod: String, _ eviction: JSON) throws {
        _ = try BackgroundProgram.run([
            "curl", "-sf", "--cacert", cluster.authorityPath, "-H",
            "Authorization: Bearer " + KubernetesTestCluster.admin,
            "-H", "Content-Type: application/json", "-d", eviction.text(),
            "\(cluster.url)/api/v1/namespaces/leviathan/pods/\(pod)/eviction",
        ])
    }

    func use(image: String) throws {
        let path = target.target.home + "/config.yaml"
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.contains(" image: ") ? "  image: \(image)" : String($0)
        }
        try FileSystem.write(Array(lines.joined(separator: "\n").utf8), to: path)
    }

    /// A quota holds once the server has counted what is there.
    func forbidPods() throws {
        try cluster.kubectl("-n", "leviathan", "create", "quota", "none", "--hard=pods=0")
        waitUntil {
            let held = try? cluster.kubectl(
                "-n", "leviathan", "get", "quota", "none", "-o", "jsonpath={.status.hard.pods}")
            return held == "0"
        }
    }

    /// No node takes pods any more.
    func fillNode() throws {
        waitUntil { (try? cluster.kubectl("get", "node", "node-1")) != nil }
        try cluster.kubectl("cordon", "node-1")
    }

    var pulls: Int { target.forge.state.pulls.count }

    /// As a loss of the machine would have it: what runs there goes on for nobody.
    func loseNode() { node.withLock { $0 = nil } }
}

/// What each dispatched task came to.
func outcomes(_ run: ProcessOutcome) -> [String: String] {
    Dictionary(
        (run.json["dispatched"]?.elements ?? []).compactMap { entry in
            entry["task"]?.string.map { ($0, entry["outcome"]?.string ?? "") }
        }
    ) { $1 }
}
