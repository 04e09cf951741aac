import Basics
import Processes
import TestSupport
import Testing

/// What the machine says about a cluster is looked at before any Job is made.
@Suite(.timeLimit(.minutes(60))) struct DispatchSettingsTests {
    private let target: TestTarget

    init() throws {
        target = try TestTarget(
            policy: RunTests.policy, backlog: RunTests.backlog(1), contract: "version: 1\ntarget: app\n")
        #expect(try target.leviathan("target", "add", target.remote).succeeded)
        try target.repository.directory.write(
            "kubeconfig",
            """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: test, user: {token: secret-token}}]
            contexts: [{name: test, context: {cluster: test, user: test, namespace: leviathan}}]

            """)
    }

    private func run(_ dispatch: String) throws -> ProcessOutcome {
        try FileSystem.write(Array("dispatch: {\(dispatch)}\n".utf8), to: target.home + "/config.yaml")
        let file = target.repository.directory.path + "/kubeconfig"
        return try target.leviathan("run", "--once", "--all", extra: ["KUBECONFIG": file])
    }

    @Test(arguments: [
        ("kind: kubernetes", "nothing says which image workers run"),
        ("kind: kubernetes, image: 'worker:latest'", "its tag can mean another image tomorrow"),
        ("kind: kubernetes, image: 'worker:local'", "nothing says where workers report to"),
        (
            "kind: kubernetes, image: 'worker:local', control_plane_url: 'http://leviathan-control-plane:8000'",
            "would carry their token to 'http://leviathan-control-plane:8000' in plain text"
        ),
        (
            "kind: kubernetes, image: 'worker:local', control_plane_url: 'ftp://plane'",
            "'ftp://plane' is no address of a control plane"
        ),
    ]) func whatCannotWorkIsRefused(dispatch: String, words: String) throws {
        let result = try run(dispatch)
        #expect(result.ending == .exited(3) && result.errors.text.contains(words), "\(result.errors.text)")
        #expect(!result.errors.text.contains("secret-token"))
        let granted = try target.leviathan("events", "--type", "attempt.granted", "--json")
        #expect(granted.output.text.isEmpty, "\(granted.output.text)\(granted.errors.text)")
    }
}
