import CommandLine
import Testing

@Suite struct ArgumentsDeclarationTests {
    @Test func aSoundProgramHasNoProblems() {
        #expect(ArgumentsExample.program.problems() == [])
    }

    @Test func everySlipIsFound() {
        let program = CommandSpec(
            "tool", "A tool.", options: [OptionSpec("json", short: "j", "JSON")],
            subcommands: [
                CommandSpec(
                    "run", aliases: ["go on"], "Run.",
                    options: [
                        OptionSpec("jobs", short: "j", "Jobs"), OptionSpec("help", "Help"),
                        OptionSpec("one", short: "1", "One"),
                        OptionSpec("when", .value("W"), choices: ["a"], default: "b", "When"),
                        OptionSpec("at", .value("A"), hasNegation: true, excludes: ["nowhere"], "At"),
                    ],
                    arguments: [
                        ArgumentSpec("A", .optional, "A"), ArgumentSpec("B", "B"), ArgumentSpec("C", .many, "C"),
                        ArgumentSpec("C", .many, "C"),
                    ]), CommandSpec("run", "Again"),
            ])
        #expect(
            program.problems() == [
                "tool: command 'run' is declared twice", "tool run: '-j' is declared twice",
                "tool run: '--help' is declared twice",
                "tool run: '-1' is not a letter, so negative numbers could not be told from it",
                "tool run: the default of '--when' is not among its choices",
                "tool run: '--at' takes a value, so it has no negation",
                "tool run: '--at' excludes 'nowhere', which is not declared",
                "tool run: argument C is declared twice",
                "tool run: B is required, so A before it cannot be optional",
                "tool run: C takes several, so nothing can follow it", "tool run: 'go on' is no plain name",
                "tool run: the summary is one line without a full stop",
            ])
    }
}
