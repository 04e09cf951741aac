internal import Basics
internal import CLinux
internal import Glibc

/// A started program and the minder above it; killed with its whole tree when the value goes away unfinished.
package final class RunningProcess {
    /// How it ended, once it has.
    package private(set) var ending: ProcessOutcome.Ending?
    let input: Descriptor
    let output: Descriptor
    let errors: Descriptor
    let report: Descriptor
    private let control: Descriptor
    private let minder: pid_t
    private let executable: String

    /// Writing to a program that has gone must be an error, never the end of Leviathan.
    private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    package init(starting program: Subprocess) throws(SpawnError) {
        Self.ignoresBrokenPipes
        let path = try ExecutableSearch.locate(program)
        let pipes = try Pipes(for: program)
        executable = program.executable
        minder = try Self.start(program, at: path, pipes)
        (input, output, errors) = (pipes.input.write, pipes.output.read, pipes.errors.read)
        (report, control) = (pipes.report.read, pipes.control.write)
        for descriptor in [pipes.input.read, pipes.output.write, pipes.errors.write, pipes.report.write] {
            descriptor.close()
        }
        pipes.control.read.close()
        for descriptor in [input, output, errors] { descriptor.makeNonBlocking() }
    }

    deinit { if ending == nil { killAndReap() } }

    package func terminate() { order(CLINUX_ORDER_TERMINATE) }

    package func kill() { order(CLINUX_ORDER_KILL) }

    /// Waits for the minder's report; everything that descends from the program is gone afterwards.
    package func waitForEnd() throws(SpawnError) -> ProcessOutcome.Ending {
        if let ending { return ending }
        var message = clinux_report()
        var last: clinux_report?
        while readReport(&message) {
            if last == nil || message.kind == Int32(CLINUX_ENDED.rawValue) && last?.kind == message.kind {
                last = message
            }
        }
        reap()
        let result = try interpret(last)
        ending = result
        return result
    }

    private func interpret(_ report: clinux_report?) throws(SpawnError) -> ProcessOutcome.Ending {
        guard let report else {
            ending = .signalled(SIGKILL)
            return .signalled(SIGKILL)
        }
        switch report.kind {
        case Int32(CLINUX_STEP_DIRECTORY.rawValue):
            ending = .exited(127)
            throw SpawnError(
                executable: executable, operation: "enter the working directory of", code: report.value)
        case Int32(CLINUX_STEP_EXECUTE.rawValue):
            ending = .exited(127)
            throw SpawnError(executable: executable, operation: "run", code: report.value)
        default:
            let value = clinux_exit_value(report.value)
            return value < 0 ? .signalled(-value) : .exited(value)
        }
    }

    private func readReport(_ message: inout clinux_report) -> Bool {
        let size = MemoryLayout<clinux_report>.size
        while true {
            let count = read(report.number, &message, size)
            if count < 0 && errno == EINTR { continue }
            return count == size
        }
    }

    private func order(_ order: clinux_order) {
        var byte = UInt8(order.rawValue)
        _ = write(control.number, &byte, 1)
    }

    private func killAndReap() {
        control.close()
        reap()
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(minder, &status, 0) < 0 && errno == EINTR {}
    }

    private static func start(_ program: Subprocess, at path: String, _ pipes: Pipes) throws(SpawnError) -> pid_t {
        let arguments = CStringArray([program.executable] + program.arguments)
        let environment = CStringArray(
            program.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        defer { withExtendedLifetime((arguments, environment)) {} }
        let started = path.withCString { path in
            (program.workingDirectory ?? "").withCString { directory in
                var plan = clinux_program()
                plan.executable = path
                plan.arguments = UnsafePointer(arguments.pointers)
                plan.environment = UnsafePointer(environment.pointers)
                plan.directory = program.workingDirectory == nil ? nil : directory
                plan.standard = (pipes.input.read.number, pipes.output.write.number, pipes.errors.write.number)
                plan.control = pipes.control.read.number
                plan.report = pipes.report.write.number
                return clinux_start(&plan)
            }
        }
        guard started > 0 else {
            throw SpawnError(executable: program.executable, operation: "start a process for", code: errno)
        }
        return started
    }
}

/// A NULL-terminated array of C strings.
private final class CStringArray {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointers = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}

/// The pipes between Leviathan, the minder and the program.
private struct Pipes {
    let input: (read: Descriptor, write: Descriptor)
    let output: (read: Descriptor, write: Descriptor)
    let errors: (read: Descriptor, write: Descriptor)
    let report: (read: Descriptor, write: Descriptor)
    let control: (read: Descriptor, write: Descriptor)

    init(for program: Subprocess) throws(SpawnError) {
        do throws(FileError) {
            input = try Descriptor.pipe()
            output = try Descriptor.pipe()
            errors = try Descriptor.pipe()
            report = try Descriptor.pipe()
            control = try Descriptor.pipe()
        } catch {
            throw SpawnError(executable: program.executable, operation: "make pipes for", code: error.code)
        }
    }
}

/// Finds the file that a program's name stands for.
enum ExecutableSearch {
    static func locate(_ program: Subprocess) throws(SpawnError) -> String {
        if program.executable.contains("/") { return program.executable }
        let directories = (program.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        for directory in directories where directory.hasPrefix("/") {
            let candidate = "\(directory)/\(program.executable)"
            if access(candidate, X_OK) == 0 && !FileSystem.isDirectory(candidate) { return candidate }
        }
        throw SpawnError(executable: program.executable, operation: "find", code: ENOENT)
    }
}
