import Basics
import Glibc
import TestSupport

/// An API server for scripts/cluster.py, until its standard input ends; the first line of the output says where it is.
struct MeasuredCluster {
    /// Whether pods are made of Jobs, and given to nodes.
    let isWhole: Bool
    /// Lines of a token file: who asks, beside the administrator.
    let tokens: [String]

    func run() throws {
        let cluster = try KubernetesTestCluster(
            tokens: tokens, companions: isWhole ? [.controllers, .scheduler] : [])
        let place: JSON = [
            "url": .string(cluster.url), "authority": .string(cluster.authorityPath),
            "kubeconfig": .string(cluster.adminKubeconfig), "admin": .string(KubernetesTestCluster.admin),
        ]
        let line = Array((place.text() + "\n").utf8)
        // Whoever began this waits for the line.
        guard write(STDOUT_FILENO, line, line.count) == line.count else { return }
        while readLine() != nil {}
        withExtendedLifetime(cluster) {}
    }
}
