import Basics
import Processes
import TestSupport
import Testing

/// Names that do not exist and arguments that say nothing, told as such whatever else is missing.
@Suite(.timeLimit(.minutes(60))) struct WrongNameTests {
    /// Nothing was recorded yet, and all the same what is wrong is wrong.
    @Test(
        arguments: [
            (["attempts", "--limit", "many"], 2), (["attempts", "--since", "soon"], 2),
            (["failures", "--limit", "-1"], 2),
            (["artifacts", "--limit", "x"], 2), (["artifacts", "gc", "--grace", "long"], 2),
            (["graph", "edges", "--limit", "-1"], 2), (["graph", "edges", "--type", "nope"], 2),
            (["journal", "export", "--from", "zero"], 2), (["attempts", "show", "nope"], 3),
            (["artifacts", "show", "abc"], 3), (["artifacts", "path", "abc"], 3), (["graph", "show", "nope"], 3),
            (["graph", "show", "Attempt/nope"], 3), (["attempts"], 0), (["graph", "show", "Attempt"], 0),
            (["graph", "summary"], 0), (["artifacts", "gc"], 0),
        ] as [([String], Int32)])
    func anEmptyJournalHidesNoMistake(words: [String], code: Int32) throws {
        let target = try TestTarget()
        let result = try target.leviathan(arguments: words)
        #expect(result.ending == .exited(code), "\(words): \(result.output.text)\(result.errors.text)")
        #expect(!FileSystem.exists(target.home + "/journal.db"))
    }

    @Test func aWorkspaceThatIsNotThereIsAWrongName() throws {
        let target = try CommandTests.target("echo new > src/new.py")
        #expect(try target.leviathan("propose", "run", "--workspace", "worktree").succeeded)
        let name = try #require(
            try target.leviathan("workspaces", "--json").json.elements?.first?["name"]?.string)
        for (wrong, hint) in [
            ("nonsense", "'leviathan workspaces' lists them"), (name + "0", "did you mean '\(name)'?"),
        ] {
            let result = try target.leviathan("workspaces", "--remove", name, "--remove", wrong)
            #expect(result.ending == .exited(3), "\(result.errors.text)")
            #expect(result.errors.text.contains("there is no workspace '\(wrong)'"), "\(result.errors.text)")
            #expect(result.errors.text.contains(hint), "\(result.errors.text)")
        }
        #expect(try target.leviathan("workspaces", "--json").json.elements?.count == 1)
        #expect(try target.leviathan("workspaces", "--remove", name).succeeded)
    }

    @Test(arguments: ["# Hello\n", "# Hello\n\nworld\n", "{}\n", "[1, 2]\n"])
    func aFileWithoutEventsIsNoExport(text: String) throws {
        let target = try TestTarget()
        let file = try target.repository.directory.write("other.txt", text)
        let result = try target.leviathan("journal", "import", file)
        #expect(result.ending == .exited(3), "\(result.errors.text)")
        #expect(result.errors.text.contains("'leviathan journal export'"), "\(result.errors.text)")
        #expect(result.errors.text.contains("line 1"), "\(result.errors.text)")
    }

    @Test func theTaskIsLookedForBeforeTheRemote() throws {
        let target = try TestTarget()
        try target.repository.git("remote", "remove", "origin")
        let wrong = try target.leviathan("propose", "task-01")
        #expect(wrong.ending == .exited(3), "\(wrong.errors.text)")
        #expect(wrong.errors.text.contains("there is no task 'task-01'"), "\(wrong.errors.text)")
        #expect(wrong.errors.text.contains("did you mean 'task-001'?"), "\(wrong.errors.text)")
        let right = try target.leviathan("propose", "task-001")
        #expect(
            right.ending == .exited(8) && right.errors.text.contains("no remote 'origin'"), "\(right.errors.text)")
    }
}
