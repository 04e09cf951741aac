package import Basics

/// One way of installing: the base, with what a kind of cluster needs besides.
package enum InstallationOverlay: String, CaseIterable, Sendable {
    case base, kind, k3s, eks, cron, jobs

    /// What it is for, in one line.
    package var about: String {
        switch self {
        case .base: "What every cluster gets."
        case .kind: "A cluster in containers, for trying it out (deploy/kind-bootstrap.sh)."
        case .k3s: "One machine with k3s."
        case .eks: "Amazon EKS: encrypted volumes, and an image of your own registry."
        case .cron: "The scheduler as a CronJob that looks every five minutes, and no Deployment of it."
        case .jobs:
            "Each attempt as a Job of its own, and two schedulers of which one leads. "
                + "Put in the address of your control plane, and the image for LEVIATHAN_EXECUTOR_IMAGE."
        }
    }

    /// Whether the cluster's own admission policy belongs to it.
    var hasAdmission: Bool { self != .base }

    var additions: [Resource] {
        switch self {
        case .eks: [Self.storageClass]
        case .cron: [Installation.cronScheduler]
        case .jobs: [Installation.toCluster]
        default: []
        }
    }

    /// The image that takes the place of the local one.
    var image: ContainerImage? {
        // Nobody has this digest: until it is replaced, pods say that their image cannot be pulled.
        self == .eks
            ? try? ContainerImage(
                "000000000000.dkr.ecr.eu-central-1.amazonaws.com/leviathan@sha256:"
                    + String(repeating: "0", count: 64)) : nil
    }

    var patches: [Patch] {
        switch self {
        case .base: []
        case .kind: Self.claims { [.replace("/spec/resources/requests/storage", "2Gi")] + $0 } + Self.small
        case .k3s: Self.claims { [.add("/spec/storageClassName", "local-path")] + $0 }
        case .eks: Self.claims { [.add("/spec/storageClassName", "leviathan-encrypted")] + $0 }
        case .cron:
            [
                .deletion("apps/v1", "Deployment", "leviathan-scheduler"),
                .deletion("policy/v1", "PodDisruptionBudget", "leviathan-scheduler"),
            ]
        case .jobs: [Patch("Deployment", "leviathan-scheduler", [.replace("/spec", Installation.jobScheduler)])]
        }
    }

    private static func claims(_ edits: ([Patch.Edit]) -> [Patch.Edit]) -> [Patch] {
        ["leviathan-home", "leviathan-backups"].map { Patch("PersistentVolumeClaim", $0, edits([])) }
    }

    /// A laptop has less to give than a server.
    private static let small = [
        Patch(
            "Deployment", "leviathan-scheduler",
            [
                .replace("/spec/template/spec/containers/0/resources/requests/cpu", "100m"),
                .replace("/spec/template/spec/containers/0/resources/requests/memory", "1Gi"),
            ])
    ]

    private static var storageClass: Resource {
        var metadata = Metadata("leviathan-encrypted")
        metadata.labels = Installation.labels("leviathan")
        return Resource(
            "storage.k8s.io/v1", "StorageClass", metadata,
            [
                JSON.Member("provisioner", "ebs.csi.aws.com"),
                JSON.Member("parameters", ["type": "gp3", "encrypted": "true"]),
                // The journal outlives whoever deletes a claim by mistake.
                JSON.Member("reclaimPolicy", "Retain"),
                JSON.Member("allowVolumeExpansion", true),
                JSON.Member("volumeBindingMode", "WaitForFirstConsumer"),
            ])
    }

    /// Everything that it installs, as `kubectl kustomize` makes it from the files.
    ///
    /// `image` takes the place of the one that the files name.
    package func resources(image asked: ContainerImage? = nil) -> [JSON] {
        let all =
            Installation.base.flatMap(\.resources) + (hasAdmission ? Installation.admission : []) + additions
        let patched = patches.reduce(all.map(\.json)) { $1.applied(to: $0) }
        guard let image = asked ?? image else { return patched }
        return patched.map { Self.replacing($0, image) }
    }

    /// The same value with the image under every `image` that names the local one.
    private static func replacing(_ value: JSON, _ image: ContainerImage) -> JSON {
        switch value {
        case .array(let elements): .array(elements.map { replacing($0, image) })
        case .object(let members):
            .object(
                members.map { member in
                    // As an image of a container, or as the variable that names the one of workers.
                    let isImage =
                        ["image", "value"].contains(member.name)
                        && member.value.string == Installation.image.reference
                    return JSON.Member(
                        member.name, isImage ? .string(image.reference) : replacing(member.value, image))
                })
        default: value
        }
    }
}
