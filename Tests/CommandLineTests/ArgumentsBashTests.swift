import CommandLine
import Processes
import TestSupport
import Testing

@Suite struct ArgumentsBashTests {
    /// Loads the script into bash and asks for what could follow; the last word is the one at the cursor.
    private func complete(_ words: [String], setUp: String = "", in directory: TemporaryDirectory? = nil) throws
        -> [String]
    {
        let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        var shell = Subprocess(
            "bash", ["--norc", "--noprofile", "-s"],
            environment: [
                "PATH": (directory.map { $0.path + ":" } ?? "") + "/usr/bin:/bin", "HOME": "/nonexistent",
            ])
        shell.workingDirectory = directory?.path
        shell.input = .bytes(
            Array(
                """
                set -u
                \(setUp)
                \(CompletionScript.render(ArgumentsExample.program, for: .bash))
                COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1)
                _tool && printf '%s\\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}

                """.utf8))
        let outcome = try shell.run()
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
        return outcome.output.text.split(separator: "\n").map(String.init)
    }

    private static let shared = [
        "--directory", "-C", "--json", "--quiet", "-q", "--verbose", "-v", "--color", "--version", "--help", "-h",
    ]

    @Test(
        arguments: [
            ([""], ["run", "list", "journal", "help"]), (["r"], ["run"]), (["-q", "jo"], ["journal"]),
            (["-"], shared), (["--co"], ["--color"]), (["-C", "/tmp", "li"], ["list"]),
            (["-C/tmp", "li"], ["list"]), (["-qC", "/tmp", "li"], ["list"]),
            (["--color", "never", "li"], ["list"]),
            (["journal", ""], ["verify", "export"]), (["journal", "-"], shared),
            (["journal", "verify", "--de"], ["--deep"]), (["r", "--dr"], ["--dry-run"]),
            (["run", "--no"], ["--no-fetch"]), (["run", "--when", ""], ["now", "never"]),
            (["run", "--color", "al"], ["always"]), (["run", "--limit", ""], []), (["run", "--limit", "-"], []),
            (["run", "task", ""], ["fast", "slow"]), (["run", "--log", "task", "s"], ["slow"]),
            (["run", "task", "fast", ""], []), (["run", "--", "task", "s"], ["slow"]),
            (["run", "--", "--dr"], []), (["bogus", ""], []), (["help", "jo"], ["journal"]),
            (["help", "journal", ""], ["verify", "export"]), (["help", "run", "task", ""], []),
            (["journal/verify", ""], []), (["--tra"], []), (["sec"], []),
        ] as [([String], [String])])
    func offersWhatCanFollow(words: [String], expected: [String]) throws {
        #expect(try complete(["tool"] + words) == expected)
    }

    @Test(
        arguments: [
            (["--color", "=", ""], ["auto", "always", "never"]), (["--color", "="], ["auto", "always", "never"]),
            (["--color", "=", "al"], ["always"]), (["--color", "=", "never", "li"], ["list"]),
            (["run", "--when", "=", "n"], ["now", "never"]), (["run", "--json", "="], []),
        ] as [([String], [String])])
    func completesBehindAnEqualsSign(words: [String], expected: [String]) throws {
        // An empty word behind the sign is a new word: `--color= |`.
        let isNewWord = words.suffix(2) == ["=", ""]
        #expect(try complete(["tool"] + words) == (isNewWord ? ["run", "list", "journal", "help"] : expected))
    }

    @Test func keepsWordsWholeWhereReadlineDoes() throws {
        let setUp = "COMP_WORDBREAKS=' '"
        #expect(try complete(["tool", "--color=a"], setUp: setUp) == ["--color=auto", "--color=always"])
    }

    /// A program that answers with its arguments, and with names that a shell would love to run.
    private func fakeTool() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            "tool",
            """
            #!/bin/sh
            printf '%s\\n' "$*" >> '\(directory.path)/calls'
            printf 'task-1\\twhat it is\\nns:one\\nns:two\\n$(touch %s)\\na b\\nbad\\033[31m\\n\\n' '\(directory.path)/ran'

            """)
        _ = try Subprocess("chmod", ["+x", path], environment: ["PATH": "/usr/bin:/bin"]).run()
        return directory
    }

    @Test func asksTheProgram() throws {
        let directory = try fakeTool()
        #expect(try complete(["tool", "run", "ta"], in: directory) == ["task-1"])
        #expect(try complete(["tool", "run", "-e", "ta"], in: directory) == ["task-1"])
        #expect(try complete(["tool", "-C", "~/x", "run", "ta"], in: directory) == ["task-1"])
        #expect(try complete(["tool", "-qCy", "run", "task-9"], in: directory) == [])
        #expect(
            try directory.read("calls") == """
                __complete tasks -- ta
                __complete executors -- ta
                -C /nonexistent/x __complete tasks -- ta
                -C y __complete tasks -- task-9

                """)
    }

    @Test func namesFromOutsideAreNeverRun() throws {
        let directory = try fakeTool()
        let found = try complete(["tool", "run", ""], in: directory)
        #expect(found == ["task-1", "ns:one", "ns:two", "\\$\\(touch\\ \(directory.path)/ran\\)", "a\\ b"])
        #expect(try complete(["tool", "run", "$("], in: directory).count == 1)
        #expect(throws: (any Error).self) { try directory.read("ran") }
    }

    @Test func completesBehindAColon() throws {
        let directory = try fakeTool()
        #expect(try complete(["tool", "run", "ns", ":", "t"], in: directory) == ["two"])
        #expect(try complete(["tool", "run", "ns", ":"], in: directory) == ["one", "two"])
    }

    @Test func completesFiles() throws {
        let directory = try TemporaryDirectory()
        for name in ["notes one.txt", "notes/two.txt", "other"] { try directory.write(name, "") }
        #expect(try complete(["tool", "list", "no"], in: directory).sorted() == ["notes", "notes one.txt"])
        #expect(try complete(["tool", "list", "x", "ot"], in: directory) == ["other"])
        #expect(try complete(["tool", "-C", "no"], in: directory) == ["notes"])
        #expect(try complete(["tool", "run", "--log", "=", "ot"], in: directory) == ["other"])
    }

    @Test func aProgramThatIsMissingOffersNothing() throws {
        #expect(try complete(["tool", "run", ""]) == [])
    }

    @Test func worksInInteractiveBash() throws {
        let directory = try fakeTool()
        let script = try directory.write("script", CompletionScript.render(ArgumentsExample.program, for: .bash))
        let keys = "source \(script)\ntool ru\tta\t--when=nev\t\nexit\n"
        var shell = Subprocess(
            "script", ["-qec", "bash --norc --noprofile -i", "/dev/null"],
            environment: ["PATH": directory.path + ":/usr/bin:/bin", "HOME": directory.path, "TERM": "dumb"])
        shell.input = .bytes(Array(keys.utf8))
        shell.timeout = .seconds(30)
        _ = try shell.run()
        #expect(try directory.read("calls").split(separator: "\n").last == "run task-1 --when=never")
    }
}
