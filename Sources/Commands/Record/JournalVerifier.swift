internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal verify`: the chain, the artifacts, and on request the anchors.
enum JournalVerifier {
    static func run(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        let found = try journal.verify()
        let artifacts = context.arguments.flag("no-artifacts") ? [] : try artifactProblems(journal)
        let anchors =
            context.arguments.flag("anchors")
            ? try JournalAnchors(TargetCheckout.open(context.directory)).problems(journal) : []
        let problems = artifacts + anchors
        if context.isJSON {
            context.output.json(json(found, problems))
        } else {
            context.output.data(text(found, problems))
        }
        return found.firstBreak == nil && problems.isEmpty ? .done : .unexpectedFailure
    }

    private static func artifactProblems(_ journal: Journal) throws -> [String] {
        let digests = Set(try journal.artifactRecords(limit: 1_000_000).map(\.digest)).sorted()
        return digests.compactMap { Digest(hex: $0) }.compactMap { digest in
            journal.artifacts.problem(with: digest)?.description
        }
    }

    private static func text(_ found: JournalVerification, _ problems: [String]) -> String {
        let pruned =
            found.prunedEvents == 0 ? "" : ", behind \(found.prunedEvents) that were removed and are sealed"
        var text: String
        if let broken = found.firstBreak {
            let name = broken.eventID.isEmpty ? "" : " (\(SafeText.line(broken.eventID)))"
            text = "event \(broken.sequence)\(name) does not fit: \(broken.problem)\n"
            text += "\(found.intactEvents) events before it are unbroken\(pruned)\n"
        } else {
            text = "\(found.intactEvents) events, unbroken\(pruned); head \(found.head?.hex ?? "none")\n"
        }
        return text + problems.map { SafeText.line($0) + "\n" }.joined()
    }

    private static func json(_ found: JournalVerification, _ problems: [String]) -> JSON {
        [
            "intact_events": .integer(found.intactEvents), "pruned_events": .integer(found.prunedEvents),
            "head": .optional(found.head?.hex),
            "first_break": found.firstBreak.map {
                [
                    "sequence": .integer($0.sequence), "event_id": .string($0.eventID),
                    "problem": .string($0.problem),
                ]
            } ?? .null, "problems": .strings(problems),
        ]
    }
}
