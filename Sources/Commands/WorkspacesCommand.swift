internal import Basics
internal import CommandLine
internal import Runner

/// `leviathan workspaces`: the checkouts that are kept warm for programs.
enum WorkspacesCommand: Command {
    static let spec = CommandSpec(
        "workspaces", group: .look, "List the checkouts that are kept for tasks of this repository",
        discussion: """
            Programs of tasks and checks run above, or in, checkouts of Leviathan's own. They are kept, so that the next \
            task only writes what differs, and are shared and given back by themselves.
            """,
        options: [
            OptionSpec("remove", .value("NAME"), repeats: true, "Remove this one, unless it is in use"),
            OptionSpec("remove-all", "Remove all that are not in use, and what set-ups left"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
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
        let slots = try shelf.slots()
        if context.isJSON {
            context.output.json(.array(slots.map(json)))
        } else if slots.isEmpty {
            context.output.note("no checkout is kept: the first task that runs a program makes one")
        } else {
            context.output.data(table(slots, context.times).render(width: context.output.width, context.palette))
        }
        return .done
    }

    private static func table(_ slots: [SlotInventory.Slot], _ times: TimeText) -> Table {
        var table = Table(["NAME", "STATE", "COMMIT", "FILES", "SIZE", "USED BY", "LAST USED", "PATH"])
        for slot in slots {
            let users = slot.holders.map { "process \($0.processID)" }.joined(separator: ", ")
            table.add([
                slot.name, slot.holders.isEmpty && slot.kind != "broken" ? "idle" : slot.kind,
                slot.commit?.short ?? "-", String(slot.files), SizeText.text(slot.bytes),
                users.isEmpty ? "-" : users, times.brief(slot.lastUsed), slot.path,
            ])
        }
        return table
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
