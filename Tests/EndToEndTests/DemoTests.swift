import Basics
import Processes
import TestSupport
import Testing

/// The walk that a newcomer takes, from the built binary alone.
@Suite struct DemoTests {
    private let place: TemporaryDirectory

    init() throws {
        place = try TemporaryDirectory()
        for name in ["home", "tmp", "elsewhere"] { try FileSystem.createDirectory(place.path + "/" + name) }
    }

    /// Whose it is does not matter: neither git nor Leviathan is configured, and there is no checkout.
    private var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "HOME": place.path + "/home", "TMPDIR": place.path + "/tmp",
            "LC_ALL": "C.UTF-8",
            "GIT_DIR": "/nonexistent", "LEVIATHAN_HOME": "/nonexistent", "GH_TOKEN": "a-token-of-mine",
        ]
    }

    private var leftovers: [String] {
        get throws { try ["home", "tmp", "elsewhere"].flatMap { try FileSystem.list(place.path + "/" + $0) } }
    }

    @Test func itShowsEveryOutcomeAndLeavesNothingBehind() throws {
        let outcome = try TestTarget.run(
            ["demo"], in: place.path + "/elsewhere", environment: environment, input: [])
        #expect(outcome.succeeded, "\(outcome.output.text)\(outcome.errors.text)")
        let (data, told) = (outcome.output.text, outcome.errors.text)
        #expect(
            data.contains("guide") && data.contains("+++ b/docs/guide.md") && data.contains("agent/guide"),
            "\(data)")
        for words in [
            "delivered", "[patch-too-large]", "Links lead somewhere", "it is not ready", "$ leviathan tasks",
            "9/9",
        ] {
            #expect((data + told).contains(words), "\(words) is missing in \(data)\(told)")
        }
        #expect(data.contains("unbroken") && !(data + told).contains("Enter goes on"))
        #expect(try leftovers.isEmpty)
    }

    @Test func asJSONItIsOneDocument() throws {
        let steps = try TestTarget.run(
            ["demo", "--json"], in: place.path + "/elsewhere", environment: environment
        ).json["steps"]?.elements
        #expect(steps?.map { $0["exit_code"] } == [0, 0, 0, 0, 7, 4, 5, 0, 0])
        #expect(steps?.allSatisfy { $0["exit_code"] == $0["expected"] } == true)
    }

    @Test func withoutGitItSaysSo() throws {
        var environment = environment
        environment["PATH"] = place.path + "/home"
        let outcome = try TestTarget.run(["demo"], in: place.path + "/elsewhere", environment: environment)
        #expect(outcome.ending == .exited(3) && outcome.errors.text.contains("git"), "\(outcome.errors.text)")
        #expect(try leftovers.isEmpty)
    }

    /// Through a real terminal: Enter after the first step, `q` after the second.
    @Test func onATerminalItWaits() throws {
        var program = Subprocess(
            "script", ["--quiet", "--return", "--command", "\"$PROGRAM\" demo", "/dev/null"],
            environment: environment.merging(["PROGRAM": TestTarget.program, "TERM": "xterm"]) { $1 })
        program.workingDirectory = place.path + "/elsewhere"
        program.input = .bytes(Array("\nq\n".utf8))
        program.timeout = .seconds(600)
        let outcome = try program.run()
        let text = outcome.output.text
        #expect(outcome.ending == .exited(130), "\(outcome.ending) \(text)")
        #expect(text.contains("Enter goes on") && text.contains("2/9") && !text.contains("3/9"), "\(text)")
        #expect(text.contains("ended early") && !text.contains("a-token-of-mine"), "\(text)")
        #expect(try leftovers.isEmpty)
    }

    @Test func itCanBeInterrupted() throws {
        var program = Subprocess(TestTarget.program, ["demo"], environment: environment)
        program.workingDirectory = place.path + "/elsewhere"
        program.teardown = [.terminate(grace: .seconds(120)), .kill]
        let stop = Cancellation()
        let outcome = try program.run(cancellation: stop) { _, line in
            if line.contains("2/9") { stop.cancel() }
        }
        #expect(outcome.ending == .cancelled, "\(outcome.ending)")
        #expect(try leftovers.isEmpty)
    }
}
