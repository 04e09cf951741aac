import Basics
import Commands
import Testing

@Suite struct ArgumentParserTests {
    private let parser = ArgumentParser(
        CommandSpec(
            "tool", "A tool.",
            options: [
                OptionSpec("C", .value("DIR"), "Directory"), OptionSpec("json", "JSON"),
                OptionSpec("quiet", short: "q", "Quiet"),
                OptionSpec("verbose", short: "v", "Verbose"),
            ],
            subcommands: [
                CommandSpec(
                    "run", "Run",
                    options: [
                        OptionSpec("limit", short: "n", .value("N"), "Limit"),
                        OptionSpec("type", .value("T"), repeats: true, "Type"),
                        OptionSpec("when", .value("WHEN"), choices: ["now", "never"], "When"),
                        OptionSpec("dry-run", "Dry"),
                    ],
                    arguments: [ArgumentSpec("TASK", "The task"), ArgumentSpec("MORE", .optional, "More")]),
                CommandSpec("list", "List", arguments: [ArgumentSpec("NAMES", .many, "Names")]),
                CommandSpec("journal", "Journal", subcommands: [CommandSpec("verify", "Verify")]),
            ]))

    private func parse(_ line: String) throws(UsageError) -> ParsedArguments {
        try parser.parse(line.split(separator: " ").map(String.init))
    }

    private func error(_ line: String) -> UsageError? {
        do throws(UsageError) {
            _ = try parse(line)
            return nil
        } catch { return error }
    }

    @Test func readsEverySpelling() throws {
        let parsed = try parse("-C dir --json run -qv --limit=-3 --type a --type=b task")
        #expect(parsed.path == ["run"] && parsed.value("C") == "dir" && parsed.flag("json"))
        #expect(parsed.flag("quiet") && parsed.flag("verbose") && !parsed.flag("dry-run"))
        #expect(
            parsed.value("limit") == "-3" && parsed.all("type") == ["a", "b"] && parsed.argument("TASK") == "task")
        #expect(try parse("run -n-1 x").value("limit") == "-1")
        #expect(try parse("run -n 5 x").integer("limit") == 5)
        #expect(try parse("run -- --json y").arguments("MORE") == ["y"])
        #expect(try parse("run -- --json").argument("TASK") == "--json")
        #expect(try parse("list a - b").arguments("NAMES") == ["a", "-", "b"])
        #expect(try parse("journal verify").path == ["journal", "verify"])
        #expect(try parse("run --help").asksForHelp)
        #expect(try parse("help run").asksForHelp && parse("help run").path == ["run"])
    }

    @Test(
        arguments: [
            ("rnu x", "there is no command 'rnu'", "did you mean 'run'?"),
            ("run x --limt 3", "there is no option '--limt'", "did you mean '--limit'?"),
            ("run", "'TASK' is missing: The task", nil), ("run a b c", "'c' is one argument too many", nil),
            ("run x --limit", "'--limit' needs a value", nil),
            ("run x --json=1", "'--json' takes no value", nil),
            ("run x --limit 1 --limit 2", "'--limit' is given twice", nil),
            ("run x --when nwo", "'--when' cannot be 'nwo'; it is one of now, never", "did you mean 'now'?"),
            ("run x -z", "there is no option '-z'", nil),
            ("list --dry-run", "there is no option '--dry-run'", "'tool run' has one of that name"),
            ("journal verfy", "there is no command 'verfy'", "did you mean 'verify'?"),
        ] as [(String, String, String?)])
    func explainsMisuse(line: String, message: String, hint: String?) {
        let found = error(line)
        #expect(found?.message == message)
        if let hint { #expect(found?.hint == hint) }
        #expect(found?.usage.hasPrefix("tool") == true)
    }

    @Test func aNumberThatIsNoneIsMisuse() throws {
        let parsed = try parse("run x --limit many")
        #expect(throws: UsageError.self) { try parsed.integer("limit") }
    }
}
