import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// The `kubectl` lines of docs/operations.md against a real API server: `make kube`.
@Suite(
    .timeLimit(.minutes(60)),
    .enabled(if: KubernetesTestCluster.isInstalled && getenv("LEVIATHAN_KUBE") != nil, "'make kube' runs these"))
struct RunbookClusterTests {
    /// What needs pods that run on a node, and what this server is too old for.
    private static let left = [" exec ", " logs ", " rollout status ", "--from=cronjob/", "delete job backup-now"]
    private let cluster: KubernetesTestCluster
    private let place: TemporaryDirectory

    init() throws {
        (cluster, place) = (try KubernetesTestCluster(companions: [.controllers]), try TemporaryDirectory())
        let all = try OlderManifests.overlay("k3s")
        let namespace = try FileSystem.read(
            OperationsTests.root + "/deploy/kubernetes/base/namespace.yaml", limit: 1 << 20)
        try place.write("deploy/kubernetes/base/namespace.yaml", String(decoding: namespace, as: UTF8.self))
        for (number, resource) in all.enumerated() {
            try place.write("deploy/kubernetes/overlays/k3s/\(number).json", resource.text())
        }
        let names = all.indices.map { "\($0).json" }.joined(separator: ", ")
        try place.write("deploy/kubernetes/overlays/k3s/kustomization.yaml", "resources: [\(names)]\n")
        for name in ["github-token", "control-plane-token", "anthropic-api-key"] {
            try place.write("secrets/" + name, "x")
        }
    }

    private func run(_ line: String) throws -> ProcessOutcome {
        var shell = Subprocess(
            "/bin/bash", ["-c", "set -o pipefail; " + line],
            environment: [
                "PATH": OperationsTests.root + "/.build/venv/bin:/usr/bin:/bin", "HOME": place.path,
                "KUBECONFIG": cluster.adminKubeconfig,
            ])
        shell.workingDirectory = place.path
        return try shell.run()
    }

    /// A deployment is undone where there is something to go back to.
    private func upgrade() throws {
        let deployments = "deployment/leviathan-scheduler deployment/leviathan-control-plane"
        // A version that no replica set was made of is none that one could go back to.
        waitForSets(2)
        _ = try run("kubectl -n leviathan rollout restart " + deployments)
        waitForSets(4)
    }

    private func waitForSets(_ count: Int) {
        waitUntil {
            let sets = try? run("kubectl -n leviathan get replicasets -o name").output.text
            return sets?.split(separator: "\n").count ?? 0 >= count
        }
    }

    @Test func everyLineThatNeedsNoNodeWorks() throws {
        let lines = try OperationsTests.lines().filter { $0.hasPrefix("kubectl ") }
        let (ran, rest) = (
            lines.filter { line in !Self.left.contains { line.contains($0) } },
            lines.filter { line in Self.left.contains { line.contains($0) } }
        )
        for line in ran {
            if line.contains(" rollout undo deployment/leviathan-scheduler") { try upgrade() }
            var result = try run(line)
            // What was restarted a moment ago is restarted again a second later, says kubectl.
            waitUntil {
                guard result.errors.text.contains("within the past second") else { return true }
                result = (try? run(line)) ?? result
                return false
            }
            #expect(result.succeeded, "\(line): \(result.errors.text)")
        }
        #expect(ran.count > 15 && rest.count > 15)
        let scale = try run("kubectl -n leviathan get deployment leviathan-scheduler -o jsonpath={.spec.replicas}")
        #expect(scale.output.text == "1")
        let kept = try run("kubectl -n leviathan get secret leviathan-secrets -o json")
        #expect(Set(kept.json["data"]?.members?.map(\.name) ?? []).count == 3)
        print("kube: | lines of the runbooks | \(ran.count) ran; \(rest.count) need a node or a newer server |")
    }
}
