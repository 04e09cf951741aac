internal import Basics
internal import YAML

/// Everything that is checked together: what refers to each other has to be in it.
struct ManifestSet {
    private(set) var manifests: [ClusterObject] = []
    private(set) var pods: [PodSet] = []
    private(set) var findings: [Diagnostic] = []
    /// Objects by namespace, kind and name.
    private var index: [Key: Int] = [:]
    private var podsByLabel: [LabelKey: [Int]] = [:]
    private var podsByNamespace: [String: [Int]] = [:]
    private var kinds: Set<Key> = []

    private struct Key: Hashable {
        let namespace: String?
        let kind: String
        var name = ""
    }

    private struct LabelKey: Hashable {
        let namespace: String
        let name: String
        let value: String
    }

    init(_ files: [ManifestFile], _ limits: ManifestLimits) {
        var reader = ManifestReader(files, limits)
        manifests = reader.read()
        findings = reader.findings
        for (number, manifest) in manifests.enumerated() { add(manifest, number) }
    }

    private mutating func add(_ manifest: ClusterObject, _ number: Int) {
        let namespace = manifest.namespace ?? ""
        kinds.insert(Key(namespace: namespace, kind: manifest.kind))
        if let name = manifest.name { index[Key(namespace: namespace, kind: manifest.kind, name: name)] = number }
        guard let set = PodSet(manifest) else { return }
        for (name, value) in set.labels {
            podsByLabel[LabelKey(namespace: namespace, name: name, value: value), default: []].append(pods.count)
        }
        podsByNamespace[namespace, default: []].append(pods.count)
        pods.append(set)
    }

    /// An object of the same namespace.
    func object(_ kind: String, _ name: String, beside manifest: ClusterObject) -> ClusterObject? {
        index[Key(namespace: manifest.namespace ?? "", kind: kind, name: name)].map { manifests[$0] }
    }

    /// Whether the namespace of an object has anything of a kind: where there is nothing, it is kept elsewhere.
    func hasAny(_ kind: String, beside manifest: ClusterObject) -> Bool {
        kinds.contains(Key(namespace: manifest.namespace ?? "", kind: kind))
    }

    func hasPods(beside manifest: ClusterObject) -> Bool { podsByNamespace[manifest.namespace ?? ""] != nil }

    /// The pods of an object's namespace that have all of these labels.
    func pods(with labels: [String: String], beside manifest: ClusterObject) -> [PodSet] {
        let namespace = manifest.namespace ?? ""
        guard !labels.isEmpty else { return (podsByNamespace[namespace] ?? []).map { pods[$0] } }
        // The rarest label first: a thousand services beside a thousand workloads are looked up, not compared.
        let candidates = labels.map {
            podsByLabel[LabelKey(namespace: namespace, name: $0.key, value: $0.value)] ?? []
        }
        let fewest = candidates.min { $0.count < $1.count } ?? []
        return fewest.map { pods[$0] }.filter { set in labels.allSatisfy { set.labels[$0.key] == $0.value } }
    }
}

/// Whether a selector with `matchLabels` and `matchExpressions` takes pods with these labels.
enum Selector {
    static func matches(_ selector: YAMLNode?, _ labels: [String: String]) -> Bool {
        guard let selector else { return false }
        guard (selector["matchLabels"]?.texts ?? [:]).allSatisfy({ labels[$0.key] == $0.value }) else {
            return false
        }
        return (selector["matchExpressions"]?.items ?? []).allSatisfy { expression in
            let value = expression["key"]?.text.flatMap { labels[$0] }
            let values = (expression["values"]?.items ?? []).compactMap(\.text)
            return switch expression["operator"]?.text {
            case "In": value.map(values.contains) ?? false
            case "NotIn": value.map { !values.contains($0) } ?? true
            case "Exists": value != nil
            case "DoesNotExist": value == nil
            default: false
            }
        }
    }
}
