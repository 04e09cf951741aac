import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// A real Prometheus that reads a real control plane, and a real Alertmanager that tells a receiver.
@Suite(.timeLimit(.minutes(60))) struct MonitoringTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    private static let token = "token-of-the-monitoring-test"

    private static func tool(_ name: String) -> String? {
        ["/usr/local/bin/", "/usr/bin/"].map { $0 + name }.first(where: FileSystem.exists)
    }

    private static var isInstalled: Bool {
        tool("prometheus") != nil && tool("prometheus-alertmanager") != nil && tool("curl") != nil
    }

    /// What the two programs are told; the rules are those that ship, with nothing to wait for.
    private func configure(
        _ directory: TemporaryDirectory, _ serving: String, alertmanager: Int, receiver: String
    ) throws {
        let rules = String(
            decoding: try FileSystem.read(Self.root + "/deploy/monitoring/alerts.yaml", limit: 1 << 20),
            as: UTF8.self)
        let quick = rules.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("        for: ")
                ? "        for: 0s" : line.hasPrefix("    interval: ") ? "    interval: 1s" : line
        }
        try directory.write("alerts.yaml", quick.joined(separator: "\n"))
        try directory.write("token", Self.token)
        let place = serving.dropFirst("http://".count)
        try directory.write(
            "prometheus.yml",
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [alerts.yaml]
            alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:\(alertmanager)"]}]}]}
            scrape_configs:
              - job_name: leviathan
                authorization: {credentials_file: token}
                static_configs: [{targets: ["\(place)"]}]
            """)
        try directory.write(
            "alertmanager.yml",
            """
            route: {receiver: hook, group_wait: 0s, group_interval: 1s, group_by: [alertname]}
            receivers: [{name: hook, webhook_configs: [{url: "\(receiver)/alerts"}]}]
            """)
    }

    @Test(.enabled(if: isInstalled)) func whatIsMeasuredIsReadAndWhatIsWrongIsDelivered() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("target", "add", target.repository.path).succeeded)
        #expect(try target.leviathan("propose", "task-001").succeeded)
        // What was delivered is anchored, and whoever verifies leaves word of it.
        #expect(FileSystem.exists(target.home + "/anchored.json"))
        #expect(try target.leviathan("journal", "verify").succeeded)
        let serving = try ServedProgram(target, ["--no-scheduler"], ["LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token])
        let receiver = try HTTPTestServer { request in HTTPTestReply.text("") }
        let directory = try TemporaryDirectory()
        let (prometheus, alertmanager) = (try TestPort.free(), try TestPort.free())
        try configure(directory, serving.url, alertmanager: alertmanager, receiver: receiver.url)
        let programs = try [
            [
                try #require(Self.tool("prometheus-alertmanager")), "--config.file=alertmanager.yml",
                "--storage.path=alertmanager", "--web.listen-address=127.0.0.1:\(alertmanager)",
                "--cluster.listen-address=",
            ],
            [
                try #require(Self.tool("prometheus")), "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:\(prometheus)",
            ],
        ].map { try BackgroundProgram(["env", "-C", directory.path] + $0 + ["--log.level=error"]) }
        #expect(try target.leviathan("stop", "--reason", "the test").succeeded)
        func query(_ expression: String) -> JSON {
            let answer = try? BackgroundProgram.run([
                "curl", "-s", "-G", "--data-urlencode", "query=" + expression,
                "http://127.0.0.1:\(prometheus)/api/v1/query",
            ])
            let json = answer.flatMap { try? JSON.parse($0) }
            return json?["data"]?["result"]?.elements?.first?["value"]?.elements?.last ?? .null
        }
        waitUntil { query("leviathan_stop_active") == "1" }
        #expect(query("leviathan_stop_active") == "1")
        #expect(query("sum(leviathan_attempts_total{result=\"delivered\"})") == "1")
        #expect(query("up{job=\"leviathan\"}") == "1")
        #expect(query("leviathan_chain_broken") == "0")
        #expect(query("leviathan_chain_verified_timestamp_seconds > bool 1700000000") == "1")
        #expect(query("leviathan_anchor_lag_seconds < bool 3600") == "1")
        func isTold() -> Bool {
            receiver.requests.contains { $0.path == "/alerts" && $0.text.contains("\"LeviathanStopped\"") }
        }
        for _ in 0..<6 where !isTold() { waitUntil(isTold) }
        #expect(isTold(), "\(receiver.requests.map(\.text))")
        withExtendedLifetime(programs) {}
        #expect(try serving.end() == "0")
    }
}
