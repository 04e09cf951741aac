import Basics
import Processes

/// Times starting a program plainly, behind the fence, behind bubblewrap with the same job, and behind the fence with a
/// hundred more entries on its list of what can be read.
struct FenceMeasurement {
    let directory: String

    func run(_ rounds: Int) throws {
        for name in ["home", "tmp", "work"] { try FileSystem.createDirectory(directory + "/" + name) }
        var fence = Fence(home: directory + "/home", temporary: directory + "/tmp")
        fence.writable = [directory + "/work"]
        // as tasks have it: nothing but the system and the workspace can be read
        fence.readable = .only(Fence.systemPaths)
        var fenced = plain
        fenced.fence = fence
        // one kind after the other: what the kernel clears away after a program is charged to the next of its kind
        let times = try [plain, fenced, wrapped, try listed(fence)].map { program in
            for _ in 0..<5 { _ = try program.run() }
            return try (0..<rounds).map { _ in try time(program) }
        }
        for round in 0..<rounds { print(times.map { "\($0[round])" }.joined(separator: " ")) }
    }

    private func listed(_ fence: Fence) throws -> Subprocess {
        try FileSystem.createDirectory(directory + "/listed")
        let files = (0..<100).map { "\(directory)/listed/\($0)" }
        for file in files { try FileSystem.write([], to: file) }
        var (fence, program) = (fence, plain)
        fence.readable = .only(Fence.systemPaths + files)
        program.fence = fence
        return program
    }

    private func time(_ program: Subprocess) throws -> Double {
        let time = try ContinuousClock().measure {
            guard try program.run().succeeded else { throw MeasurementFailure(program.executable) }
        }
        return Double(time.microseconds) / 1000
    }

    private var plain: Subprocess {
        var program = Subprocess("/bin/true", environment: ["PATH": "/usr/bin:/bin"])
        program.workingDirectory = directory + "/work"
        return program
    }

    /// Read-only but for one directory, with namespaces of its own, no network, and gone with its parent.
    private var wrapped: Subprocess {
        var program = plain
        program.executable = "/usr/bin/bwrap"
        program.arguments = [
            "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind",
            directory + "/work", directory + "/work", "--bind", directory + "/tmp", directory + "/tmp",
            "--unshare-all",
            "--die-with-parent", "--new-session", "/bin/true",
        ]
        return program
    }
}

struct MeasurementFailure: Error {
    let program: String

    init(_ program: String) { self.program = program }
}
