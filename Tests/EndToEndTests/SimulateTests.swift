import Basics
import Journal
import Processes
import TestSupport
import Testing

/// `leviathan simulate`: the scheduler on a virtual clock.
@Suite struct SimulateTests {
    private static let start = "--start=2026-01-05T00:00:00Z"

    @Test func theSameSeedGivesTheSameTimelineByteForByte() throws {
        let target = try RunTests.target(12, limits: "max_open_prs: 2, max_running_attempts: 2")
        let before = try target.everything()
        let (one, other) = (
            try target.leviathan("simulate", Self.start, "--json"),
            try target.leviathan("simulate", Self.start, "--json")
        )
        #expect(one.succeeded && !one.output.text.isEmpty, "\(one.errors.text)")
        #expect(one.output.text == other.output.text)
        #expect(one.json["timeline"]?.elements?.first?["what"]?.string == "granted")
        let third = try target.leviathan("simulate", Self.start, "--seed", "2", "--json")
        #expect(third.output.text != one.output.text)
        #expect(try target.everything() == before && !FileSystem.exists(target.home + "/journal.db"))
    }

    @Test func aLimitThatWereAnotherShows() throws {
        let target = try RunTests.target(6, limits: "max_open_prs: 1")
        // Nobody decides, and nothing fails: what is begun is what the limit allows.
        let words = [Self.start, "--merge-rate", "0", "--failures", "0", "--cycles", "10", "--json"]
        func open(_ more: String...) throws -> Int? {
            let run = try target.leviathan("simulate", arguments: words + more)
            return run.json["samples"]?.elements?.last?["open"]?.integer
        }
        #expect(try open() == 1)
        #expect(try open("--limit", "max_open_prs=3") == 3)
        let waited = try target.leviathan("simulate", arguments: words).json["waited_seconds"]
        #expect(waited?["max-open-prs"]?.integer ?? 0 > 0 && waited?["under-review"]?.integer ?? 0 > 0)
    }

    @Test func thePastIsPlayedAgainUnderAnotherLimit() throws {
        let target = try RunTests.target(3, limits: "max_open_prs: 1")
        let empty = try target.leviathan("simulate", "--from-journal")
        #expect(empty.ending == .exited(3) && empty.errors.text.contains("no attempt that could be played again"))
        #expect(try target.leviathan("propose", "task-2").succeeded)
        let tip = try target.repository.git("--git-dir", target.remote, "rev-parse", "agent/task-2")
        _ = try target.repository.git(
            "--git-dir", target.remote, "update-ref", "refs/heads/main", tip.filter { !$0.isNewline })
        #expect(try target.leviathan("run").succeeded)
        let past = try target.leviathan("simulate", "--from-journal", "--cycles", "3", "--json")
        let again = past.json["timeline"]?.elements ?? []
        #expect(again.compactMap { $0["task"]?.string } == ["task-2", "task-2"], "\(past.output.text)")
        let wider = try target.leviathan(
            "simulate", "--from-journal", "--cycles", "3", "--limit", "max_open_prs=2", "--json")
        #expect(wider.json["begun"]?.integer == 2, "\(wider.output.text)")
    }

    @Test func aPageIsWrittenAndMistakesAreNamed() throws {
        let target = try RunTests.target(2, limits: "max_open_prs: 1")
        let run = try target.leviathan("simulate", Self.start, "--html", "page.html")
        #expect(run.succeeded && run.output.text.contains("waiting of all tasks, by reason"), "\(run.errors.text)")
        let page = try FileSystem.read(target.repository.path + "/page.html", limit: 1 << 20)
        #expect(String(decoding: page, as: UTF8.self).contains("<svg class=\"columns\" role=\"img\""))
        let wrong = try target.leviathan("simulate", "--limit", "max_open=3")
        #expect(wrong.ending == .exited(2) && wrong.errors.text.contains("knows no limit 'max_open'"))
        #expect(try target.leviathan("simulate", "--limit", "max_open_prs=many").ending == .exited(2))
        #expect(try target.leviathan("simulate", "--failures", "1.5").ending == .exited(2))
        #expect(try target.leviathan("simulate", "--html", "no/such/page.html").ending == .exited(1))
    }
}
