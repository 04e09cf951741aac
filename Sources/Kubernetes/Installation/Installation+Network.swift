internal import Basics

/// Who may reach whom; everything else is denied.
extension Installation {
    /// Networks that belong to somebody, and those where clouds hand out credentials.
    private static let closed = (
        v4: ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
        v6: ["::1/128", "fc00::/7", "fe80::/10"]
    )

    static var policies: [Resource] {
        [
            policy("leviathan-deny", [:], [("ingress", []), ("egress", [])]),
            policy("leviathan-names", talking, [("egress", [names])]),
            policy("leviathan-public", talking, [("egress", [publicAddresses])]),
            policy("leviathan-to-control-plane", apps(["leviathan-worker"]), [("egress", [toControlPlane])]),
            policy(
                "leviathan-control-plane", apps(["leviathan-control-plane"]), [("ingress", [fromClients])]),
        ]
    }

    /// Where the API server stands differs from cluster to cluster, and is often a private address; never that of metadata.
    static var toCluster: Resource {
        let addresses: JSON = [
            "to": [
                ["ipBlock": ["cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]]],
                ["ipBlock": ["cidr": "::/0", "except": ["fe80::/10"]]],
            ],
            "ports": [port("TCP", 443), port("TCP", 6443)],
        ]
        return policy("leviathan-to-cluster", apps(["leviathan-scheduler"]), [("egress", [addresses])])
    }

    private static let talking = apps(["leviathan-control-plane", "leviathan-scheduler", "leviathan-worker"])

    private static func policy(_ name: String, _ selector: JSON, _ rules: [(String, [JSON])]) -> Resource {
        let kinds = rules.map { $0.0 == "ingress" ? "Ingress" : "Egress" }
        return Resource(
            "networking.k8s.io/v1", "NetworkPolicy", metadata(name, app: "leviathan"),
            spec: .object(
                [JSON.Member("podSelector", selector), JSON.Member("policyTypes", .strings(kinds))]
                    + rules.filter { !$0.1.isEmpty }.map { JSON.Member($0.0, .array($0.1)) }))
    }

    private static func apps(_ names: [String]) -> JSON {
        ["matchExpressions": [["key": "app", "operator": "In", "values": .strings(names)]]]
    }

    private static let names: JSON = [
        "to": [["namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "kube-system"]]]],
        "ports": [port("UDP", 53), port("TCP", 53)],
    ]

    private static let publicAddresses: JSON = [
        "to": [
            ["ipBlock": ["cidr": "0.0.0.0/0", "except": .strings(closed.v4)]],
            ["ipBlock": ["cidr": "::/0", "except": .strings(closed.v6)]],
        ],
        "ports": [port("TCP", 443), port("TCP", 22)],
    ]

    private static let toControlPlane: JSON = [
        "to": [["podSelector": selector("leviathan-control-plane")]], "ports": [port("TCP", Self.port)],
    ]

    /// Workers, and namespaces that somebody gave the label, such as that of an ingress controller.
    private static let fromClients: JSON = [
        "from": [
            ["podSelector": selector("leviathan-worker")],
            ["namespaceSelector": ["matchLabels": ["leviathan.dev/client": "true"]]],
        ],
        "ports": [port("TCP", Self.port), port("TCP", observerPort)],
    ]

    private static func port(_ transport: String, _ number: Int) -> JSON {
        ["protocol": .string(transport), "port": .integer(number)]
    }
}
