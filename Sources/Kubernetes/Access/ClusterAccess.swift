internal import Basics
package import HTTP
package import Secrets

/// Where the API server of a cluster is, whom to trust there, and what proves who asks.
package struct ClusterAccess: Sendable {
    /// `https://HOST[:PORT][/PATH]`, without a slash at the end.
    package let server: String
    /// Where objects are that name no namespace.
    package let namespace: String
    /// Where this was found, for people.
    package let origin: String
    /// Certificates in PEM; `nil` for the authorities of the machine.
    let authorities: [UInt8]?
    let proof: ClusterProof
    /// The proxy that the kubeconfig names; `nil` for what the environment says.
    let proxy: String?

    package init(
        server: String, namespace: String = "default", origin: String, authorities: [UInt8]? = nil,
        proof: ClusterProof = .nothing, proxy: String? = nil
    ) throws(ClusterAccessError) {
        guard let scheme = ["https://", "http://"].first(where: server.hasPrefix), server.count > scheme.count
        else {
            throw ClusterAccessError(
                "'\(server)' is no address of an API server", origin, hint: "https://HOST[:PORT]")
        }
        // Whatever proves who asks would be there for everybody on the way.
        guard scheme == "https://" || proof.isNothing || Self.isLoopback(server.dropFirst(scheme.count)) else {
            throw ClusterAccessError(
                "'\(server)' would carry credentials in plain text", origin, hint: "ask for it over https")
        }
        var address = server[...]
        while address.last == "/" { address.removeLast() }
        (self.server, self.namespace, self.origin) = (String(address), namespace, origin)
        (self.authorities, self.proof, self.proxy) = (authorities, proof, proxy)
    }

    private static func isLoopback(_ rest: Substring) -> Bool {
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else { return false }
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost"
            || (parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil })
    }
}

/// What proves to an API server who asks.
package enum ClusterProof: Sendable {
    case nothing
    case token(Secret)
    /// A file that the cluster writes anew before the token in it expires.
    case tokenFile(String)
    case identity(HTTPIdentity)
    case plugin(CredentialPlugin)

    var isNothing: Bool { if case .nothing = self { true } else { false } }
}

/// Why nobody knows where the cluster is or how to ask it.
package struct ClusterAccessError: ExplainedError {
    package let message: String
    package let causes: [String]
    package let hint: String?

    package init(_ problem: String, _ origin: String, causes: [String] = [], hint: String? = nil) {
        (message, self.causes, self.hint) = ("\(origin): \(problem)", causes, hint)
    }
}

extension ClusterAccess {
    /// Where the cluster puts what its pods may use.
    package static let podDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"
    private static let fileLimit = 1 << 20

    /// As a pod of the cluster; `nil` where this is none.
    package static func inCluster(
        _ environment: [String: String], directory: String = podDirectory
    ) throws(ClusterAccessError) -> ClusterAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        let name = host.contains(":") ? "[\(host)]" : host
        let authorities = try read(directory + "/ca.crt", "the service account of this pod")
        let namespace = (try? FileSystem.read(directory + "/namespace", limit: 1024)).map {
            String(decoding: $0, as: UTF8.self).trimmed
        }
        return try ClusterAccess(
            server: "https://\(name):\(port)", namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default",
            origin: "the service account of this pod", authorities: authorities,
            proof: .tokenFile(directory + "/token"))
    }

    /// As the environment says: the files of KUBECONFIG or `~/.kube/config` where there are any, else as a pod.
    package static func find(
        _ environment: [String: String], context: String? = nil, directory: String = podDirectory
    ) throws(ClusterAccessError) -> ClusterAccess {
        var paths = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        let isNamed = !paths.isEmpty
        if !isNamed, let home = environment["HOME"], !home.isEmpty { paths = [home + "/.kube/config"] }
        let present = paths.filter { FileSystem.exists($0) }
        if !present.isEmpty { return try Kubeconfig.read(present).access(context: context) }
        if let pod = try inCluster(environment, directory: directory), !isNamed { return pod }
        throw ClusterAccessError(
            isNamed ? "KUBECONFIG names no file that exists" : "no cluster is known here",
            paths.first ?? "environment",
            hint: "set KUBECONFIG to a file that 'kubectl' works with, or run this in a pod with a service account"
        )
    }

    static func read(_ path: String, _ origin: String) throws(ClusterAccessError) -> [UInt8] {
        do throws(FileError) { return try FileSystem.read(path, limit: fileLimit) } catch {
            throw ClusterAccessError(error.message, origin, causes: error.causes)
        }
    }
}
