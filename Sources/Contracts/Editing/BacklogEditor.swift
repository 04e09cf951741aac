internal import Basics
internal import YAML

/// What a finished task gets written into the backlog.
package struct WriteBackFields: Hashable, Sendable {
    package let attempt: String
    package let branch: String
    package let completedAt: String

    package init(attempt: String, branch: String, completedAt: String) {
        (self.attempt, self.branch, self.completedAt) = (attempt, branch, completedAt)
    }

    /// Key by key, in the order in which missing ones are added.
    var values: [(key: String, text: String)] {
        [
            ("status", "completed"), ("ready", "false"), ("last_attempt_id", attempt), ("branch_name", branch),
            ("completed_at", completedAt),
        ]
    }
}

/// Why a backlog was left as it is.
package struct WriteBackRefusal: ExplainedError, Equatable {
    package let message: String

    package init(message: String) { self.message = message }

    package var hint: String? { "the proposal is complete without it; mark the task as completed by hand" }
}

/// Marks a task as done and touches no byte that does not belong to it.
///
/// Fields that are there have their value replaced in place. Fields that are missing are added: in a block
/// mapping as lines of their own behind the task's last line, with its indentation and line ending; in a flow
/// mapping before the closing brace. Each edit is checked by reading the result back.
package enum BacklogEditor {
    package static func marking(
        _ taskID: String, asCompleted fields: WriteBackFields, in bytes: [UInt8]
    ) throws(WriteBackRefusal) -> [UInt8] {
        let task = try find(taskID, in: bytes)
        var edits: [(range: Range<Int>, text: String)] = []
        var missing: [(key: String, text: String)] = []
        for field in fields.values {
            if let entry = task.entries?.first(where: { $0.key.scalar?.text == field.key }) {
                guard entry.value.aliasSpan == nil, entry.value.anchor == nil, entry.value.tag == nil,
                    entry.value.scalar != nil
                else { throw refusal(taskID, "its '\(field.key)' is shared with other places of the file") }
                if entry.value.scalar?.text != field.text {
                    edits.append(replacement(of: entry, with: field.text, bytes))
                }
            } else {
                missing.append(field)
            }
        }
        if !missing.isEmpty { edits.append(addition(of: missing, to: task, in: bytes)) }
        let result = apply(edits, to: bytes)
        try check(result, taskID, fields)
        return result
    }

    private static func refusal(_ taskID: String, _ reason: String) -> WriteBackRefusal {
        WriteBackRefusal(message: "task '\(taskID)' cannot be marked as completed in the backlog: \(reason)")
    }

    private static func find(_ taskID: String, in bytes: [UInt8]) throws(WriteBackRefusal) -> YAMLNode {
        let documents: [YAMLDocument]
        do throws(YAMLError) { documents = try YAML.parse(bytes) } catch { throw refusal(taskID, error.message) }
        guard let root = documents.compactMap(\.root).first else { throw refusal(taskID, "the file is empty") }
        let items = root.items ?? root["tasks"]?.items ?? [root]
        guard let task = items.first(where: { ($0["id"] ?? $0["task_id"])?.scalar?.text == taskID }) else {
            throw refusal(taskID, "it is not in the file")
        }
        if task.aliasSpan != nil || root["tasks"]?.aliasSpan != nil {
            throw refusal(taskID, "it is written elsewhere and only referred to here")
        }
        if task.entries?.contains(where: \.isMerge) == true {
            throw refusal(taskID, "some of its fields come through a merge key")
        }
        return task
    }

    private static func replacement(
        of entry: YAMLEntry, with text: String, _ bytes: [UInt8]
    ) -> (range: Range<Int>, text: String) {
        let range = entry.value.span.byteRange
        guard range.isEmpty else { return (range, text) }
        // An empty value begins right behind the colon.
        var end = range.lowerBound
        while end > 0, bytes[end - 1] != UInt8(ascii: ":") { end -= 1 }
        let colon = end > entry.key.span.end.offset ? end : range.lowerBound
        return (colon..<colon, " " + text)
    }

    private static func addition(
        of fields: [(key: String, text: String)], to task: YAMLNode, in bytes: [UInt8]
    ) -> (range: Range<Int>, text: String) {
        if task.isFlow {
            let brace = task.span.end.offset - 1
            var end = brace
            while end > 0, [32, 9, 10, 13].contains(bytes[end - 1]) { end -= 1 }
            let separator = bytes[end - 1] == UInt8(ascii: ",") ? " " : ", "
            let text = fields.map { "\($0.key): \($0.text)" }.joined(separator: ", ")
            return (end..<end, separator + text)
        }
        let indent = String(repeating: " ", count: (task.entries?.first?.key.span.start.column ?? 1) - 1)
        let newLine = bytes.contains(UInt8(ascii: "\r")) && usesCarriageReturns(bytes) ? "\r\n" : "\n"
        let lineEnd = bytes[task.span.end.offset...].firstIndex(of: UInt8(ascii: "\n"))
        let lines = fields.map { indent + "\($0.key): \($0.text)" }.joined(separator: newLine)
        guard let lineEnd else { return (bytes.count..<bytes.count, newLine + lines) }
        return (lineEnd + 1..<lineEnd + 1, lines + newLine)
    }

    private static func usesCarriageReturns(_ bytes: [UInt8]) -> Bool {
        guard let newLine = bytes.firstIndex(of: UInt8(ascii: "\n")), newLine > 0 else { return false }
        return bytes[newLine - 1] == UInt8(ascii: "\r")
    }

    private static func apply(_ edits: [(range: Range<Int>, text: String)], to bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            result.replaceSubrange(edit.range, with: Array(edit.text.utf8))
        }
        return result
    }

    /// Reads the result back: the task must say what was written, or nothing is written at all.
    private static func check(_ result: [UInt8], _ taskID: String, _ fields: WriteBackFields)
        throws(WriteBackRefusal)
    {
        let task = try find(taskID, in: result)
        for field in fields.values where task[field.key]?.scalar?.text != field.text {
            throw refusal(taskID, "its layout leaves no safe place for '\(field.key)'")
        }
    }
}
