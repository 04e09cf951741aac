import Basics
import Processes
import TestSupport
import Testing

/// What has to be on the disk before somebody outside learns of it, seen in the calls that reach the kernel.
@Suite(.enabled(if: FileSystem.exists("/usr/bin/strace"), "strace is not installed"), .timeLimit(.minutes(60)))
struct DurabilityTests {
    private enum Step: Equatable { case write, sync, push }

    /// What a proposal wrote into its journal, when that went to the disk, and when git was started to push.
    private func steps(of target: TestTarget) throws -> [Step] {
        let trace = target.repository.directory.path + "/trace"
        var program = Subprocess(
            "/usr/bin/strace",
            [
                "-f", "-y", "-s", "4096", "-e", "trace=pwrite64,fdatasync,execve", "-o", trace, TestTarget.program,
                "propose",
                "task-001",
            ], environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
        program.workingDirectory = target.repository.path
        let outcome = try program.run()
        #expect(outcome.succeeded, "\(outcome.output.text)\(outcome.errors.text)")
        let lines = try String(decoding: FileSystem.read(trace, limit: 1 << 26), as: UTF8.self).split(
            separator: "\n")
        return lines.compactMap { line in
            if line.contains("execve("), line.contains("\"push\"") { return .push }
            guard line.contains("journal.db-wal") else { return nil }
            return line.contains("fdatasync(") ? .sync : line.contains("pwrite64(") ? .write : nil
        }
    }

    @Test func theJournalIsOnTheDiskBeforeAPushAndAtTheEnd() throws {
        let target = try TestTarget()
        let steps = try steps(of: target)
        let push = try #require(steps.firstIndex(of: .push))
        #expect(steps[..<push].last == .sync, "\(steps)")
        #expect(steps.last == .sync)
        #expect(steps[push...].contains(.write))
    }

    /// Two times to make the journal, then the claim and what goes before the push: the steps between are taken along.
    @Test func stepsThatNobodyReliesOnWaitForTheNextOne() throws {
        let target = try TestTarget()
        let steps = try steps(of: target)
        let push = try #require(steps.firstIndex(of: .push))
        #expect(steps[..<push].count { $0 == .sync } == 4, "\(steps)")
        #expect(steps[..<push].count { $0 == .write } > 8)
    }
}
