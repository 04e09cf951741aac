internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner
internal import Scheduler

/// One look of the scheduler, for a person and for a program.
enum RunReport {
    /// A line for each task that was begun.
    static func lines(_ result: CycleResult, _ palette: Palette) -> [String] {
        result.dispatched.map { dispatched in
            let name = SafeText.line("\(dispatched.grant.target)/\(dispatched.grant.task)")
            guard let outcome = dispatched.outcome else { return "\(name)  would be done" }
            // What was interrupted is none of its failures, whatever the document of `propose` calls it.
            let word = outcome.exitCode == 130 ? "interrupted" : SafeText.line(outcome.outcome)
            let isFine = outcome.exitCode == 0
            let what = outcome.pullRequest ?? outcome.message ?? outcome.branch ?? ""
            return "\(name)  " + (isFine ? palette.green(word) : palette.red(word)) + "  " + SafeText.line(what)
        }
    }

    static func summary(_ result: CycleResult) -> [String] {
        var lines = result.recovered.map(\.text) + result.notes
        let reasons = result.reasons
        if !reasons.isEmpty {
            let counted = reasons.map { "\($0.count) \($0.id)" }.joined(separator: ", ")
            lines.append("waiting: \(counted)" + "  (leviathan next --all says why)")
        }
        guard result.stop == nil || !result.dispatched.isEmpty else { return lines }
        if result.wasInterrupted { lines.append("interrupted: nothing more was begun") }
        // Of what could not be looked at nobody knows whether there is anything to do.
        guard result.targets > 0 || result.problems.isEmpty else { return lines }
        let begun = result.dispatched.count
        let done = begun == 0 ? "nothing to do" : "\(begun) task\(begun == 1 ? "" : "s")"
        lines.append("\(done); \(result.targets) target\(result.targets == 1 ? "" : "s") looked at")
        return lines
    }

    static func json(_ result: CycleResult) -> JSON {
        [
            "dispatched": .array(result.dispatched.map(json)),
            "held": .array(
                result.held.flatMap { held in
                    held.refusals.map { refusal in
                        [
                            "target": .string(held.target), "task": .string(refusal.task),
                            "refusal": refusal.json,
                        ]
                    }
                }),
            "reasons": .object(result.reasons.map { JSON.Member($0.id, .integer($0.count)) }),
            "problems": .array(
                result.problems.map {
                    ["target": .optional($0.target), "error": $0.error.json(kind: $0.error.kind.rawValue)]
                }),
            "recovered": .strings(result.recovered.map(\.claim.attempt)), "notes": .strings(result.notes),
            "stopped": result.stop.map { .string(Refusal("", .stopped($0)).short) } ?? .null,
            "interrupted": .bool(result.wasInterrupted), "targets": .integer(result.targets),
        ]
    }

    private static func json(_ dispatched: CycleResult.Dispatched) -> JSON {
        let outcome = dispatched.outcome
        return [
            "target": .string(dispatched.grant.target), "task": .string(dispatched.grant.task),
            "outcome": .optional(outcome?.outcome), "exit_code": .optional(outcome.map { Int($0.exitCode) }),
            "attempt": .optional(outcome?.attempt), "branch": .optional(outcome?.branch),
            "pull_request": .optional(outcome?.pullRequest), "message": .optional(outcome?.message),
        ]
    }
}

extension StageError {
    /// The same error of a target that is one of many.
    func about(target: String?) -> StageError {
        guard let target else { return self }
        return StageError(kind, "\(target): \(message)", causes: causes, hint: hint)
    }
}
