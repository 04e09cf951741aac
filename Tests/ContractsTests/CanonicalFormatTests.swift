import Basics
import Contracts
import Model
import Paths
import Testing

@Suite struct CanonicalFormatTests {
    @Test func readsEveryFieldOfTheBacklog() throws {
        let reading = load(
            policy: """
                version: 1
                scopes:
                  docs: {allowed_paths: [docs/**], executors: [docs]}
                invariants: [{name: Tests must pass, check: pytest}]
                """,
            backlog: """
                version: 1
                tasks:
                  - {id: task-000, title: First, scope: docs, ready: true, allowed_paths: [docs/x.md]}
                  - id: task-001                     # kebab-case
                    title: Add API logging guide
                    description: Optional, longer
                    scope: docs
                    priority: high
                    size: s
                    ready: true
                    status: in_progress
                    allowed_paths: [docs/api/]
                    acceptance_criteria:
                      - Every endpoint has an example
                    dependencies: [task-000]
                    executor: docs
                    inputs: {versions: {requests: "2.32.0"}, count: 3}
                    invariants: [Tests must pass, {name: extra, builtin: links, severity: warn}]
                    not_before: 2026-02-01
                    labels: [api, 2]
                    limits: {max_files: 3, attempt_timeout: 5m, max_file_size: {"*.md": 10KB}}
                    blocked_reason: none
                    last_attempt_id: attempt-1
                    branch_name: agent/task-001
                    commit: 1234567
                    pr_number: 12
                    completed_at: 2026-01-01T00:00:00Z
                """)
        try #require(reading.lines == [], "\(reading.shown)")
        let task = try #require(reading.contract?.backlog.tasks.last)
        #expect(
            task.id == "task-001" && task.title == "Add API logging guide" && task.details == "Optional, longer")
        #expect(task.scope == "docs" && task.priority == .high && task.size == .s && task.ready)
        #expect(task.status == .inProgress && task.allowedPaths.map(\.text) == ["docs/api/"])
        #expect(task.acceptanceCriteria == ["Every endpoint has an example"] && task.dependencies == ["task-000"])
        #expect(task.executor == "docs" && task.inputs == ["versions": ["requests": "2.32.0"], "count": 3])
        #expect(task.invariants.count == 2 && task.invariants[0] == .named("Tests must pass"))
        guard case .inline(let extra) = task.invariants[1] else { return #expect(Bool(false)) }
        #expect(extra.check == .builtin("links") && extra.severity == .warn)
        #expect(task.notBefore == Instant("2026-02-01") && task.labels == ["api", "2"])
        #expect(task.limits.maxFiles == 3 && task.limits.attemptTimeout == .seconds(300))
        #expect(task.limits.maxFileSizes.map(\.bytes) == [10_000])
        #expect(
            task.outcome.blockedReason == "none" && task.outcome.lastAttempt == "attempt-1"
                && task.outcome.branch == "agent/task-001")
        #expect(task.outcome.commit == "1234567" && task.outcome.pullRequest == 12)
        #expect(task.outcome.completedAt == Instant("2026-01-01T00:00:00Z"))
        #expect(task.place?.file == ".leviathan/backlog.yaml" && task.place?.span.start.line == 4)
    }

    @Test func readsEveryFieldOfThePolicy() throws {
        let reading = load(policy: Self.policy)
        try #require(reading.lines == [], "\(reading.shown)")
        let policy = try #require(reading.contract?.policy)
        let docs = try #require(policy.scope("docs"))
        #expect(
            docs.allowedPaths.map(\.text) == ["docs/**", "README.md"] && docs.operations == [.create, .update])
        #expect(docs.forbidden.map(\.text) == ["docs/legal/**"] && docs.limits.maxFiles == 10)
        #expect(docs.executor == "docs" && docs.executors == ["docs", "command"] && docs.requires == [.tests])
        #expect(policy.forbidden.map(\.text) == ["**/*.key", "**/*.pem"])
        let limits = policy.limits
        #expect(limits.allowedPathPrefixes?.map(\.text) == ["docs/", "tests/"])
        #expect(
            limits.maxOpenPullRequests == 1 && limits.maxRunningAttempts == 2 && limits.maxAttemptsPerTask == 3)
        #expect(limits.breaker == .init(failures: 2, cooldown: .seconds(3600)))
        #expect(limits.attemptTimeout == .seconds(900) && limits.backoff == .seconds(60))
        #expect(limits.maxTasksPerDay == 10 && limits.maxFiles == 100 && limits.maxPatchBytes == 4_000_000)
        #expect(limits.maxFileSizes.map(\.bytes) == [500_000, 2_000_000])
        #expect(limits.agentBudget.tokens == 500_000 && limits.agentBudget.dollars == 2.5)
        #expect(limits.agentBudget.turns == 40 && limits.agentBudget.time == .seconds(600))
        #expect(policy.invariants.count == 2 && policy.invariants[1].check == .builtin("secrets"))
        let tests = policy.invariants[0]
        #expect(tests.check == .command("pytest tests/") && tests.timeout == .seconds(600) && !tests.opensNetwork)
        #expect(tests.when?.map(\.text) == ["src/**", "tests/**"] && tests.environment == ["PYTHONPATH"])
        #expect(tests.baseline == .off && tests.severity == .block && tests.place?.span.start.line == 26)
        #expect(policy.sandbox.opensNetwork && policy.sandbox.readablePaths == ["~/.cache/pip"])
        #expect(policy.sandbox.scratch.count == 3 && policy.sandbox.memoryBytes == 4_000_000_000)
        #expect(policy.autoMerge.enabled == false && policy.autoMerge.scopes == ["docs"])
        #expect(policy.schedule.cron == "*/5 * * * *" && policy.schedule.windows.count == 1)
    }

    @Test func readsEveryFieldOfTheContract() throws {
        let reading = load(
            contract: """
                version: 1
                target: my-repo
                name: My Repository
                description: Production service for X
                owner: team-platform
                repository: {url: "git@github.com:owner/my-repo.git", default_branch: main}
                identity: {name: Bot, email: bot@example.com}
                delivery:
                  forge: none            # auto | github | gitlab
                  api_url: null          # for a self-hosted forge
                  draft: true
                  labels: [leviathan]
                  reviewers: []
                  codeowners: true
                  sign: off
                  signoff: true
                writeback: false
                """)
        try #require(reading.lines == [], "\(reading.shown)")
        let target = try #require(reading.contract?.target)
        #expect(target.id == "my-repo" && target.name == "My Repository" && target.owner == "team-platform")
        #expect(target.repositoryURL == "git@github.com:owner/my-repo.git" && target.defaultBranch == "main")
        #expect(target.identity == .init(name: "Bot", email: "bot@example.com") && !target.writesBack)
        let delivery = target.delivery
        #expect(
            delivery.forge == .none && delivery.apiURL == nil && delivery.draft && delivery.labels == ["leviathan"]
        )
        #expect(delivery.reviewersFromCodeowners && delivery.signing == .off && delivery.signsOff)
    }

    @Test func aContractThatIsMissingIsOnlyNoted() throws {
        let source = MemorySource(contract: nil)
        let reading = ContractLoader.load(from: source, fallbackTarget: "checkout")
        #expect(reading.lines == ["note[default-contract] 1:1"])
        #expect(reading.contract?.target.id == "checkout")
    }

    @Test func tasksOfADirectoryFollowThoseOfTheFile() throws {
        var source = MemorySource()
        source.files[".leviathan/backlog/b.yaml"] = Array(
            "id: b\nscope: docs\nready: true\nallowed_paths: [docs/b.md]\n".utf8)
        source.files[".leviathan/backlog/a.yml"] = Array(
            "tasks:\n  - {id: a, scope: docs, allowed_paths: [docs/a.md], dependencies: [b]}\n".utf8)
        source.files[".leviathan/backlog/notes.txt"] = Array("{".utf8)
        let reading = ContractLoader.load(from: source)
        #expect(reading.lines == [], "\(reading.shown)")
        #expect(reading.contract?.backlog.tasks.map(\.id) == ["task-001", "a", "b"])
        source.files[ContractPaths.backlog] = nil
        #expect(ContractLoader.load(from: source).contract?.backlog.tasks.map(\.id) == ["a", "b"])
    }

    static let policy = """
        version: 1
        scopes:
          docs:
            allowed_paths: [docs/**, README.md]
            forbidden: [docs/legal/**]
            operations: [create, update]     # default: all three
            max_files: 10
            executor: docs
            executors: [docs, command]
            requires: [tests]
        forbidden: ["**/*.key", "**/*.pem"]
        limits:
          allowed_path_prefixes: [docs/, tests/]
          max_open_prs: 1
          max_running_attempts: 2
          max_attempts_per_task: 3
          circuit_breaker: {failures: 2, cooldown: 1h}
          attempt_timeout: 15m
          backoff: 1m
          max_tasks_per_day: 10
          max_files: 100
          max_patch_bytes: 4MB
          max_file_size: {"*.md": 500KB, "*": 2MB}
          agent_budget: {tokens: 500000, usd: 2.5, turns: 40, time: 10m}
        invariants:
          - name: Tests must pass
            check: pytest tests/
            timeout: 10m
            when: [src/**, tests/**]
            network: deny
            env: [PYTHONPATH]
            severity: block
            baseline: false
          - name: No secrets in code
            builtin: secrets
        sandbox:
          network: allow
          read: [~/.cache/pip]
          scratch: ["**/__pycache__/**", .pytest_cache/**, node_modules/**]
          env: [LANG]
          memory: 4GB
        auto_merge: {enabled: false, scopes: [docs], require_ci: true, require_approvals: 1, method: squash}
        schedule: {cron: "*/5 * * * *", windows: ["Mon-Fri 08:00-18:00 Europe/Berlin"], weight: 1}
        """
}
