internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan attempts release`: gives a task free that an attempt of another home claims, on a person's word.
enum AttemptRelease {
    static let spec = CommandSpec(
        "release", "Give a task free whose attempt ran in a home that is gone",
        options: [OptionSpec("reason", .value("TEXT"), "How it is known that nobody works on it")],
        arguments: [ArgumentSpec("ATTEMPT", "Its id, or the beginning or the end of it")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let (name, shared) = (context.arguments.argument("ATTEMPT") ?? "", context.shared)
        guard let reason = context.arguments.value("reason"), !reason.isEmpty else {
            throw context.arguments.misuse("'release' needs '--reason'", hint: "it is recorded, with who said so")
        }
        guard let journal = try shared.readJournal() else { return context.noteEmptyJournal(.null) }
        let found = try journal.claims().filter {
            !name.isEmpty && ($0.attempt.hasPrefix(name) || $0.attempt.hasSuffix(name))
        }
        guard let claim = found.first(where: { $0.attempt == name }) ?? (found.count == 1 ? found[0] : nil) else {
            let names = found.prefix(5).map(\.attempt).joined(separator: ", ")
            throw StageError(
                .invalid, found.isEmpty ? "no task is claimed by '\(name)'" : "'\(name)' could be \(names)",
                hint: found.isEmpty ? "'leviathan tasks' shows which ones are taken" : "write more of the id")
        }
        guard try shared.claimOwner.isElsewhere(claim) else {
            throw StageError(
                .refusal, "\(claim.attempt) is of this home, which can tell whether it still runs",
                hint: "the next 'propose' closes it when it does not, and so does 'leviathan doctor --fix'")
        }
        let event = shared.event(
            .attemptInterrupted(kind: nil, reason: reason, isRecovered: true),
            about: EventSubject(target: claim.target, task: claim.task, attempt: claim.attempt))
        let isOurs = try shared.journal().recover(claim, [event])
        if context.isJSON {
            context.output.json(["attempt": .string(claim.attempt), "released": .bool(isOurs)])
        }
        context.output.note(
            isOurs
                ? "'\(claim.task)' is free; a branch that \(claim.attempt) may have pushed is as it was"
                : "somebody else was faster: \(claim.attempt) holds nothing any more")
        return .done
    }
}
