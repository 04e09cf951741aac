package import Basics
internal import YAML

/// Holds the Kubernetes files of anybody against rules, each of which has a stable id.
package struct ManifestCheck {
    let set: ManifestSet
    var findings: [Diagnostic] = []

    /// What is wrong, by file and place.
    ///
    /// Files that hold no object of a cluster are left alone.
    package static func findings(in files: [ManifestFile], limits: ManifestLimits = ManifestLimits())
        -> [Diagnostic]
    {
        report(on: files, limits: limits).findings
    }

    /// The same, with how many objects of a cluster are in these files.
    package static func report(
        on files: [ManifestFile], limits: ManifestLimits = ManifestLimits()
    ) -> (findings: [Diagnostic], objects: Int) {
        var check = ManifestCheck(set: ManifestSet(files, limits))
        check.findings = check.set.findings
        for manifest in check.set.manifests { check.look(at: manifest) }
        for pods in check.set.pods { check.look(at: pods) }
        check.lookAtNetwork()
        return (bounded(check.findings, limits.findings), check.set.manifests.count)
    }

    private static func bounded(_ findings: [Diagnostic], _ limit: Int) -> [Diagnostic] {
        guard findings.count > limit else { return findings }
        // The worst are kept, whatever file they are in.
        let kept = findings.enumerated().sorted {
            ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset)
        }
        let left = Diagnostic(
            "manifest-broken", .error, "\(findings.count - limit) more findings are not shown", at: nil)
        return kept.prefix(limit).map(\.element) + [left]
    }

    private init(set: ManifestSet) { self.set = set }

    private mutating func look(at manifest: ClusterObject) {
        checkIdentity(manifest)
        checkSelectors(manifest)
        checkService(manifest)
        checkIngress(manifest)
        checkStoredSecrets(manifest)
        checkJob(manifest)
    }

    private mutating func look(at pods: PodSet) {
        checkHostAccess(pods)
        checkAccount(pods)
        checkVolumes(pods)
        for container in pods.containers {
            checkImage(container, pods)
            checkEnvironment(container, pods)
            checkAmounts(container, pods)
            checkPrivileges(container, pods)
            checkShell(container, pods)
        }
        for container in pods.mainContainers { checkProbes(container, pods) }
    }

    mutating func reject(
        _ id: String, _ severity: Diagnostic.Severity, _ message: String, _ manifest: ClusterObject,
        at node: YAMLNode?,
        hint: String? = nil
    ) {
        let place = SourcePlace(file: manifest.file, span: (node ?? manifest.place).place)
        findings.append(Diagnostic(id, severity, message, at: place, hint: hint))
    }
}
