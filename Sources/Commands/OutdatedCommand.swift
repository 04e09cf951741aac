internal import Basics
internal import CommandLine
internal import Paths
internal import Runner

/// `leviathan outdated`: which packages could be raised.
enum OutdatedCommand: Command {
    static let name = "outdated"

    static let spec = CommandSpec(
        name, group: .look, "List the packages that could be raised",
        discussion: """
            Reads the manifests of the base and asks the registries of PyPI, npm, crates.io, Go, RubyGems and Maven for \
            the newest stable version of each package; config.yaml may name others under 'registries'. What cannot be \
            looked up is listed as such. 'leviathan add dependencies --outdated' writes tasks from it.
            """,
        options: [OptionSpec("base", .value("REV"), "Read the manifests of this commit")],
        examples: [CommandSpec.Example("leviathan outdated --json", "for a script")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let found = try packages(context)
        if context.isJSON {
            context.output.json(json(found))
        } else {
            show(found, context)
        }
        return found.unknown.contains(where: \.isTrouble) || !found.unread.isEmpty ? .unexpectedFailure : .done
    }

    static func packages(_ context: CommandContext) throws -> OutdatedPackages {
        let checkout = try TargetCheckout.open(context.directory)
        let remote = try checkout.remote(preferring: "origin")
        let base = try checkout.base(asked: context.arguments.value("base"), remote: remote)
        return try OutdatedPackages(checkout, base, context.shared)
    }

    private static func show(_ found: OutdatedPackages, _ context: CommandContext) {
        var table = Table([
            Table.Column("PACKAGE", isFlexible: false), Table.Column("ECOSYSTEM", isOptional: true), "NOW",
            "NEWEST",
            Table.Column("STEP", isOptional: true), Table.Column("WHERE", cut: .middle, isOptional: true),
        ])
        for package in found.outdated {
            table.add([
                package.name, package.ecosystem, package.current, package.newest, package.step,
                package.paths.map(\.description).joined(separator: ", "),
            ])
        }
        if !table.isEmpty { context.show(table) }
        for package in found.unknown {
            context.output.note(
                "not known: \(SafeText.line(package.name)) (\(package.ecosystem)): \(SafeText.line(package.reason))"
            )
        }
        for reason in found.unread {
            context.output.warning(StageError(.invalid, "a manifest could not be read: \(reason)"))
        }
        context.output.note(
            "\(found.outdated.count) could be raised, \(found.current) newest already, \(found.unknown.count) not known"
        )
    }

    private static func json(_ found: OutdatedPackages) -> JSON {
        [
            "outdated": .array(
                found.outdated.map {
                    [
                        "ecosystem": .string($0.ecosystem), "package": .string($0.name),
                        "current": .string($0.current), "newest": .string($0.newest), "step": .string($0.step),
                        "paths": .strings($0.paths.map(\.description)),
                    ]
                }),
            "current": .integer(found.current),
            "unknown": .array(
                found.unknown.map {
                    [
                        "ecosystem": .string($0.ecosystem), "package": .string($0.name),
                        "current": .optional($0.current), "reason": .string($0.reason),
                    ]
                }), "unread": .strings(found.unread),
        ]
    }
}
