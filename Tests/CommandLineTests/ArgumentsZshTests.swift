import Basics
import CommandLine
import Processes
import TestSupport
import Testing

@Suite(.enabled(if: FileSystem.exists("/usr/bin/zsh"), "zsh is not installed"))
struct ArgumentsZshTests {
    /// Calls the function with zsh's own helpers replaced by ones that print what they are given.
    private func complete(_ words: [String], in directory: TemporaryDirectory) throws -> [String] {
        let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        let script = """
            compadd() { shift; local one; for one; do [[ $one == $PREFIX* ]] && print -r -- $one; done }
            _files() { print -r -- "files $*" }
            compset() { PREFIX=${PREFIX#*=} }
            _describe() {
                while [[ $1 == -* && $1 != -- ]]; do if [[ $1 == -t ]]; then shift; fi; shift; done
                shift
                local name one
                for name; do
                    [[ $name == -- ]] && continue
                    for one in "${(@P)name}"; do [[ $one == $PREFIX* ]] && print -r -- ${one%%:*}; done
                done
                return 0
            }
            \(CompletionScript.render(ArgumentsExample.program, for: .zsh))
            words=(\(quoted)); CURRENT=\(words.count); PREFIX=\(quoted.split(separator: " ").last ?? "")
            _tool
            exit 0

            """
        let file = try directory.write("script", script)
        var shell = Subprocess(
            "zsh", ["-f", file], environment: ["PATH": directory.path + ":/usr/bin:/bin", "HOME": directory.path])
        shell.workingDirectory = directory.path
        let outcome = try shell.run()
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
        return outcome.output.text.split(separator: "\n").map(String.init)
    }

    @Test(
        arguments: [
            ([""], ["run", "list", "journal", "help"]), (["-q", "ru"], ["run"]), (["--co"], ["--color"]),
            (["-C", "/tmp", "li"], ["list"]), (["-qC", "/tmp", "li"], ["list"]), (["-C/tmp", "li"], ["list"]),
            (["journal", ""], ["verify", "export"]), (["journal", "verify", "--de"], ["--deep"]),
            (["r", "--dr"], ["--dry-run"]), (["run", "--when", ""], ["now", "never"]),
            (["run", "--color=al"], ["always"]), (["run", "--limit", ""], []),
            (["run", "x", ""], ["fast", "slow"]),
            (["run", "--log", "x", "s"], ["slow"]), (["run", "--", "x", "s"], ["slow"]),
            (["run", "x", "fast", ""], []), (["help", "journal", ""], ["verify", "export"]),
            (["help", "run", "x", ""], []), (["run", "--json="], []), (["bogus", ""], []),
            (["list", ""], ["files "]), (["-C", ""], ["files -/"]), (["run", "--log=x"], ["files "]),
        ] as [([String], [String])])
    func offersWhatCanFollow(words: [String], expected: [String]) throws {
        #expect(try complete(["tool"] + words, in: TemporaryDirectory()) == expected)
    }

    @Test func asksTheProgram() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            "tool",
            """
            #!/bin/sh
            printf '%s\\n' "$*" >> '\(directory.path)/calls'
            printf 'task-1\\twhat it is\\n$(touch %s)\\nbad\\033[31m\\n' '\(directory.path)/ran'

            """)
        _ = try Subprocess("chmod", ["+x", path], environment: ["PATH": "/usr/bin:/bin"]).run()
        #expect(try complete(["tool", "run", "ta"], in: directory) == ["task-1"])
        #expect(try complete(["tool", "-C", "~/x", "run", "-e", "ta"], in: directory) == ["task-1"])
        #expect(try complete(["tool", "run", ""], in: directory) == ["task-1", "$(touch \(directory.path)/ran)"])
        #expect(throws: (any Error).self) { try directory.read("ran") }
        #expect(
            try directory.read("calls") == """
                __complete tasks -- ta
                -C \(directory.path)/x __complete executors -- ta
                __complete tasks --\u{20}

                """)
    }
}
