import Basics
import Executors
import Model
import Processes
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct ExternalAgentTests {
    private let directory: TemporaryDirectory
    private let runner: DirectoryRunner

    init() throws {
        directory = try TemporaryDirectory()
        runner = DirectoryRunner(directory.path)
    }

    private func world(_ command: [String], _ more: JSON = [:]) throws -> AgentWorld {
        let members = [JSON.Member("command", .strings(command))] + (more.members ?? [])
        let world = try AgentWorld(nil, .object(members))
        world.programs = runner
        return world
    }

    @Test func handsThePromptOverAsAnArgument() throws {
        let world = try world(["/bin/sh", "-c", "printf %s \"$1\" > prompt", "agent", "{prompt}"])
        world.edit = { $0.details = "Say {prompt_file} and {prompt}." }
        let report = try world.run().get()
        let prompt = try directory.read("prompt")
        #expect(
            prompt.contains("# Task task-001: Explain the cache") && prompt.contains("it names the eviction rule"))
        #expect(prompt.contains("Say {prompt_file} and {prompt}."))
        #expect(report.notes == ["ran '/bin/sh' once"] && report.declaredInputs["reproducible"] == false)
    }

    @Test func handsThePromptOverAsAFile() throws {
        let world = try world([
            "/bin/sh", "-c", "cat \"$1\" > first; cat \"$1\" > second", "agent", "{prompt_file}",
        ])
        world.edit = { $0.details = String(repeating: "long ", count: 100_000) }
        _ = try world.run().get()
        #expect(try directory.read("first").contains("Explain the cache"))
        #expect(
            try directory.read("first") == directory.read("second") && directory.read("first").utf8.count > 500_000
        )
    }

    @Test func handsThePromptOverOnStandardInput() throws {
        let world = try world(["/bin/sh", "-c", "cat > prompt; echo thinking; echo \"done $ANTHROPIC_API_KEY\""])
        let report = try world.run().get()
        #expect(try directory.read("prompt").contains("Explain the cache"))
        #expect(world.progress.contains("  thinking") && world.progress.contains("  done "))
        let log = try #require(report.artifacts.first)
        #expect(log.kind == "log" && String(decoding: log.bytes, as: UTF8.self).contains("thinking\ndone \n"))
    }

    @Test func readsThePromptBehindAFence() throws {
        let place = try FileSystem.createTemporaryDirectory(in: directory.path, prefix: "fence-")
        for name in ["home", "tmp"] { try FileSystem.createDirectory("\(place)/\(name)") }
        let root = try #require(FileSystem.realPath(directory.path))
        for (namespaces, landlock) in [(true, Int.max), (false, Int.max)] {
            var fence = Fence(
                home: "\(root)/\(place.split(separator: "/").last ?? "")/home",
                temporary: "\(root)/\(place.split(separator: "/").last ?? "")/tmp")
            fence.writable = [root + "/out"]
            (fence.means.namespaces, fence.means.landlock) = (namespaces, landlock)
            try directory.write("out", "")
            runner.fence = fence
            let world = try world(["/bin/sh", "-c", "cat {prompt_file} > out"])
            _ = try world.run().get()
            #expect(try directory.read("out").contains("Explain the cache"), "namespaces: \(namespaces)")
        }
    }

    @Test func mendsWhatTheReviewFinds() throws {
        let world = try world(["/bin/sh", "-c", "cat >> prompts"])
        world.reviewer = ScriptedReviewer([["the link is dead"], []])
        let report = try world.run().get()
        #expect(try directory.read("prompts").contains("the link is dead") && runner.calls.count == 2)
        #expect(report.notes == ["ran '/bin/sh' 2 times"])
    }

    @Test func stopsMendingAtTheLimit() throws {
        let world = try world(["/bin/true"], ["max_rounds": 5, "budget": ["turns": 2]])
        world.reviewer = ScriptedReviewer(Array(repeating: ["no"], count: 20))
        let report = try world.run().get()
        #expect(runner.calls.count == 2 && report.notes.contains("1 findings are left after 1 rounds of repair"))
    }

    @Test func saysHowItFailed() throws {
        let failing = try world(["/bin/sh", "-c", "echo \u{1B}[31mno network >&2; exit 9"])
        let error = try #require(try failing.run().error)
        #expect(error.description == "'/bin/sh' ended with exit code 9:  [31mno network", "\(error)")
        #expect(error.hint?.contains("sandbox.network: allow") == true && error.partial.artifacts.count == 1)
        let slow = try world(["/bin/sleep", "600"], ["budget": ["time": "1s"]])
        #expect(try slow.run().error?.message == "'/bin/sleep' took longer than its budget of 1s")
        let missing = try world(["no-such-agent"])
        #expect(try missing.run().error?.message.contains("no-such-agent") == true)
        let nowhere = try world(["/bin/true"])
        nowhere.programs = nil
        #expect(try nowhere.run().error?.message.contains("nothing is checked out") == true)
    }

    @Test func promisesNoBudgetThatItCannotHold() throws {
        let asked = try world(["/bin/true"], ["budget": ["usd": 1]])
        #expect(try asked.run().error?.message == "inputs.budget.usd cannot be held for an external agent")
        let capped = try world(["/bin/true"])
        capped.caps.agentBudget.tokens = 1000
        #expect(
            try capped.run().error?.message == "limits.agent_budget.tokens cannot be held for an external agent")
        #expect(runner.calls.isEmpty)
    }

    @Test func isNotReplayed() throws {
        let world = try world(["/bin/true"])
        world.recorded = try world.run().get().declaredInputs
        #expect(try world.run().error?.causes == ["an external agent does not do the same twice"])
        #expect(runner.calls.count == 1)
    }

    @Test func putsNoPromptIntoAnArgumentThatIsTooLong() throws {
        let world = try world(["/bin/true", "{prompt}"])
        world.edit = { $0.details = String(repeating: "long ", count: 100_000) }
        #expect(try world.run().error?.message.contains("too long for an argument") == true)
    }
}
