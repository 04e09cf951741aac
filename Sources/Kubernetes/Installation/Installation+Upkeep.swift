internal import Basics

/// What runs by the clock.
extension Installation {
    static var upkeep: [Resource] {
        let backup = upkeepContainer(
            [
                "leviathan", "journal", "backup",
                .expanding(backupPath + "/$(POD_NAME).db"),
            ], isBackup: true)
        let verify = upkeepContainer(["leviathan", "journal", "verify"], isBackup: false)
        return [
            cronJob("leviathan-journal-backup", "17 3 * * *", upkeepPod(backup), seconds: 3600),
            cronJob("leviathan-journal-verify", "47 3 * * *", upkeepPod(verify), seconds: 3600),
        ]
    }

    /// The form of the scheduler that looks once and ends.
    static var cronScheduler: Resource {
        var container = Container(
            "leviathan", image, ["leviathan", "run", "--once", "--all"],
            amounts: Amounts(cpu: "1", mostCPU: "4", memory: "4Gi", storage: "4Gi"))
        container.environment = credentials + places
        container.mounts = mounts
        var pod = template("leviathan-scheduler", container)
        pod.besides = [JSON.Member("app", "leviathan-control-plane")]
        pod.restartPolicy = "Never"
        pod.graceSeconds = 1200
        return cronJob("leviathan-dev-scheduler", "*/5 * * * *", pod, seconds: 14_400, app: "leviathan-scheduler")
    }

    private static func upkeepContainer(_ command: [CommandWord], isBackup: Bool) -> Container {
        var container = Container(
            "leviathan", image, command,
            amounts: Amounts(cpu: "100m", mostCPU: "1", memory: "512Mi", storage: "1Gi"))
        // The name of a pod is a new one each time, and holds the minute that it was due at.
        container.environment = [EnvironmentVariable("POD_NAME", field: "metadata.name")] + places
        container.mounts = mounts + (isBackup ? [VolumeMount("backups", backupPath)] : [])
        return container
    }

    private static func upkeepPod(_ container: Container) -> PodTemplate {
        var pod = template("leviathan-journal", container)
        if container.mounts.contains(where: { $0.name == "backups" }) {
            pod.volumes.append(Volume("backups", .claim("leviathan-backups")))
        }
        pod.besides = [JSON.Member("app", "leviathan-control-plane")]
        pod.restartPolicy = "Never"
        return pod
    }

    private static func cronJob(
        _ name: String, _ schedule: String, _ pod: PodTemplate, seconds: Int, app: String = "leviathan-journal"
    ) -> Resource {
        Resource(
            "batch/v1", "CronJob", metadata(name, app: app),
            spec: [
                "schedule": .string(schedule), "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 300, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 3,
                "jobTemplate": [
                    "spec": [
                        "backoffLimit": 0, "activeDeadlineSeconds": .integer(seconds),
                        "ttlSecondsAfterFinished": 86_400, "template": pod.json,
                    ]
                ],
            ])
    }
}
