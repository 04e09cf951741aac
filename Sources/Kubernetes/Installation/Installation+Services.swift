internal import Basics

/// The control plane and the scheduler.
extension Installation {
    static var controlPlane: Resource {
        var container = server(["leviathan", "serve", "--no-scheduler"])
        container.mounts.append(VolumeMount("backups", backupPath))
        var pod = template("leviathan-control-plane", container)
        pod.containers.append(observer)
        pod.volumes.append(Volume("backups", .claim("leviathan-backups")))
        pod.volumes.append(Volume("observer", .emptyDirectory(limit: "64Mi")))
        // Requests have half a minute to end, and a task that was asked for over HTTP some more.
        pod.graceSeconds = 120
        return deployment(pod, "leviathan-control-plane")
    }

    /// Only looks at the stream of events, beside the control plane, so that the token stays on loopback.
    private static var observer: Container {
        var container = Container(
            "observer", image, ["leviathan", "serve", "--observer"],
            amounts: Amounts(cpu: "50m", mostCPU: "500m", memory: "256Mi", storage: "64Mi"))
        container.environment = [
            EnvironmentVariable("LEVIATHAN_API_HOST", "0.0.0.0"),
            EnvironmentVariable("LEVIATHAN_API_PORT", "\(observerPort)"),
            EnvironmentVariable("LEVIATHAN_CONTROL_PLANE_URL", "http://127.0.0.1:\(port)"),
            EnvironmentVariable("LEVIATHAN_CONTROL_PLANE_TOKEN", secret: secret, key: "control-plane-token"),
            EnvironmentVariable("LEVIATHAN_HOME", "/tmp/observer"), EnvironmentVariable("HOME", "/tmp"),
        ]
        container.port = Port("observer", observerPort)
        container.mounts = [VolumeMount("observer", "/tmp")]
        // It is well without a control plane too, and comes again where it stood.
        container.startup = Probe(path: "/health", port: "observer", period: 5, failures: 30)
        container.liveness = Probe(path: "/health", port: "observer", period: 10)
        container.readiness = Probe(path: "/health", port: "observer", period: 10)
        return container
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

    static var service: Resource { service("leviathan-control-plane", "http", port) }

    static var observerService: Resource { service("leviathan-observer", "observer", observerPort) }

    private static func service(_ name: String, _ portName: String, _ port: Int) -> Resource {
        let ports: JSON = [
            [
                "name": .string(portName), "port": .integer(port), "targetPort": .string(portName),
                "protocol": "TCP",
            ]
        ]
        return Resource(
            "v1", "Service", metadata(name),
            spec: ["type": "ClusterIP", "selector": ["app": "leviathan-control-plane"], "ports": ports])
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
