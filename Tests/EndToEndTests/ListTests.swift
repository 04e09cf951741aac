import Basics
import CommandLine
import Journal
import Model
import Processes
import TestSupport
import Testing

/// Lists: their columns, their order, how many rows, and how they fit.
@Suite(.timeLimit(.minutes(60))) struct ListTests {
    private let target: TestTarget

    init() throws {
        target = try TestTarget(
            policy: """
                version: 1
                scopes: {docs: {allowed_paths: [docs/**, README.md], executor: docs}}
                """,
            backlog: """
                tasks:
                  - {id: task-001, title: "日本語のガイド 👨‍👩‍👧‍👦 🇩🇪 with a long name that goes on", scope: docs, ready: true, allowed_paths: [docs/guide.md]}
                  - {id: task-002, title: "שלום עולם", scope: docs, priority: high, ready: true, allowed_paths: [docs/big.md]}
                  - {id: task-003, title: Third, scope: docs, priority: low, allowed_paths: [docs/third.md], dependencies: [task-002]}
                """)
        for task in ["task-001", "task-002"] { _ = try target.leviathan("propose", task) }
    }

    private static let lists = [
        "tasks", "attempts", "failures", "events", "artifacts", "workspaces", "target list", "next --all",
        "executors",
        "stats", "graph edges", "graph summary", "autonomy status", "breaker list",
    ]

    @Test(arguments: [20, 40, 60, 80])
    func everyListFits(width: Int) throws {
        _ = try target.leviathan("target", "add", target.repository.path)
        for list in Self.lists {
            let words = list.split(separator: " ").map(String.init)
            let outcome = try target.leviathan(arguments: words, extra: ["COLUMNS": "\(width)"])
            #expect(outcome.succeeded, "\(list): \(outcome.errors.text)")
            for line in outcome.output.text.split(separator: "\n") where DisplayWidth.of(line) > width {
                // A word that is wider than the terminal is left whole, so that it can be copied.
                let isOneWord = line.drop { $0 == " " }.contains(" ") == false
                #expect(isOneWord && width < 60, "\(list) at \(width): \(line)")
            }
        }
    }

    private func rows(_ words: String...) throws -> [String] {
        let outcome = try target.leviathan(arguments: words)
        #expect(outcome.succeeded, "\(outcome.errors.text)")
        return outcome.output.text.split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func columnsAreChosenAndOrdered() throws {
        #expect(try rows("tasks", "--columns", "state,id", "--sort", "id").first == "pending  task-001")
        #expect(try rows("tasks", "--columns=id", "--sort=priority") == ["task-002", "task-001", "task-003"])
        #expect(try rows("tasks", "--columns=id", "--sort=-id") == ["task-003", "task-002", "task-001"])
        #expect(try rows("tasks", "--columns=id", "--sort=-id", "--limit", "1") == ["task-003"])
        #expect(try rows("attempts", "--columns", "task", "--sort", "task") == ["task-001", "task-002"])
        #expect(try rows("events", "--columns", "number", "--sort=-number", "--limit", "0").first != "1")
        let json = try target.leviathan("tasks", "--json", "--sort=-id", "--limit", "2").json
        #expect(json.elements?.map { $0["id"] } == ["task-003", "task-002"])
    }

    @Test func thereIsASignWhereThereIsMore() throws {
        let few = try target.leviathan("attempts", "--limit", "1")
        #expect(few.output.text.split(separator: "\n").count == 2 && few.errors.text.contains("there are more"))
        #expect(few.output.text.contains("task-002"), "the newest")
        let events = try target.leviathan("events", "--limit", "1", "--json").output.text
        #expect(events.contains("attempt.succeeded") && events.split(separator: "\n").count == 1)
        for limit in ["2", "0"] {
            #expect(try target.leviathan("attempts", "--limit", limit).errors.text.isEmpty)
        }
    }

    @Test func aColumnThatIsNotThereHasANeighbour() throws {
        for words in [
            ["tasks", "--columns", "id,titel"], ["tasks", "--sort", "titel"], ["tasks", "--sort=-titel"],
        ] {
            let wrong = try target.leviathan(arguments: words)
            #expect(
                wrong.ending == .exited(2) && wrong.errors.text.contains("did you mean 'title'?"),
                "\(wrong.errors.text)")
        }
        #expect(try target.leviathan("tasks", "--columns", "").ending == .exited(2))
        #expect(try target.leviathan("tasks", "--columns", "id", "--json").ending == .exited(2))
    }

    @Test func theBeginningOrTheEndOfAnIDIsEnough() throws {
        let attempts = try target.leviathan("attempts", "--json").json.elements ?? []
        let id = try #require(attempts.first?["attempt"]?.string)
        let end = String(id.suffix(8))
        let beginning = String(id.dropLast(3))
        for words in [
            ["attempts", "show", beginning], ["verify", beginning], ["graph", "show", "Attempt/" + beginning],
            ["attempts", "show", end], ["verify", end], ["graph", "show", "Attempt/" + end],
            ["attempts", "invalidate", end],
        ] {
            #expect(try target.leviathan(arguments: words).succeeded, "\(words)")
        }
        for list in ["events", "artifacts"] {
            let whole = try target.leviathan(list, "--attempt", id, "--json").output.text
            for part in [beginning, end] {
                let found = try target.leviathan(list, "--attempt", part, "--json").output.text
                #expect(found == whole && whole.contains(id))
            }
        }
        #expect(try target.leviathan("events", "--attempt", "nothing", "--json").output.text.isEmpty)
        #expect(try target.leviathan("verify", "nothing").ending == .exited(3))
    }

    @Test func aPartThatFitsSeveralNamesThem() throws {
        try Journal(at: target.home + "/journal.db").append(
            ["attempt-a-00000001", "attempt-b-00000001"].map { id in
                EventDraft(
                    id: "event-" + id, timestamp: "2026-01-01T00:00:00Z", actor: "a",
                    .attemptCreated(Event.AttemptPlan(number: 1)),
                    about: EventSubject(target: "remote", task: "task-001", attempt: id))
            })
        for words in [
            ["attempts", "show", "00000001"], ["events", "--attempt", "00000001"], ["verify", "00000001"],
            ["attempts", "show", "attempt-"], ["events", "--attempt", "attempt-"], ["verify", "attempt-"],
        ] {
            let outcome = try target.leviathan(arguments: words)
            #expect(outcome.ending == .exited(3) && outcome.errors.text.contains("attempt-b-00000001"), "\(words)")
            #expect(outcome.errors.text.contains("write more of the id"), "\(outcome.errors.text)")
        }
    }

    @Test(arguments: ["tasks", "attempts", "doctor --plain", "stats", "help"])
    func nothingIsDrawnWherePlainLinesAreWanted(words: String) throws {
        let words = words.split(separator: " ").map(String.init)
        for extra in [["TERM": "dumb"], ["TERM": "xterm", "NO_COLOR": "1"]] {
            let text = try target.leviathan(arguments: words, extra: extra).output.text
            #expect(!text.contains("\u{1B}"), "\(text)")
        }
        let forced = try target.leviathan(arguments: words + ["--plain"], extra: ["CLICOLOR_FORCE": "1"]).output
            .text
        #expect(!forced.contains("\u{1B}") && !forced.contains("█"), "\(forced)")
        #expect(!forced.contains("…"), "\(forced)")
    }

    @Test func colourIsForced() throws {
        let attempts = try target.leviathan("attempts", extra: ["CLICOLOR_FORCE": "1"]).output.text
        #expect(attempts.contains("\u{1B}[32mdelivered\u{1B}[0m"))
        let both = try target.leviathan("attempts", extra: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).output.text
        #expect(!both.contains("\u{1B}"))
    }

    @Test(arguments: ["tasks", "attempts", "events", "doctor"])
    func aFullDiskIsTold(list: String) throws {
        let environment = target.repository.environment.merging(
            ["LEVIATHAN_HOME": target.home, "PROGRAM": TestTarget.program]) { $1 }
        var full = Subprocess.shell("exec \"$PROGRAM\" \(list) >/dev/full", environment: environment)
        full.workingDirectory = target.repository.path
        let outcome = try full.run()
        #expect(
            outcome.ending == .exited(1) && outcome.errors.text.contains("No space left"), "\(outcome.errors.text)"
        )
        // A reader that goes away before the end: nothing is waited for, and the shell sees no crash.
        var gone = Subprocess.shell("\"$PROGRAM\" \(list) | true; echo over", environment: environment)
        gone.workingDirectory = target.repository.path
        gone.timeout = .seconds(120)
        #expect(try gone.run().output.text == "over\n")
    }
}
