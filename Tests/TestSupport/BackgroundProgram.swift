internal import Glibc
internal import Synchronization

/// A program that runs beside a test, killed with the value.
///
/// Its standard input stays open as long as the test lives, so that it can end by itself when the test dies.
package final class BackgroundProgram: Sendable {
    private let process: pid_t
    private let input: Mutex<Int32>
    private let output: Int32

    package init(_ arguments: [String]) throws {
        var toProgram: [Int32] = [-1, -1]
        var fromProgram: [Int32] = [-1, -1]
        guard pipe(&toProgram) == 0, pipe(&fromProgram) == 0 else { throw TestSystemError("pipe") }
        for end in toProgram + fromProgram { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toProgram[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromProgram[1], 1)
        // A shell that inherits a blocked SIGCHLD waits for its own children for ever.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var nothing = sigset_t()
        sigemptyset(&nothing)
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        errno = posix_spawnp(&process, arguments[0], &actions, &attributes, &words, environ)
        guard errno == 0 else { throw TestSystemError("start \(arguments[0])") }
        close(toProgram[0])
        close(fromProgram[1])
        (self.process, output) = (process, fromProgram[0])
        input = Mutex(toProgram[1])
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        closeInput()
        close(output)
    }

    /// Tells a program that reads its standard input that nothing more comes.
    package func closeInput() {
        input.withLock { input in
            if input >= 0 { close(input) }
            input = -1
        }
    }

    /// The next line of its output; `nil` when there are no more.
    package func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Runs a program to its end; its output, when it succeeded.
    package static func run(_ arguments: [String]) throws -> String {
        let program = try BackgroundProgram(arguments)
        var lines: [String] = []
        while let line = program.readLine() { lines.append(line) }
        var status = siginfo_t()
        guard waitid(P_PID, id_t(program.process), &status, WEXITED | WNOWAIT) == 0 else {
            throw TestSystemError("wait for \(arguments[0])")
        }
        guard exitCode(status) == 0 else { throw TestProgramFailure(arguments: arguments, output: lines) }
        return lines.joined(separator: "\n")
    }

    private static func exitCode(_ status: siginfo_t) -> Int32 {
        status.si_code == CLD_EXITED ? status._sifields._sigchld.si_status : -1
    }
}

/// A program that a test needed and that failed.
package struct TestProgramFailure: Error {
    package let arguments: [String]
    package let output: [String]
}
