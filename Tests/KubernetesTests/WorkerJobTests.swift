import Basics
import Testing
import YAML

@testable import Kubernetes

/// The Job of one attempt says what the platform promises of it.
@Suite struct WorkerJobTests {
    static func job(_ attempt: String = "task-001-a1", image: ContainerImage = .local) -> WorkerJob {
        WorkerJob(
            attempt: attempt, task: "task-001", target: "shop", repositoryURL: "https://github.com/o/shop.git",
            branch: "main", image: image, controlPlaneURL: "http://leviathan-control-plane:8000",
            deadline: .seconds(900))
    }

    private func container(_ job: WorkerJob) throws -> JSON {
        try #require(job.resource.json["spec"]?["template"]?["spec"]?["containers"]?.elements?.first)
    }

    @Test func theAttemptRunsOnce() throws {
        let job = Self.job().resource.json
        let spec = try #require(job["spec"])
        #expect(job["metadata"]?["name"] == "leviathan-task-001-a1")
        #expect(spec["backoffLimit"] == 0 && spec["podReplacementPolicy"] == "Failed")
        #expect(spec["activeDeadlineSeconds"] == 1080 && spec["ttlSecondsAfterFinished"] == 3600)
        #expect(spec["template"]?["spec"]?["restartPolicy"] == "Never")
        #expect(spec["suspend"] == nil)
        let rules = try #require(spec["podFailurePolicy"]?["rules"]?.elements)
        #expect(rules[0]["action"] == "Ignore" && rules[1]["action"] == "FailJob")
        #expect(rules[1]["onExitCodes"]?["containerName"] == (try container(Self.job()))["name"])
        for labels in [job["metadata"]?["labels"], spec["template"]?["metadata"]?["labels"]] {
            #expect(
                labels == [
                    "app": "leviathan-worker", "leviathan-executor": "true", "target": "shop", "task": "task-001",
                    "attempt": "task-001-a1",
                ])
        }
    }

    @Test func thePodIsRestricted() throws {
        let pod = try #require(Self.job().resource.json["spec"]?["template"]?["spec"])
        #expect(pod["automountServiceAccountToken"] == false)
        #expect(pod["securityContext"]?["runAsNonRoot"] == true)
        #expect(pod["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault")
        let container = try container(Self.job())
        #expect(container["securityContext"]?["allowPrivilegeEscalation"] == false)
        #expect(container["securityContext"]?["readOnlyRootFilesystem"] == true)
        #expect(container["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
        #expect(container["command"] == ["leviathan", "worker"] && container["args"] == nil)
        for amounts in ["requests", "limits"] {
            for name in ["cpu", "memory", "ephemeral-storage"] {
                #expect(container["resources"]?[amounts]?[name] != nil)
            }
        }
        for volume in try #require(pod["volumes"]?.elements) { #expect(volume["emptyDir"]?["sizeLimit"] != nil) }
    }

    @Test func tokensComeFromTheSecretAlone() throws {
        let variables = try #require(try container(Self.job())["env"]?.elements)
        for name in ["CONTROL_PLANE_TOKEN", "GITHUB_TOKEN", "ANTHROPIC_API_KEY"] {
            let variable = try #require(variables.first { $0["name"]?.string == name })
            #expect(variable["value"] == nil)
            #expect(variable["valueFrom"]?["secretKeyRef"]?["name"] == "leviathan-secrets")
        }
    }

    /// The cluster replaces `$(NAME)` in values, also in those that a stranger wrote.
    @Test func idsReachTheWorkerAsTheyAre() throws {
        var job = Self.job("$(GITHUB_TOKEN) $$ yes")
        job.task = "$(CONTROL_PLANE_TOKEN)"
        let variables = try #require(try container(job)["env"]?.elements)
        #expect(variables.first { $0["name"] == "TASK_ID" }?["value"] == "$$(CONTROL_PLANE_TOKEN)")
        #expect(variables.first { $0["name"] == "ATTEMPT_ID" }?["value"] == "$$(GITHUB_TOKEN) $$$$ yes")
        let written = try YAML.parse(Array(ManifestText.document(job.resource.json).utf8))
        #expect(
            written.first?.root?["metadata"]?["annotations"]?["leviathan.dev/attempt"]?.scalar?.text == job.attempt
        )
    }

    @Test func aQueueAdmitsIt() {
        var job = Self.job()
        job.queue = "builds"
        #expect(job.resource.json["spec"]?["suspend"] == true)
        #expect(job.resource.json["metadata"]?["labels"]?["kueue.x-k8s.io/queue-name"] == "builds")
    }

    /// The node is looked at first, without any token.
    @Test func aWeakerNodeIsFoundBeforehand() throws {
        var job = Self.job()
        #expect(job.resource.json["spec"]?["template"]?["spec"]?["initContainers"] == nil)
        job.sandboxMinimum = "landlock"
        let pod = try #require(job.resource.json["spec"]?["template"]?["spec"])
        let look = try #require(pod["initContainers"]?.elements?.first)
        #expect(look["command"] == ["leviathan", "doctor", "--plain", "--quiet", "--minimum", "landlock"])
        #expect(look["terminationMessagePolicy"] == "FallbackToLogsOnError")
        #expect(look["securityContext"] == (try container(job))["securityContext"])
        #expect(look["env"]?.elements?.allSatisfy { $0["valueFrom"] == nil } == true)
    }

    @Test func mirrorsAreAVolumeOfTheirOwn() throws {
        var job = Self.job()
        (job.mirrors, job.sandboxMinimum) = ("leviathan-mirrors", "landlock")
        let pod = try #require(job.resource.json["spec"]?["template"]?["spec"])
        let volume = pod["volumes"]?.elements?.first { $0["name"] == "mirrors" }
        #expect(volume?["persistentVolumeClaim"]?["claimName"] == "leviathan-mirrors")
        let worker = try container(job)
        #expect(worker["env"]?.elements?.first { $0["name"] == "LEVIATHAN_MIRRORS" }?["value"] != nil)
        #expect(worker["volumeMounts"]?.elements?.contains { $0["name"] == "mirrors" } == true)
        let look = pod["initContainers"]?.elements?.first
        #expect(look?["volumeMounts"]?.elements?.contains { $0["name"] == "mirrors" } == false)
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .seconds(Int64.max)])
    func theDeadlineIsAlwaysANumberThatFits(deadline: Duration) {
        #expect((181...30 * 86_400 + 180).contains(WorkerJob.activeDeadline(deadline)))
    }

    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test func imagesThatAlwaysMeanTheSame() throws {
        let pinned = try ContainerImage("registry.example:5000/team/leviathan:1.2@" + Self.digest)
        #expect(pinned.name == "registry.example:5000/team/leviathan" && pinned.digest == Self.digest)
        let built = try ContainerImage("leviathan-worker:local")
        #expect(!pinned.isLocal && built.isLocal)
        #expect(try container(Self.job(image: .local))["imagePullPolicy"] == "IfNotPresent")
    }

    @Test(arguments: [
        "", "leviathan", "leviathan:latest", "leviathan:1.2", "leviathan@sha256:abc", "a b:local", "a\n:local",
        ":local",
        "@" + digest, "a@md5:" + String(repeating: "ab", count: 32), "registry:5000/leviathan",
    ])
    func imagesThatCouldMeanAnother(reference: String) {
        #expect(throws: ImageReferenceError.self) { try ContainerImage(reference) }
    }
}
