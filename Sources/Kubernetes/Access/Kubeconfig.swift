internal import Basics
internal import HTTP
internal import Secrets
internal import YAML

/// The files that `kubectl` goes by: clusters, users, and pairs of both.
struct Kubeconfig {
    /// An entry with the file that it stands in: paths in it start from there.
    private struct Entry {
        let file: String
        let body: YAMLNode

        func text(_ name: String) -> String? {
            guard let text = body[name]?.scalar?.text, !text.isEmpty else { return nil }
            return text
        }

        func isTrue(_ name: String) -> Bool { body[name]?.value == .bool(true) }

        /// A path as it is meant: from the directory of the file.
        func path(_ name: String) -> String? {
            text(name).map { $0.hasPrefix("/") ? $0 : directory + "/" + $0 }
        }

        var directory: String {
            guard let slash = file.lastIndex(of: "/") else { return "." }
            return slash == file.startIndex ? "/" : String(file[..<slash])
        }
    }

    private var entries: [String: [String: Entry]] = [:]
    private var current: String?
    private var origin = ""

    /// Reads files in their order: of entries with one name, the first counts.
    static func read(_ paths: [String]) throws(ClusterAccessError) -> Kubeconfig {
        var configuration = Kubeconfig()
        configuration.origin = paths.joined(separator: ":")
        for path in paths { try configuration.add(path) }
        return configuration
    }

    private mutating func add(_ path: String) throws(ClusterAccessError) {
        let bytes = try ClusterAccess.read(path, path)
        let document: YAMLDocument?
        do throws(YAMLError) { document = try YAML.parse(bytes).first } catch {
            throw ClusterAccessError("it cannot be read", path, causes: [error.message])
        }
        guard let root = document?.root else { return }
        for (list, kind) in [("clusters", "cluster"), ("users", "user"), ("contexts", "context")] {
            for item in root[list]?.items ?? [] {
                guard let name = item["name"]?.scalar?.text, let body = item[kind] else { continue }
                if entries[kind]?[name] == nil {
                    entries[kind, default: [:]][name] = Entry(file: path, body: body)
                }
            }
        }
        if current == nil, let name = root["current-context"]?.scalar?.text, !name.isEmpty { current = name }
    }

    private func entry(_ kind: String, _ name: String?) throws(ClusterAccessError) -> Entry {
        guard let name else {
            throw ClusterAccessError("no \(kind) is chosen", origin, hint: "kubectl config use-context NAME")
        }
        if let entry = entries[kind]?[name] { return entry }
        let known = (entries[kind] ?? [:]).keys.sorted().joined(separator: ", ")
        throw ClusterAccessError(
            "there is no \(kind) '\(name)'", origin, causes: known.isEmpty ? [] : ["there are \(known)"],
            hint: "kubectl config get-contexts")
    }

    /// What one of its contexts means; the chosen one unless another is named.
    func access(context name: String?) throws(ClusterAccessError) -> ClusterAccess {
        let context = try entry("context", name ?? current)
        let cluster = try entry("cluster", context.text("cluster"))
        guard let server = cluster.text("server") else {
            throw ClusterAccessError("the cluster has no server", cluster.file)
        }
        guard !cluster.isTrue("insecure-skip-tls-verify") else {
            throw ClusterAccessError(
                "insecure-skip-tls-verify would show credentials to anybody who answers", cluster.file,
                hint: "name the cluster's authority as certificate-authority instead")
        }
        guard cluster.text("tls-server-name") == nil else {
            throw ClusterAccessError(
                "tls-server-name is not supported", cluster.file,
                hint: "use a server address that its certificate is for")
        }
        let user = try context.text("user").map { (name) throws(ClusterAccessError) in try entry("user", name) }
        let authorities = try pem("certificate-authority", of: cluster)
        let information = CredentialPlugin.Cluster(server: server, authorities: authorities)
        return try ClusterAccess(
            server: server, namespace: context.text("namespace") ?? "default", origin: origin,
            authorities: authorities,
            proof: try user.map { (user) throws(ClusterAccessError) in try proof(of: user, information) }
                ?? .nothing,
            proxy: cluster.text("proxy-url"))
    }

    /// What stands in the file itself counts, else the file that is named.
    private func pem(_ name: String, of entry: Entry) throws(ClusterAccessError) -> [UInt8]? {
        if let text = entry.text(name + "-data") {
            guard let bytes = Base64Text.decode(text) else {
                throw ClusterAccessError("\(name)-data is no base64", entry.file)
            }
            return bytes
        }
        guard let path = entry.path(name) else { return nil }
        return try ClusterAccess.read(path, entry.file)
    }

    private func proof(
        of user: Entry, _ cluster: CredentialPlugin.Cluster
    ) throws(ClusterAccessError) -> ClusterProof {
        if let plugin = user.body["exec"] {
            return .plugin(try plugin.plugin(of: user.directory, user.file, cluster))
        }
        let certificate = try pem("client-certificate", of: user)
        let key = try pem("client-key", of: user)
        if let certificate, let key {
            return .identity(
                HTTPIdentity(certificates: certificate, key: Secret(String(decoding: key, as: UTF8.self))))
        }
        guard certificate == nil, key == nil else {
            throw ClusterAccessError("a client certificate and its key belong together", user.file)
        }
        if let path = user.path("tokenFile") { return .tokenFile(path) }
        if let token = user.text("token") { return .token(Secret(token)) }
        for old in ["auth-provider", "username"] where user.body[old] != nil {
            throw ClusterAccessError(
                "'\(old)' is a way of signing in that clusters no longer know", user.file,
                hint: "use an exec plugin, a token or a client certificate")
        }
        return .nothing
    }
}

extension YAMLNode {
    /// The section `exec` of a user.
    fileprivate func plugin(
        of directory: String, _ file: String, _ cluster: CredentialPlugin.Cluster
    ) throws(ClusterAccessError) -> CredentialPlugin {
        func text(_ name: String) -> String? { self[name]?.scalar?.text }
        let version = text("apiVersion") ?? ""
        guard CredentialPlugin.versions.contains(version) else {
            throw ClusterAccessError(
                "the exec plugin's apiVersion '\(version)' is not known", file,
                hint: "one of \(CredentialPlugin.versions.joined(separator: " and "))")
        }
        guard let command = text("command"), !command.isEmpty else {
            throw ClusterAccessError("the exec plugin has no command", file)
        }
        guard text("interactiveMode") != "Always" else {
            throw ClusterAccessError("the exec plugin '\(command)' wants a person to answer it", file)
        }
        let isRelative = command.contains("/") && !command.hasPrefix("/")
        var plugin = CredentialPlugin(
            isRelative ? directory + "/" + command : command,
            (self["args"]?.items ?? []).compactMap(\.scalar?.text),
            version: version, origin: file)
        for variable in self["env"]?.items ?? [] {
            guard let name = variable["name"]?.scalar?.text, let value = variable["value"]?.scalar?.text else {
                throw ClusterAccessError("a variable of the exec plugin has no name or no value", file)
            }
            plugin.variables[name] = value
        }
        plugin.cluster = self["provideClusterInfo"]?.value == .bool(true) ? cluster : nil
        plugin.installHint = text("installHint")
        return plugin
    }
}
