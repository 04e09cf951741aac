import Basics
import Contracts
import Testing

@Suite struct DiagnosticRendererTests {
    private static let backlog = """
        tasks:
          - id: task-001
            scope: dosc
            ready: true
            allowed_paths: [docs/a.md]
          - {id: task-001, scope: docs, allowed_paths: [docs/ü.md], priority: hihg}

        """

    private func render(_ format: DiagnosticRenderer.Format, color: Bool = false, _ text: String = backlog)
        -> String
    {
        let reading = load(backlog: text)
        return DiagnosticRenderer(files: reading.files, usesColor: color).render(reading.diagnostics, as: format)
    }

    @Test func showsTheLineWithAMarkAndSecondPlaces() {
        #expect(
            render(.full) == """
                error[unknown-scope]: policy.yaml has no scope 'dosc'
                 --> .leviathan/backlog.yaml:3:12
                  |
                3 |     scope: dosc
                  |            ^^^^
                  = hint: did you mean 'docs'?

                error[duplicate-task-id]: the id 'task-001' is taken
                 --> .leviathan/backlog.yaml:6:10
                  |
                6 |   - {id: task-001, scope: docs, allowed_paths: [docs/ü.md], priority: hihg}
                  |          ^^^^^^^^
                 ::: .leviathan/backlog.yaml:2:9
                  |
                2 |   - id: task-001
                  |         ^^^^^^^^ first used here
                  = hint: give one of the tasks another id

                error[unknown-value]: 'priority' should be one of high, medium, low, but is 'hihg'
                 --> .leviathan/backlog.yaml:6:71
                  |
                6 |   - {id: task-001, scope: docs, allowed_paths: [docs/ü.md], priority: hihg}
                  |                                                                       ^^^^
                  = hint: did you mean 'high'?


                """)
    }

    @Test func coloursOnlyWhenAsked() {
        #expect(render(.full, color: true).contains("\u{1B}[1;31merror[unknown-scope]\u{1B}[0m"))
        #expect(!render(.full).contains("\u{1B}"))
    }

    @Test func theShortFormIsOneLineEach() {
        let lines = render(.short).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == ".leviathan/backlog.yaml:6:10: error[duplicate-task-id]: the id 'task-001' is taken")
    }

    @Test func theJSONFormHasAllFacts() throws {
        let value = try JSON.parse(render(.json))
        #expect(
            value.elements?.map { $0["id"]?.string } == ["unknown-scope", "duplicate-task-id", "unknown-value"])
        #expect(value.elements?[1]["related"]?.elements?[0]["place"]?["start"]?["line"] == 2)
        #expect(value.elements?[0]["hint"] == "did you mean 'docs'?")
    }

    @Test func theSARIFFormIsALog() throws {
        let log = try JSON.parse(render(.sarif))
        #expect(log["version"] == "2.1.0")
        let run = try #require(log["runs"]?.elements?.first)
        let rules = run["tool"]?["driver"]?["rules"]?.elements ?? []
        #expect(rules.map { $0["id"]?.string } == ["duplicate-task-id", "unknown-scope", "unknown-value"])
        let result = try #require(run["results"]?.elements?[0])
        #expect(result["ruleId"] == "unknown-scope" && result["ruleIndex"] == 1 && result["level"] == "error")
        let place = result["locations"]?.elements?[0]["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"] == ".leviathan/backlog.yaml")
        #expect(place?["region"] == ["startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 16])
    }

    @Test func annotationsAreEscaped() {
        #expect(
            render(.github).split(separator: "\n").first
                == "::error file=.leviathan/backlog.yaml,line=3,col=12,endLine=3,endColumn=16,title=unknown-scope::policy.yaml has no scope 'dosc'%0Ahint: did you mean 'docs'?"
        )
        let odd = Diagnostic("x", .note, "50% of\r\nit: a,b", at: nil)
        #expect(
            DiagnosticRenderer(files: []).render([odd], as: .github) == "::notice title=x::50%25 of%0D%0Ait: a,b\n"
        )
    }

    @Test(arguments: DiagnosticRenderer.Format.allCases)
    func noFormShowsASecret(format: DiagnosticRenderer.Format) {
        let secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
        let text =
            "tasks:\n  - {id: a, priority: \(secret), scope: \(secret), labels: \(secret), x\(secret): 1}\n"
            + "  - {id: b, title: \"https://bot:hunter2@example.com\", \(secret): 1}\n"
        let shown = render(format, text)
        #expect(shown.contains("secret-in-contract") && shown.contains("unknown-value"))
        #expect(!shown.contains(secret.dropFirst(6)) && !shown.contains("hunter2"))
    }

    @Test(arguments: [DiagnosticRenderer.Format.full, .short])
    func textCannotSteerTheTerminal(format: DiagnosticRenderer.Format) {
        let shown = render(format, "tasks:\n  - {id: a, priority: \"\\e[2J\", \"\\x1b]0;x\\a\": 1}\n")
        #expect(!shown.contains("\u{1B}") && !shown.contains("\u{7}"))
    }

    @Test func veryLongLinesAreCut() {
        let long = "tasks: [" + String(repeating: "{id: a, scope: docs}, ", count: 5000) + "{id: z, priority: x}]"
        let lines = render(.full, long).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 420 })
    }

    @Test func countsInWords() {
        let kinds: [Diagnostic.Severity] = [.error, .error, .warning, .note]
        let diagnostics = kinds.map { Diagnostic("x", $0, "m", at: nil) }
        #expect(DiagnosticRenderer.summary(diagnostics) == "2 errors, 1 warning and 1 note")
        #expect(DiagnosticRenderer.summary([]) == "no problems")
    }
}
