import Basics
import Processes
import TestSupport
import Testing

/// `leviathan add`, from flags and from a terminal.
@Suite struct AddTests {
    private static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**, README.md], executor: docs}
          dependencies: {allowed_paths: [requirements.txt], executor: dependencies}

        """

    private let target: TestTarget

    init() throws { target = try TestTarget(policy: Self.policy) }

    private func backlog() throws -> String {
        String(
            decoding: try FileSystem.read(target.repository.path + "/.leviathan/backlog.yaml", limit: 1 << 20),
            as: UTF8.self)
    }

    @Test func aTaskGoesBehindTheOthers() throws {
        let before = try backlog()
        let run = try target.leviathan(
            "add", "docs", "--title", "Explain logging", "--path", "docs/logging.md", "--input", "template=guide",
            "--input", "audience=Those who answer pages.", "--input", "steps=[Look, Answer]", "--criterion",
            "It is there",
            "--ready")
        #expect(run.succeeded && run.errors.text.contains("added 'explain-logging'"), "\(run.errors.text)")
        let after = try backlog()
        #expect(after.hasPrefix(before) && after.contains("- id: explain-logging\n    title: Explain logging\n"))
        #expect(try target.leviathan("lint").succeeded)
        let tried = try target.leviathan("propose", "explain-logging", "-n", "--from-worktree")
        #expect(tried.succeeded && tried.output.text.contains("Those who answer pages."), "\(tried.errors.text)")
    }

    @Test func aFileOfItsOwnLeavesTheBacklogAlone() throws {
        let before = try backlog()
        let run = try target.leviathan(
            "add", "dependencies", "--title", "Raise it", "--path", "requirements.txt", "--input",
            "requests=2.32.0",
            "--own-file", "--json")
        #expect(run.json["file"] == ".leviathan/backlog/raise-it.yaml", "\(run.output.text)\(run.errors.text)")
        #expect(try backlog() == before)
        #expect(
            try target.leviathan("show", "raise-it", "--from-worktree", "--json").json["inputs"]?["requests"]
                == "2.32.0")
    }

    @Test func aDryRunPrintsAndWritesNothing() throws {
        let before = try target.everything()
        let run = try target.leviathan("add", "docs", "--title", "T", "--path", "docs/t.md", "-n")
        #expect(run.output.text == "id: t\ntitle: T\nscope: docs\nready: false\nallowed_paths: [docs/t.md]\n")
        #expect(try target.everything() == before)
    }

    @Test(arguments: [
        (["dosc", "--title", "T", "--path", "docs/a.md"], 3, "did you mean 'docs'?"),
        (["docs", "--path", "docs/a.md"], 2, "--title"), (["docs", "--title", "T"], 2, "--path"),
        (["--title", "T", "--path", "docs/a.md"], 2, "of which scope"),
        (["docs", "--title", "T", "--path", "docs"], 3, "did you mean 'docs/'?"),
        (["docs", "--title", "T", "--path", "doc/a.md"], 3, "did you mean 'docs/a.md'?"),
        (["docs", "--title", "T", "--path", "/etc/x"], 3, "nothing was written"),
        (["docs", "--title", "T", "--path", "docs/a.md", "--id", "task-001"], 3, "already"),
        (["docs", "--title", "T", "--path", "docs/a.md", "--id", "Not An Id"], 3, "nothing was written"),
        (
            ["docs", "--title", "T", "--path", "docs/a.md", "--input", "template=giude"], 3,
            "did you mean 'guide'?"
        ),
        (
            ["docs", "--title", "T", "--path", "docs/a.md", "--input", "tmeplate=guide"], 3,
            "did you mean 'template'?"
        ),
        (["dependencies", "--title", "T", "--path", "requirements.txt"], 3, "names nothing to change"),
        (["docs", "--title", "T", "--path", "docs/a.md", "--input", "guide"], 2, "NAME=VALUE"),
        (["docs", "--title", "T", "--path", "docs/a.md", "--input", "links=[a"], 2, "links"),
        (["docs", "--title", "T", "--path", "docs/a.md", "--executor", "dosc"], 3, "did you mean 'docs'?"),
        (["docs", "--title", "T", "--path", "docs/a.md", "--after", "task-01"], 3, "did you mean 'task-001'?"),
    ])
    func whatIsWrongIsRefusedAndNothingIsWritten(words: [String], code: Int32, text: String) throws {
        let before = try target.everything()
        let run = try target.leviathan(arguments: ["add"] + words)
        #expect(run.ending == .exited(code) && run.errors.text.contains(text), "\(run.errors.text)")
        #expect(try target.everything() == before)
    }

    /// Types each answer when something is asked.
    private func conversation(_ words: [String], _ answers: [String]) throws -> (
        code: ProcessOutcome.Ending, shown: String
    ) {
        let script = """
            import os, pty, sys, select
            pid, fd = pty.fork()
            if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
            answers = \(JSON.strings(answers).text())
            shown = b''
            while True:
                try: piece = os.read(fd, 4096)
                except OSError: break
                if not piece: break
                os.write(1, piece)
                shown += piece
                if answers and shown.rstrip(b' ').endswith((b'?', b')', b']')):
                    os.write(fd, answers.pop(0).encode()); shown = b''
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        var asked = Subprocess(
            "python3", ["-c", script, TestTarget.program] + words, environment: target.repository.environment)
        asked.environment["LEVIATHAN_HOME"] = target.home
        asked.workingDirectory = target.repository.path
        asked.timeout = .seconds(600)
        let run = try asked.run()
        return (run.ending, run.output.text + run.errors.text)
    }

    @Test func onATerminalItAsks() throws {
        let run = try conversation(
            ["add"], ["docs\n", "Explain it\n", "docs/it.md\n", "\n", "\n", "y\n"])
        #expect(run.code == .exited(0), "\(run.shown)")
        #expect(
            try backlog().contains("- id: explain-it\n    title: Explain it\n    scope: docs\n    ready: true\n"))
    }

    @Test func aWrongAnswerIsAskedForAgain() throws {
        let run = try conversation(
            ["add"],
            [
                "dcos\n", "docs\n", "\n", "Explain it\n", "doc/it.md\n", "/etc/it.md\n", "docs/it.md\n", "\n",
                "giude\n", "guide\n", "maybe\n", "yes\n",
            ])
        #expect(run.code == .exited(0), "\(run.shown)")
        for text in [
            "no scope 'dcos'", "meets nothing in scope", "it is absolute", "no template 'giude'",
            "neither y nor n",
        ] { #expect(run.shown.contains(text), "\(text)") }
        #expect(
            try backlog().contains(
                "    ready: true\n    allowed_paths: [docs/it.md]\n    inputs:\n      template: guide\n"))
    }

    /// Enter takes the scope's own paths, and what the executor needs is asked for until it is there.
    @Test func namesThatThePersonChoosesAreAskedForOneByOne() throws {
        let run = try conversation(
            ["add", "dependencies"],
            ["Raise it\n", "\n", "\n", "\n", "requests\n", "requests=2.32.0\n", "six=1.17.0\n", "\n", "\n"])
        #expect(run.code == .exited(0), "\(run.shown)")
        #expect(
            run.shown.contains("names nothing to change") && run.shown.contains("no NAME=VALUE"), "\(run.shown)")
        #expect(
            try backlog().contains(
                "    allowed_paths: [requirements.txt]\n    inputs:\n      requests: \"2.32.0\"\n      six: \"1.17.0\"\n"
            ))
    }

    @Test(arguments: ["\u{3}", "\u{4}"]) func whoLeavesHasWrittenNothing(key: String) throws {
        let before = try backlog()
        for answers in [[key], ["docs\n", "Explain it\n", key]] {
            let run = try conversation(["add"], answers)
            #expect(run.code == .exited(130) && run.shown.contains("nothing was written"), "\(run.shown)")
        }
        #expect(try backlog() == before)
    }

    /// What the policy has no scope for is left out, and said; the rest is written and runs only when released.
    @Test func aTemplateBringsItsTasks() throws {
        let run = try target.leviathan("add", "--template", "documentation")
        #expect(
            run.succeeded && run.errors.text.contains("added 'explain-how-to-get-started'"), "\(run.errors.text)")
        let lint = try target.leviathan("lint")
        #expect(lint.succeeded, "\(lint.errors.text)\(lint.output.text)")
        let tried = try target.leviathan("propose", "explain-how-to-contribute", "-n", "--from-worktree")
        #expect(tried.output.text.contains("Those who want to change something."), "\(tried.errors.text)")
        // Once more beside those that are there.
        let again = try target.leviathan("add", "--template", "decisions", "--own-file", "--json")
        #expect(again.json["tasks"]?.elements?.count == 1 && again.json["skipped"] == [])
        let none = try target.leviathan("add", "--template", "pipelines")
        #expect(none.ending == .exited(3) && none.errors.text.contains("the policy has no scope for the tasks"))
        let wrong = try target.leviathan("add", "--template", "documentation", "--title", "x")
        #expect(wrong.ending == .exited(2) && wrong.errors.text.contains("exclude each other"))
    }
}
