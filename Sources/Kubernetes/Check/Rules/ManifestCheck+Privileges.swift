internal import Basics
internal import YAML

/// What pods may do to their node, to the cluster and to the network.
extension ManifestCheck {
    mutating func checkPrivileges(_ container: YAMLNode, _ pods: PodSet) {
        let (own, common) = (container["securityContext"], pods.spec["securityContext"])
        if own?["privileged"]?.isTrue ?? false {
            reject(
                "manifest-host-access", .error, "\(pods.title(container)) is privileged: it owns its node",
                pods.owner,
                at: own?["privileged"])
        }
        var missing: [String] = []
        if !((own?["runAsNonRoot"] ?? common?["runAsNonRoot"])?.isTrue ?? false) {
            missing.append("runAsNonRoot: true")
        }
        if !(own?["allowPrivilegeEscalation"]?.isFalse ?? false) {
            missing.append("allowPrivilegeEscalation: false")
        }
        let dropped = (own?["capabilities"]?["drop"]?.items ?? []).compactMap(\.text)
        if !dropped.contains("ALL") { missing.append("capabilities: {drop: [ALL]}") }
        let profile = (own?["seccompProfile"] ?? common?["seccompProfile"])?["type"]?.text
        if profile != "RuntimeDefault", profile != "Localhost" {
            missing.append("seccompProfile: {type: RuntimeDefault}")
        }
        if !missing.isEmpty {
            reject(
                "manifest-security-context", .error,
                "\(pods.title(container)) is not restricted: its securityContext lacks "
                    + missing.joined(separator: ", "),
                pods.owner, at: own ?? container["name"] ?? container)
        }
        guard !(own?["readOnlyRootFilesystem"]?.isTrue ?? false) else { return }
        reject(
            "manifest-writable-root", .warning, "\(pods.title(container)) may write to its own image", pods.owner,
            at: own ?? container["name"] ?? container,
            hint: "readOnlyRootFilesystem: true, and volumes for what it writes")
    }

    mutating func checkHostAccess(_ pods: PodSet) {
        for key in ["hostNetwork", "hostPID", "hostIPC"] where pods.spec[key]?.isTrue ?? false {
            reject(
                "manifest-host-access", .error, "\(pods.owner.title) shares \(key.dropFirst(4)) with its node",
                pods.owner, at: pods.spec[key])
        }
        for volume in pods.spec["volumes"]?.items ?? [] {
            guard let path = volume["hostPath"] else { continue }
            reject(
                "manifest-host-access", .error, "\(pods.owner.title) mounts a directory of its node", pods.owner,
                at: path)
        }
    }

    mutating func checkAccount(_ pods: PodSet) {
        let name = pods.spec["serviceAccountName"]?.text
        let account = name.flatMap { set.object("ServiceAccount", $0, beside: pods.owner) }
        if let name, name != "default", account == nil, set.hasAny("ServiceAccount", beside: pods.owner) {
            reject(
                "manifest-reference", .warning,
                "\(pods.owner.title) runs as the service account '\(name)', which is not in these files",
                pods.owner,
                at: pods.spec["serviceAccountName"])
        }
        let isMounted =
            pods.spec["automountServiceAccountToken"] ?? account?.root["automountServiceAccountToken"]
        // Whoever says so, wants it.
        guard isMounted == nil else { return }
        reject(
            "manifest-account-token", .warning,
            "\(pods.owner.title) gets a token of the cluster without asking for one",
            pods.owner, at: pods.owner.place, hint: "automountServiceAccountToken: false, or true where it is used"
        )
    }

    mutating func checkVolumes(_ pods: PodSet) {
        for volume in pods.spec["volumes"]?.items ?? [] {
            let name = volume["name"]?.text ?? "?"
            if let directory = volume["emptyDir"], directory["sizeLimit"] == nil {
                reject(
                    "manifest-volume-limit", .warning,
                    "the volume '\(name)' of \(pods.owner.title) may fill the disk of its node", pods.owner,
                    at: volume["name"] ?? volume, hint: "emptyDir: {sizeLimit: 1Gi}")
            }
            checkReference("PersistentVolumeClaim", volume["persistentVolumeClaim"]?["claimName"], pods)
            guard let map = volume["configMap"], !(map["optional"]?.isTrue ?? false) else { continue }
            checkReference("ConfigMap", map["name"], pods)
        }
    }

    /// Whether something that a pod names is there, in a namespace that keeps such things in these files.
    private mutating func checkReference(_ kind: String, _ node: YAMLNode?, _ pods: PodSet) {
        guard let node, let name = node.text, set.hasAny(kind, beside: pods.owner),
            set.object(kind, name, beside: pods.owner) == nil
        else { return }
        reject(
            "manifest-reference", .warning,
            "\(pods.owner.title) uses the \(kind) '\(name)', which is not in these files",
            pods.owner, at: node)
    }

    /// Pods that every other pod may reach.
    mutating func lookAtNetwork() {
        var selectors: [String: [YAMLNode]] = [:]
        for policy in set.manifests where policy.kind == "NetworkPolicy" {
            if let selector = policy.spec?["podSelector"] {
                selectors[policy.namespace ?? "", default: []].append(selector)
            }
        }
        for pods in set.pods {
            let own = selectors[pods.owner.namespace ?? ""] ?? []
            guard !own.contains(where: { Selector.matches($0, pods.labels) }) else { continue }
            reject(
                "manifest-network-policy", .warning,
                "no network policy of these files holds for \(pods.owner.title)",
                pods.owner, at: pods.owner.place,
                hint: "deny everything in the namespace, and allow what is needed")
        }
    }
}
