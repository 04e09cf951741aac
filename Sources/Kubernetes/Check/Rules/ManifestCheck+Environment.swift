internal import Basics
internal import Secrets
internal import YAML

/// Variables and secrets.
extension ManifestCheck {
    mutating func checkEnvironment(_ container: YAMLNode, _ pods: PodSet) {
        let variables = container["env"]?.items ?? []
        for variable in variables {
            guard let name = variable["name"]?.text else { continue }
            if let value = variable["value"] { checkValue(value, named: name, pods.owner) }
            checkKey(variable["valueFrom"]?["configMapKeyRef"], "ConfigMap", pods, variable: name)
            checkKey(variable["valueFrom"]?["secretKeyRef"], "Secret", pods, variable: name)
        }
        let words = (container["command"]?.items ?? []) + (container["args"]?.items ?? [])
        for word in words where word.text.map({ Self.holdsSecret($0) }) ?? false {
            reject(
                "manifest-secret-value", .error, "an argument of \(pods.title(container)) holds a credential",
                pods.owner, at: word)
        }
        // What comes from whole maps is known to nobody here.
        guard container["envFrom"] == nil else { return }
        let known = Set(variables.compactMap { $0["name"]?.text })
        for node in words + variables.compactMap({ $0["value"] }) {
            for name in Self.references(node.text ?? "") where !known.contains(name) {
                reject(
                    "manifest-variable", .error,
                    "\(pods.title(container)) uses $(\(name)), which it does not have",
                    pods.owner, at: node, hint: "add it to env, or write $$(\(name)) for the text itself")
            }
        }
    }

    /// A key that a map or a secret of these files does not have.
    private mutating func checkKey(_ reference: YAMLNode?, _ kind: String, _ pods: PodSet, variable: String) {
        guard let reference, !(reference["optional"]?.isTrue ?? false), let name = reference["name"]?.text,
            let node = reference["key"], let key = node.text
        else { return }
        guard let source = set.object(kind, name, beside: pods.owner) else {
            // Secrets are mostly kept elsewhere, and that is right.
            guard kind == "ConfigMap", set.hasAny(kind, beside: pods.owner) else { return }
            return reject(
                "manifest-reference", .warning,
                "'\(variable)' of \(pods.owner.title) is from the ConfigMap '\(name)', which is not in these files",
                pods.owner, at: reference["name"])
        }
        let has = ["data", "stringData", "binaryData"].contains { source.root[$0]?[key] != nil }
        guard !has else { return }
        reject(
            "manifest-variable", .error,
            "'\(variable)' of \(pods.owner.title) is the key '\(key)', which the \(kind) '\(name)' does not have",
            pods.owner, at: node)
    }

    /// Values are never part of a message.
    private mutating func checkValue(_ node: YAMLNode, named name: String, _ manifest: ClusterObject) {
        guard let value = node.text, !value.isEmpty else { return }
        guard Self.holdsSecret(value) || Self.isSecret(name, value) else { return }
        reject(
            "manifest-secret-value", .error, "'\(name)' of \(manifest.title) holds a credential", manifest,
            at: node,
            hint: "valueFrom: {secretKeyRef: …}, and the secret outside of the repository")
    }

    mutating func checkStoredSecrets(_ manifest: ClusterObject) {
        guard manifest.group == "" else { return }
        if manifest.kind == "Secret" {
            for key in ["data", "stringData"] {
                guard let entries = manifest.root[key]?.entries,
                    entries.contains(where: { ($0.value.textLength ?? 0) > 0 })
                else { continue }
                reject(
                    "manifest-secret-value", .error, "\(manifest.title) is in the repository, with its values",
                    manifest,
                    at: manifest.root[key],
                    hint: "make it in the cluster, or let an operator fetch it from a vault")
            }
        } else if manifest.kind == "ConfigMap" {
            for entry in manifest.root["data"]?.entries ?? [] {
                guard let name = entry.key.text else { continue }
                checkValue(entry.value, named: name, manifest)
            }
        }
    }

    private static func holdsSecret(_ text: String) -> Bool {
        !SecretScan.findings(in: Array(text.utf8), extent: .connections).isEmpty
    }

    /// What a name like a credential's is followed by where its value is none.
    private static let harmless: Set<Substring> = [
        "FILE", "PATH", "DIR", "NAME", "URL", "URI", "TTL", "ENABLED", "REF", "ID", "TYPE", "MODE", "ALGORITHM",
    ]

    private static func isSecret(_ name: String, _ value: String) -> Bool {
        let words = name.uppercased().replacingDashes.split(separator: "_")
        guard CredentialName.matches(name.uppercased().replacingDashes), !harmless.contains(words.last ?? "")
        else {
            return false
        }
        let isSetting =
            ["true", "false", "yes", "no", "none", "null"].contains(value.lowercased()) || Double(value) != nil
        // A reference to another variable, a file, or a text of several lines that is no value of this name.
        return !isSetting && !value.hasPrefix("$(") && !value.hasPrefix("/") && !value.contains("\n")
    }

    /// The names in `$(NAME)`; `$$` is a dollar sign.
    private static func references(_ text: String) -> [String] {
        var (names, rest): ([String], Substring) = ([], text[...])
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                rest = rest.dropFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
                let name = rest[..<end].dropFirst()
                if !name.isEmpty, name.utf8.allSatisfy(isNameByte) { names.append(String(name)) }
                rest = rest[end...]
            }
        }
        return names
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x5F
    }
}

extension String {
    fileprivate var replacingDashes: String {
        String(
            decoding: utf8.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 },
            as: UTF8.self)
    }
}
