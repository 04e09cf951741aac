package import Basics

/// What runs together on one node: never as root, and without a say in the cluster.
package struct PodTemplate: Hashable, Sendable {
    package var metadata: Metadata
    package var serviceAccount: String
    package var containers: [Container]
    /// What has to end well before they begin.
    package var beforehand: [Container] = []
    package var volumes: [Volume] = []
    /// `nil` for what the kind of its owner demands.
    package var restartPolicy: String?
    package var graceSeconds: Int?
    /// Labels of pods beside which this one has to run, as both use one volume that a single node can mount.
    package var besides: [JSON.Member] = []

    package init(_ metadata: Metadata, serviceAccount: String, _ containers: [Container]) {
        (self.metadata, self.serviceAccount, self.containers) = (metadata, serviceAccount, containers)
    }

    /// The user and the group that everything runs as.
    package static let user = 10_001

    package var json: JSON { ["metadata": metadata.json, "spec": spec] }

    package var spec: JSON {
        Members()
            .text("restartPolicy", restartPolicy)
            .text("serviceAccountName", serviceAccount)
            .with("automountServiceAccountToken", false)
            .with("enableServiceLinks", false)
            .with("terminationGracePeriodSeconds", graceSeconds.map(JSON.integer))
            .with("securityContext", Self.restricted)
            .with("affinity", affinity)
            .list("initContainers", beforehand.map(\.json))
            .list("containers", containers.map(\.json))
            .list("volumes", volumes.map(\.json)).json
    }

    private static let restricted: JSON = [
        "runAsNonRoot": true, "runAsUser": .integer(user), "runAsGroup": .integer(user), "fsGroup": .integer(user),
        "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": ["type": "RuntimeDefault"],
    ]

    private var affinity: JSON? {
        guard !besides.isEmpty else { return nil }
        let term: JSON = [
            "labelSelector": ["matchLabels": .object(besides)], "topologyKey": "kubernetes.io/hostname",
        ]
        return ["podAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [term]]]
    }
}

/// What a pod can mount.
package struct Volume: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// A directory that lives as long as the pod, of at most that size.
        case emptyDirectory(limit: String)
        case claim(String)
        case configMap(String, isOptional: Bool)
        /// What proves to the cluster who the pod is, for an hour at a time, with whom to trust and the namespace.
        case clusterToken
    }

    package let name: String
    package let source: Source

    package init(_ name: String, _ source: Source) { (self.name, self.source) = (name, source) }

    package var json: JSON {
        switch source {
        case .emptyDirectory(let limit):
            ["name": .string(name), "emptyDir": ["sizeLimit": .string(limit)]]
        case .claim(let claim):
            ["name": .string(name), "persistentVolumeClaim": ["claimName": .string(claim)]]
        case .configMap(let map, let isOptional):
            [
                "name": .string(name),
                "configMap": Members()
                    .text("name", map)
                    .with("optional", isOptional ? true : nil).json,
            ]
        case .clusterToken: ["name": .string(name), "projected": Self.token]
        }
    }
    private static let token: JSON = [
        // For the group of the pod, which `fsGroup` names.
        "defaultMode": 0o440,
        "sources": [
            ["serviceAccountToken": ["path": "token", "expirationSeconds": 3600]],
            ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
            [
                "downwardAPI": [
                    "items": [["path": "namespace", "fieldRef": ["fieldPath": "metadata.namespace"]]]
                ]
            ],
        ],
    ]
}
