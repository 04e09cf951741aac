internal import Basics
internal import CommandLine
internal import Model
internal import Runner
internal import Scheduler

/// `leviathan next`: what would be done next, and why the rest waits.
enum NextCommand: Command {
    static let name = "next"

    static let spec = CommandSpec(
        name, group: .look, "Show what would be done next, and why the rest waits",
        discussion: """
            The task that 'leviathan run' would take first. With --all every task in the order of their turns, and of \
            each that waits the one reason, when it clears, and what a person can do. In a checkout that is its \
            repository alone; elsewhere, or with --target, the registered targets.
            """,
        options: [
            OptionSpec("all", "Every task that may run or waits, not only the first"),
            LimitTable.option,
            OptionSpec(
                "target", .value("TARGET"), repeats: true, completion: .asking(.targets),
                "Only this registered target"),
            RemotePlane.option,
        ], examples: [CommandSpec.Example("leviathan next --all", "why is it not done?")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if let done = try context.remotely({ try RemoteQueue.next(context, $0) }) { return done }
        var request = RunRequest(directory: context.directory)
        request.targets = context.arguments.all("target")
        var (codes, own): ([ExitCode], StageError?) = ([], nil)
        let targets = try request.scheduled(context.shared)
        let order = try QueueOrder(targets, context.shared) { target, error in
            guard let name = target.registeredName else { return own = error }
            // One target that cannot be read says nothing about the others.
            context.output.error(error.about(target: name))
            if let reading = error.reading { LintCommand.show(reading, context.output) }
            codes.append(ExitCode(error))
        }
        if let own { throw own }
        let entries = context.arguments.flag("all") ? order.entries : order.entries(upTo: 1)
        // Of what could not be read nobody knows whether there is anything to do.
        guard context.isJSON || codes.isEmpty || !entries.isEmpty else { return ExitCode(worstOf: codes) }
        if context.arguments.flag("limits") {
            LimitTable(try order.queues.map { ($0.name, try $0.limits()) }).show(context)
        } else if context.arguments.flag("all") {
            show(entries, areRegistered: targets.contains { $0.registeredName != nil }, context)
        } else {
            showFirst(entries, context)
        }
        return ExitCode(worstOf: codes)
    }

    private static func showFirst(_ entries: [QueueEntry], _ context: CommandContext) {
        let next = entries.first { $0.refusal == nil }
        if context.isJSON {
            context.output.json(next.map { TasksCommand.json($0.task, nil) } ?? .null)
        } else if let next {
            context.output.data("\(SafeText.line(next.task.id))  \(SafeText.line(next.task.title))\n")
        } else {
            context.output.note("nothing to do: no task may run now ('leviathan next --all' says why)")
        }
    }

    private static func show(_ entries: [QueueEntry], areRegistered: Bool, _ context: CommandContext) {
        if context.isJSON { return context.output.json(.array(entries.enumerated().map(json))) }
        guard !entries.isEmpty else { return context.output.note("nothing waits: the backlog has no open task") }
        let several = Set(entries.map(\.target)).count > 1
        var table = Table([
            Table.Column("#", .right), Table.Column("TASK", isFlexible: false),
            Table.Column("WHY NOT", wraps: true), "CLEARS",
            Table.Column("WHAT A PERSON CAN DO", wraps: true, isOptional: true),
        ])
        for (index, entry) in entries.enumerated() {
            let target = areRegistered ? entry.target : nil
            let name = several ? "\(entry.target)/\(entry.task.id)" : entry.task.id
            guard let refusal = entry.refusal else {
                let words = [entry.task.id] + (target.map { ["--target", $0] } ?? [])
                table.add(["\(index + 1)", name, "-", "-", "leviathan propose " + words.joined(separator: " ")])
                continue
            }
            table.add([
                "", name, refusal.short(context.times.forTables), clears(refusal, context.times),
                refusal.hint(at: target) ?? "",
            ])
        }
        context.show(table)
    }

    private static func clears(_ refusal: Refusal, _ times: TimeText) -> String {
        switch refusal.release {
        case .at(let date): times.brief(date)
        case .byItself: "by itself"
        case .byPerson: "by a person"
        }
    }

    private static func json(_ index: Int, _ entry: QueueEntry) -> JSON {
        [
            "target": .string(entry.target), "task": .string(entry.task.id), "title": .string(entry.task.title),
            "position": entry.refusal == nil ? .integer(index + 1) : .null,
            "priority": .string(entry.task.priority.rawValue),
            "refusal": entry.refusal.map(\.json) ?? .null,
        ]
    }
}
