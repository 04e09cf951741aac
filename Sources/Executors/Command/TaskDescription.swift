internal import Basics
internal import Model
internal import Paths

/// A task as programs are told of it: in variables, and as a JSON document.
enum TaskDescription {
    /// Where a program finds the document.
    static let descriptor = 3

    static func environment(of job: Job) -> [String: String] {
        [
            "LEVIATHAN_TASK_ID": job.task.id, "LEVIATHAN_TASK_TITLE": job.task.displayTitle,
            "LEVIATHAN_TASK_FD": String(descriptor), "LEVIATHAN_ATTEMPT_ID": job.attempt,
            "LEVIATHAN_BASE": job.base, "LEVIATHAN_SCOPE": job.task.scope ?? "",
            "LEVIATHAN_ALLOWED_PATHS": job.task.allowedPaths.map(\.text).joined(separator: "\n"),
            "SOURCE_DATE_EPOCH": String(job.now.secondsSinceEpoch),
        ]
    }

    static func json(of job: Job) -> JSON {
        let task = job.task
        return [
            "id": .string(task.id), "title": .string(task.displayTitle), "description": .optional(task.details),
            "scope": .optional(task.scope), "acceptance_criteria": .strings(task.acceptanceCriteria),
            "allowed_paths": .strings(task.allowedPaths.map(\.text)), "labels": .strings(task.labels),
            "inputs": task.inputs, "attempt": .string(job.attempt), "base": .string(job.base),
            "now": .string(job.now.secondsText),
        ]
    }
}
