internal import Basics
internal import Model
internal import YAML

/// A policy while it is read.
struct PolicyDraft: Sendable {
    var policy = Policy()
    var limits = LimitsDraft()
    var scopes = ScopeCollection()
    var invariants: [Record<InvariantDraft>] = []
    /// The list of a flat policy: one scope for every task.
    var common: Record<ScopeDraft>?
}

enum PolicyFormat {
    static let record = RecordFormat<PolicyDraft>("the policy", fields)

    private static let fields: [Field<PolicyDraft>] = {
        var fields: [Field<PolicyDraft>] = [.version(older: ["0.1.0"])]
        fields += PolicyScopes.fields
        fields.append(forbidden)
        fields += LimitsFormat.all.map {
            $0.lifted(to: \.limits, under: ["limits", "guardrails", "safety_rules", "file_size_limits"])
        }
        fields.append(invariants)
        return fields + sandbox + surroundings + delivery
    }()

    private static let forbidden = Field<PolicyDraft>(
        "forbidden", \.policy.forbidden, .list(of: .pattern), also: ["forbidden_paths", "forbidden_patterns"],
        "Patterns that no task may touch.")

    private static let invariants = Field<PolicyDraft>(
        "invariants", expected: "a list of invariants",
        schema: ["type": ["array", "null"], "items": ["$ref": "#/definitions/invariant"]],
        "Checks that must hold after a change."
    ) { entry, draft, context in
        guard let nodes = entry.value.items else {
            context.reportWrongType(entry.value, expected: "a list of invariants")
            return
        }
        for node in nodes {
            var record = Record(InvariantDraft())
            context.label = "invariants"
            InvariantFormat.record.read(node, into: &record, &context)
            if node.pairs != nil { draft.invariants.append(record) }
        }
    }

    private static let surroundings: [Field<PolicyDraft>] = [
        Field(
            "workspace.kind", \.policy.workspace.kind, .choice(),
            "The kind of workspace, instead of the best that can be had; `--workspace` says otherwise."),
        Field(
            "workspace.link", \.policy.workspace.linked, .list(of: .text),
            "Untracked paths of the checkout that a workspace gets as links, such as node_modules."),
        Field(
            "workspace.copy", \.policy.workspace.copied, .list(of: .text),
            "Untracked paths of the checkout that a workspace gets as copies."),
        Field("workspace.setup", \.policy.workspace.setup, .text, "A command that prepares a workspace."),
        Field(
            "workspace.network", .network, standard: "that of sandbox", "Whether the set-up may use the network."
        ) {
            $0.policy.workspace.opensNetwork = $1 == .allow
        },
        Field(
            "workspace.lock_files", \.policy.workspace.lockFiles, .list(of: .text),
            "All that the set-up sees of the tree: while these are unchanged, what it made is used again."),
        Field(
            "workspace.submodules", \.policy.workspace.fillsSubmodules, .flag, standard: "false",
            "Whether submodules are filled, from objects that are on this machine; nothing is fetched."),
        Field(
            "workspace.sparse", \.policy.workspace.isSparse, .flag, standard: "false",
            "Whether a worktree holds only the directories that the task may touch, and the files of those above."),
        Field(
            "workspace.slots", \.policy.workspace.slots, .integer(1...1000), standard: "16",
            "The most checkouts that are kept for the repository."),
        Field(
            "weakened_tests", Codec<Invariant.Severity>.choice(), standard: "warn",
            "Whether removed, skipped or emptied tests reject the change."
        ) { $0.policy.blocksWeakenedTests = $1 == .block },
    ]

    private static let sandbox: [Field<PolicyDraft>] = [
        Field("sandbox.network", .network, standard: "deny", "Whether programs may use the network.") {
            $0.policy.sandbox.opensNetwork = $1 == .allow
        },
        Field(
            "sandbox.read", \.policy.sandbox.readablePaths, .list(of: .text),
            "Paths outside the repository that programs may read."),
        Field(
            "sandbox.scratch", \.policy.sandbox.scratch, .list(of: .pattern),
            "Paths that programs may write and that are never part of the change."),
        Field(
            "sandbox.env", \.policy.sandbox.environment, .list(of: .variable), "Variables that programs may see."),
        Field(
            "sandbox.secrets", \.policy.sandbox.secrets, .list(of: .variable),
            "Variables whose values are secret though their names do not say so."),
        Field(
            "sandbox.memory", \.policy.sandbox.memoryBytes, .size, standard: "half of the machine's",
            "The most memory that a program and all that it starts may use together."),
        Field(
            "sandbox.disk", \.policy.sandbox.diskBytes, .size, standard: "10GB",
            "The most disk that they may use in private directories and for what they change."),
        Field(
            "sandbox.processes", \.policy.sandbox.processes, .integer(1...1_000_000), standard: "1024",
            "The most processes and threads that they may be."),
        Field(
            "sandbox.minimum", \.policy.sandbox.minimum, .choice(),
            "The weakest fence that programs may run behind; where less can be had, they do not run."),
    ]

    private static let delivery: [Field<PolicyDraft>] = [
        Field(
            "auto_merge.enabled", \.policy.autoMerge.enabled, .flag, standard: "false",
            "Whether approved pull requests merge."),
        Field(
            "auto_merge.scopes", \.policy.autoMerge.scopes, .list(of: .text), also: ["auto_merge.allowed_scopes"],
            "The scopes whose pull requests may merge."),
        Field(
            "auto_merge.require_ci", \.policy.autoMerge.requiresChecks, .flag,
            also: ["auto_merge.require_ci_pass"],
            standard: "true", "Whether CI has to pass first."),
        Field(
            "auto_merge.require_approvals", \.policy.autoMerge.requiredApprovals, .integer(0...100), standard: "1",
            "Approving reviews that are needed."),
        Field("auto_merge.method", \.policy.autoMerge.method, .choice(), standard: "squash", "How it merges."),
        Field("schedule.cron", \.policy.schedule.cron, .cron, "When the scheduler looks at the target."),
        Field(
            "schedule.windows", \.policy.schedule.windows, .list(of: .window),
            "The hours in which tasks may start."),
        Field(
            "schedule.weight", \.policy.schedule.weight, .number(0.01...1000),
            also: ["schedule.fairness_weight", "scheduling.fairness_weight", "scheduling.weight"], standard: "1",
            "Its share among several targets."),
        Field(
            "schedule.priority", \.policy.schedule.priority, .text, also: ["scheduling.priority"],
            "Its rank among several targets."),
        Field(
            "autonomy.enabled", \.policy.autonomyEnabled, .flag,
            "Whether the scheduler may pick tasks without being asked."),
        .kept("target", "Left from an older form; contract.yaml says this now."),
        .kept("code_style", "Left from an older form; nothing acts on it."),
    ]
}

extension Field {
    /// `version: 1`.
    static func version(older: [String] = []) -> Field {
        Field(
            "version", expected: "1", schema: ["enum": .array([1, "1", "1.0"] + older.map(JSON.string))],
            "The version of the format: always 1."
        ) { entry, _, context in
            if let text = entry.value.scalarText, older.contains(text) {
                context.report(
                    .aliasedSpelling, "'\(text)' was the version of an older system; the format is 1 today",
                    at: entry.value.span, fix: [context.edit(entry.value.span.byteRange, "1")])
                return
            }
            guard let text = entry.value.scalarText, ["1", "1.0"].contains(text) else {
                let found = entry.value.scalarText.map { "'\($0)'" } ?? entry.value.found
                context.report(
                    .unsupportedVersion, "version \(found) of this file is not known", at: entry.value.span,
                    hint: "this Leviathan reads version 1")
                return
            }
        }
    }

    /// Something that older files have and nothing acts on.
    static func kept(_ path: String, _ summary: String) -> Field {
        Field(path, expected: "anything", schema: [:], summary) { _, _, _ in }
    }
}

extension PolicyFormat {
    /// Puts the parts together.
    static func finished(_ draft: PolicyDraft, _ context: inout ReadingContext) -> Policy {
        var policy = draft.policy
        policy.limits = draft.limits.finished
        policy.scopes =
            (draft.common.map { [$0.value.finished] } ?? []) + draft.scopes.records.map(\.value.finished)
        for record in draft.invariants {
            switch InvariantFormat.finished(record, &context) {
            case .run(let invariant): policy.invariants.append(invariant)
            case .documented(let document): policy.documentedInvariants.append(document)
            case nil: continue
            }
        }
        return policy
    }
}
