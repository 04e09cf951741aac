package import Basics

/// A program to run, with everything that it may know; nothing is inherited.
package struct Subprocess: Sendable {
    package enum Input: Sendable {
        case none
        case bytes([UInt8])
        /// The caller's own standard input.
        case inherited
    }

    package enum Output: Sendable {
        /// Kept, and handed out line by line.
        case captured
        /// The caller's own; nothing of it is kept.
        case inherited
    }

    /// One step of ending a program; whatever the steps, the last is always to kill its whole tree.
    package enum TeardownStep: Sendable {
        /// Asks the program's process group to end, and waits so long for it.
        case terminate(grace: Duration)
        case kill
    }

    /// How much of a stream is kept; what lies between head and tail is only counted.
    package struct CaptureLimit: Sendable {
        package var head: Int
        package var tail: Int

        package init(head: Int = 1 << 20, tail: Int = 1 << 20) { (self.head, self.tail) = (head, tail) }
    }

    package enum OutputStream: Sendable { case output, errors }

    /// An absolute path, or a name to look up in `environment["PATH"]`.
    package var executable: String
    package var arguments: [String]
    package var environment: [String: String]
    package var workingDirectory: String?
    package var input = Input.none
    package var output = Output.captured
    package var errors = Output.captured
    /// Descriptors of the caller that become 3 and following; at most 8.
    package var passedDescriptors: [Int32] = []
    /// `nil`: the program may do whatever its user may.
    package var fence: Fence?
    package var captureLimit = CaptureLimit()
    /// Takes secrets out of what the program writes before anybody sees or keeps it.
    package var redaction: (any SecretRedaction)?
    package var timeout: Duration?
    package var teardown: [TeardownStep] = [.terminate(grace: .seconds(5)), .kill]
    /// Longer lines are handed to `onLine` in pieces.
    package var lineLimit = 64 << 10

    package init(_ executable: String, _ arguments: [String] = [], environment: [String: String]) {
        (self.executable, self.arguments, self.environment) = (executable, arguments, environment)
    }

    /// A line for `/bin/sh`.
    package static func shell(_ line: String, environment: [String: String]) -> Subprocess {
        Subprocess("/bin/sh", ["-c", line], environment: environment)
    }

    /// Runs the program to its end; everything that descends from it is gone when this returns.
    package func run(
        cancellation: Cancellation? = nil, onLine: ((OutputStream, String) -> Void)? = nil
    ) throws(SpawnError) -> ProcessOutcome {
        let running = try RunningProcess(starting: self)
        var session = ProcessSession(running, program: self, onLine: onLine)
        return try session.complete(cancellation: cancellation)
    }
}

/// What became of a program.
package struct ProcessOutcome: Sendable {
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
        case cancelled
    }

    package let ending: Ending
    package let output: CapturedOutput
    package let errors: CapturedOutput
    package let duration: Duration

    package var succeeded: Bool { ending == .exited(0) }
}

extension ProcessOutcome.Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let number): "killed by signal \(number)"
        case .timedOut: "timed out"
        case .cancelled: "cancelled"
        }
    }
}

/// A program that could not be started.
package struct SpawnError: ExplainedError, Equatable {
    package let executable: String
    package let operation: String
    package let code: Int32
    /// Why its fence could not be built; it has not run then.
    package let fence: FenceError?

    init(executable: String, operation: String, code: Int32) {
        (self.executable, self.operation, self.code, fence) = (executable, operation, code, nil)
    }

    init(executable: String, fence: FenceError) {
        operation =
            switch fence {
            case .exceeded, .lost: "finish"
            case .unavailable, .unsuitable, .failed: "fence in"
            }
        (self.executable, code, self.fence) = (executable, 0, fence)
    }

    /// The limit of the fence that it went over, if that is why.
    package var excess: FenceExcess? { if case .exceeded(let excess) = fence { excess } else { nil } }

    package var message: String { "cannot \(operation) '\(executable)'" }
    package var causes: [String] { fence.map { [$0.message] + $0.causes } ?? [SystemError.text(code)] }
    package var isNotFound: Bool { fence == nil && code == SystemError.notFound }
    package var hint: String? {
        if let fence { return fence.hint }
        return isNotFound && !executable.contains("/")
            ? "is '\(executable)' installed, and its directory in PATH?" : nil
    }
}
