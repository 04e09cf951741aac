internal import Basics

/// The Job that runs one attempt.
package struct WorkerJob: Hashable, Sendable {
    package var attempt: String
    package var task: String
    package var target: String
    package var repositoryURL: String
    package var branch: String?
    /// The grant that it carries out, so that it can be told whose Job it is.
    package var grant: String?
    package var image: ContainerImage
    package var controlPlaneURL: String
    /// How long the attempt itself may take.
    package var deadline: Duration
    package var namespace = "leviathan"
    package var serviceAccount = "leviathan-worker"
    package var secret = "leviathan-secrets"
    package var amounts = Amounts(cpu: "500m", mostCPU: "2", memory: "2Gi", storage: "2Gi")
    package var workspaceLimit = "10Gi"
    /// The weakest fence that its node may have: 'leviathan doctor' looks before the worker begins.
    package var sandboxMinimum: String?
    /// The volume claim with mirrors of repositories.
    package var mirrors: String?
    /// The local queue of Kueue that admits it, where the cluster has that.
    package var queue: String?

    package init(
        attempt: String, task: String, target: String, repositoryURL: String, branch: String?,
        image: ContainerImage, controlPlaneURL: String, deadline: Duration
    ) {
        (self.attempt, self.task, self.target) = (attempt, task, target)
        (self.repositoryURL, self.branch, self.image) = (repositoryURL, branch, image)
        (self.controlPlaneURL, self.deadline) = (controlPlaneURL, deadline)
    }

    /// The same for the same attempt, so that a Job that was asked for twice exists once.
    package var name: String { ClusterName.label("leviathan", attempt) }

    package var resource: Resource {
        var metadata = Metadata(name, namespace: namespace)
        metadata.labels = labels
        if let queue { metadata.labels.append(JSON.Member("kueue.x-k8s.io/queue-name", .string(queue))) }
        metadata.annotations = annotations
        return Resource("batch/v1", "Job", metadata, spec: spec)
    }

    private var labels: [JSON.Member] {
        [
            ("app", "leviathan-worker"), ("leviathan-executor", "true"),
            ("target", ClusterName.labelValue(target)), ("task", ClusterName.labelValue(task)),
            ("attempt", ClusterName.labelValue(attempt)),
        ].map { JSON.Member($0.0, .string($0.1)) }
    }

    /// The ids as they are, whatever a label can hold of them.
    private var annotations: [JSON.Member] {
        ([("target", target), ("task", task), ("attempt", attempt)] + (grant.map { [("grant", $0)] } ?? [])).map {
            JSON.Member("leviathan.dev/" + $0.0, .string($0.1))
        }
    }

    private var spec: JSON {
        Members()
            .with("suspend", queue == nil ? nil : true)
            .with("backoffLimit", 0)
            // A second pod beside one that is still ending would be a second attempt.
            .text("podReplacementPolicy", "Failed")
            .with("podFailurePolicy", Self.failurePolicy)
            .with("activeDeadlineSeconds", .integer(Self.activeDeadline(deadline)))
            .with("ttlSecondsAfterFinished", 3600)
            .with("template", template.json).json
    }

    /// Above our own deadline, so that an attempt ends itself and says why before the cluster ends it.
    static func activeDeadline(_ deadline: Duration) -> Int {
        let seconds = max(1, deadline.components.seconds)
        return Int(min(seconds, 30 * 86_400)) + 180
    }

    /// A pod that was evicted is no failure of the attempt; a verdict is one, and running again would not change it.
    private static let failurePolicy: JSON = [
        "rules": [
            [
                "action": "Ignore",
                "onPodConditions": [["type": "DisruptionTarget", "status": "True"]],
            ],
            [
                "action": "FailJob",
                "onExitCodes": ["containerName": "worker", "operator": "In", "values": [2, 3, 4, 5, 7]],
            ],
        ]
    ]

    private var template: PodTemplate {
        var metadata = Metadata(nil)
        (metadata.labels, metadata.annotations) = (labels, annotations)
        var container = Container("worker", image, ["leviathan", "worker"], amounts: amounts)
        container.environment = environment
        container.mounts = [VolumeMount("workspace", "/workspace"), VolumeMount("temporary", "/tmp")]
        let look = look(container.mounts)
        if mirrors != nil { container.mounts.append(VolumeMount("mirrors", Self.mirrorPath)) }
        var pod = PodTemplate(metadata, serviceAccount: serviceAccount, [container])
        pod.beforehand = look.map { [$0] } ?? []
        pod.restartPolicy = "Never"
        pod.graceSeconds = 60
        pod.volumes = [
            Volume("workspace", .emptyDirectory(limit: workspaceLimit)),
            Volume("temporary", .emptyDirectory(limit: "1Gi")),
        ]
        if let mirrors { pod.volumes.append(Volume("mirrors", .claim(mirrors))) }
        return pod
    }

    private static let mirrorPath = "/var/cache/leviathan"

    /// Looks at the node before anything of the attempt is there, and without any token.
    private func look(_ mounts: [VolumeMount]) -> Container? {
        guard let sandboxMinimum else { return nil }
        var container = Container(
            "doctor", image,
            // The problems alone: of what is written, a cluster keeps no more than the last two kilobytes.
            ["leviathan", "doctor", "--plain", "--quiet", "--minimum", CommandWord(sandboxMinimum)],
            amounts: amounts)
        container.environment = places
        container.mounts = mounts
        // What it says stands in the status of the pod, where the scheduler reads it.
        container.tellsLastWords = true
        return container
    }

    private var environment: [EnvironmentVariable] {
        [
            EnvironmentVariable("TARGET_NAME", target),
            EnvironmentVariable("TARGET_REPO_URL", repositoryURL),
            EnvironmentVariable("TASK_ID", task),
            EnvironmentVariable("ATTEMPT_ID", attempt),
            EnvironmentVariable("CONTROL_PLANE_URL", controlPlaneURL),
            EnvironmentVariable("CONTROL_PLANE_TOKEN", secret: secret, key: "control-plane-token"),
            EnvironmentVariable("GITHUB_TOKEN", secret: secret, key: "github-token"),
            EnvironmentVariable("ANTHROPIC_API_KEY", secret: secret, key: "anthropic-api-key", isOptional: true),
        ] + places + (branch.map { [EnvironmentVariable("TARGET_BRANCH", $0)] } ?? [])
            + (mirrors == nil ? [] : [EnvironmentVariable("LEVIATHAN_MIRRORS", Self.mirrorPath + "/mirrors")])
    }

    private var places: [EnvironmentVariable] {
        [
            EnvironmentVariable("LEVIATHAN_WORKSPACE_DIR", "/workspace"),
            // Directories that Leviathan makes itself, as those of a volume are open to everybody.
            EnvironmentVariable("LEVIATHAN_HOME", "/workspace/home"),
            EnvironmentVariable("HOME", "/tmp"),
        ]
    }
}
