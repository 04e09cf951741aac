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

    /// What the tool says; `nil` where it is not installed or, with a probe, does not work.
    func run(_ arguments: [String], in directory: TemporaryDirectory, probe: [String]? = nil) throws
        -> ProcessOutcome?
    {
        if let probe, try run(probe, in: directory)?.succeeded != true { return nil }
        var program = Subprocess(name, arguments, environment: Self.environment)
        program.workingDirectory = directory.path
        program.timeout = .seconds(300)
        do throws(SpawnError) { return try program.run() } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }
}
