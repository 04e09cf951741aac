internal import Basics
internal import CommandLine
internal import Runner

/// `leviathan sync`: what became of the pull requests.
enum SyncCommand: Command {
    static let name = "sync"

    static let spec = CommandSpec(
        name, group: .act, "Read what became of the pull requests, and follow up",
        discussion: """
            Asks the forge about every pull request of this target that the journal has as open, and records what was \
            merged, closed, reviewed and checked. A task whose pull request was merged is completed; one whose pull \
            request a person closed is declined. A proposal that conflicts with its base is made anew and its pull \
            request updated, unless people committed to it. Branches of pull requests that are done are deleted where \
            the contract says so, and pull requests merge by themselves where the policy does. After the journal was \
            restored from a backup, or salvaged, open pull requests of Leviathan's that it does not know are taken over.
            """,
        options: [
            OptionSpec("dry-run", short: "n", "Only look: record and change nothing"),
            OptionSpec("no-refresh", "Leave proposals that conflict with their base as they are"),
            OptionSpec("count", "Count every open proposal at the forge, too, for the limit of them"),
        ],
        examples: [CommandSpec.Example("leviathan sync --json", "for a script, or before each scheduled run")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        var request = SyncRequest(directory: context.directory)
        request.isDryRun = context.arguments.flag("dry-run")
        request.refreshes = !context.arguments.flag("no-refresh")
        request.countsProposals = context.arguments.flag("count")
        Interrupts.cancel(context.shared.cancellation)
        let result = try Sync(request, context.shared).run()
        if context.isJSON {
            context.output.json([
                "target": .string(result.target), "pull_requests": .array(result.entries.map(\.json)),
                "refreshed": .array(result.refreshed.map(ProposeReport.json)), "notes": .strings(result.notes),
            ])
            return .done
        }
        for note in result.notes { context.output.note(note) }
        if !result.entries.isEmpty {
            context.show(table(result))
        }
        if result.entries.isEmpty, result.notes.isEmpty { context.output.note("no pull request is open") }
        return .done
    }

    private static func table(_ result: SyncResult) -> Table {
        var table = Table([
            Table.Column("NUMBER", .right), Table.Column("TASK", cut: .middle), "STATE",
            Table.Column("CHECKS", isOptional: true), Table.Column("APPROVALS", .right, isOptional: true),
            Table.Column("WHAT", wraps: true),
        ])
        for entry in result.entries {
            let style: TextStyle? = entry.state == "merged" ? .green : entry.state == "closed" ? .red : nil
            let said = entry.actions + (entry.decision.map { ["auto-merge: " + $0] } ?? [])
            table.add([
                Table.Cell("#\(entry.number)"), Table.Cell(entry.task), Table.Cell(entry.state, style),
                Table.Cell(entry.checks ?? ""), Table.Cell(entry.approvals.map { String($0) } ?? ""),
                Table.Cell(said.isEmpty ? entry.url : said.joined(separator: "; ")),
            ])
        }
        return table
    }
}
