import Basics
import Processes
import TestSupport
import Testing

/// The diff of a dry run in the program that the person reads such texts with.
@Suite struct PagerTests {
    private let target: TestTarget

    init() throws {
        target = try TestTarget(
            policy: "version: 1\nscopes: {code: {allowed_paths: [src/**], executor: command}}\n",
            backlog: """
                version: 1
                tasks:
                  - {id: long, title: A, scope: code, ready: true, allowed_paths: [src/], inputs: {run: 'mkdir src && seq 1000 >src/a'}}
                  - {id: short, title: B, scope: code, ready: true, allowed_paths: [src/], inputs: {run: 'mkdir src && seq 3 >src/a'}}
                """)
    }

    /// A pager of the test's own: what it reads goes into a file.
    private func run(_ words: String, pager: [String: String], term: String = "xterm") throws -> ProcessOutcome {
        let environment = target.repository.environment.merging([
            "LEVIATHAN_HOME": target.home, "PROGRAM": TestTarget.program, "LC_ALL": "C.UTF-8", "TERM": term,
            "SEEN": target.home + "/seen",
        ]) { $1 }.merging(pager) { $1 }
        var program = Subprocess(
            "script",
            ["--quiet", "--return", "--command", "stty rows 24 cols 80; \"$PROGRAM\" \(words)", "/dev/null"],
            environment: environment)
        program.workingDirectory = target.repository.path
        return try program.run()
    }

    private var seen: String? {
        (try? FileSystem.read(target.home + "/seen", limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ["GIT_PAGER": "cat >\"$SEEN\"", "PAGER": "false"], ["PAGER": "cat >\"$SEEN\""],
    ])
    func aLongDiffGoesThroughThePager(pager: [String: String]) throws {
        let outcome = try run("propose long --dry-run", pager: pager)
        #expect(outcome.succeeded && seen?.contains("+999") == true, "\(outcome.output.text)")
        #expect(!outcome.output.text.contains("+999") && outcome.output.text.contains("prepared"))
    }

    @Test func thePagerOfTheUsersGitIsTakenAndTheRepositorysIsNot() throws {
        try target.repository.git("config", "--local", "core.pager", "cat >\"$SEEN\"")
        let outcome = try run("propose long --dry-run", pager: ["PAGER": "cat"])
        #expect(outcome.output.text.contains("+999") && seen == nil)
        try target.repository.git("config", "--local", "--unset", "core.pager")
        try target.repository.git("config", "--global", "core.pager", "cat >\"$SEEN\"")
        #expect(try run("propose long --dry-run", pager: ["PAGER": "cat"]).succeeded)
        #expect(seen?.contains("+999") == true)
    }

    /// Nothing is lost with a pager that is not there or dies, and nothing fails.
    @Test(arguments: ["no-such-program", "kill -9 $$", "/dev/null", "cat", ""])
    func aPagerThatDoesNotWorkIsNoFailure(pager: String) throws {
        let outcome = try run("propose long --dry-run", pager: ["GIT_PAGER": pager])
        #expect(outcome.succeeded && outcome.output.text.contains("+999"), "\(outcome.output.text)")
        #expect(outcome.output.text.contains("prepared"))
    }

    @Test func whoeverLeavesEarlyHasSeenEnough() throws {
        let outcome = try run("propose long --dry-run", pager: ["GIT_PAGER": "head -n 1 >\"$SEEN\"; exit 3"])
        #expect(outcome.succeeded && !outcome.output.text.contains("+999") && seen?.isEmpty == false)
        #expect(outcome.output.text.contains("prepared"))
    }

    @Test(arguments: [("short", "xterm", ""), ("long", "dumb", ""), ("long", "xterm", " --plain")])
    func noPagerForWhatFitsOrForATerminalThatOnlyPrints(task: String, term: String, option: String) throws {
        let outcome = try run(
            "propose \(task) --dry-run" + option, pager: ["GIT_PAGER": "cat >\"$SEEN\""], term: term)
        #expect(outcome.succeeded && outcome.output.text.contains("+2") && seen == nil)
    }

    @Test func noPagerInAPipe() throws {
        let outcome = try target.leviathan(
            "propose", "long", "--dry-run", extra: ["GIT_PAGER": "cat >\"\(target.home)/seen\"", "TERM": "xterm"])
        #expect(outcome.output.text.contains("+999") && seen == nil)
    }
}
