import Basics
import Contracts
import Testing

@Suite struct DiagnosticRendererTests {
    private let source = MemorySource(
        backlog: "tasks:\n  - id: task-001\n    scope: dosc\n    ready: true\n  - id: task-001\n    scope: docs\n")

    private func render(_ format: DiagnosticRenderer.Format, color: Bool = false) -> String {
        let reading = source.reading
        return DiagnosticRenderer(files: reading.files, usesColor: color).render(reading.diagnostics, as: format)
    }

    @Test func showsTheLineWithACaretAndSecondPlaces() {
        #expect(
            render(.full) == """
                error[unknown-scope]: task 'task-001' has the scope 'dosc', which the policy does not define
                  --> .leviathan/backlog.yaml:2:9
                   2 |   - id: task-001
                     |         ^^^^^^^^
                  hint: did you mean 'docs'?

                error[duplicate-task-id]: two tasks have the id 'task-001'
                  --> .leviathan/backlog.yaml:5:9
                   5 |   - id: task-001
                     |         ^^^^^^^^
                  --> .leviathan/backlog.yaml:2:9 (first defined here)
                   2 |   - id: task-001
                     |         ^^^^^^^^

                """)
        #expect(render(.full, color: true).contains("\u{1B}[1;31merror[unknown-scope]\u{1B}[0m"))
    }

    @Test func hasAShortForm() {
        #expect(
            render(.short).split(separator: "\n").last
                == ".leviathan/backlog.yaml:5:9: error[duplicate-task-id]: two tasks have the id 'task-001'")
        #expect(
            render(.github).contains(
                "::error file=.leviathan/backlog.yaml,line=5,col=9,title=duplicate-task-id::two tasks"))
    }

    @Test func isJSONWhenAsked() throws {
        let value = try JSON.parse(render(.json))
        #expect(value.elements?.count == 2)
        #expect(value.elements?[1]["related"]?.elements?[0]["place"]?["start"]?["line"] == 2)
    }

    @Test func hidesSecretsAndTerminalEscapes() {
        let token = "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789"
        for backlog in [
            "tasks: [{id: a, scope: docs, ready: true, title: \(token)}]",
            "tasks: [{id: \"a\\u001b[31m\", scope: docs, ready: true}]",
        ] {
            let reading = MemorySource(backlog: backlog).reading
            for format in DiagnosticRenderer.Format.allCases {
                let text = DiagnosticRenderer(files: reading.files).render(reading.diagnostics, as: format)
                #expect(!text.contains(token) && !text.contains("\u{1B}"))
            }
        }
    }
}
