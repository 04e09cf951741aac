internal import Basics
internal import CommandLine
internal import Contracts
internal import Git
internal import Journal
internal import Model
internal import Runner
internal import Scheduler

/// `leviathan target`: the repositories that the scheduler looks at.
enum TargetCommand: Command {
    private static let target = [ArgumentSpec("TARGET", completion: .asking(.targets), "Its name")]

    private static let columns: [Table.Column] = [
        Table.Column("TARGET", isFlexible: false), Table.Column("GROUP", isOptional: true), "STATE",
        Table.Column("REPOSITORY", cut: .middle),
    ]

    static let name = "target"

    static let spec = CommandSpec(
        name, group: .setUp, "Register the repositories that the scheduler looks at",
        subcommands: [
            CommandSpec(
                "add", "Register a repository by its URL, or a checkout by its directory",
                options: [
                    OptionSpec("name", .value("NAME"), "What it is called; else as its contract says"),
                    OptionSpec("group", .value("GROUP"), "The group of config.yaml that it belongs to"),
                    OptionSpec(
                        "config-maps", .value("FILE"), completion: .files, excludes: ["name"],
                        "Register those of ConfigMaps 'leviathan-target-NAME'; '-' reads standard input"),
                ], arguments: [ArgumentSpec("URL", .optional, completion: .directories, "A URL or a directory")],
                examples: [
                    CommandSpec.Example("leviathan target add git@example.com:team/app.git", "clones it"),
                    CommandSpec.Example(
                        "kubectl get configmaps -o yaml | leviathan target add --config-maps -",
                        "those of the older system"),
                ]),
            CommandSpec("list", "List them", options: Listing.options(columns) + [RemotePlane.option]),
            CommandSpec("show", "Show one: what it does, and what holds it", arguments: target),
            CommandSpec("enable", "Let the scheduler look at it", arguments: target),
            CommandSpec("disable", "Keep it, and look at it no more", arguments: target),
            CommandSpec(
                "remove", "Forget it, and remove its clone; the journal keeps what was done", arguments: target),
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let registry = TargetRegistry(context.shared)
        switch context.arguments.path.dropFirst().first {
        case "add": return try add(context, registry)
        case "show": return try TargetPage(context, registry).run()
        case "list", nil: return try list(context, registry)
        case let word:
            let target = try registry.target(named: context.arguments.argument("TARGET") ?? "")
            let controls = HomeControls(context.shared)
            if word == "remove" {
                try controls.remove(target)
            } else {
                try controls.enable(word == "enable", target)
            }
            let done = word == "remove" ? "removed" : word == "enable" ? "enabled" : "disabled"
            if context.isJSON { context.output.json(["target": .string(target.name), "state": .string(done)]) }
            context.output.note("'\(target.name)' is \(done)")
            return .done
        }
    }

    private static func add(_ context: CommandContext, _ registry: TargetRegistry) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let url = context.arguments.argument("URL")
        if let file = context.arguments.value("config-maps") {
            guard url == nil else {
                throw UsageError("'--config-maps' names the repositories itself", hint: "leave out URL")
            }
            return try TargetMapAddition(context, registry).run(file)
        }
        guard let url else {
            throw UsageError(
                "there is no URL and no directory to add",
                hint: "leviathan target add URL, or --config-maps FILE for those of a cluster")
        }
        let addition = TargetAddition(
            place: url, name: context.arguments.value("name"),
            group: context.arguments.value("group"), context.shared)
        let target = try addition.run(HomeControls(context.shared))
        if context.isJSON { context.output.json(registry.json(target)) }
        context.output.note("'\(target.name)' is registered: leviathan target show \(target.name)")
        return .done
    }

    private static func list(_ context: CommandContext, _ registry: TargetRegistry) throws -> ExitCode {
        if context.arguments.path.dropFirst().first == "list",
            let done = try context.remotely({ try RemoteQueue.targets(columns, context, $0) })
        {
            return done
        }
        var listing = try Listing(columns, context)
        let entries = try registry.all()
        for target in entries.compactMap({ try? $0.get() }) {
            listing.add(
                [
                    Table.Cell(target.name), Table.Cell(target.group ?? "-"),
                    Table.Cell(target.enabled ? "enabled" : "disabled"),
                    Table.Cell(target.checkout ?? target.repositoryURL),
                ], json: registry.json(target))
        }
        var code = listing.show(empty: entries.isEmpty ? Self.none : "no target that is registered can be read")
        for case .failure(let error) in entries {
            context.output.error(error)
            code = .invalid
        }
        return code
    }

    private static let none = "no target is registered: 'leviathan target add URL' does that"
}

/// `leviathan target show`.
private struct TargetPage {
    private let context: CommandContext
    private let registry: TargetRegistry

    init(_ context: CommandContext, _ registry: TargetRegistry) {
        (self.context, self.registry) = (context, registry)
    }

    func run() throws -> ExitCode {
        let target = try registry.target(named: context.arguments.argument("TARGET") ?? "")
        let group = try MachineConfiguration.read(context.shared).group(of: target)
        var problem: StageError?
        let order = try QueueOrder([ScheduledTarget(target, group)], context.shared) { problem = $1 }
        guard let queue = order.queues.first else { throw problem ?? StageError(.unexpected, "nothing was read") }
        let next = order.entries.first { $0.refusal == nil }?.task
        if context.isJSON {
            context.output.json(try json(target, queue, next))
        } else {
            context.output.data(try text(target, queue, next))
        }
        return .done
    }

    private func state(_ target: TargetRegistration, _ queue: TargetQueue) -> String {
        if !target.enabled { return "disabled" }
        if queue.isBlocked { return "blocked" }
        if !queue.running.isEmpty { return "active" }
        return queue.hasNext || queue.reasons(context.times).isEmpty ? "idle" : "held"
    }

    private func json(_ target: TargetRegistration, _ queue: TargetQueue, _ next: BacklogTask?) throws -> JSON {
        let reasons = queue.reasons(context.times).map { JSON.Member($0.id, .integer($0.count)) }
        return .object(
            (registry.json(target).members ?? []) + [
                JSON.Member("state", .string(state(target, queue))),
                JSON.Member("running", .strings(queue.running)),
                JSON.Member("next", .optional(next?.id)),
                JSON.Member("limits", .array(try queue.limits().map(\.json))),
                JSON.Member("waiting", .object(reasons)),
            ])
    }

    private func text(_ target: TargetRegistration, _ queue: TargetQueue, _ next: BacklogTask?) throws -> String {
        var page = DetailPage(target.name, target.repositoryURL, column: 12, context.palette)
        page.row("state", state(target, queue))
        page.row("group", target.group)
        page.row("read from", registry.directory(of: target))
        page.row("base", queue.base)
        page.row("running", queue.running.joined(separator: ", "))
        page.row("next", next.map { "\($0.id)  \($0.title)" })
        for reason in queue.reasons(context.times) {
            page.row("waiting", "\(reason.count) \(reason.id): \(reason.example)")
        }
        for limit in try queue.limits() { page.row("limit", limit.text) }
        return page.render()
    }
}
