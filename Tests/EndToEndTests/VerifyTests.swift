import Basics
import Processes
import TestSupport
import Testing

/// The same attempt again: whether it gives the same tree, and what is said when it does not.
@Suite(.timeLimit(.minutes(60))) struct VerifyTests {
    @Test func anAttemptIsReproduced() throws {
        let target = try TestTarget()
        let attempt = try #require(try target.leviathan("propose", "task-001", "--json").json["attempt"]?.string)
        let before = try target.everything()
        let result = try target.leviathan("verify", attempt)
        #expect(
            result.succeeded && result.output.text.hasPrefix("reproduced  \(attempt) (docs@"),
            "\(result.output.text)")
        #expect(try target.everything() == before)
        #expect(try target.leviathan("verify", "origin/agent/task-001").succeeded)
    }

    /// The trailers are enough where nothing has to be remembered.
    @Test func anotherMachineReproducesTheCommit() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("propose", "task-001").succeeded)
        let elsewhere = ["LEVIATHAN_HOME": target.home + "-elsewhere"]
        let result = try target.leviathan("verify", "origin/agent/task-001", "--json", extra: elsewhere)
        #expect(result.json["outcome"] == "reproduced", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["tree"] == result.json["expected"])
    }

    @Test func whatWasAlteredDiffers() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("propose", "task-001").succeeded)
        let repository = target.repository
        try repository.git("checkout", "-q", "--detach", "origin/agent/task-001")
        try repository.write("docs/guide.md", "slipped in\n")
        try repository.git("commit", "-q", "-a", "--amend", "--no-edit")
        let result = try target.leviathan("verify", "HEAD")
        #expect(result.ending == .exited(4))
        #expect(result.output.text.hasPrefix("differs") && result.output.text.contains("-slipped in"))
    }

    @Test func anotherVersionOfTheExecutorCannotTell() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("propose", "task-001").succeeded)
        let repository = target.repository
        try repository.git("checkout", "-q", "--detach", "origin/agent/task-001")
        let message = try repository.git("log", "-1", "--format=%B").replacing("docs@", with: "docs@0.")
        try repository.git("commit", "-q", "--amend", "-m", message)
        let result = try target.leviathan("verify", "HEAD")
        #expect(result.ending == .exited(6))
        #expect(result.output.text.contains("it was made by docs@0."))
    }

    @Test func whatLeviathanDidNotMakeIsAnError() throws {
        let target = try TestTarget()
        let foreign = try target.leviathan("verify", "HEAD")
        #expect(foreign.ending == .exited(3) && foreign.errors.text.contains("was not made by Leviathan"))
        let unknown = try target.leviathan("verify", "attempt-x")
        #expect(
            unknown.ending == .exited(3) && unknown.errors.text.contains("no attempt and no commit 'attempt-x'"))
    }

    /// Two copies of a repository, the whole backlog of the examples, the same trees.
    @Test func theSameTasksGiveTheSameTreesEverywhere() throws {
        func text(_ name: String) throws -> String {
            let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
            let path = root + "/examples/.leviathan/" + name
            return String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        }
        func trees() throws -> [String: String] {
            let target = try TestTarget(
                policy: text("policy.yaml"), backlog: text("backlog.yaml"),
                contract: "version: 1\nwriteback: false\n")
            var trees: [String: String] = [:]
            for task in try target.leviathan("tasks", "--json").json.elements ?? [] {
                let id = task["id"]?.string ?? ""
                trees[id] = try target.leviathan("propose", id, "--json").json["tree"]?.string
            }
            return trees
        }
        let first = try trees()
        #expect(try trees() == first && first.count >= 3, "\(first)")
    }
}
