import Basics
import Processes
import TestSupport
import Testing

/// What a person at a terminal sees while something runs, and afterwards.
@Suite struct TerminalTests {
    private static let policy = """
        version: 1
        scopes: {code: {allowed_paths: [src/**], executor: command}}
        workspace: {setup: "echo installing"}
        invariants: [{name: Unit tests, check: "echo tested"}]
        """

    private static func backlog(_ line: String) -> String {
        """
        version: 1
        tasks:
          - id: task-001
            title: Run
            scope: code
            ready: true
            allowed_paths: [src/]
            inputs: {run: '\(line)'}
        """
    }

    private func target(_ line: String = "mkdir -p src && echo x > src/a") throws -> TestTarget {
        try TestTarget(policy: Self.policy, backlog: Self.backlog(line))
    }

    /// The bytes that a terminal gets.
    private func terminal(
        _ words: String, _ target: TestTarget, term: String? = "xterm", extra: [String: String] = [:]
    ) throws -> String {
        var environment = target.repository.environment.merging([
            "LEVIATHAN_HOME": target.home, "PROGRAM": TestTarget.program, "COLUMNS": "100", "LC_ALL": "C.UTF-8",
        ]) { $1 }
        environment["TERM"] = term
        environment.merge(extra) { $1 }
        var program = Subprocess(
            "script", ["--quiet", "--return", "--command", "\"$PROGRAM\" \(words)", "/dev/null"],
            environment: environment)
        program.workingDirectory = target.repository.path
        return try program.run().output.text
    }

    @Test func stagesAreDrawnWhileTheyRunAndLeaveNothingBehind() throws {
        let target = try target()
        let text = try terminal("propose task-001 --dry-run", target)
        for name in ["overlay workspace", "set-up: echo installing", "executor command", "invariant Unit tests"] {
            #expect(text.contains("  " + name), "\(name)")
        }
        let screen = DrawnScreen(text).lines
        #expect(!screen.contains { $0.hasPrefix("  set-up") || $0.hasPrefix("  executor command") }, "\(screen)")
        #expect(screen.last?.contains("to deliver it: leviathan propose task-001") == true, "\(screen)")
    }

    @Test(arguments: [("dumb", ""), (nil, ""), ("xterm", " --plain")] as [(String?, String)])
    func aTerminalWithoutAbilitiesGetsPlainLines(term: String?, option: String) throws {
        let text = try terminal("propose task-001 --dry-run" + option, try target(), term: term)
        #expect(!text.contains("\u{1B}"), "\(text)")
        #expect(text.contains(#/[0-9:]{8} set-up: echo installing/#))
    }

    @Test func inTheLocaleCOurOwnSignsAreASCII() throws {
        let target = try TestTarget(
            backlog: """
                tasks:
                  - {id: task-001, title: "a title that is so very long that no column of it could ever hold it", scope: docs, ready: true, allowed_paths: [docs/a.md]}
                """)
        _ = try target.leviathan("propose", "task-001")
        for locale in ["C", "POSIX"] {
            for words in ["stats", "artifacts", "propose task-001 --dry-run", "help attempts"] {
                let text = try terminal(words, target, extra: ["LC_ALL": locale, "COLUMNS": "40"])
                #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)")
            }
        }
        #expect(try terminal("stats", target, extra: ["COLUMNS": "40"]).contains("█"))
    }

    /// However many files, notes and invariants there are, the summary fits and ends with the verdict.
    @Test func theSummaryHasAtMostTenLines() throws {
        let checks = (1...6).map { "{name: Check \($0), check: 'true'}" }.joined(separator: ", ")
        let target = try TestTarget(
            policy:
                "version: 1\nscopes: {code: {allowed_paths: [src/**], executor: command}}\ninvariants: [\(checks)]\n",
            backlog: Self.backlog(
                "mkdir -p src && touch src/a src/b src/c && for f in src/*; do echo x > $f; done"))
        func summary(_ options: String = "") throws -> [String] {
            let text = try terminal("propose task-001 --dry-run --color never" + options, target)
            let lines = text.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
            return Array(lines[(lines.lastIndex { $0.hasPrefix("task-001  ") } ?? 0)...])
        }
        let lines = try summary()
        #expect(lines.count <= 10 && lines.last?.contains("prepared") == true, "\(lines)")
        #expect(
            lines.contains("  change     3 files  +3 -0") && lines.contains("  invariants 6 passed"), "\(lines)")
        let whole = try summary(" --verbose")
        #expect(
            whole.count { $0.hasPrefix("  invariant ") } == 6 && whole.last?.contains("prepared") == true,
            "\(whole)")
    }

    @Test func namesFromRightToLeftDoNotMoveTheirNeighbours() throws {
        let target = try TestTarget(
            backlog: "tasks: [{id: task-001, title: שלום, scope: docs, allowed_paths: [docs/a.md]}]\n")
        let shown = try terminal("tasks", target)
        #expect(shown.contains("\u{2068}שלום\u{2069}"), "\(shown)")
        #expect(try !target.leviathan("tasks").output.text.contains("\u{2068}"))
        #expect(try !terminal("tasks", target, extra: ["LC_ALL": "C"]).contains("\u{2068}"))
        #expect(try !terminal("tasks --plain", target).contains("\u{2068}"))
    }

    @Test func aNarrowTerminalIsFilledAndNotOverrun() throws {
        let target = try target()
        let text = try terminal("propose task-001 --dry-run", target, extra: ["COLUMNS": "20"])
        #expect(DrawnScreen(text).lines.last?.contains("leviathan propose task-001") == true, "\(text)")
        let list = try terminal("tasks", target, extra: ["COLUMNS": "20"])
        #expect(
            list.contains("task-001") && list.split(separator: "\r\n").allSatisfy { $0.count <= 20 }, "\(list)")
    }

    @Test func nothingInAPatchActsOnTheTerminal() throws {
        let target = try target(#"mkdir -p src && printf "a\033]0;title\007b" > src/a"#)
        let text = try terminal("propose task-001 --dry-run", target)
        #expect(text.contains(#"a\u{1b}]0;title\u{7}b"#) && !text.contains("\u{1B}]"), "\(text)")
        let bytes = try target.leviathan("propose", "task-001", "--dry-run").output.text
        #expect(bytes.contains("a\u{1B}]0;title\u{7}b"))
    }

    @Test func elsewhereEachStageIsALine() throws {
        let target = try target()
        let lines = try target.leviathan("propose", "task-001", "--dry-run").errors.text
        #expect(
            lines.contains(#/(?m)^[0-9:]{8} invariant Unit tests$/#) && !lines.contains("done after"), "\(lines)")
        let verbose = try target.leviathan("propose", "task-001", "--dry-run", "--verbose").errors.text
        #expect(verbose.contains(#/(?m)^[0-9:]{8} executor command: done after /#), "\(verbose)")
        for word in ["--quiet", "--json"] {
            #expect(try target.leviathan("propose", "task-001", "--dry-run", word).errors.text.isEmpty, "\(word)")
        }
    }
}

/// What stands on a terminal after lines were drawn and erased.
private struct DrawnScreen {
    private(set) var lines: [String] = []

    init(_ text: String) {
        var row = 0
        var rest = text.replacing("\r\n", with: "\n")[...]
        while let end = rest.firstIndex(of: "\n") {
            var line = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            while let erasure = line.firstMatch(of: #/\x1B\[([0-9]+)A\r\x1B\[J/#) {
                row = max(0, row - (Int(erasure.output.1) ?? 0))
                lines.removeSubrange(row...)
                line = String(line[erasure.range.upperBound...])
            }
            lines.append(line)
            row = lines.count
        }
    }
}
