internal import Basics
internal import CommandLine
internal import Executors
internal import Model
internal import Paths
internal import Runner

/// `leviathan plan`: everything that is decided before anything runs.
enum PlanCommand: Command {
    static let name = "plan"

    static let spec = CommandSpec(
        name, group: .look, "Show what proposing a task would do, and under which rules",
        options: Target.options + [Target.named],
        arguments: [ArgumentSpec("TASK", completion: .asking(.tasks), "The task's id")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let target = try Target(context)
        let contract = try target.contract()
        let task = try target.stage.task(context.arguments.argument("TASK") ?? "", in: contract)
        let catalog = try ExecutorCatalog(target.checkout, target.base, context.shared)
        let plan = try Planner(contract, in: context.shared, catalog: catalog).plan(
            task, base: target.base, isPreview: true
        ).plan
        let eligibility = try target.eligibility(contract, context, task: task.id)
        let refusal = try eligibility.refusal(of: task)
        let limits = limits(plan.limits, try eligibility.limitStates(of: task))
        if context.isJSON {
            context.output.json(json(plan, target.base, refusal, limits))
        } else {
            context.output.data(text(plan, target.base, refusal, limits, context))
        }
        return .done
    }

    private static func text(
        _ plan: Plan, _ base: Base, _ refusal: Refusal?, _ limits: [LimitRow], _ context: CommandContext
    ) -> String {
        var page = DetailPage(plan.task.id, plan.task.title, context.palette)
        page.row("base", "\(base.name) (\(base.commit.short))")
        page.row(
            "refused",
            refusal.map { ([$0.short(context.times)] + [$0.hint].compactMap { $0 }).joined(separator: "; ") })
        page.row("branch", plan.task.proposedBranch)
        page.row("executor", plan.executor)
        page.row("workspace", "\(plan.workspace.rawValue): \(plan.workspaceReason)")
        page.row("isolation", isolation(plan))
        page.rows("sandbox", sandbox(plan))
        if let setUp = setUp(plan) { page.row("set-up", setUp) }
        if let kind = plan.checkWorkspace { page.row("checks", "in \(kind.rawValue) workspaces of their own") }
        page.rows("paths", plan.task.allowedPaths.map { "\($0.text): \(reach(plan, $0))" })
        page.row("always kept", "git metadata, .gitmodules, .leviathan/, CODEOWNERS and CI files")
        page.row(
            "operations",
            Operation.allCases.filter(plan.permission.operations.contains).map(\.rawValue).joined(separator: ", "))
        page.rows("invariants", plan.invariants.map { "\($0.name): \(condition(of: $0, plan))" })
        page.rows("limits", limits.map(\.text))
        return page.render()
    }

    private static func isolation(_ plan: Plan) -> String {
        switch (plan.workspace, plan.checkWorkspace) {
        case (.tree, nil): "no program runs, and nothing is checked out"
        case (.tree, _): "the executor runs no program; those of invariants run behind the fence"
        default: "every program runs behind the fence"
        }
    }

    /// What programs may reach, of the policy and the task's scope together; nothing where none runs.
    private static func sandbox(_ plan: Plan) -> [String] {
        guard plan.workspace != .tree || plan.checkWorkspace != nil else { return [] }
        let sandbox = plan.sandbox
        func list(_ name: String, _ values: [String]) -> String? {
            values.isEmpty ? nil : name + " " + values.joined(separator: ", ")
        }
        return [
            "network \(sandbox.opensNetwork ? "allowed" : "denied")", list("read", sandbox.readablePaths),
            list("scratch", sandbox.scratch.map(\.text)), list("env", sandbox.environment),
            list("secrets", sandbox.secrets),
            sandbox.memoryBytes.map { "memory \(SizeText.text($0))" },
            sandbox.diskBytes.map { "disk \(SizeText.text($0))" }, sandbox.processes.map { "processes \($0)" },
            sandbox.minimum.map { "at least \($0.rawValue)" },
        ].compactMap(\.self)
    }

    private static func setUp(_ plan: Plan) -> String? {
        guard let line = plan.seeding.setup, plan.workspace != .tree || plan.checkWorkspace != nil else {
            return nil
        }
        let isOpen = plan.seeding.opensNetwork ?? plan.sandbox.opensNetwork
        let files = plan.seeding.lockFiles
        return "\(line), network \(isOpen ? "allowed" : "denied"), sees "
            + (files.isEmpty ? "the whole tree" : "only " + files.joined(separator: ", "))
    }

    private static func reach(_ plan: Plan, _ pattern: PathPattern) -> String {
        switch plan.permission.reach(of: pattern) {
        case .nothing(let reason): "refused, \(reason)"
        case .allowed(let conditions): (["allowed"] + conditions).joined(separator: ", ")
        }
    }

    /// Why an invariant runs or does not, as far as the task's paths tell.
    private static func condition(of invariant: Invariant, _ plan: Plan) -> String {
        guard let when = invariant.when else { return "runs always" + severity(invariant) }
        let patterns = when.map(\.text).joined(separator: ", ")
        let canMeet = when.contains { wanted in plan.task.allowedPaths.contains { $0.couldOverlap(wanted) } }
        return canMeet
            ? "runs if the change touches \(patterns)" + severity(invariant)
            : "skipped, since the task's paths cannot touch \(patterns)"
    }

    private static func severity(_ invariant: Invariant) -> String {
        (invariant.severity == .warn ? ", and only warns" : "") + baseline(invariant)
    }

    private static func baseline(_ invariant: Invariant) -> String {
        guard invariant.runsProgram else { return "" }
        return switch invariant.baseline {
        case .report: ""
        case .excuse: ", excused where nothing new fails"
        case .off: ", and is not compared with the base"
        }
    }

    /// Every limit of the task, those that count something with how far they are used up.
    private static func limits(_ limits: EffectiveLimits, _ states: [LimitState]) -> [LimitRow] {
        func counted(_ name: String, _ limit: EffectiveLimit<Int>?) -> LimitRow? {
            limit.map { LimitRow(name: name, value: "\($0.value)", source: $0.source) }
        }
        let breaker = limits.breaker.value
        let failures = states.first { $0.name == "circuit_breaker.failures" }?.observedText
        let reset = breaker.cooldown.map { "again after \(DurationText.text($0))" } ?? "until a person resets it"
        return [
            LimitRow(
                name: "attempt_timeout", value: DurationText.text(limits.attemptTimeout.value),
                source: limits.attemptTimeout.source),
            LimitRow(
                name: "backoff", value: DurationText.text(limits.backoff.value), source: limits.backoff.source),
            LimitRow(
                name: "circuit_breaker", value: "\(breaker.failures) failures, \(reset)",
                source: limits.breaker.source, used: failures),
            counted("max_files", limits.maxFiles),
            limits.maxPatchBytes.map {
                LimitRow(name: "max_patch_bytes", value: SizeText.text($0.value), source: $0.source)
            },
        ].compactMap { $0 } + states.filter { $0.name != "circuit_breaker.failures" }.map(LimitRow.init)
            + fileSizes(limits) + agentBudget(limits.agentBudget)
    }

    private static func agentBudget(_ budget: EffectiveAgentBudget) -> [LimitRow] {
        func row<Value>(_ name: String, _ limit: EffectiveLimit<Value>?, _ text: (Value) -> String) -> LimitRow? {
            limit.map { LimitRow(name: "agent_budget." + name, value: text($0.value), source: $0.source) }
        }
        return [
            row("tokens", budget.tokens) { "\($0)" }, row("usd", budget.dollars, JSON.shortest),
            row("turns", budget.turns) { "\($0)" }, row("time", budget.time, DurationText.text),
        ].compactMap { $0 }
    }

    private static func fileSizes(_ limits: EffectiveLimits) -> [LimitRow] {
        limits.maxFileSizes.flatMap { sizes in
            sizes.value.map {
                LimitRow(
                    name: "max_file_size", value: "\($0.pattern): \(SizeText.text($0.bytes))", source: sizes.source
                )
            }
        }
    }

    private static func json(
        _ plan: Plan, _ base: Base, _ refusal: Refusal?, _ limits: [LimitRow]
    ) -> JSON {
        func layers(_ layers: [Permission.Layer]) -> JSON {
            .array(layers.map { ["source": .string($0.name), "patterns": .strings($0.patterns.map(\.text))] })
        }
        return [
            "task": .string(plan.task.id), "target": .string(plan.target.id), "base": .string(base.commit.hex),
            "base_name": .string(base.name), "branch": .string(plan.task.proposedBranch),
            "executor": .string(plan.executor), "refusal": refusal.map(\.json) ?? .null,
            "workspace": .string(plan.workspace.rawValue), "workspace_reason": .string(plan.workspaceReason),
            "allowed": layers(plan.permission.allowed), "forbidden": layers(plan.permission.forbidden),
            "paths": .array(plan.task.allowedPaths.map { path($0, plan) }),
            "operations": .strings(plan.permission.operations.map(\.rawValue).sorted()),
            "sandbox": [
                "network": .bool(plan.sandbox.opensNetwork), "read": .strings(plan.sandbox.readablePaths),
                "scratch": .strings(plan.sandbox.scratch.map(\.text)), "env": .strings(plan.sandbox.environment),
                "secrets": .strings(plan.sandbox.secrets),
                "memory": .optional(plan.sandbox.memoryBytes), "disk": .optional(plan.sandbox.diskBytes),
                "processes": .optional(plan.sandbox.processes),
                "minimum": .optional(plan.sandbox.minimum?.rawValue),
            ],
            "setup": plan.seeding.setup.map { line in
                [
                    "command": .string(line), "lock_files": .strings(plan.seeding.lockFiles),
                    "network": .bool(plan.seeding.opensNetwork ?? plan.sandbox.opensNetwork),
                ]
            } ?? .null,
            "isolation": .string(isolation(plan)), "check_workspace": .optional(plan.checkWorkspace?.rawValue),
            "invariants": .array(
                plan.invariants.map {
                    [
                        "name": .string($0.name), "condition": .string(condition(of: $0, plan)),
                        "baseline": .string($0.baseline.rawValue),
                    ]
                }),
            "limits": .array(
                limits.map {
                    [
                        "name": .string($0.name), "value": .string($0.value), "source": .string($0.source),
                        "used": .optional($0.used), "note": .optional($0.note),
                    ]
                }),
        ]
    }

    private static func path(_ pattern: PathPattern, _ plan: Plan) -> JSON {
        switch plan.permission.reach(of: pattern) {
        case .nothing(let reason):
            ["pattern": .string(pattern.text), "allowed": false, "reason": .string(reason), "conditions": []]
        case .allowed(let conditions):
            [
                "pattern": .string(pattern.text), "allowed": true, "reason": .null,
                "conditions": .strings(conditions),
            ]
        }
    }
}

private struct LimitRow {
    let name: String
    let value: String
    let source: String
    /// How far it is used up; `nil` for what counts nothing.
    var used: String?
    var note: String?

    init(name: String, value: String, source: LimitSource, used: String? = nil) {
        (self.name, self.value, self.source, self.used) = (name, value, source.rawValue, used)
    }

    init(_ state: LimitState) {
        (name, value, source) = (state.name, state.allowedText, state.source)
        (used, note) = (state.observedText, state.note)
    }

    var text: String {
        "\(name) \(value) (\(source))" + (used.map { ", \($0) used" } ?? "") + (note.map { ", \($0)" } ?? "")
    }
}
