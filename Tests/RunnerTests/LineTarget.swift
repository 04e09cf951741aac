import Basics
import Executors
import Git
import Journal
import Model
import Paths
import Synchronization
import TestSupport

@testable import Runner

/// A repository with a contract and a remote, and all that a run takes from outside, fixed by the test.
final class LineTarget: Sendable {
    static let start = Instant(secondsSinceEpoch: 1_767_225_600)

    static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: docs}
        """

    static let backlog = """
        tasks:
          - {id: task-001, title: Add a guide, scope: docs, ready: true, allowed_paths: [docs/**]}

          - {id: task-002, title: Add a page, scope: docs, ready: true, allowed_paths: [docs/page.md]}

          - {id: task-003, title: Later, scope: docs, ready: false, allowed_paths: [docs/later.md]}
        """

    let repository: TestRepository
    let remote: String
    private let counter = Mutex<UInt32>(0)

    init(policy: String = LineTarget.policy, backlog: String = LineTarget.backlog) throws {
        repository = try TestRepository()
        try repository.write(".leviathan/policy.yaml", policy)
        try repository.write(".leviathan/backlog.yaml", backlog)
        try repository.write("README.md", "# Hello\n")
        try repository.commitAll("Start")
        remote = try repository.addRemote()
    }

    /// What a run takes from outside; identifiers count upwards over all runs of the target.
    func context(_ cancellation: Cancellation = Cancellation(), now: Instant = LineTarget.start) -> Context {
        Context(
            environment: repository.environment.merging(
                ["LEVIATHAN_HOME": repository.directory.path + "/leviathan", "USER": "tester"]) { $1 },
            clock: Clock { now }, zones: ZoneSource(repository.environment), showsUTC: true,
            identifiers: IdentifierSource { count in
                let number = self.counter.withLock { value in
                    value += 1
                    return value
                }
                return (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32(count - 1 - $0))) }
            },
            cancellation: cancellation, observer: .silent)
    }

    /// Changes the contract where the base is read from.
    func publish(_ file: String, _ text: String) throws {
        try repository.write(file, text)
        try repository.commitAll("Change \(file)")
        try repository.git("push", "--quiet", "origin", "main")
    }

    // MARK: The stages

    func snapshot(_ context: Context) throws -> Snapshot {
        try SnapshotReader(try TargetCheckout.open(repository.path), context).read()
    }

    func planned(
        _ executor: any Executor, _ snapshot: Snapshot, _ context: Context, task: String = "task-001"
    ) throws -> PlannedTask {
        try Planner(
            snapshot.contract, in: context, catalog: ExecutorCatalog(builtIn: [executor], searchPath: nil)
        ).plan(try snapshot.stage.task(task, in: snapshot.contract), base: snapshot.base)
    }

    /// An attempt that has begun, with an executor of the test's.
    func begin(
        _ executor: any Executor, _ given: Context? = nil, task: String = "task-001",
        _ change: (inout Attempt.Options) -> Void = { _ in }
    ) throws -> Attempt {
        let context = given ?? context()
        var options = Attempt.Options()
        change(&options)
        let snapshot = try snapshot(context)
        let planned = try planned(executor, snapshot, context, task: task)
        let journal = RunJournal(context, writes: !options.isDryRun)
        let destination =
            options.isDryRun
            ? try Destination.unasked(snapshot) : try Destination.look(planned.plan, snapshot, journal, context)
        return try Attempt.begin(planned, snapshot, destination, options, journal, context)
    }

    func propose(
        _ task: String = "task-001", _ given: Context? = nil, _ change: (inout ProposeRequest) -> Void = { _ in }
    ) -> ProposeResult {
        var request = ProposeRequest(directory: repository.path, taskID: task)
        change(&request)
        return Propose(request, given ?? context()).run()
    }

    // MARK: What is there afterwards

    /// Where the remote has the branch of a task; `nil` where it has none.
    func delivered(_ task: String = "task-001") throws -> String? {
        let found = try repository.git(
            "--git-dir", remote, "for-each-ref", "--format=%(objectname)", "refs/heads/agent/" + task)
        return found.isEmpty ? nil : found
    }

    func journal() throws -> Journal { try context().journal() }

    /// The types of what is recorded of an attempt, oldest first.
    func events(of attempt: String) throws -> [String] {
        var query = EventQuery()
        query.attempt = attempt
        return try journal().events(query).map(\.type.name)
    }

    func record(_ event: Event, task: String, attempt: String? = nil) throws {
        let subject = EventSubject(target: "remote", task: task, attempt: attempt)
        _ = try journal().append([context().event(event, about: subject)])
    }
}

/// An executor that does what the test says.
struct FakeExecutor: Executor {
    let name = "docs"
    var version = "7"
    let summary = "does what a test says"
    let work: @Sendable (Job, any FileView) throws(ExecutorError) -> Report

    func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report { try work(job, files) }

    /// Writes these files and reports nothing.
    static func writing(_ texts: [String: String]) -> FakeExecutor {
        FakeExecutor { (_, files) throws(ExecutorError) in
            for (name, text) in texts {
                do throws(FileViewError) { try files.write(RepoPath.known(name), text) } catch {
                    throw ExecutorError("docs", error)
                }
            }
            return Report()
        }
    }
}

extension RepoPath {
    /// A path that the test knows to be one.
    static func known(_ text: String) -> RepoPath {
        do { return try RepoPath(text) } catch { fatalError("'\(text)' is no path: \(error)") }
    }
}

/// The error that a stage ends in; `nil` where it does not.
func stageFailure<Value>(_ body: () throws -> Value) -> StageError? {
    do {
        _ = try body()
        return nil
    } catch { return error as? StageError }
}
