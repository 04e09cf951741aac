import Basics
import Contracts
import Model
import Testing

@Suite struct LinterTests {
    @Test func everyLimitIsHeldAndSaysNothing() {
        let reading = load(
            contract: "limits: {max_open_prs: 2}",
            policy: """
                limits: {max_open_prs: 1, max_files: 3, backoff: 1m, max_tasks_per_day: 5, attempt_timeout: 1m,
                         circuit_breaker: {failures: 3}}
                scopes: {docs: {allowed_paths: [docs/**], limits: {backoff: 2m}}}
                """)
        #expect(reading.diagnostics.isEmpty && reading.contract != nil, "\(reading.shown)")
    }

    @Test func reportsAllProblemsInOneGo() {
        let reading = load(
            contract: "target: [a]\nwriteback: perhaps\n",
            policy:
                "scopes: {docs: {allowed_paths: [/docs], operations: [mend]}}\nlimits: {backoff: 5, max_files: -1}\n",
            backlog:
                "tasks:\n- {id: A b, scope: nope, ready: maybe, size: huge, allowed_paths: [a//b]}\n- {title: x}\n"
        )
        #expect(
            reading.lines == [
                "error[bad-task-id] 2:8", "error[unknown-scope] 2:20", "error[wrong-type] 2:33",
                "error[unknown-value] 2:46",
                "error[bad-pattern] 2:68", "error[missing-field] 3:3", "warning[missing-allowed-paths] 3:3",
                "warning[missing-scope] 3:3",
                "error[wrong-type] 1:9", "error[wrong-type] 2:12",
                "error[bad-pattern] 1:33", "error[unknown-value] 1:54", "error[bad-duration] 2:19",
                "error[out-of-range] 2:33",
            ])
        #expect(reading.contract == nil)
    }

    @Test func aConflictPointsAtBothPlaces() throws {
        let reading = load(
            policy:
                "scopes: {docs: {allowed_paths: [docs/**]}}\nlimits: {max_open_prs: 1}\nguardrails:\n  max_open_prs: 2\n"
        )
        let conflict = try #require(reading.diagnostics.first { $0.id == "conflicting-spellings" })
        #expect(conflict.place?.span.start.line == 4 && conflict.related.first?.place.span.start.line == 2)
        let scopes = load(
            policy: "scope_paths: {docs: [docs/**]}\nscopes: {docs: {allowed_paths: [docs/a.md]}}\n")
        #expect(scopes.ids.contains("conflicting-spellings"))
        let same = load(policy: "scope_paths: {docs: [docs/**]}\nscopes: {docs: {allowed_paths: [docs/**]}}\n")
        #expect(same.contract != nil)
        let units = load(
            policy: "scope_paths: {docs: [docs/**]}\nlimits: {backoff: 1m}\nsafety_rules: {backoff_seconds: 60}\n")
        #expect(units.contract?.policy.limits.backoff == .seconds(60))
    }

    @Test func aDirectoryWithoutItsSlashIsSuggestedWithOne() {
        let reading = load(
            policy: "scopes: {docs: {allowed_paths: [docs/]}}\n",
            backlog: "tasks:\n  - {id: a, scope: docs, ready: true, allowed_paths: [docs]}\n")
        #expect(reading.ids == ["paths-never-match"] && reading.messages.hasSuffix("; did you mean 'docs/'?"))
    }

    @Test func printsTheCycle() throws {
        let reading = load(
            backlog: tasks(["a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["e"]]))
        let cycles = reading.diagnostics.filter { $0.id == "dependency-cycle" }
        #expect(cycles.count == 2)
        #expect(cycles[0].message.hasSuffix("a → b → c → a") && cycles[0].related.count == 2)
        #expect(cycles[1].message.hasSuffix("e → e"))
    }

    @Test(.timeLimit(.minutes(60))) func longChainsAndManyMistakesStayCheap() {
        let chain = (0..<4000).map {
            "- {id: t\($0), scope: docs, ready: true, allowed_paths: [docs/a]\($0 > 0 ? ", dependencies: [t\($0 - 1)]" : "")}\n"
        }
        #expect(load(backlog: "tasks:\n" + chain.joined()).lines == [])
        let mistakes = (0..<4000).map {
            "- {id: task-\($0), scope: dosc, ready: true, allowed_paths: [docs/a], dependencies: [taks-\($0)]}\n"
        }
        let reading = load(backlog: "tasks:\n" + mistakes.joined())
        #expect(reading.diagnostics.count == 8000)
        #expect(reading.diagnostics.first { $0.id == "unknown-dependency" }?.hint == "did you mean 'task-0'?")
    }

    @Test(arguments: [
        ("src/**", "docs/**", true), ("docs/a.md", "docs/**", false), ("docs/*.md", "docs/*.txt", true),
        ("docs/**/a.md", "docs/b/*", false), ("**/*.md", "docs/**", false), ("docs", "docs/**", true),
        ("{src,docs}/x", "docs/**", false), ("docs/[a-c].md", "docs/[d-f].md", true),
        ("docs/?.md", "docs/ab.md", true),
        (".leviathan/policy.yaml", "**", true), (".github/workflows/**", "**", true),
        ("docs/.git/x", "docs/**", true),
    ])
    func findsTasksThatCouldNeverPass(pattern: String, allowed: String, isHopeless: Bool) {
        let reading = load(
            policy: "scopes: {docs: {allowed_paths: ['\(allowed)']}}",
            backlog: "tasks: [{id: a, scope: docs, ready: true, allowed_paths: ['\(pattern)']}]")
        #expect(reading.lines == (isHopeless ? ["error[paths-never-match] 1:59"] : []), "\(reading.shown)")
    }

    @Test func forbiddenAndLimitsCloseToo() {
        let backlog =
            "tasks: [{id: a, scope: docs, ready: true, allowed_paths: [docs/legal/x.md, docs/legal/, docs/a]}]"
        let policy = "scopes: {docs: {allowed_paths: [docs/**], forbidden: [docs/legal/**]}}\n"
        #expect(
            load(policy: policy, backlog: backlog).lines == [
                "warning[pattern-never-matches] 1:59", "warning[pattern-never-matches] 1:76",
            ])
        let limits = "limits: {allowed_path_prefixes: [docs/legal/]}\n"
        #expect(load(policy: policy + limits, backlog: backlog).ids == ["paths-never-match"])
        let named = "scopes: {ci: {allowed_paths: [.github/workflows/a.yml]}}"
        let ci = "tasks: [{id: a, scope: ci, ready: true, allowed_paths: [.github/workflows/**]}]"
        #expect(load(policy: named, backlog: ci).lines == [])
    }

    @Test func whatIsFinishedDoesNoHarm() {
        let reading = load(
            backlog: """
                tasks:
                - {id: old, scope: gone, status: completed, dependencies: [lost], invariants: [none]}
                - {id: no, scope: docs, status: declined, allowed_paths: [src/x]}
                - {id: now, scope: docs, ready: true, allowed_paths: [docs/x]}
                """)
        #expect(
            reading.contract != nil && reading.ids == ["unknown-scope", "unknown-dependency", "unknown-invariant"])
    }

    @Test func aScopeThatAllowsNothingIsMentioned() {
        let reading = load(policy: "scopes: {a: {}, b: {allowed_paths: []}, docs: {allowed_paths: [docs/**]}}")
        #expect(reading.lines == ["warning[missing-allowed-paths] 1:10", "warning[empty-allowed-paths] 1:36"])
    }

    @Test func suggestsAcrossTheWholeFormat() {
        let hint = { (policy: String) in
            load(policy: "scopes: {docs: {allowed_paths: [docs/**]}}\n" + policy).diagnostics.first?.hint
        }
        #expect(hint("limit: {}") == "did you mean 'limits'?")
        #expect(hint("max_open_prs: 1") == "did you mean 'limits.max_open_prs'?")
        #expect(hint("zebra: 1") == nil)
    }

    @Test func nothingReadyIsSaidOnceAndWithTheWayOut() {
        let reading = load(
            backlog:
                "- {id: a, scope: docs, allowed_paths: [docs/a]}\n- {id: b, scope: docs, allowed_paths: [docs/b]}\n"
        )
        let warnings = reading.diagnostics.filter { $0.id == "nothing-ready" }
        #expect(warnings.count == 1 && warnings[0].hint?.contains("ready: true") == true)
        #expect(reading.contract?.backlog.mentionsReady == false)
    }

    private func tasks(_ dependencies: KeyValuePairs<String, [String]>) -> String {
        "tasks:\n"
            + dependencies.map { id, names in
                "- {id: \(id), scope: docs, ready: true, allowed_paths: [docs/a], dependencies: [\(names.joined(separator: ", "))]}\n"
            }.joined()
    }
}
