internal import Basics

/// The control plane and the scheduler.
extension Installation {
    static var controlPlane: Resource {
        var container = server(["leviathan", "serve", "--no-scheduler"])
        container.mounts.append(VolumeMount("backups", backupPath))
        var pod = template("leviathan-control-plane", container)
        pod.volumes.append(Volume("backups", .claim("leviathan-backups")))
        // Requests have half a minute to end, and a task that was asked for over HTTP some more.
        pod.graceSeconds = 120
        return deployment(pod, "leviathan-control-plane")
    }

    static var scheduler: Resource {
        var container = server(["leviathan", "serve", "--every", "5m"])
        // Attempts run in this pod.
        container.amounts = Amounts(cpu: "1", mostCPU: "4", memory: "4Gi", storage: "4Gi")
        var pod = template("leviathan-scheduler", container)
        pod.besides = [JSON.Member("app", "leviathan-control-plane")]
        // What runs comes to its end: an attempt takes at most a quarter of an hour, unless a policy says otherwise.
        pod.graceSeconds = 1200
        return deployment(pod, "leviathan-scheduler")
    }

    /// Where workers report to: over https, as they carry a token; a name of your own takes its place.
    static let publicAddress = "https://leviathan.example.com"

    /// The scheduler that makes Jobs: two pods, of which the holder of the Lease works.
    static var jobScheduler: JSON {
        var container = Container(
            "leviathan", image,
            [
                "leviathan", "run", "--loop", "--every", "1m", "--all", "--dispatch", "kubernetes", "--lease",
                "leviathan-scheduler",
            ], amounts: Amounts(cpu: "100m", mostCPU: "2", memory: "1Gi", storage: "1Gi"))
        container.environment =
            credentials + places + [
                EnvironmentVariable("LEVIATHAN_CONTROL_PLANE_URL", publicAddress),
                EnvironmentVariable("LEVIATHAN_EXECUTOR_IMAGE", image.reference),
            ]
        container.mounts = mounts + [VolumeMount("cluster", clusterPath)]
        // The volume and the journal on it can be read.
        container.liveness = Probe(command: ["leviathan", "stats", "--json"], period: 60, failures: 5)
        container.readiness = Probe(command: ["leviathan", "stats", "--json"], period: 30)
        var pod = template("leviathan-scheduler", container)
        pod.volumes.append(Volume("cluster", .clusterToken))
        pod.besides = [JSON.Member("app", "leviathan-control-plane")]
        // Jobs go on without it: nothing is waited for but what it writes.
        pod.graceSeconds = 60
        return deployment(pod, "leviathan-scheduler", replicas: 2).json["spec"] ?? .null
    }

    static var service: Resource {
        Resource(
            "v1", "Service", metadata("leviathan-control-plane"),
            spec: [
                "type": "ClusterIP", "selector": ["app": "leviathan-control-plane"],
                "ports": [["name": "http", "port": .integer(port), "targetPort": "http", "protocol": "TCP"]],
            ])
    }

    private static func server(_ command: [CommandWord]) -> Container {
        var container = Container(
            "leviathan", image, command,
            amounts: Amounts(cpu: "200m", mostCPU: "2", memory: "1Gi", storage: "1Gi"))
        container.environment =
            [
                EnvironmentVariable("LEVIATHAN_API_HOST", "0.0.0.0"),
                EnvironmentVariable("LEVIATHAN_API_PORT", "\(port)"),
                EnvironmentVariable("LEVIATHAN_CONTROL_PLANE_TOKEN", secret: secret, key: "control-plane-token"),
            ] + credentials + places
        container.port = Port("http", port)
        container.mounts = mounts
        container.startup = Probe(path: "/health", port: "http", period: 5, failures: 30)
        container.liveness = Probe(path: "/health", port: "http", period: 10)
        container.readiness = Probe(path: "/ready", port: "http", period: 10)
        return container
    }

    static var credentials: [EnvironmentVariable] {
        [
            EnvironmentVariable("GITHUB_TOKEN", secret: secret, key: "github-token"),
            EnvironmentVariable("ANTHROPIC_API_KEY", secret: secret, key: "anthropic-api-key", isOptional: true),
        ]
    }

    static var places: [EnvironmentVariable] {
        [
            EnvironmentVariable("LEVIATHAN_HOME", volumePath + "/home"),
            EnvironmentVariable("HOME", volumePath),
        ]
    }

    static var mounts: [VolumeMount] { [VolumeMount("home", volumePath), VolumeMount("temporary", "/tmp")] }

    static func template(_ name: String, _ container: Container) -> PodTemplate {
        var metadata = Metadata(nil)
        metadata.labels = labels(name)
        var pod = PodTemplate(metadata, serviceAccount: name, [container])
        pod.volumes = [
            Volume("home", .claim("leviathan-home")), Volume("temporary", .emptyDirectory(limit: "2Gi")),
        ]
        return pod
    }

    private static func deployment(_ pod: PodTemplate, _ name: String, replicas: Int = 1) -> Resource {
        Resource(
            "apps/v1", "Deployment", metadata(name),
            spec: [
                "replicas": .integer(replicas), "revisionHistoryLimit": 5,
                // Two pods of different versions on one journal are avoided.
                "strategy": ["type": "Recreate"],
                "selector": selector(name), "template": pod.json,
            ])
    }
}
