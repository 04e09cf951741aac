internal import Basics
package import Contracts
package import Model
internal import Processes

/// Runs a program that the task names: codemods, formatters, generators.
package struct CommandExecutor: Executor {
    package let name = "command"
    package let version = "1"
    package let summary =
        "a program of the task's own, from inputs.argv (a list) or inputs.run (a line for the shell)"

    private static let shownLines = 20

    package init() {}

    package var inputs: ExecutorInputs? { CommandInputs.declaration }

    package func runsPrograms(for task: BacklogTask) -> Bool { true }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        guard let programs = job.programs else {
            throw ExecutorError(
                name, "a program needs files on a disk, and this workspace has none",
                hint: "leave --workspace away, or choose 'overlay' or 'worktree'")
        }
        let call = try call(job)
        let outcome = try programs.run(call, onLine: { _, line in job.progress(line) })
        let log = Array((outcome.output.text + outcome.errors.text).utf8)
        var report = Report(notes: ["\(Self.display(call.arguments)) ended with \(outcome.ending)"])
        report.declaredInputs = ["argv": .strings(call.arguments)]
        if !log.isEmpty { report.artifacts = [ReportedArtifact(kind: "log", name: "output", bytes: log)] }
        guard outcome.succeeded else { throw failure(call, outcome, log, report, programs) }
        return report
    }

    private func failure(
        _ call: ProgramCall, _ outcome: ProcessOutcome, _ log: [UInt8], _ report: Report,
        _ programs: any ProgramRunner
    ) -> ExecutorError {
        let lines = String(decoding: log.suffix(8192), as: UTF8.self).split(separator: "\n").suffix(
            Self.shownLines)
        var error = ExecutorError(
            name, "\(Self.display(call.arguments)) failed: \(outcome.ending)", causes: lines.map(String.init),
            hint: Self.hint(outcome.ending) ?? programs.advice(on: outcome))
        error.partial = report
        return error
    }

    private static func hint(_ ending: ProcessOutcome.Ending) -> String? {
        switch ending {
        case .exited(127): "the program was not found: is it installed, and in PATH?"
        case .exited(126): "the program could not be started: is it executable?"
        case .timedOut: "inputs.timeout and limits.attempt_timeout say how long it may take"
        default: nil
        }
    }

    static func display(_ arguments: [String]) -> String {
        let words = arguments.first == "/bin/sh" && arguments.count == 3 ? [arguments[2]] : arguments
        let text = words.joined(separator: " ").split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return "'" + (text.count > 80 ? text.prefix(79) + "…" : text) + "'"
    }

    // MARK: What to run

    private func call(_ job: Job) throws(ExecutorError) -> ProgramCall {
        let inputs = try job.inputs(CommandInputs.declaration)
        var call = ProgramCall(try arguments(inputs))
        call.environment = try TaskDescription.environment(of: job).merging(environment(inputs)) { $1 }
        call.documents = [Array(TaskDescription.json(of: job).text().utf8)]
        call.timeout = timeout(inputs)
        return call
    }

    private func arguments(_ inputs: InputValues) throws(ExecutorError) -> [String] {
        if let list = inputs["argv"]?.elements {
            let words = list.compactMap(\.string)
            guard let first = words.first, first != "" else {
                throw ExecutorError(
                    name, "inputs.argv is not a list of words",
                    hint: "such as [python3, tools/rename.py, old, new]")
            }
            return words
        }
        guard let text = inputs["run"]?.string, !text.allSatisfy(\.isWhitespace) else {
            throw ExecutorError(name, "inputs.run is not a line for the shell")
        }
        return ["/bin/sh", "-c", text]
    }

    private func environment(_ inputs: InputValues) throws(ExecutorError) -> [String: String] {
        var environment: [String: String] = [:]
        for member in inputs["env"]?.members ?? [] {
            guard let value = member.value.string, !member.name.isEmpty, !member.name.contains("=") else {
                throw ExecutorError(name, "inputs.env.\(member.name) is not a text")
            }
            environment[member.name] = value
        }
        return environment
    }

    private func timeout(_ inputs: InputValues) -> Duration? {
        inputs["timeout"]?.string.flatMap { DurationText.parse($0) }
    }
}
