package import Basics
package import Contracts
package import Model

/// Carries out a task: edits the files of a view, and reports what was done.
package protocol Executor: Sendable {
    var name: String { get }
    /// Changes whenever the same task could give other bytes.
    var version: String { get }
    /// One line for `leviathan executors`.
    var summary: String { get }
    /// What it wants to know of a task; `nil` where that is not known.
    var inputs: ExecutorInputs? { get }

    /// Whether the task has it start programs, which need their files on a disk.
    func runsPrograms(for task: BacklogTask) -> Bool

    func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report
}

extension Executor {
    package var inputs: ExecutorInputs? { nil }

    package func runsPrograms(for task: BacklogTask) -> Bool { false }
}

/// What an executor has to say about what it did.
package struct Report: Sendable, Equatable {
    /// One line a fact, for the person who reads the result.
    package var notes: [String] = []
    /// What the result depends on besides the task and the base, so that a re-run can use the same.
    package var declaredInputs = JSON.object([])
    /// What is kept beside the result: transcripts, logs.
    package var artifacts: [ReportedArtifact] = []
    package var modelUse: ModelUse?
    /// The version that did the work, where that is known only afterwards.
    package var executorVersion: String?

    package init(notes: [String] = []) { self.notes = notes }
}

/// Bytes to keep in the artifact store.
package struct ReportedArtifact: Sendable, Equatable {
    /// A word such as `log` or `transcript`.
    package let kind: String
    package let name: String
    package let bytes: [UInt8]

    package init(kind: String, name: String, bytes: [UInt8]) {
        (self.kind, self.name, self.bytes) = (kind, name, bytes)
    }
}

/// What asking a model came to.
package struct ModelUse: Sendable, Equatable {
    package var model: String
    package var calls = 0
    package var inputTokens = 0
    package var outputTokens = 0
    package var cacheReadTokens = 0
    package var cacheWriteTokens = 0
    package var dollars: Double?

    package init(model: String) { self.model = model }
}

/// Why an executor could not do its task.
package struct ExecutorError: ExplainedError {
    package let executor: String
    package let message: String
    package let causes: [String]
    package let hint: String?
    /// What there was to tell and to keep by then.
    package var partial = Report()
    package var origin = Origin.work

    /// What the failure says something about.
    package enum Origin: Sendable {
        case work
        /// A service outside that others ask as well.
        case service
        /// Nothing was tried: a service is left alone for now.
        case heldOff
    }

    package init(_ executor: String, _ message: String, causes: [String] = [], hint: String? = nil) {
        (self.executor, self.message, self.causes, self.hint) = (executor, message, causes, hint)
    }

    package init(_ executor: String, _ error: any ExplainedError) {
        self.init(executor, error.message, causes: error.causes, hint: error.hint)
    }
}
