internal import Basics
internal import Executors
internal import Model
internal import Paths
internal import Processes

/// Uses tools as a model asks: whatever it asks for, the answer is a result.
final class AgentToolbox {
    private static let standardTimeout = 120
    private static let longestTimeout = 3600
    private static let outputKept = Subprocess.CaptureLimit(head: 8 << 10, tail: 16 << 10)

    let offered: Set<AgentToolName>
    private let reading: ReadingTools
    private let writing: WritingTools
    private let programs: (any ProgramRunner)?
    private(set) var changed: Set<RepoPath> = []

    /// `run` is offered only where there are files on a disk, and what the scope forbids is not offered at all.
    init(_ job: Job, _ files: any FileView, wanted: Set<AgentToolName>) {
        var offered = wanted
        let operations = job.permission.operations
        if job.programs == nil { offered.remove(.run) }
        if !operations.contains(.delete) { offered.remove(.delete) }
        if !operations.contains(.update) { offered.remove(.edit) }
        if operations.isDisjoint(with: [.create, .update]) { offered.remove(.write) }
        self.offered = offered
        reading = ReadingTools(files: files, cancellation: job.cancellation)
        writing = WritingTools(files: files, permission: job.permission, deadline: job.deadline)
        programs = job.programs
    }

    var runsPrograms: Bool { offered.contains(.run) }

    /// `timeLeft` is the most that a program may take; an error only where no program can be started at all.
    func use(_ call: ModelAnswer.ToolCall, timeLeft: Duration) throws(ExecutorError) -> ToolResult {
        guard let tool = AgentToolName(rawValue: call.name), offered.contains(tool) else {
            let names = AgentToolName.allCases.filter(offered.contains).map(\.rawValue)
            return .refused(
                "there is no tool '\(PlainLine.text(call.name, limit: 60))'; there are \(names.joined(separator: ", "))"
            )
        }
        guard let input = call.input else {
            return .refused(
                "the input is not a JSON object, or it was cut off; send it again, smaller if it was long")
        }
        let command: (line: String, timeout: Duration)
        do throws(ToolRefusal) {
            let known = try ToolInput(tool, input, known: Self.inputs(of: tool))
            guard tool == .run else { return ToolResult(text: try use(tool, known)) }
            command = try Self.command(known)
        } catch { return .refused(error.reason) }
        return try run(command.line, within: min(command.timeout, timeLeft))
    }

    private static func inputs(of tool: AgentToolName) -> [String] {
        let described = ToolCatalog.descriptions([tool]).first?["input_schema"]?["properties"]?.members ?? []
        return described.map(\.name)
    }

    private func use(_ tool: AgentToolName, _ input: ToolInput) throws(ToolRefusal) -> String {
        switch tool {
        case .list: return try reading.list(input)
        case .read: return try reading.read(input)
        case .search: return try reading.search(input)
        case .write: return try changing(input, writing.write)
        case .edit: return try changing(input, writing.edit)
        case .delete: return try changing(input, writing.delete)
        case .run: throw ToolRefusal("'run' needs a checkout")
        }
    }

    private func changing(
        _ input: ToolInput, _ body: (ToolInput) throws(ToolRefusal) -> String
    ) throws(ToolRefusal) -> String {
        let done = try body(input)
        changed.insert(try input.path())
        return done
    }

    private static func command(_ input: ToolInput) throws(ToolRefusal) -> (String, Duration) {
        let line = try input.text("command", limit: 64 << 10)
        guard !line.utf8.contains(0) else { throw ToolRefusal("'command' holds a NUL byte") }
        return (line, .seconds(try input.number("timeout_seconds", 1...longestTimeout) ?? standardTimeout))
    }

    private func run(_ line: String, within timeout: Duration) throws(ExecutorError) -> ToolResult {
        guard let programs else { return .refused("'run' needs a checkout") }
        var call = ProgramCall(["/bin/sh", "-c", line])
        (call.timeout, call.captureLimit) = (timeout, Self.outputKept)
        let outcome = try programs.run(call, onLine: nil)
        let parts = [
            outcome.ending.description, Self.section("output", outcome.output),
            Self.section("errors", outcome.errors),
        ]
        return ToolResult(
            text: parts.compactMap { $0 }.joined(separator: "\n"), isError: !outcome.succeeded, isVolatile: true)
    }

    private static func section(_ name: String, _ captured: CapturedOutput) -> String? {
        captured.isEmpty ? nil : "\(name):\n\(captured.text)"
    }
}
