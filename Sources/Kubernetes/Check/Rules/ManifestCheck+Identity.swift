internal import Basics
internal import YAML

/// Names, namespaces, and selectors that find what they are meant for.
extension ManifestCheck {
    mutating func checkIdentity(_ manifest: ClusterObject) {
        if manifest.name == nil {
            reject("manifest-broken", .error, "\(manifest.kind) has no name", manifest, at: manifest.root["kind"])
        }
        guard manifest.isNamespaced, manifest.namespace == nil else { return }
        reject(
            "manifest-namespace", .error, "\(manifest.title) is in no namespace", manifest, at: manifest.place,
            hint: "say metadata.namespace, or 'namespace:' in the kustomization beside it")
    }

    mutating func checkSelectors(_ manifest: ClusterObject) {
        let selector = manifest.spec?["selector"]
        if manifest.group == "apps", let template = manifest.podTemplate {
            let labels = template["metadata"]?["labels"]?.texts ?? [:]
            if selector == nil || !Selector.matches(selector, labels) {
                reject(
                    "manifest-selector", .error, "the selector of \(manifest.title) does not match its own pods",
                    manifest, at: selector ?? manifest.place, hint: "repeat its labels in spec.template.metadata")
            }
        }
        guard manifest.kind == "PodDisruptionBudget", manifest.group == "policy", let selector,
            set.hasPods(beside: manifest),
            !set.pods(with: [:], beside: manifest).contains(where: { Selector.matches(selector, $0.labels) })
        else { return }
        reject(
            "manifest-selector", .error, "\(manifest.title) selects no pod of these files", manifest, at: selector)
    }

    mutating func checkService(_ manifest: ClusterObject) {
        guard manifest.kind == "Service", manifest.group == "", manifest.spec?["type"]?.text != "ExternalName",
            let selector = manifest.spec?["selector"], let labels = manifest.spec?["selector"]?.texts,
            !labels.isEmpty, set.hasPods(beside: manifest)
        else { return }
        let pods = set.pods(with: labels, beside: manifest)
        guard !pods.isEmpty else {
            return reject(
                "manifest-service-selector", .error, "\(manifest.title) selects no pod of these files", manifest,
                at: selector, hint: "its selector has to be among the labels of the pods")
        }
        for port in manifest.spec?["ports"]?.items ?? [] { checkPort(port, of: manifest, pods) }
    }

    private mutating func checkPort(_ port: YAMLNode, of manifest: ClusterObject, _ pods: [PodSet]) {
        guard let node = port["targetPort"] ?? port["port"], let target = node.text else { return }
        let declared = pods.flatMap(\.mainContainers).flatMap { $0["ports"]?.items ?? [] }
        let isNumber = Int(target) != nil
        // A number needs no declaration; where there are some, one that is not among them is a mistake.
        if isNumber, declared.isEmpty { return }
        let key = isNumber ? "containerPort" : "name"
        guard !declared.contains(where: { $0[key]?.text == target }) else { return }
        reject(
            "manifest-service-port", .error,
            "\(manifest.title) leads to the port '\(target)', which its pods do not have",
            manifest, at: node)
    }

    mutating func checkIngress(_ manifest: ClusterObject) {
        guard manifest.kind == "Ingress", manifest.group == "networking.k8s.io",
            set.hasAny("Service", beside: manifest)
        else { return }
        var backends = [manifest.spec?["defaultBackend"]]
        for rule in manifest.spec?["rules"]?.items ?? [] {
            backends += (rule["http"]?["paths"]?.items ?? []).map { $0["backend"] }
        }
        for case let backend? in backends { checkBackend(backend, of: manifest) }
    }

    private mutating func checkBackend(_ backend: YAMLNode, of manifest: ClusterObject) {
        guard let node = backend["service"]?["name"], let name = node.text else { return }
        guard let service = set.object("Service", name, beside: manifest) else {
            return reject(
                "manifest-backend", .error, "\(manifest.title) leads to the service '\(name)', which is not there",
                manifest, at: node)
        }
        let port = backend["service"]?["port"]
        guard let wanted = port?["name"] ?? port?["number"], let text = wanted.text else { return }
        let ports = service.spec?["ports"]?.items ?? []
        guard !ports.contains(where: { $0["name"]?.text == text || $0["port"]?.text == text }) else { return }
        reject(
            "manifest-backend", .error,
            "\(manifest.title) leads to the port '\(text)', which the service '\(name)' does not have", manifest,
            at: wanted)
    }
}
