internal import Basics

/// What the cluster itself refuses in the namespace, whoever asks for it; since Kubernetes 1.30.
extension Installation {
    static var admission: [Resource] { [admissionPolicy, admissionBinding] }

    private static var clusterMetadata: Metadata {
        var metadata = Metadata("leviathan-pods")
        metadata.labels = labels("leviathan")
        return metadata
    }

    private static var admissionPolicy: Resource {
        Resource(
            "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", clusterMetadata,
            spec: [
                "failurePolicy": "Fail",
                "matchConstraints": [
                    "resourceRules": [
                        [
                            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                            "resources": ["pods"],
                        ]
                    ]
                ],
                "variables": [["name": "containers", "expression": .string(containers)]],
                "validations": .array(
                    validations.map { ["expression": .string($0.0), "message": .string($0.1)] }),
            ])
    }

    private static let containers =
        "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])"

    private static let validations = [
        (
            "variables.containers.all(c, c.image.endsWith(':local') || c.image.matches('@sha256:[0-9a-f]{64}$'))",
            "an image is named by its digest, or was built locally"
        ),
        (
            "object.spec.serviceAccountName in ['leviathan-control-plane', 'leviathan-scheduler', "
                + "'leviathan-worker', 'leviathan-journal']",
            "the service account is one of Leviathan's"
        ),
        (
            "!has(object.metadata.labels) || !('app' in object.metadata.labels) || "
                + "object.metadata.labels['app'] != 'leviathan-worker' || "
                + "object.spec.serviceAccountName == 'leviathan-worker'",
            "a worker has the service account of workers"
        ),
        (
            "has(object.spec.automountServiceAccountToken) && !object.spec.automountServiceAccountToken",
            "no token of the cluster is mounted"
        ),
        (
            "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))",
            "no directory of the node is mounted"
        ),
    ]

    private static var admissionBinding: Resource {
        Resource(
            "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", clusterMetadata,
            spec: [
                "policyName": "leviathan-pods", "validationActions": ["Deny"],
                "matchResources": [
                    "namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": .string(namespace)]]
                ],
            ])
    }
}
