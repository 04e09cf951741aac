internal import Basics
internal import Model
internal import YAML

/// A task while it is read.
struct TaskDraft: Sendable {
    var task = BacklogTask(id: "")
    @Boxed var limits = LimitsDraft()
    var invariants: [TaskInvariant] = []
}

/// An invariant that a task asks for, and where it does.
enum TaskInvariant: Sendable {
    case named(String, YAMLNode)
    case inline(Record<InvariantDraft>)
}

/// Sizes as any variant writes them; `unknown` says nothing.
enum SizeWord: String, CaseIterable, Sendable {
    case xs, s, m, l, xl, unknown

    var size: BacklogTask.Size? { BacklogTask.Size(rawValue: rawValue) }
}

enum TaskFormat {
    static let record = RecordFormat<TaskDraft>("a task", identity + work + limits + results)

    private static let identity: [Field<TaskDraft>] = [
        Field(
            "id", \.task.id, .taskID, also: ["task_id"], required: true,
            "Kebab-case, at most 100 characters, unique; it names the branch."),
        Field("title", \.task.title, .text, "What is to be done, in one line."),
        Field("description", \.task.details, .prose, "The same, longer."),
        Field("scope", \.task.scope, .text, "A scope that policy.yaml defines."),
        Field("priority", \.task.priority, .choice(), standard: "medium", "The urgent ones are taken first."),
        Field(
            "size", .choice(also: ["small": .s, "medium": .m, "large": .l]),
            also: [Alias<SizeWord>("estimated_size", nil)], "A guess at the work.",
            set: { $0.task.size = $1.size }),
        Field(
            "ready", \.task.ready, .flag, standard: "false",
            "Nothing runs that nobody released with `ready: true`."),
        Field("status", \.task.status, .choice(), standard: "pending", "How far it is."),
    ]

    private static let work: [Field<TaskDraft>] = [
        Field(
            "allowed_paths", \.task.allowedPaths, .list(of: .pattern),
            "Patterns of the paths that it may touch, within what its scope allows."),
        Field(
            "acceptance_criteria", \.task.acceptanceCriteria, .list(of: .prose), "What must be true afterwards."),
        Field(
            "dependencies", \.task.dependencies, .list(of: .text), "Ids of tasks that must be completed before."),
        Field("executor", \.task.executor, .text, standard: "that of the scope", "Who does the work."),
        Field("inputs", \.task.inputs, .object, "What the executor needs to know."),
        invariants,
        Field("not_before", \.task.notBefore, .instant, "A date or date-time before which it does not start."),
        Field("labels", \.task.labels, .list(of: .word), "Labels for its pull request."),
    ]

    private static let limits: [Field<TaskDraft>] = LimitsFormat.ofOneTask.map {
        $0.lifted(to: \.limits, under: ["limits"])
    }

    private static let results: [Field<TaskDraft>] = [
        Field("blocked_reason", \.task.outcome.blockedReason, .prose, "Why it is blocked."),
        Field("last_attempt_id", \.task.outcome.lastAttempt, .word, "Written back: the attempt that did it."),
        Field("branch_name", \.task.outcome.branch, .word, "Written back: the branch that carries it."),
        Field("commit", \.task.outcome.commit, .word, "The commit that did it."),
        Field("pr_number", \.task.outcome.pullRequest, .integer(1...Int.max), "Its pull request."),
        Field("completed_at", \.task.outcome.completedAt, .instant, "Written back: when it was completed."),
    ]

    private static let invariants = Field<TaskDraft>(
        "invariants", expected: "a list of names of invariants, or of invariants",
        schema: [
            "type": ["array", "null"],
            "items": ["anyOf": [["type": "string", "pattern": "\\S"], ["$ref": "#/definitions/invariant"]]],
        ], "Further invariants of the policy by name, or written out."
    ) { entry, draft, context in
        guard let nodes = entry.value.items else {
            context.reportWrongType(entry.value, expected: "a list of names of invariants, or of invariants")
            return
        }
        for node in nodes {
            context.label = "invariants"
            if node.pairs == nil {
                guard let name = Codec<String>.text.read(node, &context) else { continue }
                draft.invariants.append(.named(name, node))
            } else {
                var record = Record(InvariantDraft())
                InvariantFormat.record.read(node, into: &record, &context)
                draft.invariants.append(.inline(record))
            }
        }
    }
}

extension TaskFormat {
    /// Puts the parts together.
    static func finished(_ draft: TaskDraft, _ context: inout ReadingContext) -> BacklogTask {
        var task = draft.task
        task.limits = draft.limits.finished
        for invariant in draft.invariants {
            switch invariant {
            case .named(let name, _): task.invariants.append(.named(name))
            case .inline(let record):
                if case .run(let invariant) = InvariantFormat.finished(record, &context) {
                    task.invariants.append(.inline(invariant))
                }
            }
        }
        return task
    }
}
