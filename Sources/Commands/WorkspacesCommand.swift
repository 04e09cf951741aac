internal import Basics
internal import CommandLine
internal import Runner

/// `leviathan workspaces`: the checkouts that are kept warm for programs.
enum WorkspacesCommand: Command {
    private static let columns: [Table.Column] = [
        Table.Column("NAME", isFlexible: false), "STATE", Table.Column("COMMIT", isOptional: true),
        Table.Column("FILES", .right, isOptional: true), Table.Column("SIZE", .right),
        Table.Column("USED BY", isOptional: true), "LAST USED",
        Table.Column("PATH", cut: .middle, isOptional: true),
    ]

    static let name = "workspaces"

    static let spec = CommandSpec(
        name, group: .look, "List the checkouts that are kept for tasks of this repository",
        discussion: """
            Programs of tasks and checks run above, or in, checkouts of Leviathan's own. They are kept, so that the next \
            task only writes what differs, and are shared and given back by themselves.
            """,
        options: [
            OptionSpec(
                "remove", .value("NAME"), repeats: true, completion: .asking(.workspaces),
                "Remove this one, unless it is in use"),
            OptionSpec("remove-all", "Remove all that are not in use, and what set-ups left"),
        ] + Listing.options(columns))

    static func run(_ context: CommandContext) throws -> ExitCode {
        var listing = try Listing(columns, context)
        let shelf = SlotInventory(try TargetCheckout.open(context.directory), context.shared)
        let named = context.arguments.all("remove")
        try shelf.require(named)
        for line in try shelf.reclaim() { context.output.note(line) }
        let names =
            context.arguments.flag("remove-all")
            ? try shelf.slots().filter(\.holders.isEmpty).map(\.name) : named
        for name in names {
            try shelf.remove(name)
            context.output.note("removed \(name)")
        }
        if context.arguments.flag("remove-all") {
            for line in try shelf.removeSetUps() { context.output.note(line) }
        }
        for slot in try shelf.slots() { listing.add(row(slot, context.times), json: json(slot)) }
        return listing.show(empty: "no checkout is kept: the first task that runs a program makes one")
    }

    private static func row(_ slot: SlotInventory.Slot, _ times: TimeText) -> [Table.Cell] {
        let users = slot.holders.map { "process \($0.processID)" }.joined(separator: ", ")
        return [
            Table.Cell(slot.name),
            Table.Cell(slot.holders.isEmpty && slot.kind != "broken" ? "idle" : slot.kind),
            Table.Cell(slot.commit?.short ?? "-"), .count(slot.files), .size(slot.bytes),
            Table.Cell(users.isEmpty ? "-" : users), .moment(slot.lastUsed.description, times),
            Table.Cell(slot.path),
        ]
    }

    private static func json(_ slot: SlotInventory.Slot) -> JSON {
        [
            "name": .string(slot.name), "path": .string(slot.path), "state": .string(slot.kind),
            "commit": .optional(slot.commit?.hex), "files": .integer(slot.files), "bytes": .integer(slot.bytes),
            "leases": .array(
                slot.holders.map {
                    ["process_id": .integer($0.processID), "since": .string($0.since.secondsText)]
                }), "last_used": .string(slot.lastUsed.secondsText),
        ]
    }
}
