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
