import Basics
import Processes
import TestSupport
import Testing

/// What goes wrong in the first quarter of an hour, each told with what to do about it.
@Suite(.timeLimit(.minutes(60))) struct NewcomerTests {
    private let target: TestTarget

    init() throws { target = try TestTarget() }

    @Test(
        arguments: [
            (
                ["attempts", "--remote", "http://127.0.0.1:1"],
                "if it is the value of '--remote', write '--remote=http://127.0.0.1:1'"
            ),
            (
                ["tasks", "--remote", "http://127.0.0.1:1"],
                "if it is the value of '--remote', write '--remote=http://127.0.0.1:1'"
            ),
            (["add", "docs", "--frob"], "'leviathan help add' lists the options"),
        ])
    func aWordInTheWrongPlaceIsExplained(words: [String], hint: String) throws {
        let outcome = try target.leviathan(arguments: words)
        #expect(
            outcome.ending == .exited(2) && outcome.errors.text.contains("hint: \(hint)\n"),
            "\(outcome.errors.text)")
    }

    @Test func aDirectoryThatIsNoneIsToldAsOne() throws {
        for words in [["tasks"], ["hooks", "install"], ["check"]] {
            let missing = try target.leviathan(arguments: ["-C", "/nonexistent"] + words).errors.text
            #expect(missing.contains("there is no directory '/nonexistent'"), "\(missing)")
            let file = try target.leviathan(arguments: ["-C", "/etc/passwd"] + words).errors.text
            #expect(file.contains("'/etc/passwd' is no directory"), "\(file)")
            let outside = try target.leviathan(arguments: words, in: target.repository.directory.path)
            #expect(outside.ending == .exited(3), "\(words)")
            #expect(
                outside.errors.text.contains("hint: go into a checkout, or name one with -C DIR"),
                "\(outside.errors.text)")
        }
    }

    @Test func aTaskThatIsNotCommittedIsNotForgotten() throws {
        let clean = try target.leviathan("tasks")
        #expect(clean.errors.text.isEmpty, "\(clean.errors.text)")
        #expect(
            try target.leviathan("add", "docs", "--title", "New", "--id", "new", "--path", "docs/new.md").succeeded
        )
        let after = try target.leviathan("tasks")
        #expect(
            after.succeeded && after.errors.text.contains("note: 'new' is only in the working directory"),
            "\(after.errors.text)")
        #expect(try target.leviathan("tasks", "--from-worktree").output.text.contains("new"))
        let own = try target.leviathan(
            "add", "docs", "--title", "Own", "--id", "own", "--path", "docs/own.md", "--own-file")
        #expect(own.succeeded, "\(own.errors.text)")
        #expect(try target.leviathan("tasks").errors.text.contains("'new' and 1 more are only in"))
    }

    @Test func aPageThatIsNotThereIsNoMissingCommand() throws {
        let near = try target.leviathan("help", "topic", "quick")
        #expect(
            near.ending == .exited(2)
                && near.errors.text.contains("no page 'quick'\nhint: did you mean 'quick-start'?"),
            "\(near.errors.text)")
        let far = try target.leviathan("help", "topic", "zzz")
        #expect(far.errors.text.contains("hint: 'leviathan help topics' lists the pages"), "\(far.errors.text)")
    }

    @Test func withoutACommitInitSaysWhatComesFirst() throws {
        let young = try TestRepository()
        let made = try TestTarget.run(["init", "--yes"], in: young.path, environment: young.environment)
        #expect(
            made.succeeded && made.errors.text.contains("has no commit yet: make a first one"),
            "\(made.errors.text)")
    }

    @Test func theHooksStandInAColumn() throws {
        let lines = try target.leviathan("hooks", "install").output.text.split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.dropFirst(12).hasPrefix("installed") }, "\(lines)")
    }
}
