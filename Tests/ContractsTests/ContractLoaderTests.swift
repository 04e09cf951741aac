import Basics
import Contracts
import Model
import Testing

@Suite struct ContractLoaderTests {
    @Test func readsTheCanonicalFiles() throws {
        let source = MemorySource(
            policy: """
                version: 1
                scopes:
                  docs:
                    allowed_paths: [docs/**, README.md]
                    forbidden: [docs/legal/**]
                    operations: [create, update]
                    max_files: 10
                    executor: docs
                    executors: [docs, command]
                    requires: [tests]
                forbidden: ["**/*.key"]
                limits:
                  allowed_path_prefixes: [docs/, tests/, README.md]
                  max_attempts_per_task: 3
                  circuit_breaker: {failures: 2, cooldown: 1h}
                  attempt_timeout: 15m
                  max_patch_bytes: 4MB
                  max_file_size: {"*.md": 500KB, "*": 2MB}
                invariants:
                  - name: Tests must pass
                    check: pytest tests/
                    timeout: 10m
                    when: [src/**]
                    network: deny
                    env: [PYTHONPATH]
                    severity: warn
                  - {name: No secrets, builtin: secrets}
                sandbox: {network: deny, read: [~/.cache/pip], scratch: ["**/__pycache__/**"], memory: 4GB}
                auto_merge: {enabled: false, scopes: [docs]}
                schedule: {cron: "*/5 * * * *", weight: 1}
                """,
            backlog: """
                version: 1
                tasks:
                  - id: task-001
                    title: Add API logging guide
                    description: Longer
                    scope: docs
                    priority: high
                    size: s
                    ready: true
                    allowed_paths: [docs/api/]
                    acceptance_criteria: [One, Two]
                    dependencies: [task-000]
                    inputs: {a: [1, x]}
                    invariants: [Tests must pass]
                    not_before: 2026-02-01
                    labels: [api]
                  - {id: task-000, scope: docs, status: completed, allowed_paths: [README.md]}
                """,
            [
                "contract.yaml":
                    "version: 1\ntarget: my-repo\nrepository: {url: u, default_branch: main}\nwriteback: false\n"
            ])
        let reading = source.reading
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics.map(\.message))")
        let contract = try #require(reading.contract)
        #expect(
            contract.target.id == "my-repo" && contract.target.defaultBranch == "main"
                && !contract.target.writesBack)
        let task = try #require(contract.backlog["task-001"])
        #expect(task.priority == .high && task.size == .s && task.ready && task.labels == ["api"])
        #expect(task.inputs == ["a": [1, "x"]] && task.notBefore == Instant("2026-02-01"))
        let scope = try #require(contract.policy.scope("docs"))
        #expect(
            scope.operations == [.create, .update] && scope.limits.maxFiles == 10 && scope.requires == [.tests])
        #expect(contract.policy.limits.breaker == Limits.Breaker(failures: 2, cooldown: .seconds(3600)))
        #expect(contract.policy.limits.maxFileSizes.map(\.bytes) == [500_000, 2_000_000])
        #expect(
            contract.policy.invariants[0].severity == .warn
                && contract.policy.invariants[1].check == .builtin("secrets"))
        #expect(contract.policy.sandbox.memoryBytes == 4_000_000_000)
    }

    @Test(arguments: [
        "- {id: a, ready: true, scope: docs}", "tasks: [{task_id: a, status: pending, ready: true, scope: docs}]",
        "tasks: [{id: a, estimated_size: small, ready: true, scope: docs}]",
        "{version: 1, max_open_prs: 2, tasks: [{id: a, ready: true, scope: docs, pr_number: 3, branch_name: agent/a, commit: abc}]}",
        "tasks: [{id: a, ready: true, scope: docs, blocked_reason: x, labels: [x], last_attempt_id: b, completed_at: 2026-01-01T00:00:00Z}]",
    ])
    func readsEveryBacklogInTheWild(text: String) throws {
        let reading = MemorySource(backlog: text).reading
        #expect(reading.contract?.backlog["a"]?.ready == true)
        #expect(reading.diagnostics.allSatisfy { $0.severity == .note })
    }

    @Test(arguments: [
        "{scopes: {docs: {allowed_paths: [docs/**], forbidden_patterns: [src/**]}}, invariants: [{name: n, check: cmd}]}",
        "{version: 1, scope_paths: {docs: [docs/**]}, forbidden: [\"**/*.key\"], invariants: [{path: ops/invariants.yaml, description: d}]}",
        """
        {allowed_paths: {docs: [docs/**]}, forbidden_paths: [.git/**],
         scope_constraints: {docs: {allowed_operations: [update], max_files_per_task: 10, requires_tests: false, requires_documentation: true}},
         safety_rules: {max_attempts_per_task: 3, backoff_seconds: 60, max_concurrent_attempts: 1, max_tasks_per_day: 10},
         file_size_limits: {max_file_size_kb: {"*.py": 2000}}, code_style: {a: b}}
        """,
        "{allowed_paths: [docs/**], forbidden_paths: [src/**]}",
        """
        {scopes: {docs: {allowed_paths: [docs/**]}}, target: {x: y}, autonomy: {enabled: true},
         guardrails: {allowed_path_prefixes: [docs/], max_open_prs: 2,
           circuit_breaker: {enabled: true, consecutive_failures_threshold: 3, cooldown_minutes: 60},
           timeout: {attempt_timeout_minutes: 15}},
         scheduling: {priority: normal, fairness_weight: 1.0},
         auto_merge: {enabled: false, require_ci_pass: true, require_approvals: 1, allowed_scopes: [docs]}}
        """,
    ])
    func readsEveryPolicyInTheWild(text: String) throws {
        let reading = MemorySource(policy: text).reading
        #expect(reading.diagnostics.allSatisfy { $0.severity == .note }, "\(reading.diagnostics.map(\.message))")
        let scope = try #require(reading.contract?.policy.scope("docs"))
        #expect(scope.allowedPaths.map(\.text) == ["docs/**"])
    }

    @Test func olderLimitsArriveWhereTheNewOnesDo() throws {
        let policy = """
            {allowed_paths: {docs: [docs/**]}, scope_constraints: {docs: {allowed_operations: [update], requires_tests: true}},
             safety_rules: {backoff_seconds: 60, max_concurrent_attempts: 3, timeout: {attempt_timeout_minutes: 15}},
             file_size_limits: {max_file_size_kb: {"*.py": 2000}}}
            """
        let found = try #require(MemorySource(policy: policy).reading.contract?.policy)
        #expect(found.limits.backoff == .seconds(60) && found.limits.maxRunningAttempts == 3)
        #expect(found.limits.attemptTimeout == .seconds(900) && found.limits.maxFileSizes[0].bytes == 2_000_000)
        #expect(found.scopes[0].operations == [.update] && found.scopes[0].requires == [.tests])
    }

    @Test func readsOneTaskAFile() throws {
        let source = MemorySource(
            backlog: "tasks: []",
            [
                "backlog/a.yaml": "id: a\nscope: docs\nready: true\n", "backlog/b.yml": "- {id: b, scope: docs}\n",
            ])
        #expect(source.reading.contract?.backlog.tasks.map(\.id) == ["a", "b"])
    }

    @Test func conflictingSpellingsPointAtBothPlaces() throws {
        let reading = MemorySource(backlog: "tasks:\n- id: a\n  task_id: b\n  scope: docs\n  ready: true\n")
            .reading
        let conflict = try #require(reading.diagnostics.first { $0.id == "conflicting-spellings" })
        #expect(conflict.place?.span.start.line == 3 && conflict.related.first?.place.span.start.line == 2)
        #expect(reading.contract == nil)
        let same = MemorySource(backlog: "tasks:\n- id: a\n  task_id: a\n  scope: docs\n  ready: true\n").reading
        #expect(same.contract != nil)
    }

    @Test(arguments: [
        ("tasks: [{id: a, scope: docs, ready: yes}]", ["wrong-type"]),
        ("tasks: [{id: a, scope: docs, raedy: true}]", ["nothing-ready", "unknown-key"]),
        ("tasks: [{id: A b, scope: docs, ready: true}]", ["bad-task-id"]),
        ("tasks: [{title: x, ready: true}]", ["missing-field"]),
        ("tasks: [{id: a, scope: dosc, ready: true}]", ["unknown-scope"]),
        ("tasks: [{id: a, ready: true}]", ["missing-field"]),
        ("tasks: [{id: a, scope: docs, ready: true}, {id: a, scope: docs}]", ["duplicate-task-id"]),
        ("tasks: [{id: a, scope: docs, ready: true, dependencies: [b]}]", ["unknown-dependency"]),
        (
            "tasks: [{id: a, scope: docs, ready: true, dependencies: [b]}, {id: b, scope: docs, dependencies: [a]}]",
            ["dependency-cycle"]
        ),
        ("tasks: [{id: a, scope: docs, ready: true, dependencies: [a]}]", ["dependency-cycle"]),
        ("tasks: [{id: a, scope: docs, ready: true, allowed_paths: []}]", ["empty-allowed-paths"]),
        ("tasks: [{id: a, scope: docs, ready: true, allowed_paths: [/etc/x]}]", ["bad-pattern"]),
        ("tasks: [{id: a, scope: docs, ready: true, allowed_paths: [src/x.py]}]", ["paths-never-match"]),
        ("tasks: [{id: a, scope: docs, ready: true, allowed_paths: [tests/**]}]", ["paths-never-match"]),
        ("tasks: [{id: a, scope: docs, ready: true, allowed_paths: docs/}]", ["wrong-type"]),
        ("tasks: [{id: a, scope: docs, ready: true, priority: hihg}]", ["unknown-value"]),
        ("tasks: [{id: a, scope: docs, ready: true, not_before: soon}]", ["bad-date"]),
        ("tasks: [{id: a, scope: docs, ready: true, invariants: [nope]}]", ["unknown-invariant"]),
        ("tasks: [{id: a, scope: docs, ready: true, limits: {backoff: 5}}]", ["bad-duration"]),
        ("tasks: [{id: a, scope: docs, ready: true, limits: {max_patch_bytes: big}}]", ["bad-size"]),
        ("tasks: [{id: a, scope: docs, ready: true, limits: {max_files: -1}}]", ["out-of-range"]),
        ("tasks: [{id: a, id: b, scope: docs, ready: true}]", ["duplicate-key"]), ("tasks: [", ["yaml-syntax"]),
        ("tasks: {}", ["wrong-type"]),
        ("just text", ["wrong-type"]), ("", []),
        ("version: 2\ntasks: [{id: a, scope: docs, ready: true}]", ["out-of-range"]),
        ("tasks: [{id: a, scope: docs, ready: true}]\n---\nb: c", ["extra-documents"]),
        ("tasks: [{id: a, scope: docs}]", ["nothing-ready"]), ("tasks: *x", ["yaml-unknown-alias"]),
        ("tasks: &x [*x]", ["yaml-recursive-alias"]),
        ("tasks: [{task_id: a, scope: docs, ready: true}]", ["aliased-spelling"]),
        (
            "tasks: [{id: a, scope: docs, ready: true, title: ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789}]",
            ["secret-in-contract"]
        ),
    ])
    func namesEachProblemByItsID(backlog: String, ids: [String]) {
        #expect(MemorySource(backlog: backlog).ids == ids)
    }

    @Test func reportsAllProblemsInOneGo() {
        let backlog =
            "tasks:\n- {id: A, scope: nope, ready: maybe, size: huge, allowed_paths: [a//b]}\n- {id: b, scope: docs}\n- {id: b}\n"
        #expect(
            Set(MemorySource(backlog: backlog).ids) == [
                "bad-task-id", "unknown-scope", "wrong-type", "unknown-value", "bad-pattern", "duplicate-task-id",
                "missing-field",
            ])
    }

    @Test func saysWhichFileIsMissingOrStrange() {
        var source = MemorySource()
        source.files["policy.yaml"] = nil
        #expect(source.ids == ["file-missing"])
        source = MemorySource()
        source.problems["backlog.yaml"] = .symlink
        #expect(source.ids == ["file-unreadable"])
        source.problems["backlog.yaml"] = .tooLarge(limit: 5)
        #expect(source.ids == ["file-too-large"])
    }

    @Test func aLongChainOfDependenciesIsNoProblem() {
        let tasks = (0..<3000).map {
            "- {id: t\($0), scope: docs, ready: true\($0 > 0 ? ", dependencies: [t\($0 - 1)]" : "")}"
        }
        #expect(MemorySource(backlog: tasks.joined(separator: "\n")).ids == [])
    }

    @Test func refusesAnotherOutputMode() {
        #expect(
            MemorySource(["contract.yaml": "safety: {output_mode: direct_push}"]).ids == [
                "unsupported-output-mode"
            ])
        #expect(
            MemorySource(["contract.yaml": "purpose: x\nsafety: {output_mode: pr_only}\nquality_gates: [a]"]).ids
                == [])
    }
}
