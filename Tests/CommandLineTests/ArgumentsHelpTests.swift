import CommandLine
import Testing

@Suite struct ArgumentsHelpTests {
    private func page(_ path: String..., width: Int = 80) -> String {
        HelpPage(ArgumentsExample.program, width: width).render(path)
    }

    @Test func theOverviewGroupsTheCommands() {
        #expect(
            page() == """
                Tool does things that the tests look at

                Usage: tool COMMAND [OPTIONS]

                See what is there, and what would happen:
                  list     List things

                Do tasks:
                  run      Run one task

                Read the journal:
                  journal  Tend the journal

                Options for every command:
                  -C, --directory DIR  Work in DIR
                      --json           Print JSON
                  -q, --quiet          Print less
                  -v, --verbose        Print more (may be repeated)
                      --color WHEN     Colours (auto, always, never; by default auto)
                      --version        Print the version
                  -h, --help           Show this help

                Examples:
                  tool run task-1
                      does one task

                'tool help COMMAND' says more about one command.

                """)
    }

    @Test func aPageSaysEverythingAboutACommand() {
        let text = page("run", width: 64)
        #expect(
            text.hasPrefix(
                """
                Run one task

                Usage: tool run [OPTIONS] TASK [MODE]

                Takes one task and runs it, and says what came of it in a line
                that is long enough to wrap.

                Also: r

                Arguments:
                  TASK    The task
                  [MODE]  How (fast, slow)

                Options:
                  -n, --limit N        At most so many
                      --type TYPE      Only these (may be repeated)
                      --when WHEN      When to run (now, never)
                      --dry-run        Change nothing
                      --log[=FILE]     Keep a log (without a value run.log)
                  -e, --executor NAME  Who does it

                Delivery options:
                      --push           Push at the end
                      --[no-]fetch     Fetch before the start (by default on)

                Options for every command:
                """))
        #expect(text.hasSuffix("Examples:\n  tool run task-1 --dry-run\n      looks at it first\n"))
    }

    @Test func aGroupListsItsCommands() {
        #expect(
            page("journal").hasPrefix(
                """
                Tend the journal

                Usage: tool journal COMMAND

                Commands:
                  verify  Verify it
                  export  Export it

                """))
        #expect(page("journal", "export").contains("Usage: tool journal export FILE …\n"))
    }

    @Test(arguments: [0, 40, 57, 100, 100_000])
    func linesKeepWithinTheWidth(width: Int) {
        for path in [[], ["run"], ["list"], ["journal"], ["journal", "verify"]] {
            let text = HelpPage(ArgumentsExample.program, width: width).render(path)
            let allowed = min(max(width, 40), 120)
            #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of($0) <= allowed }, "\(text)")
        }
    }

    @Test func coloursChangeNothingButColours() {
        let plain = HelpPage(ArgumentsExample.program, width: 60).render(["run"])
        let colored = HelpPage(ArgumentsExample.program, width: 60, palette: Palette(isColored: true))
            .render(["run"])
        #expect(colored != plain && !plain.contains("\u{1B}"))
        #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
    }

    @Test func hiddenThingsStayHidden() {
        let reference = ReferencePage.render(ArgumentsExample.program)
        for text in [page(), page("run"), reference] {
            #expect(!text.contains("secret") && !text.contains("trace"))
        }
    }

    @Test func theReferenceHasEveryCommand() {
        let text = ReferencePage.render(ArgumentsExample.program)
        for heading in ["## Do tasks\n", "### run\n", "### journal\n", "### journal verify\n"] {
            #expect(text.contains("\n" + heading))
        }
        #expect(text.contains("| `-n, --limit N` | At most so many |\n"))
        #expect(text.contains("\nDelivery options:\n\n| option | meaning |\n| --- | --- |\n| `--push` |"))
        #expect(text.contains("- `TASK`: The task\n- `[MODE]`: How (fast, slow)\n"))
        #expect(text.contains("\nAlso: `r`\n") && text.contains("```\ntool journal export FILE …\n```\n"))
    }

    @Test func theReferenceEscapesMarkdown() {
        let program = CommandSpec(
            "tool", "T",
            subcommands: [
                CommandSpec("run", "A <b> | *c* `d`", options: [OptionSpec("x-y", .value("A|B"), "a|b")])
            ])
        let text = ReferencePage.render(program)
        #expect(text.contains(#"A \<b> \| \*c\* \`d\`."#) && text.contains(#"| `--x-y A\|B` | a\|b |"#))
    }
}
