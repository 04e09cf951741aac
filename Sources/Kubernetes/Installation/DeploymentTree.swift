internal import Basics

/// The files of deploy/kubernetes: a base, and overlays as `kubectl apply -k` takes them.
package enum DeploymentTree {
    package struct File: Hashable, Sendable {
        /// Below deploy/kubernetes.
        package let path: String
        package let text: String
    }

    package static var files: [File] {
        baseFiles + admissionFiles + InstallationOverlay.allCases.filter { $0 != .base }.flatMap(overlayFiles)
            + examples
    }

    private static var baseFiles: [File] {
        let files = Installation.base
        return [
            kustomization(
                "base", InstallationOverlay.base.about,
                Members().list("resources", files.map { .string($0.name + ".yaml") }))
        ]
            + files.map { file("base/\($0.name).yaml", $0.about, $0.resources.map(\.json)) }
    }

    private static let admissionAbout =
        "What the cluster itself refuses in the namespace. Leave it out where the cluster is older than 1.30."

    private static var admissionFiles: [File] {
        let members = Members().list("resources", ["admission.yaml"])
        return [
            kustomization("admission", admissionAbout, members, kind: "Component", version: "v1alpha1"),
            file("admission/admission.yaml", admissionAbout, Installation.admission.map(\.json)),
        ]
    }

    private static func overlayFiles(_ overlay: InstallationOverlay) -> [File] {
        let name = "overlays/" + overlay.rawValue
        let own = overlay.additions.isEmpty ? [] : [overlay.rawValue + ".yaml"]
        let members = Members()
            .list("resources", (["../../base"] + own).map(JSON.string))
            .list("components", overlay.hasAdmission ? ["../../admission"] : [])
            .list("images", overlay.image.map { [replacement($0)] } ?? [])
            .list("patches", overlay.patches.map(\.json))
        return [kustomization(name, overlay.about, members)]
            + own.map { file("\(name)/\($0)", overlay.about, overlay.additions.map(\.json)) }
    }

    private static func replacement(_ image: ContainerImage) -> JSON {
        Members()
            .text("name", Installation.image.name)
            .text("newName", image.name)
            .text("digest", image.digest).json
    }

    private static func kustomization(
        _ directory: String, _ about: String, _ members: Members, kind: String = "Kustomization",
        version: String = "v1beta1"
    ) -> File {
        let head = [
            JSON.Member("apiVersion", .string("kustomize.config.k8s.io/" + version)),
            JSON.Member("kind", .string(kind)),
        ]
        return file(directory + "/kustomization.yaml", about, [.object(head + members.all)])
    }

    private static func file(_ path: String, _ about: String, _ documents: [JSON]) -> File {
        let comment =
            "# " + about + "\n# Written by 'leviathan manifests --write'; overlays are the place for changes.\n"
        return File(path: path, text: comment + ManifestText.stream(documents))
    }

    /// What depends on names of your own, or on kinds that somebody has to install before.
    private static var examples: [File] {
        Installation.examples.map { file("examples/\($0.name).yaml", $0.about, $0.resources.map(\.json)) }
    }
}
