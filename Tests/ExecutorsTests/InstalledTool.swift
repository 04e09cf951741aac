import Basics
import Glibc
import Processes
import TestSupport

/// A language's own tool, for a second opinion on what was written; not all are everywhere.
struct InstalledTool {
    let name: String

    static var environment: [String: String] {
        var environment = ["LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"]
        for name in ["PATH", "HOME"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    init(_ name: String) { self.name = name }

    /// Whether the tool is there and, asked in this way, succeeds; for `.enabled(if:)`, so that a skip shows.
    static func works(_ name: String, _ probe: [String] = ["--version"]) -> Bool {
        guard let directory = try? TemporaryDirectory() else { return false }
        return (try? InstalledTool(name).run(probe, in: directory).succeeded) ?? false
    }

    /// What the tool says.
    func run(_ arguments: [String], in directory: TemporaryDirectory) throws -> ProcessOutcome {
        var program = Subprocess(name, arguments, environment: Self.environment)
        program.workingDirectory = directory.path
        program.timeout = .seconds(300)
        return try program.run()
    }
}
