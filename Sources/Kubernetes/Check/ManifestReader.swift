internal import Basics
internal import YAML

/// Reads files into objects: several documents, lists, and what a kustomization says of the files beside it.
struct ManifestReader {
    private let files: [ManifestFile]
    private let limits: ManifestLimits
    private(set) var findings: [Diagnostic] = []
    private var documents: [(file: ManifestFile, roots: [YAMLNode])] = []
    /// The namespace that a kustomization gives to what is in its directory.
    private var namespaces: [String: String] = [:]
    /// Files that change objects of others and are none themselves.
    private var patches: Set<String> = []

    init(_ files: [ManifestFile], _ limits: ManifestLimits) { (self.files, self.limits) = (files, limits) }

    mutating func read() -> [ClusterObject] {
        for file in files { parse(file) }
        for (file, roots) in documents { for root in roots { note(root, of: file) } }
        var manifests: [ClusterObject] = []
        for (file, roots) in documents where !patches.contains(file.path) {
            for root in roots { gather(root, file, &manifests, depth: 0) }
            if manifests.count > limits.objects {
                reject(
                    "the files hold more than \(limits.objects) objects; what comes behind '\(file.path)' was not looked at",
                    at: SourcePlace(file: file.path, span: roots[0].span))
                break
            }
        }
        return manifests
    }

    private mutating func parse(_ file: ManifestFile) {
        var bounds = YAMLLimits()
        (bounds.bytes, bounds.nodes, bounds.documents) = (limits.fileBytes, limits.nodes, limits.objects)
        do throws(YAMLError) {
            let parsed = try YAML.parse(file.bytes, limits: bounds)
            let roots = parsed.compactMap(\.root)
            guard roots.contains(where: { $0["apiVersion"] != nil && $0["kind"] != nil }) else { return }
            // '{{ .Values.name }}' is YAML as well: a mapping whose key is a mapping, which no object of a cluster has.
            if file.bytes.containsTemplate, roots.contains(where: \.hasMappingAsKey) {
                return leaveOut(SourcePlace(file: file.path, span: roots[0].span))
            }
            for problem in parsed.flatMap(\.problems) {
                reject(problem.message, at: SourcePlace(file: file.path, span: problem.span))
            }
            documents.append((file, roots))
        } catch {
            guard Self.looksLikeManifest(file.bytes) else { return }
            let place = SourcePlace(file: file.path, span: error.span)
            guard error.kind == .syntax, file.bytes.containsTemplate else {
                return reject(error.message, at: place, hint: error.hint)
            }
            leaveOut(place)
        }
    }

    private mutating func leaveOut(_ place: SourcePlace) {
        findings.append(
            Diagnostic(
                "manifest-unrendered", .note, "this is a template, which was not looked at", at: place,
                hint: "helm template CHART | leviathan check-manifests -"))
    }

    private mutating func reject(_ message: String, at place: SourcePlace, hint: String? = nil) {
        findings.append(Diagnostic("manifest-broken", .error, message, at: place, hint: hint))
    }

    /// Whether a text that cannot be read says of itself that it is an object of a cluster.
    private static func looksLikeManifest(_ bytes: [UInt8]) -> Bool {
        var found = (version: false, kind: false)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "apiVersion:".utf8) { found.version = true }
            if line.starts(with: "kind:".utf8) { found.kind = true }
            if found.version, found.kind { return true }
        }
        return false
    }

    /// Takes from a kustomization what it says of other files.
    private mutating func note(_ root: YAMLNode, of file: ManifestFile) {
        guard root["apiVersion"]?.text?.hasPrefix("kustomize.config.k8s.io/") ?? false else { return }
        let directory = file.directory.isEmpty ? "" : file.directory + "/"
        if let namespace = root["namespace"]?.text, !namespace.isEmpty { namespaces[file.directory] = namespace }
        for key in ["patches", "patchesJson6902"] {
            for patch in root[key]?.items ?? [] {
                if let path = patch["path"]?.text { patches.insert(directory + path) }
            }
        }
        for patch in root["patchesStrategicMerge"]?.items ?? [] {
            if let path = patch.text { patches.insert(directory + path) }
        }
    }

    private func gather(_ root: YAMLNode, _ file: ManifestFile, _ manifests: inout [ClusterObject], depth: Int) {
        guard manifests.count <= limits.objects else { return }
        guard let manifest = ClusterObject(root, file: file.path, defaultNamespace: namespaces[file.directory])
        else {
            return
        }
        if manifest.kind.hasSuffix("List"), let items = root["items"]?.items, depth < 4 {
            for item in items { gather(item, file, &manifests, depth: depth + 1) }
        } else if !manifest.isKustomization {
            manifests.append(manifest)
        }
    }
}

extension YAMLNode {
    fileprivate var hasMappingAsKey: Bool {
        var waiting = [self]
        while let node = waiting.popLast() {
            if let entries = node.entries {
                if entries.contains(where: { $0.key.isMapping }) { return true }
                waiting += entries.map(\.value)
            } else if let items = node.items {
                waiting += items
            }
        }
        return false
    }
}

extension [UInt8] {
    /// Whether anything of it is written by a template engine.
    fileprivate var containsTemplate: Bool {
        indices.dropLast().contains { self[$0] == UInt8(ascii: "{") && self[$0 + 1] == UInt8(ascii: "{") }
    }
}
