import Agent
import Basics
import ExecutorTestSupport
import Executors
import HTTP
import Model
import Paths
import Processes
import Synchronization
import TestSupport

/// An agent's surroundings: files, a clock that only pauses move, and everything that was told to anybody.
final class AgentWorld {
    static let key = "sk-ant-api03-" + "Qm7Zx2Vb9Kd4Lw8Rt1Yp6Hs3"

    let files: MemoryFileView
    let clock = PausingClock()
    var inputs: JSON
    var paths = ["docs/**", "src/**"]
    var forbids: [String] = []
    var operations = Set(Operation.allCases)
    var caps = Limits()
    var environment: [String: String]
    var recorded: JSON?
    var programs: (any ProgramRunner)?
    var reviewer: (any WorkReviewer)?
    var recordFailure: ExecutorError?
    let cancellation = Cancellation()
    private(set) var progress: [String] = []
    private(set) var events: [(name: String, facts: JSON)] = []
    var edit: (inout BacklogTask) -> Void = { _ in }

    init(_ api: FakeMessagesAPI?, _ inputs: JSON = [:], files: [String: String] = [:]) throws {
        self.files = try MemoryFileView(files)
        self.inputs = inputs
        environment = ["ANTHROPIC_API_KEY": Self.key, "ANTHROPIC_BASE_URL": api?.url ?? "http://127.0.0.1:9"]
    }

    func job() throws -> Job {
        var task = BacklogTask(id: "task-001")
        task.title = "Explain the cache"
        task.details = "Write how the cache works."
        task.acceptanceCriteria = ["docs/cache.md exists", "it names the eviction rule"]
        task.inputs = inputs
        task.allowedPaths = try paths.map { try PathPattern($0) }
        edit(&task)
        var scope = Scope(name: "docs")
        scope.allowedPaths = try [PathPattern("docs/**"), PathPattern("src/**")]
        scope.forbidden = try forbids.map { try PathPattern($0) }
        scope.operations = operations
        var job = Job(
            task: task, permission: Permission(task: task, scope: scope, policy: Policy(), limits: []),
            now: Instant(secondsSinceEpoch: 1_767_225_600))
        job.limits = EffectiveLimits([(source: .target, limits: caps)])
        (job.environment, job.recorded, job.programs, job.reviewer) = (environment, recorded, programs, reviewer)
        job.deadline = Deadline(cancellation: cancellation)
        job.progress = { self.progress.append($0) }
        job.record = { (event) throws(ExecutorError) in try self.note(event) }
        return job
    }

    private func note(_ event: ExecutorEvent) throws(ExecutorError) {
        if let recordFailure { throw recordFailure }
        switch event {
        case .modelCallStarted(let facts): events.append(("started", facts))
        case .modelCallCompleted(let facts): events.append(("completed", facts))
        }
    }

    func run() throws -> Result<Report, ExecutorError> {
        let job = try job()
        let executor = AgentExecutor(timing: clock.timing)
        return Result { () throws(ExecutorError) in try executor.execute(job, in: files) }
    }

    /// Everything that came out for people, the journal or the artifact store.
    func everything(_ result: Result<Report, ExecutorError>) -> String {
        var text = progress.joined(separator: "\n") + events.map { $0.facts.text() }.joined()
        switch result {
        case .success(let report): text += Self.text(report)
        case .failure(let error):
            text += error.description + (error.hint ?? "") + Self.text(error.partial)
            dump(error, to: &text)
        }
        return text
    }

    private static func text(_ report: Report) -> String {
        report.notes.joined(separator: "\n") + report.declaredInputs.text()
            + report.artifacts.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    }
}

/// Time that only pauses move; no test waits.
final class PausingClock: Sendable {
    private let state = Mutex<(now: Instant, pauses: [Duration])>((Instant(secondsSinceEpoch: 1_700_000_000), []))
    /// What happens besides, such as an interruption.
    let onPause = Mutex<@Sendable () -> Void>({})

    var pauses: [Duration] { state.withLock { $0.pauses } }

    func advance(_ duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    var timing: HTTPTiming {
        HTTPTiming(
            now: { self.state.withLock { $0.now } },
            sleep: { duration, _ in
                self.state.withLock {
                    $0.now = $0.now + duration
                    $0.pauses.append(duration)
                }
                self.onPause.withLock { $0 }()
            }, random: { 0 })
    }
}

/// Finds what it is told to, time after time.
final class ScriptedReviewer: WorkReviewer {
    private var findingsLeft: [[String]]
    private(set) var count = 0

    init(_ findings: [[String]]) { findingsLeft = findings }

    func findings() throws(ExecutorError) -> [String] {
        count += 1
        return findingsLeft.isEmpty ? [] : findingsLeft.removeFirst()
    }
}

/// Starts programs in a directory, behind a fence or without one.
final class DirectoryRunner: ProgramRunner {
    let directory: String
    var opensNetwork = false
    var fence: Fence?
    let environment: [String: String]
    var cancellation: Cancellation?
    private(set) var calls: [ProgramCall] = []

    init(_ directory: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"]) {
        (self.directory, self.environment) = (directory, environment)
    }

    func run(
        _ call: ProgramCall, onLine: ((Subprocess.OutputStream, String) -> Void)?
    ) throws(ExecutorError) -> ProcessOutcome {
        calls.append(call)
        var program = Subprocess(
            call.arguments[0], Array(call.arguments.dropFirst()),
            environment: environment.merging(call.environment) { $1 })
        program.workingDirectory = directory
        program.input = call.input
        program.timeout = call.timeout
        program.captureLimit = call.captureLimit
        program.fence = fence
        do {
            let documents = try call.documents.map { try MemoryFile($0) }
            program.passedDescriptors = documents.map(\.descriptor)
            return try withExtendedLifetime(documents) {
                try program.run(cancellation: cancellation, onLine: onLine)
            }
        } catch { throw ExecutorError("agent", "\(error)") }
    }
}

extension Result where Success == Report, Failure == ExecutorError {
    var report: Report? { if case .success(let report) = self { report } else { nil } }
    var error: ExecutorError? { if case .failure(let error) = self { error } else { nil } }
}

extension JSON {
    /// The text of the results that a request hands back, the last message's only.
    var lastResults: [String] {
        (self["messages"]?.elements?.last?["content"]?.elements ?? []).compactMap {
            $0["content"]?.elements?.first?["text"]?.string ?? $0["text"]?.string
        }
    }

    var lastResultsAreErrors: [Bool] {
        (self["messages"]?.elements?.last?["content"]?.elements ?? []).map { $0["is_error"] == true }
    }
}
