import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// `leviathan propose` of several tasks at once.
@Suite struct ProposeSeveralTests {
    private func target(_ count: Int, limits: String = "max_open_prs: 9", more: String = "") throws -> TestTarget {
        try TestTarget(
            policy: RunTests.policy + "  other: {allowed_paths: ['*.md'], executor: command}\n"
                + "limits: {\(limits)}\n",
            backlog: RunTests.backlog(count) + more)
    }

    private func lines(_ run: ProcessOutcome) -> [String] {
        run.output.text.split(separator: "\n").map(String.init)
    }

    private func branches(_ target: TestTarget) throws -> [String] {
        try target.repository.git(
            "--git-dir", target.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads/agent"
        ).split(separator: "\n").map(String.init)
    }

    @Test func doesTheNamedOnesAndSaysALineOfEach() throws {
        let target = try target(3)
        let run = try target.leviathan("propose", "task-3", "task-1", "task-3")
        #expect(run.succeeded, "\(run.errors.text)")
        let shown = lines(run).sorted()
        try #require(shown.count == 2, "\(shown)")
        #expect(shown[0].hasPrefix("task-1  delivered") && shown[0].hasSuffix("agent/task-1"), "\(shown)")
        #expect(run.errors.text.contains("2 tasks: 2 delivered"))
        #expect(try branches(target) == ["agent/task-1", "agent/task-3"])
    }

    @Test func allTakesWhatMayRunAndStopsAtALimit() throws {
        let target = try target(4, limits: "max_open_prs: 3")
        let run = try target.leviathan("propose", "--all")
        #expect(run.succeeded && lines(run).count == 3, "\(run.output.text)\(run.errors.text)")
        #expect(run.errors.text.contains("waiting: 1 max-open-prs"), "\(run.errors.text)")
        #expect(try branches(target).count == 3)
        let again = try target.leviathan("propose", "--all")
        #expect(again.succeeded && again.output.text.isEmpty && again.errors.text.contains("nothing to do"))
    }

    @Test func allOfOneScopeLeavesTheOthers() throws {
        let more = """
              - {id: other, title: O, scope: other, ready: true, allowed_paths: [o.md], inputs: {run: "echo > o.md"}}

            """
        let target = try target(2, more: more)
        #expect(try target.leviathan("propose", "--all", "--scope", "other").succeeded)
        #expect(try branches(target) == ["agent/other"])
        let wrong = try target.leviathan("propose", "--all", "--scope", "dosc")
        #expect(wrong.ending == .exited(3) && wrong.errors.text.contains("did you mean 'docs'?"))
    }

    @Test func waitsForALimitOfWhatRunsAtOnce() throws {
        let target = try target(3, limits: "max_open_prs: 9, max_running_attempts: 1")
        let run = try target.leviathan("propose", "task-1", "task-2", "task-3")
        #expect(run.succeeded, "\(run.output.text)")
        #expect(try branches(target).count == 3)
    }

    @Test func aNamedTaskBeyondALimitIsRefused() throws {
        let target = try target(2, limits: "max_open_prs: 1")
        let run = try target.leviathan("propose", "task-1", "task-2", "--json")
        #expect(run.ending == .exited(7), "\(run.output.text)")
        let documents = try lines(run).map { try JSON.parse($0) }
        #expect(documents.map { $0["task"]?.string } == ["task-1", "task-2"])
        #expect(documents.map { $0["outcome"]?.string } == ["delivered", "refused"])
        #expect(documents.allSatisfy { $0["attempt"] != nil && $0["violations"] != nil })
        #expect(documents.last?["error"]?["kind"]?.string == "refusal")
    }

    @Test func theFirstOfTheCodesThatOccurredCounts() throws {
        let more = """
              - {id: fails, title: F, scope: other, ready: true, allowed_paths: [o.md], inputs: {run: "false"}}
              - {id: later, title: L, scope: docs, ready: true, status: blocked, allowed_paths: [docs/l.md]}
              - {id: strays, title: S, scope: other, ready: true, allowed_paths: [o.md], inputs: {run: "echo > p.md"}}

            """
        let target = try target(1, more: more)
        #expect(try target.leviathan("propose", "later", "task-1", "-n").ending == .exited(7))
        #expect(try target.leviathan("propose", "later", "fails", "task-1", "-n").ending == .exited(6))
        let strays = try target.leviathan("propose", "strays", "later")
        #expect([.exited(4), .exited(6)].contains(strays.ending), "\(strays.output.text)")
    }

    @Test func aNameThatMeansNothingRefusesAllBeforeAnythingBegins() throws {
        let target = try target(2)
        let run = try target.leviathan("propose", "task-1", "tsak-2")
        #expect(
            run.ending == .exited(3) && run.errors.text.contains("did you mean 'task-2'?"), "\(run.errors.text)")
        #expect(try branches(target) == [])
    }

    @Test(arguments: [
        ["propose"], ["propose", "--all", "task-1"], ["propose", "task-1", "--scope", "docs"],
        ["propose", "task-1", "task-2", "--jobs", "0"], ["propose", "--all", "--from-worktree"],
    ])
    func refusesWhatDoesNotGoTogether(words: [String]) throws {
        let run = try target(2).leviathan(arguments: words)
        #expect(run.ending == .exited(2) && run.output.text.isEmpty, "\(run.errors.text)")
    }

    @Test func aDryRunChangesNothing() throws {
        let target = try target(3, limits: "max_open_prs: 2")
        let before = try target.everything()
        let run = try target.leviathan("propose", "--all", "--dry-run")
        #expect(run.succeeded && lines(run).count == 2, "\(run.output.text)\(run.errors.text)")
        #expect(lines(run).allSatisfy { $0.contains("prepared   docs/page-") }, "\(run.output.text)")
        #expect(try target.everything() == before)
        #expect(!FileSystem.exists(target.home + "/journal.db"))
    }

    @Test func everythingStoppedBeginsNothing() throws {
        let target = try target(2)
        #expect(try target.leviathan("stop", "--reason", "enough").succeeded)
        let run = try target.leviathan("propose", "--all")
        #expect(run.ending == .exited(7) && run.errors.text.contains("enough"), "\(run.errors.text)")
        #expect(try target.leviathan("propose", "task-1", "task-2", "--override-stop", "urgent").succeeded)
    }

    @Test func aSignalLetsWhatRunsComeToItsEnd() throws {
        let target = try TestTarget(
            policy:
                "version: 1\nscopes:\n  all: {allowed_paths: ['*.md'], executor: command}\nlimits: {max_open_prs: 9}\n",
            backlog: """
                version: 1
                tasks:
                  - {id: long, title: L, scope: all, ready: true, allowed_paths: [l.md], inputs: {run: sleep 100000}}
                  - {id: next, title: N, scope: all, ready: true, allowed_paths: [n.md], inputs: {run: "echo > n.md"}}

                """)
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        let script = #"sh -c 'echo $$; exec "$0" "$@" >/dev/null 2>&1' "$0" "$@"; echo $?"#
        let shell = try BackgroundProgram(
            ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" }
                + ["sh", "-c", script, TestTarget.program, "propose", "long", "next", "--jobs", "1"])
        let process = try #require(shell.readLine().flatMap { pid_t($0) })
        let states = { (task: String) in
            try target.leviathan("attempts", "--task", task, "--json").json.elements?.map { $0["state"]?.string }
                ?? []
        }
        waitUntil { (try? states("long")) == ["running"] }
        kill(process, SIGINT)
        #expect(try states("long") == ["running"])
        #expect(try target.leviathan("stop", "--now", "--reason", "enough").succeeded)
        #expect(shell.readLine() == "130")
        #expect(try states("long") == ["interrupted"] && states("next") == [])
    }

    /// One line a task, lines that touch, and lines that do not: whatever is proposed together merges together.
    @Test(arguments: [
        RunTests.backlog(4),
        """
        version: 1
        tasks:
          - id: task-1
            title: A
            scope: docs
            allowed_paths: [docs/page-1.md]
            ready: true
          - id: task-2
            title: B
            scope: docs
            allowed_paths: [docs/page-2.md]
            ready: true
          - {id: task-3, title: C, scope: docs, ready: true, allowed_paths: [docs/page-3.md]}
          - ready: true
            id: task-4
            title: D
            scope: docs
            allowed_paths: [docs/page-4.md]

        """,
        """
        version: 1
        tasks: [{id: task-1, title: A, scope: docs, ready: true, allowed_paths: [docs/page-1.md]}, {id: task-2,
          title: B, scope: docs, ready: true, allowed_paths: [docs/page-2.md]}, {id: task-3, title: C, scope: docs,
          ready: true, allowed_paths: [docs/page-3.md]}, {id: task-4, dependencies: [task-3], title: D, scope: docs,
          ready: true, allowed_paths: [docs/page-4.md]}]

        """,
    ])
    func whatIsProposedTogetherMergesTogether(backlog: String) throws {
        let target = try TestTarget(policy: RunTests.policy + "limits: {max_open_prs: 9}\n", backlog: backlog)
        let run = try target.leviathan("propose", "--all")
        #expect(run.succeeded, "\(run.output.text)\(run.errors.text)")
        #expect(try branches(target).count >= 3)
        for branch in try branches(target) {
            _ = try target.repository.git("merge", "-m", "Merge", "origin/\(branch)")
        }
        #expect(try target.leviathan("lint").succeeded)
    }
}
