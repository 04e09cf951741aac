internal import Basics
internal import YAML

/// One object of a file, with the places of what it says.
struct ClusterObject {
    let file: String
    let root: YAMLNode
    let apiVersion: String
    let kind: String
    let name: String?
    let namespace: String?

    /// `nil` for what is no object of a cluster.
    init?(_ root: YAMLNode, file: String, defaultNamespace: String?) {
        guard let apiVersion = root["apiVersion"]?.text, let kind = root["kind"]?.text, !kind.isEmpty,
            Self.isVersion(apiVersion)
        else { return nil }
        (self.file, self.root, self.apiVersion, self.kind) = (file, root, apiVersion, kind)
        name = root["metadata"]?["name"]?.text ?? root["metadata"]?["generateName"]?.text
        let own = root["metadata"]?["namespace"]?.text
        namespace = own.flatMap { $0.isEmpty ? nil : $0 } ?? defaultNamespace
    }

    /// `v1`, `apps/v1beta2`.
    private static func isVersion(_ text: String) -> Bool {
        guard let version = text.split(separator: "/", omittingEmptySubsequences: false).last,
            version.first == "v", let digit = version.dropFirst().first
        else { return false }
        return ("0"..."9").contains(digit)
    }

    var group: Substring { apiVersion.contains("/") ? apiVersion.split(separator: "/")[0] : "" }

    var spec: YAMLNode? { root["spec"] }

    /// How messages call it.
    var title: String { kind + " '" + (name ?? "?") + "'" }

    /// Where its name stands, or where it begins.
    var place: YAMLNode { root["metadata"]?["name"] ?? root["kind"] ?? root }

    var isKustomization: Bool { group == "kustomize.config.k8s.io" }

    /// The kinds of objects that belong to no namespace; others of these groups do.
    private static let clusterKinds: Set<String> = [
        "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass", "CSIDriver",
        "CSINode", "VolumeAttachment", "PriorityClass", "RuntimeClass", "IngressClass",
        "CustomResourceDefinition", "APIService", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration", "CertificateSigningRequest", "FlowSchema", "PriorityLevelConfiguration",
        "ClusterTrustBundle", "DeviceClass", "ResourceSlice", "IPAddress", "ServiceCIDR", "List",
    ]

    private static let ownGroups: Set<Substring> = [
        "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
    ]

    /// Whether it has to be in a namespace; of kinds that somebody defined, nobody knows.
    var isNamespaced: Bool { Self.ownGroups.contains(group) && !Self.clusterKinds.contains(kind) }

    /// The template of the pods that it makes, or itself where it is one.
    var podTemplate: YAMLNode? {
        switch (group, kind) {
        case ("", "Pod"): root
        case ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("apps", "ReplicaSet"),
            ("batch", "Job"), ("", "ReplicationController"):
            spec?["template"]
        case ("batch", "CronJob"): spec?["jobTemplate"]?["spec"]?["template"]
        default: nil
        }
    }

    /// What has the members of a Job's `spec`.
    var jobSpec: YAMLNode? {
        switch (group, kind) {
        case ("batch", "Job"): spec
        case ("batch", "CronJob"): spec?["jobTemplate"]?["spec"]
        default: nil
        }
    }

    /// Whether its pods answer for as long as nobody stops them.
    var isService: Bool { ["Deployment", "StatefulSet", "DaemonSet"].contains(kind) && group == "apps" }
}

/// The pods that one object makes.
struct PodSet {
    let owner: ClusterObject
    let template: YAMLNode
    let spec: YAMLNode
    let labels: [String: String]

    init?(_ owner: ClusterObject) {
        guard let template = owner.podTemplate, let spec = template["spec"] else { return nil }
        (self.owner, self.template, self.spec) = (owner, template, spec)
        labels = template["metadata"]?["labels"]?.texts ?? [:]
    }

    /// Every container, those that run first included.
    var containers: [YAMLNode] { (spec["initContainers"]?.items ?? []) + mainContainers }

    var mainContainers: [YAMLNode] { spec["containers"]?.items ?? [] }

    /// How messages call one of its containers.
    func title(_ container: YAMLNode) -> String {
        "the container '" + (container["name"]?.text ?? "?") + "' of " + owner.title
    }
}

extension YAMLNode {
    var text: String? { scalar?.text }

    var isTrue: Bool { value == .bool(true) }

    var isFalse: Bool { value == .bool(false) }

    /// The members of a mapping of texts.
    var texts: [String: String] {
        Dictionary(
            (entries ?? []).compactMap { entry in
                guard let key = entry.key.text, let value = entry.value.text else { return nil }
                return (key, value)
            }, uniquingKeysWith: { first, _ in first })
    }
}
