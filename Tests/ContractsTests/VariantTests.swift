import Basics
import Contracts
import Model
import Paths
import Testing

/// Files written for earlier variants just work, with notes that name the canonical spelling.
@Suite struct VariantTests {
    @Test func aBareListAndOlderNamesOfTasks() throws {
        let bare = load(backlog: "- {id: a, ready: true}\n")
        #expect(bare.contract?.backlog.tasks.map(\.ready) == [true], "\(bare.shown)")
        #expect(bare.ids == ["aliased-spelling", "missing-scope", "missing-allowed-paths"])
        let older = load(backlog: "tasks: [{task_id: a, status: pending, estimated_size: small}]")
        #expect(older.contract?.backlog.tasks.map(\.id) == ["a"], "\(older.shown)")
        #expect(older.contract?.backlog.tasks.first?.size == .s)
        #expect(older.ids.contains("nothing-ready"))
        for (word, size) in [("medium", BacklogTask.Size.m), ("large", .l), ("xs", .xs), ("xl", .xl)] {
            #expect(load(backlog: "- {id: a, size: \(word)}").contract?.backlog.tasks.first?.size == size)
        }
        let unknown = load(backlog: "- {id: a, estimated_size: unknown}")
        #expect(unknown.contract != nil && unknown.contract?.backlog.tasks.first?.size == nil)
    }

    @Test func resultsBesideTheTask() throws {
        let reading = load(
            backlog: """
                {version: 1, max_open_prs: 2, tasks: [
                  {id: a, pr_number: 3, branch_name: agent/a, commit: abc},
                  {id: b, blocked_reason: "x", labels: [x], last_attempt_id: b, completed_at: 2026-01-01T00:00:00Z}]}
                """)
        let backlog = try #require(reading.contract?.backlog, "\(reading.shown)")
        #expect(backlog.limits.maxOpenPullRequests == 2 && backlog.tasks.count == 2)
        #expect(backlog.tasks[0].outcome.pullRequest == 3 && backlog.tasks[1].outcome.lastAttempt == "b")
    }

    @Test func scopesWithForbiddenPatterns() throws {
        let policy = try read(
            "{scopes: {docs: {allowed_paths: [docs/**], forbidden_patterns: [src/**]}}, invariants: [{name: n, check: cmd}]}"
        )
        #expect(policy.scope("docs")?.forbidden.map(\.text) == ["src/**"])
        #expect(policy.invariants.map(\.name) == ["n"])
    }

    @Test func scopePathsAndDocumentedInvariants() throws {
        let policy = try read(
            """
            {version: 1, scope_paths: {docs: [docs/**]}, forbidden: ["**/*.key"],
             invariants: [{path: ops/invariants.yaml, description: d}]}
            """)
        #expect(policy.scope("docs")?.allowedPaths.map(\.text) == ["docs/**"])
        #expect(policy.invariants.isEmpty)
        #expect(policy.documentedInvariants == [.init(path: "ops/invariants.yaml", details: "d")])
    }

    @Test func constraintsBesideAllowedPaths() throws {
        let policy = try read(
            """
            {allowed_paths: {docs: [docs/**]}, forbidden_paths: [.git/**],
             scope_constraints: {docs: {allowed_operations: [update], max_files_per_task: 10, requires_tests: false, requires_documentation: true}},
             safety_rules: {max_attempts_per_task: 3, backoff_seconds: 60, max_concurrent_attempts: 1, max_tasks_per_day: 10},
             file_size_limits: {max_file_size_kb: {"*.py": 2000}}, code_style: {a: b}}
            """)
        let docs = try #require(policy.scope("docs"))
        #expect(docs.allowedPaths.map(\.text) == ["docs/**"] && docs.operations == [.update])
        #expect(docs.limits.maxFiles == 10 && docs.requires == [.docs])
        #expect(policy.forbidden.map(\.text) == [".git/**"] && policy.limits.maxAttemptsPerTask == 3)
        #expect(policy.limits.backoff == .seconds(60) && policy.limits.maxRunningAttempts == 1)
        #expect(policy.limits.maxTasksPerDay == 10 && policy.limits.maxFileSizes.map(\.bytes) == [2_000_000])
    }

    @Test func aFlatListIsOneScopeForEveryTask() throws {
        let policy = try read("{allowed_paths: [docs/**], forbidden_paths: [src/**]}")
        #expect(policy.scope("anything")?.allowedPaths.map(\.text) == ["docs/**"])
        #expect(policy.scope(nil)?.servesEveryTask == true && policy.forbidden.map(\.text) == ["src/**"])
    }

    @Test func guardrails() throws {
        let policy = try read(
            """
            {target: {x: y}, autonomy: {enabled: true}, scopes: {docs: {allowed_paths: [docs/**]}},
             guardrails: {allowed_path_prefixes: [docs/], max_open_prs: 2,
               circuit_breaker: {enabled: true, consecutive_failures_threshold: 3, cooldown_minutes: 60},
               timeout: {attempt_timeout_minutes: 15}},
             scheduling: {priority: normal, fairness_weight: 1.0},
             auto_merge: {enabled: false, require_ci_pass: true, require_approvals: 1, allowed_scopes: [docs]}}
            """)
        #expect(policy.autonomyEnabled == true && policy.limits.allowedPathPrefixes?.map(\.text) == ["docs/"])
        #expect(policy.limits.maxOpenPullRequests == 2 && policy.limits.attemptTimeout == .seconds(900))
        #expect(policy.limits.breaker == .init(failures: 3, cooldown: .seconds(3600)))
        #expect(policy.schedule.priority == "normal" && policy.schedule.weight == 1)
        #expect(policy.autoMerge.requiresChecks && policy.autoMerge.scopes == ["docs"])
    }

    @Test func olderContracts() throws {
        let first = load(
            contract: """
                {target_id: radix, repo_url: "https://github.com/owner/radix.git", default_branch: main,
                 created_at: 2026-01-01T00:00:00Z}
                """)
        let target = try #require(first.contract?.target, "\(first.shown)")
        #expect(target.id == "radix" && target.defaultBranch == "main" && target.createdAt != nil)
        #expect(target.repositoryURL == "https://github.com/owner/radix.git")
        let second = load(
            contract: """
                repository: {name: My Repo, description: d, default_branch: main}
                leviathan: {max_open_prs: 3, rewrite_mode_threshold: 5}
                scopes: [docs, test]
                """)
        let other = try #require(second.contract?.target, "\(second.shown)")
        #expect(other.id == "my-repo" && other.name == "My Repo" && other.limits.maxOpenPullRequests == 3)
        #expect(other.verbatim["scopes"] == ["docs", "test"])
        #expect(!second.problems.contains { $0.severity == .warning })
    }

    @Test func theLongFormIsKept() throws {
        let text = """
            purpose: {why: x}
            definition_of_done: [a, b]
            safety: {output_mode: pr_only, human_approval_required: true, constraints: [c]}
            scope: s
            quality_gates: {coverage: 80}
            versioning: semver
            """
        let reading = load(contract: text)
        #expect(reading.lines == [], "\(reading.shown)")
        #expect(reading.contract?.target.verbatim["purpose"] == ["why": "x"])
        let unsafe = load(contract: text.replacing("pr_only", with: "direct_push"))
        #expect(unsafe.lines == ["error[unsupported-output-mode] 3:23"] && unsafe.contract == nil)
    }

    /// Reads a policy that may cause notes and nothing worse.
    private func read(_ text: String) throws -> Policy {
        let reading = load(policy: text)
        #expect(reading.problems.allSatisfy { $0.severity == .note }, "\(reading.shown)")
        return try #require(reading.contract?.policy, "\(reading.shown)")
    }
}
