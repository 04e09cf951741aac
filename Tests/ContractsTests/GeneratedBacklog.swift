import TestSupport

/// Backlogs as many people would write them, from a seed.
struct GeneratedBacklog {
    private var random: SeededRandom
    private let newLine: String
    private let indent: Int
    private(set) var lines: [String] = []
    /// The lines of the task `target`, as positions in `lines`.
    private(set) var targetLines: Range<Int> = 0..<0

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        newLine = ["\n", "\r\n"].randomElement(using: &random) ?? "\n"
        indent = [0, 2, 4, 7].randomElement(using: &random) ?? 2
        write()
    }

    /// The whole text; sometimes without a final newline, sometimes behind a byte order mark.
    var text: String {
        var random = random
        let end = Bool.random(using: &random) ? newLine : ""
        return lines.joined(separator: newLine) + end
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick(_ texts: String...) -> String { texts.randomElement(using: &random) ?? "" }

    private mutating func write() {
        if chance(50) { lines.append("# tâsks\t of 2026: \"quotes\" 'and' {braces}") }
        let isBare = chance(25)
        if !isBare {
            if chance(70) { lines.append("version: 1") }
            if chance(30) { lines.append("x-common: &labels [api, \"ü\"]") }
            lines.append(pick("tasks:", "\"tasks\":", "tasks: # all of them", "tasks:   "))
        }
        let hasLabels = lines.contains { $0.hasPrefix("x-common") }
        let count = Int.random(in: 1...6, using: &random)
        let position = Int.random(in: 0..<count, using: &random)
        for index in 0..<count {
            let isTarget = index == position
            if chance(25) { lines.append(pick("", "   ", "  # between tasks", "#\tanother")) }
            let start = lines.count
            if chance(35) {
                writeFlow(isTarget ? "target" : "task-\(index)", hasLabels)
            } else {
                writeBlock(isTarget ? "target" : "task-\(index)", hasLabels)
            }
            if isTarget { targetLines = start..<lines.count }
        }
        if chance(30) { lines.append(pick("", "# the end", "    # deeper than anything")) }
    }

    private mutating func fields(_ id: String, _ hasLabels: Bool, flow: Bool) -> [String] {
        var fields = [
            pick("title: Überschrift", "title: 'It''s: quoted'", "\"title\": \"a \\\"b\\\" # no comment\"")
        ]
        if chance(60) { fields.append("scope: docs") }
        if chance(70) {
            fields.append(
                pick("ready: true", "ready:   true", "'ready': true", "ready: false", flow ? "ready: " : "ready:"))
        }
        if chance(60) { fields.append(pick("status: pending", "status: \"pending\"", "status: 'in_progress'")) }
        if chance(40) { fields.append(pick("allowed_paths: [docs/a.md, \"docs/ü*\"]", "allowed_paths: [docs/x]")) }
        if chance(25), hasLabels { fields.append("labels: *labels") }
        if chance(20) { fields.append("last_attempt_id: attempt-old") }
        if chance(20) { fields.append("completed_at: 2020-01-01") }
        if !flow, chance(30) {
            fields.append(
                pick(
                    "inputs:\n  deep:\n    - a\n    -   b", "acceptance_criteria:\n- one",
                    "inputs: {a: 1,\n  b: 2}"))
        }
        if !flow, chance(30) {
            fields.append(
                pick(
                    "description: |\n  one\n    two\n\n  three", "description: >-\n  folded\n  text",
                    "description: |+\n  kept\n\n", "description: plain\n  over lines", "description: \"x\n  y\""))
        }
        fields.shuffle(using: &random)
        fields.insert(pick("id: \(id)", "\"id\": \(id)", "id: '\(id)'"), at: chance(70) ? 0 : fields.count)
        return fields
    }

    private mutating func writeBlock(_ id: String, _ hasLabels: Bool) {
        let dash = "-" + String(repeating: " ", count: Int.random(in: 1...3, using: &random))
        var prefix = String(repeating: " ", count: indent) + dash
        let margin = String(repeating: " ", count: prefix.count)
        for field in fields(id, hasLabels, flow: false) {
            for (number, line) in field.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if number == 0 { maybeComment(prefix) }
                lines.append(line.isEmpty ? "" : prefix + line + comment(after: String(line), field))
                prefix = margin
            }
        }
    }

    private mutating func maybeComment(_ prefix: String) {
        if prefix.allSatisfy({ $0 == " " }), chance(10) { lines.append(prefix + "# remark\twith a tab") }
    }

    private mutating func comment(after line: String, _ field: String) -> String {
        field.contains("\n") || !chance(20) ? "" : pick(" # why", "   # ready: true", "\t# tab")
    }

    private mutating func writeFlow(_ id: String, _ hasLabels: Bool) {
        let prefix = String(repeating: " ", count: indent) + "- "
        let list = fields(id, hasLabels, flow: true)
        if chance(60) {
            let end = pick("}", " }", ", }", "} # done")
            lines.append(prefix + pick("{", "{ ") + list.joined(separator: pick(", ", " , ")) + end)
            return
        }
        lines.append(prefix + "{")
        for (number, field) in list.enumerated() {
            let comma = number < list.count - 1 || chance(30) ? "," : ""
            lines.append(String(repeating: " ", count: indent + 3) + field + comma + pick("", " # in flow", ""))
        }
        lines.append(String(repeating: " ", count: indent + 2) + "}")
    }
}
