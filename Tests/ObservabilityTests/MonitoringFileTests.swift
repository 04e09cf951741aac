import Basics
import Observability
import TestSupport
import Testing

/// The files that others take from here, held against the declarations and against the tools that read them.
@Suite struct MonitoringFileTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    private static let promtool = ["/usr/local/bin/promtool", "/usr/bin/promtool"].first(where: FileSystem.exists)

    private func file(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(Self.root + "/" + path, limit: 4 << 20), as: UTF8.self)
    }

    @Test func theFilesAreWhatTheProgramPrints() throws {
        #expect(try file("deploy/monitoring/alerts.yaml") == AlertFile.text, "leviathan serve --print alerts")
        #expect(
            try file("deploy/monitoring/dashboard.json") == Dashboard.json.text(.pretty) + "\n",
            "leviathan serve --print dashboard")
    }

    /// The names of metrics in an expression.
    private func names(_ expression: String) -> [String] {
        let words = expression.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        return words.filter { word in ["leviathan_", "cicd_", "vcs_"].contains { word.hasPrefix($0) } }
    }

    @Test func rulesAndPanelsAskForWhatIsMeasured() {
        let known = Set(Metric.all.flatMap(\.sampleNames))
        for rule in AlertRule.all {
            for name in names(rule.expression) { #expect(known.contains(name), "\(name)") }
        }
        for panel in Dashboard.all {
            #expect(!panel.queries.isEmpty && !panel.advice.isEmpty)
            for name in panel.queries.flatMap({ names($0.expression) }) {
                #expect(known.contains(name), "\(name)")
            }
        }
        #expect(Set(AlertRule.all.map(\.name)).count == AlertRule.all.count)
        #expect(Set(Dashboard.all.map(\.title)).count == Dashboard.all.count)
    }

    @Test func theDocumentationSaysWhatToDoAboutEachOfThem() throws {
        let page = try file("docs/monitoring.md")
        for metric in Metric.all {
            let row = "| `\(metric.text)` | \(metric.kind.rawValue) | \(metric.help) | \(metric.advice) |"
            #expect(page.contains(row + "\n"), "\(row)")
        }
        for rule in AlertRule.all {
            #expect(page.contains("### \(rule.name)\n"), "\(rule.name)")
            #expect(page.contains(rule.advice), "\(rule.name)")
        }
        for panel in Dashboard.all {
            #expect(page.contains("| \(panel.title) | \(panel.advice) |\n"), "\(panel.title)")
        }
    }

    @Test(.enabled(if: promtool != nil)) func prometheusTakesTheRules() throws {
        let promtool = try #require(Self.promtool)
        let place = Self.root + "/deploy/monitoring/"
        let checked = try BackgroundProgram.run([promtool, "check", "rules", place + "alerts.yaml"])
        #expect(checked.contains("\(AlertRule.all.count) rules found"), "\(checked)")
    }

    /// Each rule fires where it should, and not where it should not.
    @Test(.enabled(if: promtool != nil)) func theRulesFireWhenTheyShould() throws {
        let promtool = try #require(Self.promtool)
        #expect(Set(AlertCase.all.map(\.rule)) == Set(AlertRule.all.map(\.name)))
        let directory = try TemporaryDirectory()
        try directory.write("alerts.yaml", AlertFile.text)
        let tests = AlertCase.all.flatMap { [$0.json(fires: true), $0.json(fires: false)] }
        let file: JSON = [
            "rule_files": ["alerts.yaml"], "evaluation_interval": "30s", "tests": .array(tests),
        ]
        let path = try directory.write("tests.yaml", file.text(.pretty))
        _ = try BackgroundProgram.run([promtool, "test", "rules", path])
    }
}
