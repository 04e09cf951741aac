package import Basics
package import HTTP
internal import Processes
package import Secrets

/// A program that says what proves to a cluster who asks, such as `aws eks get-token`.
package struct CredentialPlugin: Sendable {
    /// What the cluster is, for programs that want to know.
    struct Cluster: Sendable {
        let server: String
        let authorities: [UInt8]?
    }

    /// What it said.
    package struct Credential: Sendable {
        package let token: Secret?
        package let identity: HTTPIdentity?
        /// When it has to be asked again; `nil` while the cluster takes what it said.
        package let expires: Instant?
    }

    static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
    private static let patience = Duration.seconds(30)
    private static let answerLimit = 1 << 20
    /// What opens other doors than the cluster's is nothing for it.
    private static let kept = [
        "GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN", "ANTHROPIC_API_KEY",
    ]

    private let command: String
    private let arguments: [String]
    private let version: String
    private let origin: String
    var variables: [String: String] = [:]
    var cluster: Cluster?
    var installHint: String?

    package init(_ command: String, _ arguments: [String], version: String, origin: String) {
        (self.command, self.arguments, self.version, self.origin) = (command, arguments, version, origin)
    }

    /// Runs it, for half a minute at most; nobody is there to answer its questions.
    package func ask(_ environment: [String: String]) throws(ClusterAccessError) -> Credential {
        let passed = environment.filter { !Self.kept.contains($0.key) && !$0.key.hasPrefix("LEVIATHAN_") }
            .merging(variables) { $1 }.merging(["KUBERNETES_EXEC_INFO": information.text()]) { $1 }
        var program = Subprocess(command, arguments, environment: passed)
        program.timeout = Self.patience
        program.captureLimit = Subprocess.CaptureLimit(head: Self.answerLimit, tail: 4096)
        let outcome: ProcessOutcome
        do throws(SpawnError) { outcome = try program.run() } catch {
            throw ClusterAccessError(
                error.message, origin, causes: error.causes, hint: installHint ?? error.hint)
        }
        guard outcome.succeeded else {
            throw ClusterAccessError(
                "the exec plugin '\(command)' failed: \(outcome.ending)", origin,
                causes: outcome.errors.lastLines(3), hint: "run it by hand to see why")
        }
        guard let bytes = outcome.output.whole, let answer = try? JSON.parse(bytes) else {
            throw ClusterAccessError("the exec plugin '\(command)' did not answer with JSON", origin)
        }
        return try credential(answer)
    }

    private var information: JSON {
        var spec: [JSON.Member] = [JSON.Member("interactive", false)]
        if let cluster {
            var facts = [JSON.Member("server", .string(cluster.server))]
            if let authorities = cluster.authorities {
                facts.append(JSON.Member("certificate-authority-data", .string(Base64Text.encode(authorities))))
            }
            spec.append(JSON.Member("cluster", .object(facts)))
        }
        return ["apiVersion": .string(version), "kind": "ExecCredential", "spec": .object(spec)]
    }

    private func credential(_ answer: JSON) throws(ClusterAccessError) -> Credential {
        guard answer["kind"]?.string == "ExecCredential", answer["apiVersion"]?.string == version else {
            throw ClusterAccessError(
                "the exec plugin '\(command)' answered with something else than an ExecCredential of \(version)",
                origin)
        }
        let status = answer["status"] ?? .null
        let token = status["token"]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
        var identity: HTTPIdentity?
        if let certificate = status["clientCertificateData"]?.string, let key = status["clientKeyData"]?.string {
            identity = HTTPIdentity(certificates: Array(certificate.utf8), key: Secret(key))
        }
        guard token != nil || identity != nil else {
            throw ClusterAccessError(
                "the exec plugin '\(command)' answered without a token or a certificate", origin)
        }
        return Credential(
            token: token, identity: identity,
            expires: status["expirationTimestamp"]?.string.flatMap { Instant($0) })
    }
}
