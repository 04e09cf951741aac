internal import Basics
internal import Model

/// Which errors are single tasks' own, so that they refuse these and no others.
struct TaskMistakes {
    /// What is wrong, by the ids of tasks.
    private(set) var byTask: [String: [String]] = [:]
    /// Whether any error is not within one task, or shows a secret, which no patch may repeat.
    private(set) var concernOthers = false

    init(_ diagnostics: [Diagnostic], _ subject: LintSubject) {
        let errors = diagnostics.filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        var tasksOfFile: [String: [LintTask]] = [:]
        for task in subject.tasks { tasksOfFile[task.file, default: []].append(task) }
        for error in errors {
            guard let place = error.place, error.id != DiagnosticID.secretInContract.rawValue,
                let task = Self.task(at: place.span.start.offset, among: tasksOfFile[place.file] ?? [])
            else {
                concernOthers = true
                return
            }
            byTask[task.record.value.task.id, default: []].append(
                error.message + (error.hint.map { $0.hasPrefix("did you mean") ? " (\($0))" : "" } ?? ""))
        }
        // What is wrong may stand elsewhere: behind an alias or a merge key.
        for id in subject.brokenTasks where byTask[id] == nil {
            byTask[id] = ["something that it refers to cannot be read"]
        }
    }

    /// The task that holds an offset; tasks follow on each other as they stand in the file.
    private static func task(at offset: Int, among tasks: [LintTask]) -> LintTask? {
        var (low, high) = (0, tasks.count)
        while low < high {
            let middle = (low + high) / 2
            if tasks[middle].range.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, tasks[low - 1].range.contains(offset) else { return nil }
        return tasks[low - 1]
    }
}
