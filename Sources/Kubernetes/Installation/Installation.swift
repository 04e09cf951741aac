internal import Basics

/// What runs in a cluster, as files of manifests that belong together.
package struct Installation: Sendable {
    /// One file of the base, by its name.
    struct File: Sendable {
        let name: String
        let about: String
        let resources: [Resource]
    }

    static let namespace = "leviathan"
    static let secret = "leviathan-secrets"
    static let port = 8000
    static let observerPort = 8001
    static let image = ContainerImage.local
    /// The directory of the volume; the home is below it, as Leviathan makes that itself and for itself alone.
    static let volumePath = "/var/lib/leviathan"
    /// Where programs look for what proves who they are to the cluster.
    static let clusterPath = ClusterAccess.podDirectory
    static let backupPath = "/var/backups/leviathan"

    static let base: [File] = [
        File(
            name: "namespace", about: "Every pod in it has to satisfy the restricted Pod Security Standard.",
            resources: [namespaceResource]),
        File(
            name: "accounts",
            about:
                "Who the pods are. Only the scheduler may ask the cluster for anything: for Jobs, and for who leads.",
            resources: accounts),
        File(name: "storage", about: "The home with the journal, and its backups.", resources: claims),
        File(
            name: "control-plane",
            about:
                "Answers over HTTP, with an observer of its events. The journal is a file, so there is one pod.",
            resources: [controlPlane, service, observerService]),
        File(
            name: "scheduler",
            about:
                "Picks tasks and does them in its own pod, on the node of the control plane, whose volume it uses. "
                + "The one that holds the lock of the home leads.",
            resources: [scheduler]),
        File(name: "disruption", about: "Nodes can be drained, one pod at a time.", resources: disruption),
        File(
            name: "network",
            about: "Nothing is reached but names, the control plane and public addresses over HTTPS and SSH.",
            resources: policies),
        File(name: "journal", about: "A backup each night, and a walk over every chain.", resources: upkeep),
    ]

    private static let namespaceResource = Resource(
        "v1", "Namespace",
        Metadata(
            namespace,
            labels: [
                "app.kubernetes.io/part-of": "leviathan", "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/audit": "restricted", "pod-security.kubernetes.io/warn": "restricted",
            ]))

    /// The metadata of something in the namespace, found by `app`.
    static func metadata(_ name: String, app: String? = nil) -> Metadata {
        var metadata = Metadata(name, namespace: namespace)
        metadata.labels = labels(app ?? name)
        return metadata
    }

    static func labels(_ app: String) -> [JSON.Member] {
        [JSON.Member("app", .string(app)), JSON.Member("app.kubernetes.io/part-of", "leviathan")]
    }

    static func selector(_ app: String) -> JSON { ["matchLabels": ["app": .string(app)]] }
}
