internal import API
internal import Basics
internal import CommandLine
internal import ControlPlane
internal import Journal
internal import Runner

/// `leviathan key`: who may ask the control plane of this home for what.
enum KeyCommand: Command {
    static let name = "key"

    static let spec = CommandSpec(
        name, group: .setUp, "Make, list and revoke keys of the control plane",
        subcommands: [
            CommandSpec(
                "create", "Make a key, and print its secret: once, and never again",
                options: [
                    OptionSpec(
                        "right", .value("RIGHT"), choices: Right.allCases.map(\.rawValue), default: "view",
                        "What it may do; each right holds those before it"),
                    OptionSpec(
                        "target", .value("TARGET"), repeats: true, completion: .asking(.targets),
                        "Only for this target; for all without it"),
                    OptionSpec("days", .value("N"), default: "90", "It expires after N days"),
                    OptionSpec("reason", .value("TEXT"), "Why, for whoever asks"),
                ], arguments: [ArgumentSpec("NAME", "What it is called in the record of what it does")],
                examples: [
                    CommandSpec.Example("leviathan key create ci --right trigger --target shop", "for a CI job")
                ]),
            CommandSpec("list", "List them, without their secrets"),
            CommandSpec(
                "revoke", "Take one back: it is worth nothing from then on",
                options: [OptionSpec("reason", .value("TEXT"), "Why, for whoever asks")],
                arguments: [ArgumentSpec("KEY", "Its id")]),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let shared = context.shared
        let keys = AccessKeys(home: shared.home, clock: shared.clock, identifiers: shared.identifiers)
        do {
            switch context.arguments.path.last {
            case "create": return try create(keys, context)
            case "revoke": return try revoke(keys, context)
            default: return try list(keys, context)
            }
        } catch let error as FileError { throw StageError(.unexpected, error) }
    }

    private static func create(_ keys: AccessKeys, _ context: CommandContext) throws -> ExitCode {
        let (arguments, shared) = (context.arguments, context.shared)
        let days = try arguments.integer("days", in: 1...3650) ?? 90
        let targets = arguments.all("target")
        // The directory has to be there before the file.
        let journal = try shared.journal()
        let (key, secret) = try keys.create(
            name: arguments.argument("NAME") ?? "", right: arguments.choice("right", Right.self) ?? .view,
            targets: targets.isEmpty ? .all : .named(Set(targets)),
            expiresAt: shared.clock.now() + .seconds(days * 86_400), by: shared.actor)
        try journal.append([shared.event(key.event(isRevoked: false, reason: arguments.value("reason")))])
        if context.isJSON {
            context.output.json(.object((key.json.members ?? []) + [JSON.Member("key", .string(secret))]))
        } else {
            context.output.data(secret + "\n")
        }
        context.output.note("keep it now: it is shown once")
        return .done
    }

    private static func revoke(_ keys: AccessKeys, _ context: CommandContext) throws -> ExitCode {
        let id = context.arguments.argument("KEY") ?? ""
        guard let key = try keys.revoke(id) else {
            let nearest = Suggestion.nearest(to: id, among: try keys.all().map(\.id))
            throw StageError(
                .invalid, "there is no key '\(id)'",
                hint: nearest.map { "did you mean '\($0)'?" } ?? "'leviathan key list' shows those there are")
        }
        let shared = context.shared
        try shared.journal().append([
            shared.event(key.event(isRevoked: true, reason: context.arguments.value("reason")))
        ])
        if context.isJSON { context.output.json(key.json) }
        context.output.note("'\(key.name)' is worth nothing any more")
        return .done
    }

    private static func list(_ keys: AccessKeys, _ context: CommandContext) throws -> ExitCode {
        let all = try keys.all()
        if context.isJSON {
            context.output.json(.array(all.map(\.json)))
            return .done
        }
        guard !all.isEmpty else {
            context.output.note("there is no key: 'leviathan key create NAME' makes one")
            return .done
        }
        var table = Table([
            Table.Column("KEY", isFlexible: false), "NAME", "RIGHT", "TARGETS", "EXPIRES", "LAST USED",
        ])
        for key in all {
            var names = "all"
            if case .named(let targets) = key.targets { names = targets.sorted().joined(separator: ", ") }
            table.add([
                key.id, key.name, key.right.rawValue, names,
                key.expiresAt.map { context.times.moment($0) } ?? "never",
                key.lastUsedAt.map { context.times.moment($0) } ?? "never",
            ])
        }
        context.output.data(table.render(width: context.output.width, context.palette))
        return .done
    }
}
