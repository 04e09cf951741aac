internal import Basics
internal import YAML

/// What runs: images, commands, and whether a cluster learns that it works.
extension ManifestCheck {
    mutating func checkImage(_ container: YAMLNode, _ pods: PodSet) {
        guard let node = container["image"], let image = node.text, !image.isEmpty else {
            return reject(
                "manifest-broken", .error, "\(pods.title(container)) has no image", pods.owner, at: container)
        }
        let title = pods.title(container)
        let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        if image.contains("@") { return }
        guard let colon = last.firstIndex(of: ":"), last[colon...] != ":latest" else {
            return reject(
                "manifest-image-latest", .error, "\(title) runs '\(image)', which means another image each time",
                pods.owner, at: node, hint: "name a version, and its digest: NAME:VERSION@sha256:…")
        }
        guard last[colon...] == ":local" else {
            return reject(
                "manifest-image-digest", .warning, "\(title) runs '\(image)', whose tag somebody can move",
                pods.owner,
                at: node, hint: "add the digest: \(image)@sha256:…")
        }
        let policy = container["imagePullPolicy"]
        guard policy?.text != "IfNotPresent", policy?.text != "Never" else { return }
        reject(
            "manifest-pull-policy", .error, "\(title) runs a local image, and does not say that it is not pulled",
            pods.owner, at: policy ?? node, hint: "imagePullPolicy: IfNotPresent")
    }

    private static let shells: Set<Substring> = [
        "sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "cmd", "pwsh",
    ]

    mutating func checkShell(_ container: YAMLNode, _ pods: PodSet) {
        guard pods.owner.jobSpec != nil else { return }
        let words = container["command"]?.items ?? container["args"]?.items ?? []
        let programs = words.prefix(2).compactMap { $0.text?.split(separator: "/").last }
        let isShell =
            programs.first.map(Self.shells.contains) ?? false
            || programs.first == "env" && programs.dropFirst().first.map(Self.shells.contains) ?? false
        guard isShell else { return }
        reject(
            "manifest-shell", .error, "\(pods.title(container)) is started through a shell", pods.owner,
            at: words[0],
            hint: "name the program and its arguments, each as an element of the list")
    }

    mutating func checkProbes(_ container: YAMLNode, _ pods: PodSet) {
        guard pods.owner.isService else { return }
        let needed = pods.owner.kind == "DaemonSet" ? ["livenessProbe"] : ["livenessProbe", "readinessProbe"]
        let missing = needed.filter { container[$0] == nil }
        guard !missing.isEmpty else { return }
        reject(
            "manifest-probes", .error, "\(pods.title(container)) has no \(missing.joined(separator: " and no "))",
            pods.owner, at: container["name"] ?? container)
    }

    mutating func checkAmounts(_ container: YAMLNode, _ pods: PodSet) {
        let resources = container["resources"]
        let missing = [("requests", "cpu"), ("requests", "memory"), ("limits", "memory")].filter {
            resources?[$0.0]?[$0.1] == nil
        }
        guard !missing.isEmpty else { return }
        let names = missing.map { "resources.\($0.0).\($0.1)" }.joined(separator: ", ")
        reject(
            "manifest-limits", .error, "\(pods.title(container)) does not say \(names)", pods.owner,
            at: resources ?? container["name"] ?? container)
    }

    mutating func checkJob(_ manifest: ClusterObject) {
        guard let spec = manifest.jobSpec, spec["activeDeadlineSeconds"] == nil,
            spec["template"]?["spec"]?["activeDeadlineSeconds"] == nil
        else { return }
        reject(
            "manifest-job-deadline", .warning, "\(manifest.title) may run for ever", manifest, at: manifest.place,
            hint: "say activeDeadlineSeconds")
    }
}
