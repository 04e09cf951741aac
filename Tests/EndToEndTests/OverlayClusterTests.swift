import Basics
import Glibc
import TestSupport
import Testing

/// The control plane of an overlay as a pod of a real cluster, with the observer beside it: `make kube`.
@Suite(
    .timeLimit(.minutes(60)),
    .enabled(if: KubernetesTestCluster.isInstalled && getenv("LEVIATHAN_KUBE") != nil, "'make kube' runs these"))
struct OverlayClusterTests {
    private static let token = "the-token-of-the-control-plane"
    private let cluster: KubernetesTestCluster
    private let place: TemporaryDirectory

    init() throws {
        cluster = try KubernetesTestCluster(companions: [.controllers, .scheduler])
        place = try TemporaryDirectory()
    }

    /// The overlay without the scheduler: both listen at one port, and pods here share the network of this machine.
    private func install() throws {
        let wanted = try OlderManifests.overlay("k3s").filter { object in
            object["kind"]?.string != "CronJob"
                && !(object["kind"] == "Deployment" && object["metadata"]?["name"] == "leviathan-scheduler")
        }
        let namespace = try FileSystem.read(
            OperationsTests.root + "/deploy/kubernetes/base/namespace.yaml", limit: 1 << 20)
        try cluster.apply("namespace.yaml", String(decoding: namespace, as: UTF8.self))
        try cluster.kubectl(
            "-n", "leviathan", "create", "secret", "generic", "leviathan-secrets",
            "--from-literal=control-plane-token=\(Self.token)", "--from-literal=github-token=x")
        let claims = wanted.filter { $0["kind"] == "PersistentVolumeClaim" }.compactMap {
            $0["metadata"]?["name"]?.string
        }
        for (number, object) in wanted.enumerated() {
            try cluster.apply("object-\(number).json", object.text())
        }
        // What provides volumes is not there: they are bound by hand.
        for claim in claims {
            let volume: JSON = [
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(claim)],
                "spec": [
                    "capacity": ["storage": "20Gi"], "accessModes": ["ReadWriteOnce"],
                    "hostPath": ["path": .string("/" + claim)],
                    "claimRef": ["name": .string(claim), "namespace": "leviathan"],
                ],
            ]
            try cluster.apply("volume-\(claim).json", volume.text())
            let bound: JSON = [
                "metadata": ["annotations": ["pv.kubernetes.io/bind-completed": "yes"]],
                "spec": ["volumeName": .string(claim)],
            ]
            try cluster.kubectl("-n", "leviathan", "patch", "pvc", claim, "--type=merge", "-p", bound.text())
            try setBound(claim)
        }
    }

    /// The state of a claim is what a controller says of it.
    private func setBound(_ claim: String) throws {
        let status: JSON = ["status": ["phase": "Bound"]]
        _ = try BackgroundProgram.run([
            "curl", "-sf", "--cacert", cluster.authorityPath, "-X", "PATCH", "-H",
            "Authorization: Bearer " + KubernetesTestCluster.admin, "-H",
            "Content-Type: application/merge-patch+json", "-d", status.text(),
            "\(cluster.url)/api/v1/namespaces/leviathan/persistentvolumeclaims/\(claim)/status",
        ])
    }

    private func removePods() {
        _ = try? cluster.kubectl("-n", "leviathan", "scale", "deployment/leviathan-control-plane", "--replicas=0")
        waitUntil { (try? cluster.kubectl("-n", "leviathan", "get", "pods", "-o", "name")) == "" }
    }

    private func ask(_ port: Int, _ path: String, _ words: String...) throws -> String {
        try BackgroundProgram.run(
            ["curl", "-sf", "--max-time", "10", "-H", "Authorization: Bearer " + Self.token] + words + [
                "http://127.0.0.1:\(port)\(path)"
            ])
    }

    @Test func thePodOfTheControlPlaneWorksWithItsObserver() throws {
        let isFree = [8000, 8001].allSatisfy { port in
            (try? BackgroundProgram.run(["curl", "-s", "--max-time", "2", "http://127.0.0.1:\(port)/"])) == nil
        }
        guard isFree else { return print("kube: | the overlay's pod | not run: its ports are in use here |") }
        let node = try BackgroundProgram([
            "python3", "scripts/kube-node", cluster.url, cluster.authorityPath, KubernetesTestCluster.admin,
            "node-1",
            place.path + "/node", TestTarget.program, "leviathan:local",
        ])
        guard node.readLine()?.contains("runc") == true else {
            return print("kube: | the overlay's pod | not run: no runc |")
        }
        // Containers outlive a node that is killed.
        defer {
            removePods()
            node.closeInput()
        }
        try install()
        try cluster.kubectl(
            "-n", "leviathan", "rollout", "status", "deployment/leviathan-control-plane", "--timeout=120s")
        // It is ready without a control plane too; what happened before it listened stays with that.
        waitUntil { (try? ask(8001, "/metrics").contains("leviathan_spider_up 1")) == true }
        let stop = try ask(
            8000, "/v1/stop", "-X", "POST", "-H", "Content-Type: application/json", "-d",
            #"{"reason":"a test"}"#)
        #expect(stop.contains("a test"), "\(stop)")
        var seen = ""
        waitUntil {
            seen = (try? ask(8001, "/v1/events/recent")) ?? ""
            return seen.contains("run.stopped")
        }
        #expect(seen.contains("run.stopped"), "\(seen)")
        let pods = try cluster.kubectl("-n", "leviathan", "get", "pods", "-o", "name").split(separator: "\n").count
        print(
            "kube: | the overlay's pod of control plane and observer | ready; the observer saw the order to stop; \(pods) pod |"
        )
    }
}
