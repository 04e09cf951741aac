import Basics
import CommandLine
import Processes
import TestSupport
import Testing

@Suite(.enabled(if: FileSystem.exists("/usr/bin/fish"), "fish is not installed"))
struct ArgumentsFishTests {
    /// Loads the script into fish and asks for what could follow a line.
    private func complete(_ line: String, in directory: TemporaryDirectory) throws -> [String] {
        let script = try directory.write("script", CompletionScript.render(ArgumentsExample.program, for: .fish))
        var shell = Subprocess(
            "fish", ["--no-config", "-c", "source \(script); complete --do-complete=$argv[1]", line],
            environment: ["PATH": directory.path + ":/usr/bin:/bin", "HOME": directory.path])
        shell.workingDirectory = directory.path
        let outcome = try shell.run()
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
        return outcome.output.text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }.sorted()
    }

    @Test(
        arguments: [
            ("tool ", ["help", "journal", "list", "run"]), ("tool -q ru", ["run"]), ("tool --co", ["--color"]),
            ("tool -C /tmp li", ["list"]), ("tool -qC /tmp li", ["list"]), ("tool -C/tmp li", ["list"]),
            ("tool journal ", ["export", "verify"]), ("tool journal verify --de", ["--deep"]),
            ("tool r --dr", ["--dry-run"]), ("tool run --when ", ["never", "now"]),
            ("tool run --color=al", ["--color=always"]), ("tool run --limit ", []),
            ("tool run x ", ["fast", "slow"]), ("tool run --log x s", ["slow"]), ("tool run -- x s", ["slow"]),
            ("tool run x fast ", []), ("tool help journal ", ["export", "verify"]), ("tool help run x ", []),
            ("tool run --json=", []), ("tool bogus ", []),
        ] as [(String, [String])])
    func offersWhatCanFollow(line: String, expected: [String]) throws {
        #expect(try complete(line, in: TemporaryDirectory()) == expected)
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
        #expect(try complete("tool run ta", in: directory) == ["task-1"])
        #expect(try complete("tool -C here run -e ta", in: directory) == ["task-1"])
        #expect(try complete("tool run ", in: directory) == ["$(touch \(directory.path)/ran)", "task-1"])
        #expect(throws: (any Error).self) { try directory.read("ran") }
        let calls = try directory.read("calls").split(separator: "\n").map(String.init)
        #expect(
            Set(calls) == ["__complete tasks -- ta", "-C here __complete executors -- ta", "__complete tasks -- "])
    }

    @Test func completesFiles() throws {
        let directory = try TemporaryDirectory()
        for name in ["notes/two.txt", "other"] { try directory.write(name, "") }
        #expect(try complete("tool list no", in: directory) == ["notes/"])
        #expect(try complete("tool -C no", in: directory) == ["notes/"])
        #expect(try complete("tool run --log=ot", in: directory) == ["--log=other"])
    }
}
