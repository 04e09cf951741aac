internal import Basics
internal import Model

/// An id names a branch, and only one task.
enum TaskIDRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        var first: [String: Int] = [:]
        for (position, task) in subject.tasks.enumerated() where !task.task.id.isEmpty {
            checkSpelling(task, &report)
            if let earlier = first[task.task.id] {
                reportDuplicate(task, subject.tasks[earlier], &report)
            } else {
                first[task.task.id] = position
            }
        }
    }

    private static func reportDuplicate(_ task: LintTask, _ earlier: LintTask, _ report: inout LintReport) {
        var related: [Diagnostic.Related] = []
        if let place = earlier.task.place { related.append(.init("first used here", at: place)) }
        report.add(
            .duplicateTaskID, "the id '\(task.task.id)' is taken", in: task.file, at: task.idSpan,
            related: related,
            hint: "give one of the tasks another id")
    }

    private static func checkSpelling(_ task: LintTask, _ report: inout LintReport) {
        let id = task.task.id
        if let reason = problem(id) {
            report.add(
                .badTaskID, "the id '\(id.prefix(120))' cannot name a branch: \(reason)", in: task.file,
                at: task.idSpan, hint: "use kebab-case, such as '\(kebab(id))'")
        } else if !isKebab(id) {
            report.add(
                .taskIDSpelling, "the id '\(id)' is not kebab-case", in: task.file, at: task.idSpan,
                hint: task.isFinished ? nil : "the canonical spelling would be '\(kebab(id))'")
        }
    }

    /// Why git, a file system or a shell would stumble over `agent/ID`.
    static func problem(_ id: String) -> String? {
        if id.utf8.count > 100 { return "it is longer than 100 characters" }
        if let other = id.unicodeScalars.first(where: { !isAllowed($0) }) {
            return "it contains \(other.value < 0x20 ? "a control character" : "'\(other)'")"
        }
        if id.hasPrefix(".") || id.hasPrefix("-") { return "it starts with '\(id.prefix(1))'" }
        if id.hasSuffix(".") || id.hasSuffix(".lock") { return "it ends with '.' or '.lock'" }
        return id.contains("..") ? "it contains '..'" : nil
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
        default: false
        }
    }

    static func isKebab(_ id: String) -> Bool {
        var previous = UInt8(ascii: "-")
        for byte in id.utf8 {
            let isWord = (97...122).contains(byte) || (48...57).contains(byte)
            guard isWord || (byte == UInt8(ascii: "-") && previous != byte) else { return false }
            previous = byte
        }
        return previous != UInt8(ascii: "-")
    }

    static func kebab(_ id: String) -> String {
        let words = id.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "task-001" : String(words.joined(separator: "-").prefix(100))
    }
}
