internal import Basics
internal import Observability

/// What is not installed by itself, as it depends on names of your own, or on kinds that a cluster has only with an operator.
extension Installation {
    static let examples: [File] = [
        File(
            name: "ingress",
            about:
                "The control plane under a name of yours, with TLS; label the controller's namespace "
                + "leviathan.dev/client=true.", resources: [ingress]),
        File(
            name: "monitoring",
            about:
                "For the Prometheus operator: what it scrapes, and the rules that 'leviathan serve --print alerts' prints. "
                + "Label its namespace leviathan.dev/client=true.", resources: [monitor, rules]),
        File(
            name: "external-secrets",
            about:
                "For the External Secrets Operator: leviathan-secrets from AWS Secrets Manager, as deploy/aws/terraform-eks "
                + "sets it up.", resources: [secretStore, externalSecret]),
        File(
            name: "mirrors",
            about:
                "Mirrors that workers on all nodes share, for 'dispatch: {mirrors: leviathan-mirrors}': put in a class of volumes "
                + "that many nodes can mount.", resources: [mirrors]),
    ]

    /// A token for readers alone: 'leviathan key create prometheus --right view'.
    private static var monitor: Resource {
        let credentials: JSON = [
            "type": "Bearer", "credentials": ["name": .string(secret), "key": "metrics-token"],
        ]
        func endpoint(_ port: String) -> JSON {
            ["port": .string(port), "path": "/metrics", "interval": "30s", "authorization": credentials]
        }
        return Resource(
            "monitoring.coreos.com/v1", "ServiceMonitor", metadata("leviathan"),
            spec: [
                "selector": ["matchLabels": ["app.kubernetes.io/part-of": "leviathan"]],
                "endpoints": [endpoint("http"), endpoint("observer")],
            ])
    }

    private static var rules: Resource {
        Resource("monitoring.coreos.com/v1", "PrometheusRule", metadata("leviathan"), spec: AlertFile.groups)
    }

    private static var secretStore: Resource {
        Resource(
            "external-secrets.io/v1", "SecretStore", metadata("leviathan-aws", app: "leviathan"),
            spec: ["provider": ["aws": ["service": "SecretsManager", "region": "eu-central-1"]]])
    }

    /// All keys of one secret, whose value is a JSON object.
    private static var externalSecret: Resource {
        Resource(
            "external-secrets.io/v1", "ExternalSecret", metadata(secret, app: "leviathan"),
            spec: [
                "refreshInterval": "1h",
                "secretStoreRef": ["kind": "SecretStore", "name": "leviathan-aws"],
                "target": ["name": .string(secret), "creationPolicy": "Owner"],
                "dataFrom": [["extract": ["key": "leviathan"]]],
            ])
    }

    private static var mirrors: Resource {
        Resource(
            "v1", "PersistentVolumeClaim", metadata("leviathan-mirrors", app: "leviathan"),
            spec: [
                "accessModes": ["ReadWriteMany"], "storageClassName": "shared",
                "resources": ["requests": ["storage": "50Gi"]],
            ])
    }

    private static var ingress: Resource {
        let backend: JSON = ["service": ["name": "leviathan-control-plane", "port": ["name": "http"]]]
        var metadata = metadata("leviathan-control-plane")
        // Events are sent as they come, and a bundle of them is larger than the usual megabyte.
        metadata.annotations = [
            JSON.Member("nginx.ingress.kubernetes.io/proxy-buffering", "off"),
            JSON.Member("nginx.ingress.kubernetes.io/proxy-body-size", "16m"),
            JSON.Member("nginx.ingress.kubernetes.io/proxy-read-timeout", "3600"),
        ]
        return Resource(
            "networking.k8s.io/v1", "Ingress", metadata,
            spec: [
                "ingressClassName": "nginx",
                "tls": [["hosts": ["leviathan.example.com"], "secretName": "leviathan-tls"]],
                "rules": [
                    [
                        "host": "leviathan.example.com",
                        "http": ["paths": [["path": "/", "pathType": "Prefix", "backend": backend]]],
                    ]
                ],
            ])
    }
}
