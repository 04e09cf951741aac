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
    private static let name = [ArgumentSpec("TARGET", completion: .dynamic("targets"), "Its name")]

    static let spec = CommandSpec(
        "target", group: .setUp, "Register the repositories that the scheduler looks at",
        subcommands: [
            CommandSpec(
                "add", "Register a repository by its URL, or a checkout by its directory",
                options: [
                    OptionSpec("name", .value("NAME"), "What it is called; else as its contract says"),
                    OptionSpec("group", .value("GROUP"), "The group of config.yaml that it belongs to"),
                ], arguments: [ArgumentSpec("URL", completion: .directories, "A URL or a directory")],
                examples: [CommandSpec.Example("leviathan target add git@example.com:team/app.git", "clones it")]),
            CommandSpec("list", "List them"),
            CommandSpec("show", "Show one: what it does, and what holds it", arguments: name),
            CommandSpec("enable", "Let the scheduler look at it", arguments: name),
            CommandSpec("disable", "Keep it, and look at it no more", arguments: name),
            CommandSpec(
                "remove", "Forget it, and remove its clone; the journal keeps what was done", arguments: name),
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let registry = TargetRegistry(context.shared)
        switch context.arguments.path.dropFirst().first {
        case "add": return try TargetAdding(context, registry).run()
        case "show": return try TargetPage(context, registry).run()
        case "list", nil: return try list(context, registry)
        case let word:
            var target = try registry.target(named: context.arguments.argument("TARGET") ?? "")
            if word == "remove" {
                try TargetClone(target, context.shared).remove()
                try registry.remove(target)
            } else {
                target.enabled = word == "enable"
                try registry.write(target)
            }
            let done = word == "remove" ? "removed" : word == "enable" ? "enabled" : "disabled"
            try context.shared.journal().append([
                context.shared.event(
                    word == "remove"
                        ? Event(.targetRemoved, ["target": .string(target.name)])
                        : Event(
                            .targetUpdated, ["target": .string(target.name), "enabled": .bool(target.enabled)]))
            ])
            if context.isJSON { context.output.json(["target": .string(target.name), "state": .string(done)]) }
            context.output.note("'\(target.name)' is \(done)")
            return .done
        }
    }

    private static func list(_ context: CommandContext, _ registry: TargetRegistry) throws -> ExitCode {
        let entries = try registry.all()
        let targets = entries.compactMap { try? $0.get() }
        if context.isJSON {
            context.output.json(.array(targets.map { json($0, registry) }))
        } else if !targets.isEmpty {
            var table = Table([Table.Column("TARGET", isFlexible: false), "GROUP", "STATE", "REPOSITORY"])
            for target in targets {
                table.add([
                    target.name, target.group ?? "-", target.enabled ? "enabled" : "disabled",
                    target.checkout ?? target.repositoryURL,
                ])
            }
            context.output.data(table.render(width: context.output.width, context.palette))
        }
        var code = ExitCode.done
        for case .failure(let error) in entries {
            context.output.error(error)
            code = .invalid
        }
        if entries.isEmpty { context.output.note("no target is registered: 'leviathan target add URL' does that") }
        return code
    }

    static func json(_ target: TargetRegistration, _ registry: TargetRegistry) -> JSON {
        [
            "target": .string(target.name), "repository": .string(target.repositoryURL),
            "group": .optional(target.group), "enabled": .bool(target.enabled),
            "checkout": .optional(target.checkout), "directory": .string(registry.directory(of: target)),
        ]
    }
}

/// `leviathan target add`.
private struct TargetAdding {
    private let context: CommandContext
    private let registry: TargetRegistry
    private let place: String

    init(_ context: CommandContext, _ registry: TargetRegistry) {
        (self.context, self.registry, place) = (context, registry, context.arguments.argument("URL") ?? "")
    }

    func run() throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let group = context.arguments.value("group")
        if let group { try demand(group: group) }
        var target = try described()
        target.group = group
        try registry.add(target)
        do {
            let directory = try TargetClone(target, context.shared).ready()
            try checkName(&target, directory)
        } catch {
            try registry.remove(target)
            try TargetClone(target, context.shared).remove()
            throw error
        }
        try context.shared.journal().append([
            context.shared.event(
                .targetRegistered(
                    Event.TargetDescription(url: target.repositoryURL, defaultBranch: target.defaultBranch)),
                about: EventSubject(target: target.name))
        ])
        if context.isJSON { context.output.json(TargetCommand.json(target, registry)) }
        context.output.note("'\(target.name)' is registered: leviathan target show \(target.name)")
        return .done
    }

    /// A directory is a checkout that a person keeps; anything else is for git to clone.
    private func described() throws -> TargetRegistration {
        let asked = context.arguments.value("name")
        guard FileSystem.isDirectory(place), try TargetCheckout.isInOne(place) else {
            let last = place.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? place
            let name = last.hasSuffix(".git") ? String(last.dropLast(4)) : last
            return TargetRegistration(name: asked ?? name, repositoryURL: FileSystem.realPath(place) ?? place)
        }
        let checkout = try TargetCheckout.open(place)
        let remote = try checkout.remote(preferring: "origin")
        let url = try remote.flatMap { try checkout.repository.remoteURL($0) } ?? checkout.root
        let name = try asked ?? checkout.fallbackTarget(remote: remote)
        var target = TargetRegistration(name: name, repositoryURL: url)
        target.checkout = FileSystem.realPath(checkout.root) ?? checkout.root
        return target
    }

    /// Limits and records go by the contract's own name, and so must the registration.
    private func checkName(_ target: inout TargetRegistration, _ directory: String) throws {
        let reading = try TargetReading.read(directory, fetches: false, context.shared)
        guard reading.target != target.name else { return }
        guard context.arguments.value("name") == nil else {
            throw StageError(
                .invalid, "its contract calls the target '\(reading.target)', not '\(target.name)'",
                hint: "leave out --name, or change 'target' in contract.yaml")
        }
        var renamed = target
        renamed.name = reading.target
        try registry.remove(target)
        let (old, new) = (registry.directory(of: target), registry.directory(of: renamed))
        try registry.add(renamed)
        if target.checkout == nil { try FileSystem.replace(new, by: old) }
        target = renamed
    }

    private func demand(group: String) throws {
        let names = try MachineConfiguration.read(context.shared).groups.map(\.name)
        guard !names.contains(group) else { return }
        throw StageError(
            .invalid, "config.yaml has no group '\(group)'",
            hint: Suggestion.nearest(to: group, among: names).map { "did you mean '\($0)'?" }
                ?? "add it under 'groups:' in \(MachineConfiguration.path(context.shared))")
    }
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
            (TargetCommand.json(target, registry).members ?? []) + [
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
