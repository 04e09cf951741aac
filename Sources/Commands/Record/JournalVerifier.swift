internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal verify`: the chain, the artifacts, and on request the anchors.
enum JournalVerifier {
    static func run(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        var report = Report(found: try journal.verify())
        if !context.arguments.flag("no-artifacts") { report.artifacts = try journal.verifyArtifacts() }
        if context.arguments.flag("anchors") {
            report.anchors = try JournalAnchors(TargetCheckout.open(context.directory)).compare(journal)
        }
        if context.isJSON {
            context.output.json(json(report))
        } else {
            context.output.data(text(report))
        }
        return report.isClean ? .done : .unexpectedFailure
    }

    /// What was looked at; what was not is `nil`, and nothing is said of it but that.
    private struct Report {
        let found: JournalVerification
        var artifacts: (looked: Int, problems: [String])?
        var anchors: JournalAnchors.Comparison?

        var problems: [String] { (artifacts?.problems ?? []) + (anchors?.problems ?? []) }
        var isClean: Bool { found.firstBreak == nil && problems.isEmpty }
    }

    private static func text(_ report: Report) -> String {
        let found = report.found
        var lines: [String] = []
        if let broken = found.firstBreak {
            let name = broken.eventID.isEmpty ? "" : " (\(SafeText.line(broken.eventID)))"
            lines.append("event \(broken.sequence)\(name) does not fit: \(broken.problem)")
            lines.append("\(found.intactEvents) events before it fit; nothing behind it was looked at")
        } else {
            lines.append("\(found.text); head \(found.head?.hex ?? "none")")
        }
        if let artifacts = report.artifacts {
            lines.append(
                "\(artifacts.looked) artifact\(artifacts.looked == 1 ? "" : "s") looked at, "
                    + (artifacts.problems.isEmpty ? "none damaged" : "\(artifacts.problems.count) damaged"))
        } else {
            lines.append("artifacts were not looked at")
        }
        if let anchors = report.anchors, anchors.anchors > 0 {
            let removed =
                anchors.removed == 0 ? "" : ", \(anchors.removed) lie among removed events and were not compared"
            lines.append("\(anchors.found) heads of \(anchors.anchors) anchors are there\(removed)")
        } else if report.anchors == nil {
            lines.append("anchors were not looked at")
        }
        return (lines + report.problems.map(SafeText.line)).joined(separator: "\n") + "\n"
    }

    private static func json(_ report: Report) -> JSON {
        let (found, problems) = (report.found, report.problems)
        return [
            "intact_events": .integer(found.intactEvents), "pruned_events": .integer(found.prunedEvents),
            "head": .optional(found.head?.hex),
            "chains": .array(
                found.chains.map {
                    ["name": .string($0.name.text), "events": .integer($0.events), "head": .string($0.hash.hex)]
                }), "unsealed_chains": .strings(found.unsealed.map(\.text)),
            "artifacts": .optional(report.artifacts?.looked),
            "anchored_heads": .optional(report.anchors?.found),
            "anchored_heads_removed": .optional(report.anchors?.removed),
            "first_break": found.firstBreak.map {
                [
                    "sequence": .integer($0.sequence), "event_id": .string($0.eventID),
                    "problem": .string($0.problem),
                ]
            } ?? .null, "problems": .strings(problems),
        ]
    }
}
