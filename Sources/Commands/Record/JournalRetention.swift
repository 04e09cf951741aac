internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal prune` and `hold`: which events go, where to, and which stay.
enum JournalRetention {
    static func prune(_ context: CommandContext) throws -> ExitCode {
        guard let text = context.arguments.value("before") else {
            throw context.arguments.misuse("'prune' needs '--before'", hint: "for example --before 90d")
        }
        guard let time = PointInTime.parse(text, context) else {
            throw context.arguments.misuse(
                "'--before' needs a date, a time or an age such as 90d; '\(text)' is none")
        }
        let archive = context.arguments.value("archive")
        let result = try context.shared.journal().prune(before: time.description, archive: archive) {
            context.shared.event($0)
        }
        if context.isJSON {
            context.output.json([
                "removed": .integer(result.removed), "kept": .integer(result.kept), "held": .strings(result.held),
                "archive": result.archive == nil ? .null : .optional(archive),
                "archive_sha256": .optional(result.archive?.hex),
            ])
            return .done
        }
        context.output.note(
            "every event was looked at and fits; removed \(result.removed) before \(time.secondsText); "
                + "\(result.kept) are kept")
        if let archive, let digest = result.archive {
            context.output.note("what was removed is in \(archive) (sha256 \(digest.hex))")
        }
        for target in result.held {
            context.output.note("'\(target)' is held: nothing from its first event on was removed")
        }
        return .done
    }

    static func hold(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        guard let target = context.arguments.argument("TARGET") else { return try list(context, journal) }
        let lifts = context.arguments.flag("lift")
        guard let reason = context.arguments.value("reason") else {
            throw context.arguments.misuse("'hold' needs '--reason'", hint: "it is recorded, with who said so")
        }
        _ = try HomeControls(context.shared).hold(target, !lifts, reason: reason)
        if context.isJSON { context.output.json(["target": .string(target), "held": .bool(!lifts)]) }
        context.output.note(
            lifts ? "'\(target)' is not held" : "'\(target)' is held: 'prune' removes none of its events")
        return .done
    }

    private static func list(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        let holds = try journal.holds()
        if context.isJSON {
            context.output.json(.strings(holds.map(\.target)))
        } else if holds.isEmpty {
            context.output.note("no target is held")
        } else {
            for hold in holds { context.output.data("\(SafeText.line(hold.target))\n") }
        }
        return .done
    }
}
