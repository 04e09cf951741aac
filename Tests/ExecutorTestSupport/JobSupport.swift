package import Basics
package import Executors
internal import Model
internal import Paths

extension Job {
    /// A job of a task with these inputs that may touch these paths.
    ///
    /// What is protected is allowed where it is named.
    package static func example(
        _ inputs: JSON, paths: [String] = ["**"], protects: [String] = [],
        allows: [String] = [".pre-commit-config.yaml"], criteria: [String] = []
    ) throws -> Job {
        var task = BacklogTask(id: "task-001")
        task.title = "Tidy up"
        (task.inputs, task.acceptanceCriteria) = (inputs, criteria)
        task.allowedPaths = try paths.map { try PathPattern($0) }
        var scope = Scope(name: "all")
        scope.allowedPaths = try (["**"] + allows).map { try PathPattern($0) }
        scope.forbidden = try protects.map { try PathPattern($0) }
        return Job(
            task: task, permission: Permission(task: task, scope: scope, policy: Policy(), limits: []),
            now: Instant(secondsSinceEpoch: 1_767_225_600))
    }
}

extension Executor {
    /// What an executor's error says, with its causes; the report's notes where there was none.
    package func outcome(_ inputs: JSON, in files: MemoryFileView, paths: [String] = ["**"]) throws -> String {
        let job = try Job.example(inputs, paths: paths)
        do throws(ExecutorError) {
            return try execute(job, in: files).notes.joined(separator: "; ")
        } catch {
            return "refused: " + error.description + (error.hint.map { " (\($0))" } ?? "")
        }
    }
}
