internal import Basics

/// Identities and what they may do.
extension Installation {
    static var accounts: [Resource] {
        ["leviathan-control-plane", "leviathan-scheduler", "leviathan-worker", "leviathan-journal"].map { name in
            Resource(
                "v1", "ServiceAccount", metadata(name), [JSON.Member("automountServiceAccountToken", false)])
        } + [role, binding]
    }

    private static let role = Resource(
        "rbac.authorization.k8s.io/v1", "Role", metadata("leviathan-scheduler"),
        [
            JSON.Member(
                "rules",
                [
                    rule("batch", ["jobs"], ["create", "get", "list", "watch", "delete"]),
                    rule("", ["pods"], ["get", "list", "watch"]),
                    rule("", ["pods/log"], ["get"]),
                    // Only events say that a quota keeps a Job from getting its pod.
                    rule("", ["events"], ["list"]),
                    // Who of several leads; a new name cannot be told apart before it is there.
                    rule("coordination.k8s.io", ["leases"], ["create"]),
                    named(rule("coordination.k8s.io", ["leases"], ["get", "update"]), ["leviathan-scheduler"]),
                ])
        ])

    private static func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> JSON {
        ["apiGroups": [.string(group)], "resources": .strings(resources), "verbs": .strings(verbs)]
    }

    private static func named(_ rule: JSON, _ names: [String]) -> JSON {
        .object((rule.members ?? []) + [JSON.Member("resourceNames", .strings(names))])
    }

    private static let binding = Resource(
        "rbac.authorization.k8s.io/v1", "RoleBinding", metadata("leviathan-scheduler"),
        [
            JSON.Member(
                "roleRef",
                ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "leviathan-scheduler"]),
            JSON.Member(
                "subjects",
                [["kind": "ServiceAccount", "name": "leviathan-scheduler", "namespace": .string(namespace)]]),
        ])

    /// Volumes that one node at a time mounts: SQLite needs its files on one machine.
    static var claims: [Resource] {
        ["leviathan-home", "leviathan-backups"].map { name in
            Resource(
                "v1", "PersistentVolumeClaim", metadata(name),
                spec: ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "20Gi"]]])
        }
    }

    /// At most one at a time goes, so that a single one can go at all.
    static var disruption: [Resource] {
        ["leviathan-control-plane", "leviathan-scheduler"].map { name in
            Resource(
                "policy/v1", "PodDisruptionBudget", metadata(name),
                spec: ["maxUnavailable": 1, "selector": selector(name)])
        }
    }
}
