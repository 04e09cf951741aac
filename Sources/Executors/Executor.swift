package import Basics
package import Model

/// A pair of hands: does what a task says, and answers with a report.
package protocol Executor: Sendable {
    var name: String { get }
    /// Changes whenever the same task could give other bytes.
    var version: String { get }
    /// One line for `leviathan executors`.
    var summary: String { get }

    func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report
}

/// What an executor is told.
package struct Job: Sendable {
    package let task: BacklogTask
    package let permission: Permission
    /// The attempt's start: the only clock an executor has.
    package let now: Instant

    package init(task: BacklogTask, permission: Permission, now: Instant) {
        (self.task, self.permission, self.now) = (task, permission, now)
    }
}

/// What an executor has to say about what it did.
package struct Report: Sendable, Equatable {
    /// One line a fact, for the person who reads the result.
    package var notes: [String] = []
    /// What the result depends on besides the task and the base, so that a re-run can use the same.
    package var declaredInputs = JSON.object([])

    package init(notes: [String] = []) { self.notes = notes }
}

/// Why an executor could not do its task.
package struct ExecutorError: ExplainedError {
    package let executor: String
    package let message: String
    package let causes: [String]
    package let hint: String?

    package init(_ executor: String, _ message: String, causes: [String] = [], hint: String? = nil) {
        (self.executor, self.message, self.causes, self.hint) = (executor, message, causes, hint)
    }

    package init(_ executor: String, _ error: FileViewError) {
        self.init(executor, error.message, causes: error.causes)
    }
}

/// The executors that are built in, by name.
package enum ExecutorRegistry {
    package static let all: [any Executor] = [
        DocsExecutor(), EditExecutor(), PatchExecutor(), DependenciesExecutor(),
    ]

    package static func executor(named name: String) -> (any Executor)? { all.first { $0.name == name } }

    /// The executor of a task: its own choice, else its scope's, else the one that bears the scope's name.
    package static func name(for task: BacklogTask, scope: Scope) -> String? {
        task.executor ?? scope.executor ?? all.first { $0.name == scope.name }?.name
    }
}
