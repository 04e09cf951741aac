import Basics
import Processes
import TestSupport
import Testing

/// Where Leviathan keeps its files.
@Suite(.timeLimit(.minutes(60))) struct HomeTests {
    @Test func withoutAHomeItIsAskedFor() throws {
        let target = try TestTarget()
        var environment = target.repository.environment
        environment["HOME"] = nil
        for words in [["propose", "task-001", "--dry-run"], ["tasks"], ["attempts"]] {
            let result = try TestTarget.run(words, in: target.repository.path, environment: environment)
            #expect(result.ending == .exited(3), "\(words): \(result.output.text)\(result.errors.text)")
            #expect(result.errors.text.contains("set LEVIATHAN_HOME"), "\(result.errors.text)")
        }
        let version = try TestTarget.run(["version"], in: target.repository.path, environment: environment)
        #expect(version.succeeded && !FileSystem.exists("/nonexistent"))
    }

    @Test(arguments: ["777", "775", "1777"]) func aHomeThatOthersCanWriteIsRefused(mode: String) throws {
        let target = try TestTarget(hasHome: false)
        try FileSystem.createDirectory(target.home)
        _ = try BackgroundProgram.run(["chmod", mode, target.home])
        let result = try target.leviathan("propose", "task-001")
        #expect(result.ending == .exited(3) && result.errors.text.contains("chmod go-w"), "\(result.errors.text)")
        #expect(try FileSystem.list(target.home) == [])
        let doctor = try target.leviathan("doctor")
        #expect(doctor.output.text.contains("others can write to Leviathan's home"), "\(doctor.output.text)")
        _ = try BackgroundProgram.run(["chmod", "755", target.home])
        #expect(try target.leviathan("propose", "task-001").succeeded)
    }

    /// What killed processes left for programs is removed; what nobody can be told to own is named and left.
    @Test func doctorMendsWhatProgramsLeft() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("doctor").succeeded)
        let fenced = target.home + "/fenced"
        try FileSystem.createDirectory(fenced + "/old/tmp", permissions: 0o700)
        let (killed, lock) = try OwnedDirectory.make(in: fenced)
        lock.release()
        let doctor = try target.leviathan("doctor", "--fix").output.text
        #expect(doctor.contains("nothing tells whose '\(fenced)/old' is"), "\(doctor)")
        #expect(FileSystem.exists(fenced + "/old") && !FileSystem.exists(killed))
    }
}
