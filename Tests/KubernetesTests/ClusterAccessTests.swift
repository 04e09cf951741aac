import Basics
import HTTP
import Secrets
import TestSupport
import Testing

@testable import Kubernetes

/// Where a cluster is, and what proves who asks, as files and the environment say.
@Suite struct ClusterAccessTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func refusal(_ body: () throws(ClusterAccessError) -> Void) -> String? {
        do throws(ClusterAccessError) {
            try body()
            return nil
        } catch { return error.description }
    }

    @Test func aPodFindsItsClusterByItself() throws {
        try directory.write("account/token", "secret-of-the-pod\n")
        try directory.write("account/ca.crt", "PEM")
        try directory.write("account/namespace", "leviathan\n")
        let access = try ClusterAccess.find(
            ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"],
            directory: directory.path + "/account")
        #expect(access.server == "https://[fd00::1]:443" && access.namespace == "leviathan")
        #expect(access.authorities == Array("PEM".utf8))
        guard case .tokenFile(let path) = access.proof else { return #expect(Bool(false)) }
        #expect(path == directory.path + "/account/token")
    }

    @Test func filesOfKubectlAreRead() throws {
        try directory.write("kube/ca.pem", "PEM")
        let path = try directory.write(
            "kube/config",
            """
            apiVersion: v1
            current-context: b
            clusters:
              - {name: one, cluster: {server: "https://one:6443", certificate-authority: ca.pem}}
              - {name: two, cluster: {server: "https://two/k8s/", certificate-authority-data: UEVNMg==}}
            users:
              - {name: u, user: {token: t}}
              - name: v
                user:
                  client-certificate-data: Q0VSVA==
                  client-key-data: S0VZ
            contexts:
              - {name: a, context: {cluster: one, user: u, namespace: leviathan}}
              - {name: b, context: {cluster: two, user: v}}
            """)
        let chosen = try ClusterAccess.find(["KUBECONFIG": "/nowhere:" + path])
        #expect(chosen.server == "https://two/k8s" && chosen.namespace == "default")
        #expect(chosen.authorities == Array("PEM2".utf8))
        guard case .identity(let identity) = chosen.proof else { return #expect(Bool(false)) }
        #expect(identity.certificates == Array("CERT".utf8) && identity.key.reveal { $0 == "KEY" })
        let named = try ClusterAccess.find(["KUBECONFIG": path], context: "a")
        #expect(named.server == "https://one:6443" && named.namespace == "leviathan")
        #expect(named.authorities == Array("PEM".utf8))
        #expect(
            refusal { () throws(ClusterAccessError) in
                _ = try ClusterAccess.find(["KUBECONFIG": path], context: "c")
            }?.contains("there is no context 'c': there are a, b") == true)
    }

    @Test(
        arguments: [
            ("{server: 'https://c', insecure-skip-tls-verify: true}", "{token: t}", "insecure-skip-tls-verify"),
            ("{server: 'http://10.1.2.3'}", "{token: t}", "in plain text"),
            ("{server: 'http://127.0.0.1.example.com'}", "{token: t}", "in plain text"),
            ("{server: 'http://127.0.0.1@example.com'}", "{token: t}", "in plain text"),
            ("{server: 'ftp://c'}", "{token: t}", "is no address"),
            ("{server: 'https://c'}", "{username: u, password: p}", "no longer know"),
            ("{server: 'https://c'}", "{client-certificate-data: Q0VSVA==}", "belong together"),
            ("{server: 'https://c', certificate-authority-data: '!'}", "{token: t}", "no base64"),
            (
                "{server: 'https://c'}", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}",
                "apiVersion"
            ),
            ("{server: 'https://c', tls-server-name: d}", "{token: t}", "tls-server-name"),
        ])
    func whatCannotBeTrustedIsRefused(cluster: String, user: String, words: String) throws {
        let path = try directory.write(
            "config",
            """
            current-context: a
            clusters: [{name: c, cluster: \(cluster)}]
            users: [{name: u, user: \(user)}]
            contexts: [{name: a, context: {cluster: c, user: u}}]
            """)
        let said = refusal { () throws(ClusterAccessError) in _ = try ClusterAccess.find(["KUBECONFIG": path]) }
        #expect(said?.contains(words) == true, "\(said ?? "nothing")")
    }

    @Test func aProgramSaysWhoAsksAndKnowsNothingElse() throws {
        let program = try directory.write(
            "plugin",
            """
            #!/bin/sh
            [ -z "$GITHUB_TOKEN$LEVIATHAN_CONTROL_PLANE_TOKEN" ] || exit 3
            case $KUBERNETES_EXEC_INFO in *'"server":"https://c"'*) ;; *) exit 4 ;; esac
            [ "$1 $PROFILE" = "get token two" ] || exit 5
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":
              {"token":"from-the-plugin","expirationTimestamp":"2030-01-01T00:00:00Z"}}'
            """)
        _ = try BackgroundProgram.run(["chmod", "+x", program])
        let path = try directory.write(
            "config",
            """
            current-context: a
            clusters: [{name: c, cluster: {server: 'https://c'}}]
            users:
              - name: u
                user:
                  exec:
                    apiVersion: client.authentication.k8s.io/v1beta1
                    command: ./plugin
                    args: [get token]
                    env: [{name: PROFILE, value: two}]
                    provideClusterInfo: true
            contexts: [{name: a, context: {cluster: c, user: u}}]
            """)
        let access = try ClusterAccess.find(["KUBECONFIG": path])
        guard case .plugin(let plugin) = access.proof else { return #expect(Bool(false)) }
        let environment = ["PATH": "/usr/bin:/bin", "GITHUB_TOKEN": "g", "LEVIATHAN_CONTROL_PLANE_TOKEN": "l"]
        let credential = try plugin.ask(environment)
        #expect(credential.token?.reveal { $0 } == "from-the-plugin")
        #expect(credential.expires == Instant("2030-01-01T00:00:00Z"))
        try directory.write("plugin", "#!/bin/sh\necho no >&2; exit 7")
        _ = try BackgroundProgram.run(["chmod", "+x", program])
        let said = refusal { () throws(ClusterAccessError) in _ = try plugin.ask(environment) }
        #expect(said?.contains("exit code 7: no") == true, "\(said ?? "")")
    }
}
