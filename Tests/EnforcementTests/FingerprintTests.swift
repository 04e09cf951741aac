import Basics
import Model
import Paths
import Testing

/// A fingerprint covers every stored property: each is changed in turn, and one that somebody adds is missed here.
@Suite struct FingerprintTests {
    /// The stored properties; where something is written decides nothing.
    private func properties(of value: some Fingerprinted) -> Set<String> {
        Set(
            Mirror(reflecting: value).children.filter { type(of: $0.value) != SourcePlace?.self }
                // what a wrapper keeps has its name behind a line
                .compactMap { $0.label.map { String($0.drop { $0 == "_" }) } })
    }

    private func expect<Value: Fingerprinted>(
        _ value: Value, changes: [String: Value], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let names = properties(of: value)
        let members = value.fingerprint.members ?? []
        #expect(Set(members.map(\.name)) == names, "\(Value.self)", sourceLocation: sourceLocation)
        #expect(Set(changes.keys) == names, "\(Value.self)", sourceLocation: sourceLocation)
        for (name, changed) in changes {
            let others = changed.fingerprint.members ?? []
            let differing = zip(members, others).filter { $0.value != $1.value }.map(\.0.name)
            #expect(differing == [name], "\(Value.self).\(name)", sourceLocation: sourceLocation)
        }
    }

    private func expect<Value: Fingerprinted>(
        _ value: Value, _ changes: [String: (inout Value) -> Void],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let changed = changes.mapValues { change in
            var copy = value
            change(&copy)
            return copy
        }
        expect(value, changes: changed, sourceLocation: sourceLocation)
    }

    private let pattern: PathPattern
    private let object: ObjectID

    init() throws {
        pattern = try PathPattern("docs/**")
        object = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
    }

    @Test func policies() throws {
        expect(
            Invariant(name: "Tests", check: .command("make")),
            [
                "name": { $0.name = "Other" }, "check": { $0.check = .builtin("make") },
                "timeout": { $0.timeout = .seconds(1) }, "when": { $0.when = [] },
                "opensNetwork": { $0.opensNetwork = true }, "environment": { $0.environment = ["A"] },
                "severity": { $0.severity = .warn }, "baseline": { $0.baseline = .excuse },
                "report": { $0.report = try? RepoPath("r.xml") }, "retries": { $0.retries = 1 },
            ])
        expect(
            Sandbox(),
            [
                "opensNetwork": { $0.opensNetwork = true }, "readablePaths": { $0.readablePaths = ["/x"] },
                "scratch": { $0.scratch = [pattern] }, "environment": { $0.environment = ["A"] },
                "secrets": { $0.secrets = ["A"] }, "memoryBytes": { $0.memoryBytes = 1 },
                "diskBytes": { $0.diskBytes = 1 }, "processes": { $0.processes = 1 },
                "minimum": { $0.minimum = .landlock },
            ])
        expect(
            SandboxChanges(),
            [
                "opensNetwork": { $0.opensNetwork = false }, "readablePaths": { $0.readablePaths = ["/x"] },
                "scratch": { $0.scratch = [pattern] }, "environment": { $0.environment = ["A"] },
                "secrets": { $0.secrets = ["A"] }, "memoryBytes": { $0.memoryBytes = 1 },
                "diskBytes": { $0.diskBytes = 1 }, "processes": { $0.processes = 1 },
                "minimum": { $0.minimum = .landlock },
            ])
        expect(
            WorkspaceSeeding(),
            [
                "kind": { $0.kind = .overlay }, "linked": { $0.linked = ["a"] }, "copied": { $0.copied = ["a"] },
                "setup": { $0.setup = "make" }, "opensNetwork": { $0.opensNetwork = false },
                "lockFiles": { $0.lockFiles = ["a"] }, "isSparse": { $0.isSparse = true },
                "fillsSubmodules": { $0.fillsSubmodules = true }, "slots": { $0.slots = 1 },
            ])
        expect(
            Scope(name: "docs"),
            [
                "name": { $0.name = "code" }, "allowedPaths": { $0.allowedPaths = [pattern] },
                "forbidden": { $0.forbidden = [pattern] }, "operations": { $0.operations = [.create] },
                "limits": { $0.limits.maxFiles = 1 }, "executor": { $0.executor = "docs" },
                "executors": { $0.executors = [] }, "requires": { $0.requires = [.tests] },
                "sandbox": { $0.sandbox.memoryBytes = 1 }, "servesEveryTask": { $0.servesEveryTask = true },
            ])
    }

    @Test func limits() throws {
        let other = try PathPattern("a")
        expect(
            Limits(),
            [
                "allowedPathPrefixes": { $0.allowedPathPrefixes = [] },
                "maxOpenPullRequests": { $0.maxOpenPullRequests = 1 },
                "maxRunningAttempts": { $0.maxRunningAttempts = 1 },
                "maxAttemptsPerTask": { $0.maxAttemptsPerTask = 1 },
                "breaker": { $0.breaker = .init(failures: 1, cooldown: nil) },
                "attemptTimeout": { $0.attemptTimeout = .seconds(1) }, "backoff": { $0.backoff = .zero },
                "maxOpenPerPath": { $0.maxOpenPerPath = 1 }, "maxTasksPerHour": { $0.maxTasksPerHour = 1 },
                "maxTasksPerDay": { $0.maxTasksPerDay = 1 },
                "maxFiles": { $0.maxFiles = 1 },
                "maxPatchBytes": { $0.maxPatchBytes = 1 },
                "maxFileSizes": { $0.maxFileSizes = [.init(pattern: pattern, bytes: 1)] },
                "agentBudget": { $0.agentBudget.turns = 1 },
                "maxOpenPerOwner": { $0.maxOpenPerOwner = 1 },
                "dailyBudget": { $0.dailyBudget.tokens = 1 },
                "raisePriorityAfter": { $0.raisePriorityAfter = .seconds(1) },
            ])
        expect(Limits.DailyBudget(), ["tokens": { $0.tokens = 1 }, "dollars": { $0.dollars = 1.5 }])
        expect(
            Limits.Breaker(failures: 1, cooldown: nil),
            ["failures": { $0.failures = 2 }, "cooldown": { $0.cooldown = .seconds(1) }])
        expect(
            Limits.FileSize(pattern: pattern, bytes: 1),
            ["pattern": { $0.pattern = other }, "bytes": { $0.bytes = 2 }])
        expect(
            Limits.AgentBudget(),
            [
                "tokens": { $0.tokens = 1 }, "dollars": { $0.dollars = 1.5 }, "turns": { $0.turns = 1 },
                "time": { $0.time = .seconds(1) },
            ])
    }

    /// The same names again, each with its own value of another place.
    @Test func limitsInForce() throws {
        func effective(_ source: LimitSource = .target, _ change: (inout Limits) -> Void) -> EffectiveLimits {
            var limits = Limits()
            change(&limits)
            return EffectiveLimits([(source, limits)])
        }
        expect(
            effective { _ in },
            changes: [
                "maxOpenPullRequests": effective { $0.maxOpenPullRequests = 9 },
                "maxRunningAttempts": effective { $0.maxRunningAttempts = 9 },
                "maxAttemptsPerTask": effective { $0.maxAttemptsPerTask = 9 },
                "breaker": effective { $0.breaker = .init(failures: 9, cooldown: nil) },
                "attemptTimeout": effective { $0.attemptTimeout = .seconds(9) },
                "backoff": effective { $0.backoff = .seconds(9) },
                "maxTasksPerHour": effective { $0.maxTasksPerHour = 9 },
                "maxTasksPerDay": effective { $0.maxTasksPerDay = 9 },
                "maxOpenPerPath": effective { $0.maxOpenPerPath = 9 }, "maxFiles": effective { $0.maxFiles = 9 },
                "maxPatchBytes": effective { $0.maxPatchBytes = 9 },
                "maxFileSizes": effective { $0.maxFileSizes = [.init(pattern: pattern, bytes: 1)] },
                "agentBudget": effective { $0.agentBudget.tokens = 9 },
                "maxOpenPerOwner": effective { $0.maxOpenPerOwner = 9 },
                "dailyTokens": effective { $0.dailyBudget.tokens = 9 },
                "dailyMoney": effective { $0.dailyBudget.dollars = 9 },
                "raisePriorityAfter": effective { $0.raisePriorityAfter = .seconds(9) },
            ])
        let files = try #require(effective { $0.maxFiles = 1 }.maxFiles)
        expect(
            files,
            changes: [
                "value": try #require(effective { $0.maxFiles = 2 }.maxFiles),
                "source": try #require(effective(.machine) { $0.maxFiles = 1 }.maxFiles),
            ])
        expect(
            effective { _ in }.agentBudget,
            changes: [
                "tokens": effective { $0.agentBudget.tokens = 1 }.agentBudget,
                "dollars": effective { $0.agentBudget.dollars = 1 }.agentBudget,
                "turns": effective { $0.agentBudget.turns = 1 }.agentBudget,
                "time": effective { $0.agentBudget.time = .seconds(1) }.agentBudget,
            ])
    }

    @Test func tasks() throws {
        expect(
            BacklogTask(id: "a"),
            [
                "id": { $0.id = "b" }, "title": { $0.title = "B" }, "details": { $0.details = "" },
                "scope": { $0.scope = "b" }, "priority": { $0.priority = .low }, "size": { $0.size = .xs },
                "ready": { $0.ready = true }, "status": { $0.status = .failed },
                "allowedPaths": { $0.allowedPaths = [pattern] },
                "acceptanceCriteria": { $0.acceptanceCriteria = ["b"] },
                "dependencies": { $0.dependencies = ["b"] }, "executor": { $0.executor = "b" },
                "inputs": { $0.inputs = ["b": 1] }, "invariants": { $0.invariants = [.named("b")] },
                "notBefore": { $0.notBefore = Instant(secondsSinceEpoch: 1) }, "labels": { $0.labels = ["b"] },
                "limits": { $0.limits.maxFiles = 1 }, "outcome": { $0.outcome.commit = "b" },
            ])
        expect(
            BacklogTask.Outcome(),
            [
                "blockedReason": { $0.blockedReason = "b" }, "lastAttempt": { $0.lastAttempt = "b" },
                "branch": { $0.branch = "b" }, "commit": { $0.commit = "b" },
                "pullRequest": { $0.pullRequest = 1 },
                "completedAt": { $0.completedAt = Instant(secondsSinceEpoch: 1) },
            ])
    }

    private func permission(
        task: [String] = ["docs/"], scope change: (inout Scope) -> Void = { _ in }, forbidden: [String] = []
    ) throws -> Permission {
        var (owner, scope, policy) = (BacklogTask(id: "a"), Scope(name: "docs"), Policy())
        owner.allowedPaths = try task.map { try PathPattern($0) }
        policy.forbidden = try forbidden.map { try PathPattern($0) }
        change(&scope)
        return Permission(task: owner, scope: scope, policy: policy, limits: [])
    }

    @Test func permissions() throws {
        let first = try permission()
        expect(
            Permission.Layer("a", []),
            changes: ["name": Permission.Layer("b", []), "patterns": Permission.Layer("a", [pattern])])
        // the scope's patterns are a layer as well
        let starting = Permission(starting: [try RepoPath(".leviathan/policy.yaml")], in: Scope(name: "docs"))
        let members = Set(starting.fingerprint.members?.map(\.name) ?? [])
        #expect(members == properties(of: first))
        let others = [
            try permission(task: ["docs/a"]), try permission(scope: { $0.operations = [.create] }),
            try permission(forbidden: ["docs/b"]), try permission(scope: { $0.allowedPaths = [pattern] }),
        ]
        #expect(Set(([first, starting] + others).map { $0.fingerprint.text() }).count == 6)
        #expect(starting.allows(try RepoPath(".leviathan/policy.yaml")))
        #expect(!starting.allows(try RepoPath(".leviathan/contract.yaml")))
    }

    // MARK: What is asked

    @Test func questions() {
        expect(
            InvariantQuestion(
                invariant: Invariant(name: "a", check: .command("a")), sandbox: Sandbox(),
                seeding: WorkspaceSeeding(), kind: .overlay, tree: .zero, base: .zero, timeout: .seconds(1),
                directory: nil, environment: [:], tools: [], seeds: []),
            [
                "version": { $0.version += 1 }, "invariant": { $0.invariant.retries = 1 },
                "sandbox": { $0.sandbox.memoryBytes = 1 }, "seeding": { $0.seeding.copied = [".env"] },
                "kind": { $0.kind = .worktree }, "tree": { $0.tree = object }, "base": { $0.base = object },
                "timeout": { $0.timeout = .seconds(2) }, "directory": { $0.directory = "/workspace" },
                "environment": { $0.environment = ["A": "1"] }, "tools": { $0.tools = ["sh"] },
                "seeds": { $0.seeds = [".env 1"] },
            ])
        expect(
            SetUpQuestion(
                line: "make", form: .layer, tree: nil, lockFiles: [:], sandbox: Sandbox(), opensNetwork: false,
                isFenced: true, sparse: nil, directory: nil, environment: [:], tools: []),
            [
                "version": { $0.version += 1 }, "line": { $0.line = "" }, "form": { $0.form = .additions },
                "tree": { $0.tree = object }, "lockFiles": { $0.lockFiles = ["a": "1"] },
                "sandbox": { $0.sandbox.memoryBytes = 1 }, "opensNetwork": { $0.opensNetwork = true },
                "isFenced": { $0.isFenced = false }, "sparse": { $0.sparse = [] },
                "directory": { $0.directory = "/workspace" }, "environment": { $0.environment = ["A": "1"] },
                "tools": { $0.tools = ["sh"] },
            ])
    }

    /// Where the change is made, and in which workspace this machine has it judged, is no part of what was asked for.
    @Test func theSpecificationIsTheWholePlan() throws {
        var scope = Scope(name: "docs")
        scope.allowedPaths = [pattern]
        func plan(
            _ task: BacklogTask = BacklogTask(id: "a"), limits: Limits = Limits(), executor: String = "docs",
            invariants: [Invariant] = [], sandbox: Sandbox = Sandbox(),
            seeding: WorkspaceSeeding = WorkspaceSeeding(), blocks: Bool = false, scope: Scope,
            policy: Policy = Policy()
        ) -> Plan {
            let rules = RuleSet(
                scope: scope, permission: Permission(task: task, scope: scope, policy: policy, limits: []),
                limits: EffectiveLimits([(.task, limits)]), invariants: invariants, sandbox: sandbox,
                seeding: seeding, blocksWeakenedTests: blocks)
            return Plan(
                task: task, target: TargetDescription(id: "t"), rules: rules, base: .zero, baseTree: .zero,
                executor: executor, workspace: .tree, workspaceReason: "")
        }
        let first = Specification(plan(scope: scope))
        let left: Set = [
            "target", "base", "baseTree", "workspace", "workspaceReason", "rules", "invariantWorkspace",
        ]
        let values: [Any] = [plan(scope: scope), plan(scope: scope).rules]
        let whole = Set(values.flatMap { Mirror(reflecting: $0).children.compactMap(\.label) })
        #expect(properties(of: first) == whole.subtracting(left))
        var (task, limits, sandbox, seeding) = (BacklogTask(id: "a"), Limits(), Sandbox(), WorkspaceSeeding())
        (task.title, limits.maxFiles, sandbox.opensNetwork, seeding.setup) = ("B", 1, true, "make")
        var (other, policy) = (scope, Policy())
        (other.requires, policy.forbidden) = ([.tests], [pattern])
        expect(
            first,
            changes: [
                "task": Specification(plan(task, scope: scope)), "scope": Specification(plan(scope: other)),
                "permission": Specification(plan(scope: scope, policy: policy)),
                "limits": Specification(plan(limits: limits, scope: scope)),
                "executor": Specification(plan(executor: "edit", scope: scope)),
                "invariants": Specification(
                    plan(invariants: [Invariant(name: "a", check: .command("true"))], scope: scope)),
                "sandbox": Specification(plan(sandbox: sandbox, scope: scope)),
                "seeding": Specification(plan(seeding: seeding, scope: scope)),
                "blocksWeakenedTests": Specification(plan(blocks: true, scope: scope)),
            ])
    }

    @Test func nothingIsNotSomethingThatLooksLikeIt() {
        #expect(String?.none.fingerprint != String?("").fingerprint)
        #expect([String]?.none.fingerprint != [String]?([]).fingerprint)
        #expect(Int??.some(nil).fingerprint != Int??.none.fingerprint)
        #expect(["a", "b"].fingerprint != ["a b"].fingerprint)
        #expect(Set(["b", "a", "c"]).fingerprint == Set(["c", "b", "a"]).fingerprint)
    }
}
