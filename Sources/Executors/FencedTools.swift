internal import Basics
internal import Paths
internal import Processes

/// Tools that are looked for and run where a job's files are.
struct FencedTools {
    private let executor: String
    private let programs: any ProgramRunner

    init(_ executor: String, _ programs: any ProgramRunner) {
        (self.executor, self.programs) = (executor, programs)
    }

    func isInstalled(_ name: String) throws(ExecutorError) -> Bool {
        let call = ProgramCall(["/bin/sh", "-c", "command -v \"$1\" >/dev/null 2>&1", "sh", name])
        return try programs.run(call, onLine: nil).succeeded
    }

    /// Runs a tool in a directory of the files; `nil` is their root.
    func run(
        _ arguments: [String], in directory: RepoPath? = nil, environment: [String: String] = [:],
        timeout: Duration = .seconds(120)
    ) throws(ExecutorError) -> ProcessOutcome {
        let place = directory.map { "./\($0)" } ?? "."
        var call = ProgramCall(["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", place] + arguments)
        call.environment = environment
        call.timeout = timeout
        call.captureLimit = Subprocess.CaptureLimit(head: 8 << 20, tail: 1 << 20)
        return try programs.run(call, onLine: nil)
    }
}
