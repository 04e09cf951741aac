import Basics
import TestSupport

/// What `leviathan manifests` prints, as Kubernetes 1.20 knows it.
enum OlderManifests {
    static func overlay(_ name: String) throws -> [JSON] {
        let made = try TestTarget.run(["manifests", "--overlay", name, "--json"], in: "/", environment: [:])
        return (made.json["items"]?.elements ?? []).compactMap(older)
    }

    /// The same object as Kubernetes 1.20 knows it; `nil` for what it does not.
    private static func older(_ resource: JSON) -> JSON? {
        let versions = ["PodDisruptionBudget": "policy/v1beta1", "CronJob": "batch/v1beta1"]
        guard let kind = resource["kind"]?.string, !kind.hasPrefix("ValidatingAdmission") else { return nil }
        guard let version = versions[kind] else { return resource }
        return .object(
            (resource.members ?? []).map { member in
                switch member.name {
                case "apiVersion": JSON.Member("apiVersion", .string(version))
                case "spec":
                    JSON.Member("spec", .object((member.value.members ?? []).filter { $0.name != "timeZone" }))
                default: member
                }
            })
    }
}
