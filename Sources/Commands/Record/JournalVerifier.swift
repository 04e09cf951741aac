internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan journal verify`: the chain, the artifacts, and the anchors where there are some.
enum JournalVerifier {
    static func run(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        var report = Report(found: try journal.verify())
        JournalTrust(context.shared).remember(report.found)
        if !context.arguments.flag("no-artifacts") { report.artifacts = try journal.verifyArtifacts() }
        report.anchors = try compare(journal, context)
        if context.isJSON {
            context.output.json(json(report))
        } else {
            context.output.data(text(report))
        }
        return report.isClean ? .done : .unexpectedFailure
    }

    /// Where there are anchors they are compared unasked; `--anchors` demands some in this repository.
    private static func compare(_ journal: Journal, _ context: CommandContext) throws -> AnchorComparison? {
        let (shared, isDemanded) = (context.shared, context.arguments.flag("anchors"))
        let checkout =
            isDemanded
            ? try TargetCheckout.open(context.directory) : try TargetCheckout.find(context.directory)
        var known = KnownAnchors()
        var missing: [String] = []
        if let checkout, isDemanded || JournalIdentity.isThere(shared) {
            let anchors = try JournalAnchors(checkout, shared)
            let here = try anchors.known(remote: try MachineConfiguration.read(shared).anchorRemote)
            if isDemanded {
                missing = (here.isEmpty ? ["there is no anchor in \(anchors.reference)"] : []) + here.unseen
            }
            known.add(here)
        }
        if let plane = try PlaneAnchors(shared).existing() {
            known.add(try plane.known(remote: try PlaneAnchors.remote(shared)))
        }
        known.add(try JournalTrust(shared).knownAnchors())
        return try known.compared(journal, missing: missing)
    }

    /// What was looked at; what was not is `nil`, and nothing is said of it but that.
    private struct Report {
        let found: JournalVerification
        var artifacts: (looked: Int, problems: [String])?
        var anchors: AnchorComparison?

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
            lines.append("of \(anchors.anchors) anchored heads \(anchors.found) are in the journal\(removed)")
            lines += anchors.places.map { SafeText.line("compared with \($0)") }
        } else if report.anchors == nil {
            lines.append("there are no anchors here, and none were looked at")
        }
        lines += (report.anchors?.unseen ?? []).map(SafeText.line)
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
            "compared_with": .strings(report.anchors?.places ?? []),
            "first_break": found.firstBreak.map {
                [
                    "sequence": .integer($0.sequence), "event_id": .string($0.eventID),
                    "problem": .string($0.problem),
                ]
            } ?? .null, "problems": .strings(problems),
        ]
    }
}
