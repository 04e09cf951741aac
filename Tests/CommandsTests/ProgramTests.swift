import Basics
import CommandLine
import Commands
import Processes
import TestSupport
import Testing

/// Guards what is generated from the declarations.
@Suite struct ProgramTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    @Test func theReferencePageIsUpToDate() throws {
        let stored = String(
            decoding: try FileSystem.read(Self.root + "/docs/commands.md", limit: 1 << 20), as: UTF8.self)
        #expect(stored == ReferencePage.render(Program.spec), "run: leviathan __reference > docs/commands.md")
    }

    @Test func everyCommandHasAPage() {
        for command in Program.spec.subcommands {
            let page = HelpPage(Program.spec, width: 80).render([command.name])
            #expect(page.contains("Usage: leviathan \(command.name)"))
            #expect(page.split(separator: "\n").allSatisfy { $0.count <= 80 })
            #expect(!command.summary.hasSuffix("."))
        }
    }

    @Test func theOverviewNamesEveryVisibleCommand() {
        let page = HelpPage(Program.spec, width: 80).render([])
        for command in Program.spec.visibleSubcommands { #expect(page.contains("  \(command.name) ")) }
        #expect(!page.contains("__complete"))
    }

    @Test(arguments: [
        (["leviathan", "prop"], 1, ["propose"]), (["leviathan", "propose", "--dry"], 2, ["--dry-run"]),
        (["leviathan", "--color", ""], 2, ["auto", "always", "never"]),
        (["leviathan", "completions", "f"], 2, ["fish"]),
        (["leviathan", "-C", "x", "lint", "--format", "g"], 5, ["github"]),
    ])
    func bashCompletes(words: [String], place: Int, expected: [String]) throws {
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let script =
            CompletionScript.render(Program.spec, for: .bash)
            + "\nCOMP_WORDS=(\(quoted)); COMP_CWORD=\(place); _leviathan; printf '%s\\n' \"${COMPREPLY[@]}\"\n"
        var program = Subprocess("bash", ["--norc", "-s"], environment: ["PATH": "/usr/bin:/bin"])
        program.input = .bytes(Array(script.utf8))
        let outcome = try program.run()
        #expect(outcome.output.text.split(separator: "\n").map(String.init) == expected, "\(outcome.errors.text)")
    }

    @Test func otherShellsGetEveryCommand() {
        for shell in CompletionScript.Shell.allCases {
            let script = CompletionScript.render(Program.spec, for: shell)
            for command in Program.spec.visibleSubcommands { #expect(script.contains(command.name)) }
        }
    }

    @Test(arguments: [("zsh", ["-n"]), ("fish", ["--no-execute"])])
    func otherShellsAcceptTheirScript(name: String, flags: [String]) throws {
        guard FileSystem.exists("/usr/bin/" + name), let shell = CompletionScript.Shell(rawValue: name) else {
            return
        }
        let directory = try TemporaryDirectory()
        let file = try directory.write("script", CompletionScript.render(Program.spec, for: shell))
        let outcome = try Subprocess(
            name, flags + [file], environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path]
        ).run()
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
    }

    @Test func tablesFitTheTerminal() {
        var table = Table(["ID", "TITLE", "SCOPE"])
        table.add(["task-1", String(repeating: "long words 日本 ", count: 20), "docs"])
        table.add(["task-2", "escape \u{1B}[31m and \u{202E} and\nline", "x"])
        let text = table.render(width: 60, Palette(isColored: false))
        #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= 60 })
        #expect(text.contains("…") && !text.contains("\u{1B}") && !text.contains("\u{202E}"))
        #expect(text.split(separator: "\n").count == 3)
    }

    @Test(
        arguments: [
            (ColorChoice.auto, true, ["TERM": "xterm"], true), (.auto, true, [:], false),
            (.auto, false, [:], false),
            (.auto, true, ["NO_COLOR": "1"], false),
            (.always, false, ["NO_COLOR": "1"], true), (.never, true, [:], false),
            (.auto, true, ["TERM": "dumb"], false),
        ] as [(ColorChoice, Bool, [String: String], Bool)])
    func coloursFollowTheRules(
        choice: ColorChoice, isTerminal: Bool, environment: [String: String], expected: Bool
    ) {
        #expect(
            choice.usesColor(TerminalInfo(isTerminal: isTerminal, width: 80), environment: environment) == expected
        )
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/fish"), "fish is not installed"))
    func fishTakesTheProgramsScript() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("script", CompletionScript.render(Program.spec, for: .fish))
        let outcome = try Subprocess(
            "fish", ["--no-execute", file], environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path]
        ).run()
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
    }

    @Test func theProgramIsDeclaredSoundly() { #expect(Program.spec.problems() == []) }

    @Test func theProgramUnderstandsWhatItsScriptsAsk() throws {
        let words = ["-C", "somewhere", "__complete", "tasks", "--", "-x"]
        let parsed = try ArgumentParser(Program.spec).parse(words)
        #expect(parsed.path == ["__complete"] && parsed.value("C") == "somewhere")
        #expect(parsed.argument("KIND") == "tasks" && parsed.argument("PREFIX") == "-x")
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/zsh"), "zsh is not installed"))
    func zshTakesTheProgramsScript() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("script", CompletionScript.render(Program.spec, for: .zsh))
        let outcome = try Subprocess("zsh", ["-fn", file], environment: ["PATH": "/usr/bin:/bin"]).run()
        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors.text)")
    }
}
