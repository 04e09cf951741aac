internal import Basics
internal import Model
internal import Runner

/// `leviathan plan`: everything that is decided before anything runs.
enum PlanCommand: Command {
    static let spec = CommandSpec(
        "plan", group: .look, "Show what proposing a task would do, and under which rules",
        options: Target.options,
        arguments: [ArgumentSpec("TASK", completion: .dynamic("tasks"), "The task's id")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let target = try Target(context)
        let contract = try target.contract()
        let task = try target.stage.task(context.arguments.argument("TASK") ?? "", in: contract)
        let plan = try Planner(contract: contract, now: context.surroundings.clock.now())
            .plan(task, base: target.base, workspace: nil)
        if context.isJSON {
            context.output.json(json(plan, target.base))
        } else {
            context.output.data(text(plan, target.base, context.palette))
        }
        return .done
    }

    private static func text(_ plan: Plan, _ base: Base, _ palette: Palette) -> String {
        var text = palette.bold(SafeText.line(plan.task.id)) + "  " + SafeText.line(plan.task.title) + "\n"
        func row(_ name: String, _ value: String) {
            text +=
                "  \(name)" + String(repeating: " ", count: max(1, 14 - name.count)) + SafeText.line(value) + "\n"
        }
        row("base", "\(base.name) (\(base.commit.short))")
        row("branch", plan.task.proposedBranch)
        row("executor", plan.executor)
        row("workspace", "\(plan.workspace.rawValue): \(plan.workspaceReason)")
        for layer in plan.permission.allowed { row("allowed by", "\(layer.name): \(patterns(layer))") }
        for layer in plan.permission.forbidden { row("forbidden by", "\(layer.name): \(patterns(layer))") }
        for (pattern, reason) in refusals(plan) { row("refused", "\(pattern): \(reason)") }
        row(
            "operations",
            Operation.allCases.filter(plan.permission.operations.contains).map(\.rawValue).joined(separator: ", "))
        for invariant in plan.invariants {
            let when =
                invariant.when.map { " when the change touches \($0.map(\.text).joined(separator: ", "))" } ?? ""
            row("invariant", invariant.name + when)
        }
        for (name, value, source) in limits(plan.limits) { row("limit", "\(name) \(value) (\(source.rawValue))") }
        return text
    }

    private static func patterns(_ layer: Permission.Layer) -> String {
        layer.patterns.isEmpty ? "nothing" : layer.patterns.map(\.text).joined(separator: ", ")
    }

    /// Patterns of the task that name one file which may not be touched.
    private static func refusals(_ plan: Plan) -> [(String, String)] {
        plan.task.allowedPaths.filter(\.isLiteral).compactMap { pattern in
            guard let path = try? RepoPath(pattern.text), let refusal = plan.permission.refusal(of: path) else {
                return nil
            }
            return switch refusal {
            case .protected(let reason): (pattern.text, reason.rawValue)
            case .forbidden(let layer, let by): (pattern.text, "'\(by)' in \(layer.name)")
            case .notAllowed(let layer): (pattern.text, "not covered by \(layer.name)")
            }
        }
    }

    private static func limits(_ limits: EffectiveLimits) -> [(String, String, LimitSource)] {
        var rows = [
            ("attempt_timeout", DurationText.text(limits.attemptTimeout.value), limits.attemptTimeout.source),
            ("max_attempts_per_task", "\(limits.maxAttemptsPerTask.value)", limits.maxAttemptsPerTask.source),
            ("max_open_prs", "\(limits.maxOpenPullRequests.value)", limits.maxOpenPullRequests.source),
        ]
        if let files = limits.maxFiles { rows.append(("max_files", "\(files.value)", files.source)) }
        if let bytes = limits.maxPatchBytes {
            rows.append(("max_patch_bytes", SizeText.text(bytes.value), bytes.source))
        }
        return rows
    }

    private static func json(_ plan: Plan, _ base: Base) -> JSON {
        func layers(_ layers: [Permission.Layer]) -> JSON {
            .array(layers.map { ["source": .string($0.name), "patterns": .strings($0.patterns.map(\.text))] })
        }
        return [
            "task": .string(plan.task.id), "target": .string(plan.target.id), "base": .string(base.commit.hex),
            "base_name": .string(base.name), "branch": .string(plan.task.proposedBranch),
            "executor": .string(plan.executor),
            "workspace": .string(plan.workspace.rawValue), "workspace_reason": .string(plan.workspaceReason),
            "allowed": layers(plan.permission.allowed), "forbidden": layers(plan.permission.forbidden),
            "refused": .array(refusals(plan).map { ["pattern": .string($0.0), "reason": .string($0.1)] }),
            "operations": .strings(plan.permission.operations.map(\.rawValue).sorted()),
            "invariants": .strings(plan.invariants.map(\.name)),
            "limits": .array(
                limits(plan.limits).map {
                    ["name": .string($0.0), "value": .string($0.1), "source": .string($0.2.rawValue)]
                }),
        ]
    }
}
