internal import Basics
internal import Model
internal import YAML

/// One backlog file while it is read.
struct BacklogDraft: Sendable {
    var limits = LimitsDraft()
    var tasks: [LintTask] = []
}

enum BacklogFormat {
    static let record = RecordFormat<BacklogDraft>("the backlog", fields)

    /// Reads any of the three shapes: a mapping with `tasks`, a bare list, and, beside others in a
    /// directory, a single task.
    static func read(
        _ root: YAMLNode, into record: inout Record<BacklogDraft>, allowsSingleTask: Bool,
        _ context: inout ReadingContext
    ) {
        if root.items != nil {
            reportBareList(root, &context)
            return readTasks(root, &record.value, &context)
        }
        let isTask = allowsSingleTask && root.pairs?.contains { $0.key.scalarText == "tasks" } == false
        if isTask, !root.isEmptyMapping { return readTask(root, &record.value, &context) }
        self.record.read(root, into: &record, &context)
    }

    static func readTask(_ node: YAMLNode, _ draft: inout BacklogDraft, _ context: inout ReadingContext) {
        context.label = ""
        var record = Record(TaskDraft())
        let known = context.diagnostics.count
        TaskFormat.record.read(node, into: &record, &context)
        guard node.pairs != nil else { return }
        TaskFormat.record.reportMissing(record, &context)
        record.value.task.place = context.place(TaskFormat.record.node("id", of: record)?.span ?? node.head)
        draft.tasks.append(
            LintTask(
                file: context.file, record: record, range: node.span.byteRange,
                isBroken: context.diagnostics.dropFirst(known).contains { $0.severity == .error }))
    }

    private static func readTasks(_ list: YAMLNode, _ draft: inout BacklogDraft, _ context: inout ReadingContext) {
        let nodes = list.items ?? []
        draft.tasks.reserveCapacity(draft.tasks.count + nodes.count)
        for node in nodes { readTask(node, &draft, &context) }
    }

    private static func reportBareList(_ root: YAMLNode, _ context: inout ReadingContext) {
        var fix: [TextEdit] = []
        let start = root.span.start
        if root.isBlock, start.column == 1 {
            fix.append(context.edit(start.offset..<start.offset, "version: 1\ntasks:\n"))
        }
        context.report(
            .aliasedSpelling, "the canonical form of a bare list of tasks is 'tasks: [...]'", at: root.head,
            fix: fix)
    }

    private static let fields: [Field<BacklogDraft>] = [
        .version(),
        Field(
            "tasks", expected: "a list of tasks",
            schema: ["type": ["array", "null"], "items": ["$ref": "#/definitions/task"]],
            "The tasks, in the order in which equals are taken."
        ) { entry, draft, context in
            guard entry.value.items != nil else {
                context.reportWrongType(entry.value, expected: "a list of tasks")
                return
            }
            readTasks(entry.value, &draft, &context)
        },
        Field(
            "limits.max_open_prs", \.limits.limits.maxOpenPullRequests, .integer(0...1_000_000),
            also: ["max_open_prs"],
            "The most pull requests that may be open at once; policy.yaml is its better place."
        ),
    ]
}
