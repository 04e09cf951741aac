internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan propose --watch`: an attempt that another process makes, followed by what the journal says of it.
enum ProposeWatch {
    /// How many looks apart it is asked whether the other process still lives.
    private static let looksPerProof = 10

    static func run(_ name: String, _ context: CommandContext) throws -> ExitCode {
        let target = try Target(context)
        let contract = try target.contract()
        let task = try target.stage.task(name, in: contract).id
        guard let journal = try context.shared.readJournal(),
            let claim = try journal.claims().first(where: { $0.target == contract.target.id && $0.task == task })
        else {
            throw StageError(
                .refusal, "nobody works on task '\(task)' now",
                hint:
                    "'leviathan propose \(task)' does it, 'leviathan attempts --task \(task)' shows what was tried"
            )
        }
        Interrupts.cancel(context.shared.cancellation)
        guard let attempt = try follow(claim, journal, context) else {
            context.output.note("\(claim.attempt) goes on without being watched")
            return .interrupted
        }
        try AttemptPage.show(attempt.id, journal, context)
        return exitCode(of: attempt)
    }

    /// Tells every event until the attempt has ended; `nil` where the person who watches left.
    private static func follow(
        _ claim: Claim, _ journal: Journal, _ context: CommandContext
    ) throws -> AttemptRecord? {
        let shared = context.shared
        let stage = shared.begin(stage: "\(claim.attempt), in \(claim.holder)")
        defer { shared.end(stage) }
        var (query, looks) = (EventQuery(), 0)
        query.attempt = claim.attempt
        while !shared.cancellation.isCancelled {
            // Asked before the record is read: what ended in between is found there.
            let isHeld = looks.isMultiple(of: looksPerProof) ? try shared.isHeld(claim) : true
            for event in try journal.events(query) {
                query.after = event.sequence
                context.output.note(EventsCommand.line(event, context.times))
            }
            if let attempt = try journal.attempt(claim.attempt), !["created", "running"].contains(attempt.state) {
                return attempt
            }
            guard isHeld else {
                throw StageError(
                    .executor, "\(claim.attempt) ended without a word: its process died",
                    hint: "'leviathan doctor --fix' closes it, and so does the next 'propose'")
            }
            looks += 1
            Pause.briefly()
        }
        return nil
    }

    /// What the process that made it ended with, as far as the journal tells.
    private static func exitCode(of attempt: AttemptRecord) -> ExitCode {
        switch (attempt.state, attempt.kind) {
        case ("succeeded", _): .done
        case (_, "rejected"): attempt.violations ?? 0 > 0 ? .rejectedByPolicy : .rejectedByInvariant
        case (_, let kind?):
            StageError.Kind(rawValue: kind).map { ExitCode(StageError($0, "")) } ?? .unexpectedFailure
        case ("interrupted", nil): .interrupted
        default: .unexpectedFailure
        }
    }
}
