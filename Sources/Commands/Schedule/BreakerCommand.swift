internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan breaker`: what stopped after failures in a row.
enum BreakerCommand: Command {
    static let name = "breaker"

    static let spec = CommandSpec(
        name, group: .act, "List and close circuit breakers, which open after failures in a row",
        subcommands: [
            CommandSpec("list", "List the failures in a row of each target, forge and model service", options: []),
            CommandSpec(
                "reset", "Close the breakers of a target, or of a service",
                options: [OptionSpec("reason", .value("TEXT"), "Why, for whoever asks")],
                arguments: [
                    ArgumentSpec(
                        "TARGET", .optional, completion: .asking(.targets),
                        "This target, or forge:HOST or model:HOST; all without it")
                ]),
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        context.arguments.path.dropFirst().first == "reset" ? try reset(context) : try list(context)
    }

    private static func reset(_ context: CommandContext) throws -> ExitCode {
        let target = context.arguments.argument("TARGET")
        let (controls, reason) = (HomeControls(context.shared), context.arguments.value("reason"))
        if let target, let service = Service(target) {
            try controls.resetBreaker(of: service, reason: reason)
            if context.isJSON { context.output.json(["service": .string(service.name), "breaker": "closed"]) }
            context.output.note("the breaker of '\(service.name)' is closed")
            return .done
        }
        try controls.resetBreakers(of: target, reason: reason)
        if context.isJSON { context.output.json(["target": .optional(target), "breaker": "closed"]) }
        context.output.note("the breakers of \(target.map { "'\($0)'" } ?? "every target") are closed")
        return .done
    }

    private static func list(_ context: CommandContext) throws -> ExitCode {
        let journal = try context.shared.readJournal()
        let now = context.shared.clock.now()
        let services = try (journal?.serviceBreakers() ?? []).compactMap(ServiceBreaker.init)
        let rows = try KnownTargets(context.shared, journal).names.map { name in
            (name, FailureRun.runs(in: try TaskStandings(journal, target: name, now: now).ended))
        }
        if context.isJSON {
            let targets = rows.flatMap { name, runs in runs.map { $0.json(of: name) } }
            context.output.json(.array(targets + services.map { $0.row(at: now) }))
            return .done
        }
        var table = Table([
            Table.Column("TARGET", isFlexible: false), "CLASS", Table.Column("FAILURES", .right), "SINCE",
        ])
        for (name, runs) in rows {
            for run in runs {
                table.add([
                    name, run.failureClass.rawValue, "\(run.failures)", context.times.brief(run.since),
                ])
            }
        }
        for breaker in services {
            table.add([
                breaker.service.name, breaker.state(at: now, context.times), "\(breaker.failures)",
                context.times.brief(breaker.opened ?? breaker.since ?? now),
            ])
        }
        guard !table.isEmpty else {
            context.output.note("no target has failed since its breakers were last closed")
            return .done
        }
        context.show(table)
        context.output.note(
            "'leviathan next --all' says where that holds tasks back; the limit is each policy's own")
        return .done
    }
}

extension ServiceBreaker {
    fileprivate func word(at now: Instant) -> String {
        guard isOpen else { return "closed" }
        if let probe, now < probe.until { return "probing" }
        return "open"
    }

    fileprivate func state(at now: Instant, _ times: TimeText) -> String {
        let word = word(at: now)
        return word == "open" ? word + (probesAt.map { " until \(times.brief($0))" } ?? "") : word
    }

    fileprivate func row(at now: Instant) -> JSON {
        [
            "service": .string(service.name), "class": .string(service.kind.rawValue),
            "state": .string(word(at: now)), "failures": .integer(failures),
            "since": .optional((opened ?? since)?.secondsText),
            "probes_at": .optional(probesAt?.secondsText), "cause": .optional(reason),
        ]
    }
}

extension FailureRun {
    fileprivate func json(of target: String) -> JSON {
        [
            "target": .string(target), "class": .string(failureClass.rawValue), "failures": .integer(failures),
            "since": .string(since.secondsText),
        ]
    }
}
