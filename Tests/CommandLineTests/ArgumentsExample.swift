import CommandLine

/// A small program that uses everything a declaration can say.
enum ArgumentsExample {
    static let program = CommandSpec(
        "tool", "Tool does things that the tests look at",
        options: [
            OptionSpec("directory", short: "C", .value("DIR"), completion: .directories, "Work in DIR"),
            OptionSpec("json", "Print JSON"), OptionSpec("quiet", short: "q", "Print less"),
            OptionSpec("verbose", short: "v", repeats: true, "Print more"),
            OptionSpec("color", .value("WHEN"), choices: ["auto", "always", "never"], default: "auto", "Colours"),
            OptionSpec("version", "Print the version"), OptionSpec("trace", isHidden: true, "Trace"),
        ],
        examples: [CommandSpec.Example("tool run task-1", "does one task")],
        subcommands: [run, list, journal, CommandSpec("secret", "Hidden", isHidden: true)])

    private static let run = CommandSpec(
        "run", aliases: ["r"], group: .act, "Run one task",
        discussion: "Takes one task and runs it, and says what came of it in a line that is long enough to wrap.",
        options: [
            OptionSpec("limit", short: "n", .value("N"), "At most so many"),
            OptionSpec("type", .value("TYPE"), repeats: true, "Only these"),
            OptionSpec("when", .value("WHEN"), choices: ["now", "never"], "When to run"),
            OptionSpec("dry-run", excludes: ["push"], "Change nothing"),
            OptionSpec("push", group: "Delivery options", "Push at the end"),
            OptionSpec(
                "fetch", default: "on", group: "Delivery options", hasNegation: true, "Fetch before the start"),
            OptionSpec("log", .optionalValue("FILE"), completion: .files, default: "run.log", "Keep a log"),
            OptionSpec("executor", short: "e", .value("NAME"), completion: .dynamic("executors"), "Who does it"),
        ],
        arguments: [
            ArgumentSpec("TASK", completion: .dynamic("tasks"), "The task"),
            ArgumentSpec("MODE", .optional, choices: ["fast", "slow"], "How"),
        ],
        examples: [CommandSpec.Example("tool run task-1 --dry-run", "looks at it first")])

    private static let list = CommandSpec(
        "list", group: .look, "List things", arguments: [ArgumentSpec("NAME", .many, completion: .files, "Names")])

    private static let journal = CommandSpec(
        "journal", group: .record, "Tend the journal",
        subcommands: [
            CommandSpec("verify", "Verify it", options: [OptionSpec("deep", "All of it")]),
            CommandSpec("export", "Export it", arguments: [ArgumentSpec("FILE", .oneOrMore, "Where to")]),
        ])
}
