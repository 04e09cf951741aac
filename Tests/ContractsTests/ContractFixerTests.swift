import Basics
import Contracts
import Testing

@Suite struct ContractFixerTests {
    @Test func keepsCommentsOrderAndLayout() {
        let report = fix(
            backlog: """
                # The tasks.
                tasks:
                  - task_id:   task-001   # the first
                    scope:  docs
                    estimated_size: small   # a guess

                    ready: true
                    labels: docs
                    allowed_paths: [docs/a.md]
                """, expectsSame: false)
        #expect(
            text(report, ContractPaths.backlog) == """
                # The tasks.
                tasks:
                  - id:   task-001   # the first
                    scope:  docs
                    size: s   # a guess

                    ready: true
                    labels: [docs]
                    allowed_paths: [docs/a.md]
                """)
        #expect(report.reading.problems.isEmpty && report.applied.count == 4)
    }

    @Test func movesGuardrailsToLimits() {
        let report = fix(
            policy: """
                scopes: {docs: {allowed_paths: [docs/**]}}   # kinds
                guardrails:            # as agreed
                  max_open_prs: 2
                  circuit_breaker: {consecutive_failures_threshold: 3, cooldown_minutes: 60}
                  timeout: {attempt_timeout_minutes: 15}   # long enough
                scheduling: {fairness_weight: 1.0}
                auto_merge: {require_ci_pass: true, allowed_scopes: [docs]}
                """)
        #expect(
            text(report, ContractPaths.policy) == """
                scopes: {docs: {allowed_paths: [docs/**]}}   # kinds
                limits:            # as agreed
                  max_open_prs: 2
                  circuit_breaker: {failures: 3, cooldown: 1h}
                  attempt_timeout: 15m   # long enough
                schedule: {weight: 1.0}
                auto_merge: {require_ci: true, scopes: [docs]}
                """)
        #expect(report.reading.problems.isEmpty, "\(report.reading.shown)")
    }

    @Test(arguments: [
        ("scope_paths: {docs: [docs/**]}", "scopes: {docs: {allowed_paths: [docs/**]}}"),
        (
            "allowed_paths:\n  docs:   # kind\n    - docs/**   # all\n    - README.md\nforbidden_paths: [src/**]",
            "scopes:\n  docs:   # kind\n    allowed_paths:\n    - docs/**   # all\n    - README.md\nforbidden: [src/**]"
        ),
        (
            "scope_constraints:\n  docs: {allowed_paths: [docs/**], allowed_operations: [update], max_files_per_task: 3}",
            "scopes:\n  docs: {allowed_paths: [docs/**], operations: [update], max_files: 3}"
        ),
        (
            "scope_paths: {docs: [docs/**]}\nsafety_rules: {backoff_seconds: 90, max_concurrent_attempts: 1}",
            "scopes: {docs: {allowed_paths: [docs/**]}}\nlimits: {backoff: 1m30s, max_running_attempts: 1}"
        ),
        (
            "scope_paths: {docs: [docs/**]}\nfile_size_limits: {max_file_size_kb: {\"*.py\": 2000}}",
            "scopes: {docs: {allowed_paths: [docs/**]}}\nlimits: {max_file_size: {\"*.py\": 2MB}}"
        ),
    ])
    func rewritesOlderPolicies(before: String, after: String) {
        let report = fix(policy: before)
        #expect(text(report, ContractPaths.policy) == after)
        #expect(report.reading.problems.isEmpty, "\(report.reading.shown)")
    }

    @Test func rewritesOlderContractsAndBareLists() {
        let report = fix(
            contract: """
                target_id: radix
                repo_url: https://github.com/owner/radix.git   # here
                default_branch: main
                created_at: 2026-01-01T00:00:00Z

                """,
            backlog: "# bare\n- id: a\n  scope: docs\n  ready: true\n  allowed_paths: [docs/a.md]\n")
        #expect(
            text(report, ContractPaths.contract) == """
                target: radix
                repository: {url: https://github.com/owner/radix.git, default_branch: main}   # here
                created_at: 2026-01-01T00:00:00Z

                """)
        #expect(
            text(report, ContractPaths.backlog)
                == "# bare\nversion: 1\ntasks:\n- id: a\n  scope: docs\n  ready: true\n  allowed_paths: [docs/a.md]\n"
        )
        #expect(report.reading.problems.isEmpty, "\(report.reading.shown)")
    }

    /// Groups and keys that have to leave the mapping they stand in.
    @Test(arguments: [
        (
            "limits: {max_open_prs: 1}\nguardrails: {backoff: 1m}\nscope_paths: {docs: [docs/**]}",
            "limits: {max_open_prs: 1, backoff: 1m}\nscopes: {docs: {allowed_paths: [docs/**]}}"
        ),
        (
            "allowed_paths:\n  docs: [docs/**]\nscope_constraints: {docs: {allowed_operations: [update]}}\n"
                + "limits: # here\n  max_open_prs: 1 # one\nfile_size_limits: {max_file_size_kb: {\"*.py\": 2000}}\n",
            "scopes: {docs: {operations: [update], allowed_paths: [docs/**]}}\n"
                + "limits: # here\n  max_open_prs: 1 # one\n  max_file_size: {\"*.py\": 2MB}\n"
        ),
    ])
    func movesWhatHasToLeaveItsMapping(before: String, after: String) {
        let report = fix(policy: before)
        #expect(text(report, ContractPaths.policy) == after)
        #expect(report.reading.problems.isEmpty, "\(report.reading.shown)")
    }

    @Test func movesKeysOfAnOlderContract() {
        let report = fix(
            contract: """
                repository: {name: R, description: d, default_branch: main} # where
                leviathan: {max_open_prs: 2}
                target: x

                """)
        #expect(
            text(report, ContractPaths.contract) == """
                name: R
                description: d
                repository: {default_branch: main} # where
                limits: {max_open_prs: 2}
                target: x

                """)
        #expect(report.reading.problems.isEmpty, "\(report.reading.shown)")
    }

    @Test func leavesAloneWhatItWouldChange() {
        let both = fix(
            policy: "limits: {max_open_prs: 1}\nguardrails: {backoff: 1m} # why\nscope_paths: {docs: [docs/**]}")
        #expect(text(both, ContractPaths.policy)?.contains("guardrails: {backoff: 1m} # why") == true)
        let broken = fix(backlog: "tasks: [", expectsSame: false)
        #expect(broken.files.isEmpty && broken.applied.isEmpty)
        let clean = fix()
        #expect(clean.files.isEmpty && clean.reading.contract != nil)
    }

    @Test func mendsManyTasksAtOnce() {
        let tasks = (0..<400).map { "- {task_id: t\($0), scope: docs, ready: true, allowed_paths: [docs/a]}\n" }
        let report = fix(backlog: "tasks:\n" + tasks.joined())
        #expect(report.applied.count == 400 && report.reading.problems.isEmpty)
    }

    private func fix(
        contract: String = Texts.contract, policy: String = Texts.policy, backlog: String = Texts.backlog,
        expectsSame: Bool = true
    ) -> FixReport {
        let source = MemorySource(contract: contract, policy: policy, backlog: backlog)
        let before = ContractLoader.load(from: source)
        let report = ContractFixer.fix(source)
        if expectsSame { #expect(before.contract != nil && report.reading.contract != nil, "\(before.shown)") }
        return report
    }

    private func text(_ report: FixReport, _ path: String) -> String? {
        report.files.first { $0.path == path }.map { String(decoding: $0.after, as: UTF8.self) }
    }
}
