import Basics
import HTTP
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Kubernetes

/// The client against a real API server (1.20, which 'scripts/kube-server' builds); skipped where that was not built.
@Suite(.serialized, .enabled(if: KubernetesTestCluster.isInstalled)) struct RealClusterTests {
    private static let cluster = Result {
        let cluster = try KubernetesTestCluster(tokens: [
            "scheduler-token,scheduler,scheduler,", "nobody-token,nobody,nobody,",
        ])
        try cluster.kubectl("create", "namespace", "leviathan")
        try cluster.kubectl("create", "namespace", "other")
        let role = Installation.base.flatMap(\.resources).first { $0.kind == "Role" }?.json ?? .null
        try cluster.apply("role.json", role.text())
        try cluster.apply(
            "binding.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: scheduler, namespace: leviathan}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: leviathan-scheduler}
            subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: scheduler}]
            """)
        return cluster
    }

    private let cluster: KubernetesTestCluster

    init() throws { cluster = try Self.cluster.get() }

    private func client(
        _ token: String, _ context: Context = ClusterWorld.context(), proof: ClusterProof? = nil
    ) throws -> ClusterClient {
        ClusterClient(
            try ClusterAccess(
                server: cluster.url, namespace: "leviathan", origin: "test",
                authorities: try FileSystem.read(cluster.authorityPath, limit: 1 << 20),
                proof: proof ?? .token(Secret(token))), context)
    }

    private func job(_ attempt: String) -> JSON { WorkerJobTests.job(attempt).resource.json }

    @Test func theSchedulerMayDoWithJobsWhatItNeedsAndNothingElse() throws {
        let client = try client("scheduler-token")
        let made = try client.create(.jobs, job("rights"), in: "leviathan")
        let name = made["metadata"]?["name"]?.string ?? ""
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in
                _ = try client.create(.jobs, job("rights"), in: "leviathan")
            } == .exists)
        #expect(try client.get(.jobs, name, in: "leviathan").uid == made.uid)
        #expect(try client.list(.jobs, selector: JobBoard.selector, in: "leviathan").items.count == 1)
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in
                try client.delete(.jobs, name, uid: "another", in: "leviathan")
            } == .conflict)
        try client.delete(.jobs, name, uid: made.uid, in: "leviathan")
        // It is gone once the collector, which does not run here, finds that nothing belongs to it.
        try cluster.kubectl(
            "-n", "leviathan", "patch", "job", name, "--type=merge", "-p", #"{"metadata":{"finalizers":null}}"#)
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in _ = try client.get(.jobs, name, in: "leviathan") }
                == .notFound)
        _ = try client.list(.pods, in: "leviathan")
        _ = try client.list(.events, fields: "involvedObject.name=x", in: "leviathan")
    }

    /// Every verb of every resource that somebody could want of it, the few above aside, as the server itself decides.
    @Test func everyOtherVerbIsRefused() throws {
        let client = try client("scheduler-token")
        let allowed: [String: Set<String>] = [
            "batch/jobs": ["create", "get", "list", "watch", "delete"], "/pods": ["get", "list", "watch"],
            "/pods/log": ["get"], "/events": ["list"], "coordination.k8s.io/leases": ["create", "get", "update"],
        ]
        let resources = [
            "batch/jobs", "batch/jobs/status", "batch/cronjobs", "/pods", "/pods/log", "/pods/exec",
            "/pods/attach",
            "/pods/portforward", "/pods/eviction", "/pods/status", "/pods/ephemeralcontainers", "/secrets",
            "/configmaps", "/serviceaccounts", "/serviceaccounts/token", "/events", "/nodes", "/namespaces",
            "/persistentvolumeclaims", "/services", "/resourcequotas", "apps/deployments", "apps/daemonsets",
            "rbac.authorization.k8s.io/roles", "rbac.authorization.k8s.io/rolebindings",
            "rbac.authorization.k8s.io/clusterroles", "networking.k8s.io/networkpolicies",
            "coordination.k8s.io/leases", "admissionregistration.k8s.io/validatingwebhookconfigurations",
        ]
        let verbs = [
            "create", "get", "list", "watch", "update", "patch", "delete", "deletecollection", "impersonate",
            "bind",
            "escalate",
        ]
        let kind = ClusterKind("apis/authorization.k8s.io/v1", "selfsubjectaccessreviews", isNamespaced: false)
        var wrong: [String] = []
        for namespace in ["leviathan", "other", "kube-system"] {
            for resource in resources {
                let parts = resource.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(
                    String.init)
                for verb in verbs {
                    let name = resource.contains("leases") ? "leviathan-scheduler" : "x"
                    var attributes = [
                        JSON.Member("namespace", .string(namespace)), JSON.Member("verb", .string(verb)),
                        JSON.Member("group", .string(parts[0])), JSON.Member("resource", .string(parts[1])),
                        JSON.Member("name", .string(name)),
                    ]
                    if parts.count > 2 { attributes.append(JSON.Member("subresource", .string(parts[2]))) }
                    let review: JSON = [
                        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                        "spec": ["resourceAttributes": .object(attributes)],
                    ]
                    let answer = try client.create(kind, review, in: "")
                    let isAllowed = answer["status"]?["allowed"]?.bool ?? true
                    let isMeant = namespace == "leviathan" && allowed[resource]?.contains(verb) == true
                    if isAllowed != isMeant { wrong.append("\(verb) \(resource) in \(namespace): \(isAllowed)") }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func aNamespaceWithoutRightsSaysWhichRightIsMissing() throws {
        let client = try client("nobody-token")
        let error = try #require(
            ClusterWorld.error { () throws(ClusterError) in _ = try client.create(.jobs, job("no"), in: "other") })
        #expect(error.reason == .forbidden)
        #expect(error.hint?.contains("kubectl auth can-i create jobs -n other") == true)
        let stranger = try self.client("a token of nobody")
        let unknown = ClusterWorld.error { () throws(ClusterError) in
            _ = try stranger.list(.jobs, in: "other")
        }
        #expect(unknown?.reason == .unauthorized)
    }

    @Test func certificatesProveWhoAsksAndOtherAuthoritiesAreNotBelieved() throws {
        let files = try cluster.identity("scheduler", group: "nobody")
        let identity = HTTPIdentity(
            certificates: try FileSystem.read(files.certificate, limit: 1 << 20),
            key: Secret(String(decoding: try FileSystem.read(files.key, limit: 1 << 20), as: UTF8.self)))
        let client = try client("", proof: .identity(identity))
        _ = try client.list(.jobs, in: "leviathan")
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in _ = try client.list(.jobs, in: "other") }
                == .forbidden)
        let directory = try TemporaryDirectory()
        let other = try TestCertificate(in: directory)
        let stranger = ClusterClient(
            try ClusterAccess(
                server: cluster.url, origin: "test",
                authorities: try FileSystem.read(other.certificatePath, limit: 1 << 20),
                proof: .token(Secret(KubernetesTestCluster.admin))), ClusterWorld.context(), retry: .never)
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in _ = try stranger.list(.jobs, in: "leviathan") }
                == .unreachable)
    }

    @Test func filesOfKubectlLeadThere() throws {
        let access = try ClusterAccess.find(["KUBECONFIG": cluster.adminKubeconfig])
        let client = ClusterClient(access, ClusterWorld.context())
        #expect(access.namespace == "leviathan")
        _ = try client.list(.configMaps, in: "kube-system")
    }

    @Test func listsOfManyPagesAreWhole() throws {
        let client = try client(KubernetesTestCluster.admin)
        try cluster.kubectl("create", "namespace", "many")
        for index in 0..<(ClusterClient.pageSize + 3) {
            let map: JSON = [
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": .string("m\(index)"), "labels": ["a": "b"]],
            ]
            _ = try client.create(.configMaps, map, in: "many")
        }
        let (items, _) = try client.list(.configMaps, selector: "a=b", in: "many")
        #expect(Set(items.compactMap(\.name)).count == ClusterClient.pageSize + 3)
    }

    /// Nothing that changes is missed: while the server is away, and where it has forgotten what happened meanwhile.
    @Test func aWatchOutlivesTheServerAndItsMemory() throws {
        let (told, cancellation) = (ToldNews(), Cancellation())
        let admin = try client(KubernetesTestCluster.admin)
        let watch = ClusterWatch(
            admin, .configMaps, selector: "w=1", in: "leviathan", longestPause: .milliseconds(200))
        let ended = TestGate()
        BackgroundThread.run {
            watch.run(cancellation) { told.add($0) }
            ended.open()
        }
        func map(_ name: String) -> JSON {
            ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "labels": ["w": "1"]]]
        }
        waitUntil { told.all.contains("all ") }
        _ = try admin.create(.configMaps, map("a"), in: "leviathan")
        waitUntil { told.all.contains("changed a") }
        cluster.stopServer()
        waitUntil { told.all.contains("lost unreachable") }
        try cluster.startServer()
        _ = try admin.create(.configMaps, map("b"), in: "leviathan")
        waitUntil { told.all.contains("changed b") || told.all.contains("all a,b") }
        cluster.stopServer()
        let lost = told.all.count
        waitUntil { told.all.count > lost }
        try cluster.startServer()
        _ = try admin.create(.configMaps, map("c"), in: "leviathan")
        try cluster.kubectl("-n", "leviathan", "delete", "configmap", "a")
        try cluster.compact()
        waitUntil {
            told.all.contains("all b,c") || (told.all.contains("changed c") && told.all.contains("removed a"))
        }
        #expect(
            told.all.contains("all b,c") || (told.all.contains("changed c") && told.all.contains("removed a")),
            "\(told.all)")
        cancellation.cancel()
        ended.wait()
    }

    /// Of two, one leads at a time, whatever their clocks say; the other follows once the first ends.
    @Test func oneOfTwoLeads() throws {
        let (log, leaders) = (Gathered<String>(), LeaderCount())
        let stops = [Cancellation(), Cancellation()]
        let gates = [TestGate(), TestGate()]
        for (index, skew) in [Duration.seconds(-86_400), .seconds(86_400)].enumerated() {
            let client = try client("scheduler-token")
            let lease = LeaderLease(
                client, in: "leviathan", holder: "holder-\(index)", clock: Clock { Clock.system.now() + skew })
            BackgroundThread.run {
                lease.run(stops[index], tell: { _ in }) { lead in
                    log.add("\(index)")
                    leaders.change(1)
                    while !lead.isCancelled { waitUntil { lead.isCancelled } }
                    leaders.change(-1)
                }
                gates[index].open()
            }
        }
        waitUntil { log.all.count == 1 }
        let first = try #require(log.all.first.flatMap { Int($0) })
        stops[first].cancel()
        #expect(gates[first].wait(seconds: 60))
        waitUntil { log.all.count == 2 }
        #expect(log.all == ["\(first)", "\(1 - first)"])
        stops[1 - first].cancel()
        #expect(gates[1 - first].wait(seconds: 60))
        #expect(leaders.most == 1)
    }
}

/// How many lead at once.
private final class LeaderCount: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    func change(_ by: Int) {
        counts.withLock { counts in
            counts.now += by
            counts.most = max(counts.most, counts.now)
        }
    }

    var most: Int { counts.withLock { $0.most } }
}
