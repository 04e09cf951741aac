import Processes
import TestSupport
import Testing

/// What cannot be written is an error, never a silent loss.
@Suite struct OutputTests {
    @Test(arguments: ["version", "tasks --json", "lint", "help"])
    func aFullDiskBehindStandardOutputIsAnError(words: String) throws {
        let target = try TestTarget()
        let whole = Subprocess.shell("exec \"$PROGRAM\" \(words)", environment: environment(target))
        #expect(try run(whole, in: target).ending != .exited(1))
        let full = Subprocess.shell("exec \"$PROGRAM\" \(words) >/dev/full", environment: environment(target))
        let outcome = try run(full, in: target)
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.text.contains("error: cannot write 'standard output'"), "\(outcome.errors.text)")
        #expect(outcome.errors.text.contains("No space left on device"))
    }

    /// Also of commands that start programs, whose pipes must not end them.
    @Test(arguments: ["doctor", "help", "tasks", "propose task-001 --dry-run"])
    func aReaderThatLeavesIsNoFailure(words: String) throws {
        let target = try TestTarget()
        let shell = Subprocess(
            "bash", ["-c", "exec 3> >(:); wait $!; \"$PROGRAM\" \(words) >&3; echo \"it ended with $?\" >&2"],
            environment: environment(target))
        let outcome = try run(shell, in: target)
        #expect(outcome.errors.text.contains("it ended with 141"), "\(outcome.errors.text)")
        #expect(!outcome.errors.text.contains("error"), "\(outcome.errors.text)")
    }

    private func environment(_ target: TestTarget) -> [String: String] {
        target.repository.environment.merging(["LEVIATHAN_HOME": target.home, "PROGRAM": TestTarget.program]) {
            $1
        }
    }

    private func run(_ program: Subprocess, in target: TestTarget) throws -> ProcessOutcome {
        var program = program
        program.workingDirectory = target.repository.path
        return try program.run()
    }
}
