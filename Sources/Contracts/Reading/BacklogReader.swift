internal import Basics
internal import Model
internal import YAML

/// Reads the tasks of one backlog file.
struct BacklogReader {
    private let sink: DiagnosticSink

    init(_ sink: DiagnosticSink) { self.sink = sink }

    /// Accepts the canonical mapping, a bare list of tasks, and (in `backlog/`) a single task.
    func read(_ bytes: [UInt8], acceptsSingleTask: Bool) -> Backlog {
        var backlog = Backlog()
        guard let root = Document.root(of: bytes, sink) else { return backlog }
        let items = root.items ?? root["tasks"]?.items ?? [root]
        backlog.mentionsReady = items.contains { item in
            item.entriesIncludingMerged.contains { $0.entry.key.scalar?.text == "ready" }
        }
        if let items = root.items {
            backlog.tasks = items.compactMap(task)
        } else if acceptsSingleTask, root["tasks"] == nil, root["id"] != nil || root["task_id"] != nil {
            backlog.tasks = [task(root)].compactMap(\.self)
        } else if let reader = MappingReader(root, as: Formats.backlog, sink) {
            _ = reader.integer("version")
            backlog.limits.maxOpenPullRequests = reader.integer("max_open_prs")
            backlog.tasks = reader.list("tasks")?.compactMap(task) ?? []
        }
        return backlog
    }

    private func task(_ node: YAMLNode) -> BacklogTask? {
        guard let reader = MappingReader(node, as: Formats.task, sink), let id = reader.text("id") else {
            return nil
        }
        checkID(id, at: reader.place(of: "id"))
        var task = BacklogTask(id: id)
        task.title = reader.text("title") ?? ""
        task.details = reader.text("description")
        task.scope = reader.text("scope")
        task.priority = reader.choice("priority", BacklogTask.Priority.self) ?? .medium
        task.size = size(reader)
        task.ready = reader.boolean("ready") ?? false
        task.status = reader.choice("status", BacklogTask.Status.self) ?? .pending
        task.allowedPaths = allowedPaths(reader)
        task.acceptanceCriteria = reader.strings("acceptance_criteria") ?? []
        task.dependencies = reader.strings("dependencies") ?? []
        task.executor = reader.text("executor")
        task.inputs = inputs(reader)
        task.invariants = invariants(reader)
        task.notBefore = reader.date("not_before")
        task.labels = reader.strings("labels") ?? []
        task.limits = reader.mapping("limits", as: Formats.limits)?.limits() ?? Limits()
        readOutcome(reader, into: &task)
        task.place = sink.place(reader.place(of: "id"))
        return task
    }

    private func readOutcome(_ reader: MappingReader, into task: inout BacklogTask) {
        task.blockedReason = reader.text("blocked_reason")
        task.lastAttempt = reader.text("last_attempt_id")
        task.branch = reader.text("branch_name")
        task.commit = reader.text("commit")
        task.pullRequest = reader.integer("pr_number")
        task.completedAt = reader.date("completed_at")
    }

    /// An id names a branch, so it must be usable in a reference.
    private func checkID(_ id: String, at span: SourceSpan) {
        let isKebab = id.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard !isKebab || id.isEmpty || id.hasPrefix("-") || id.hasSuffix("-") || id.utf8.count > 100 else {
            return
        }
        let mended = Self.kebab(id)
        sink.report(
            .badTaskID, "'\(id.printable)' cannot be a task id: it must be kebab-case, at most 100 characters",
            at: span,
            hint: mended.isEmpty ? nil : "write '\(mended)'")
    }

    private static func kebab(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return String(words.joined(separator: "-").prefix(100))
    }

    private func size(_ reader: MappingReader) -> BacklogTask.Size? {
        guard let text = reader.text("size") else { return nil }
        let older: [String: BacklogTask.Size] = ["small": .s, "medium": .m, "large": .l]
        if text == "unknown" { return nil }
        if let size = older[text] { return size }
        return reader.choice("size", BacklogTask.Size.self)
    }

    private func allowedPaths(_ reader: MappingReader) -> [PathPattern] {
        let patterns = reader.patterns("allowed_paths")
        if patterns?.isEmpty == true, reader.list("allowed_paths")?.isEmpty == true {
            sink.report(
                .emptyAllowedPaths, "'allowed_paths' is empty, and an empty list allows nothing",
                at: reader.place(of: "allowed_paths"),
                hint: "name the files or directories that the task may touch")
        }
        return patterns ?? []
    }

    private func inputs(_ reader: MappingReader) -> JSON {
        guard let found = reader["inputs"] else { return .object([]) }
        guard found.value.entries != nil else {
            return reader.wrongType("inputs", "a mapping", found.value) ?? .object([])
        }
        return found.value.json
    }

    private func invariants(_ reader: MappingReader) -> [BacklogTask.ExtraInvariant] {
        (reader.list("invariants") ?? []).compactMap { item in
            if let name = item.scalar?.text { return .named(name) }
            guard let invariant = InvariantReader(sink).read(item)?.invariant else { return nil }
            return .inline(invariant)
        }
    }
}
