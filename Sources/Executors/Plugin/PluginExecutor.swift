package import Basics
package import Contracts
package import Model
package import Paths
package import Processes

/// An executor that is a program of its own, `leviathan-executor-NAME`, and speaks `PluginProtocol`.
package struct PluginExecutor: Executor {
    package static let prefix = "leviathan-executor-"
    private static let greetingTimeout = Duration.seconds(10)

    /// Where a plugin's program is.
    package enum Place: Sendable, Hashable {
        /// Installed, at an absolute path.
        case installed(String)
        /// In the repository; what runs is what the base commit holds.
        case repository(RepoPath)
    }

    package let name: String
    package let place: Place
    /// What it said of itself when it was asked; `nil` before.
    package var greeting: PluginGreeting?

    package init(_ name: String, at place: Place) { (self.name, self.place) = (name, place) }

    package var inputs: ExecutorInputs? { greeting?.inputs }

    package var version: String { greeting?.version ?? "plugin" }

    package var summary: String {
        if let greeting, !greeting.summary.isEmpty { return greeting.summary }
        return switch place {
        case .installed(let path): "the program \(path)"
        case .repository(let path): "the program \(path) of the base commit"
        }
    }

    package func runsPrograms(for task: BacklogTask) -> Bool { true }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        guard let programs = job.programs else {
            throw ExecutorError(
                name, "a plugin needs files on a disk, and this workspace has none",
                hint: "leave --workspace away, or choose 'overlay' or 'worktree'")
        }
        var call = ProgramCall([path(in: programs.directory)])
        call.environment = TaskDescription.environment(of: job)
        let lines = [PluginProtocol.hello, PluginProtocol.task(job, directory: programs.directory)]
        call.input = .bytes(Array(lines.map { $0.text() + "\n" }.joined().utf8))
        call.captureLimit = Subprocess.CaptureLimit(head: 64 << 10, tail: 64 << 10)
        var conversation = PluginConversation(task: (name, job.task.inputs))
        let stop = Cancellation(following: job.cancellation)
        call.cancellation = stop
        let outcome = try programs.run(call) { stream, line in
            if stream == .output, let progress = conversation.take(line) { job.progress(progress) }
            if conversation.isOver { stop.cancel() }
        }
        return try concluded(conversation, outcome, programs)
    }

    private func path(in directory: String) -> String {
        switch place {
        case .installed(let path): path
        case .repository(let path): directory + "/" + path.description
        }
    }

    private func concluded(
        _ conversation: PluginConversation, _ outcome: ProcessOutcome, _ programs: any ProgramRunner
    ) throws(ExecutorError) -> Report {
        var report = conversation.report
        report.executorVersion = conversation.greeting?.version
        let log = conversation.log + Array(outcome.errors.text.utf8)
        if !log.isEmpty { report.artifacts.append(ReportedArtifact(kind: "log", name: "plugin", bytes: log)) }
        func failed(_ reason: String, _ hint: String? = nil) -> ExecutorError {
            let lines = outcome.errors.text.split(separator: "\n").suffix(10).map(String.init)
            var error = ExecutorError(
                name, "the plugin '\(name)' \(reason)", causes: lines, hint: hint ?? programs.advice(on: outcome))
            error.partial = report
            return error
        }
        if var refused = conversation.refused {
            refused.partial = report
            throw refused
        }
        if let violation = conversation.violation {
            throw failed("broke the protocol: \(violation)", "docs/plugins.md describes each message")
        }
        if outcome.ending == .timedOut || outcome.ending == .cancelled {
            throw failed("did not end: \(outcome.ending)", "limits.attempt_timeout says how long it may take")
        }
        if let reason = conversation.failure { throw failed("could not do the task: \(reason)") }
        guard conversation.hasResult else { throw failed("ended without a result: \(outcome.ending)") }
        guard outcome.succeeded else { throw failed("gave a result and then failed: \(outcome.ending)") }
        return report
    }

    /// Asks an installed plugin who it is; the program must be fenced by the caller.
    package static func greeting(
        of program: Subprocess, cancellation: Cancellation
    ) -> Result<PluginGreeting, ExecutorError> {
        var program = program
        program.input = .bytes(Array((PluginProtocol.hello.text() + "\n").utf8))
        program.timeout = greetingTimeout
        program.teardown = [.kill]
        var conversation = PluginConversation()
        let name = program.executable
        do throws(SpawnError) {
            let outcome = try program.run(cancellation: cancellation) { stream, line in
                if stream == .output { _ = conversation.take(line) }
            }
            if let greeting = conversation.greeting { return .success(greeting) }
            return .failure(ExecutorError(name, conversation.violation ?? "it said nothing: \(outcome.ending)"))
        } catch { return .failure(ExecutorError(name, error)) }
    }
}
