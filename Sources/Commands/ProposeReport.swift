internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Paths
internal import Reports
internal import Runner

/// A `propose` as text for a person, and as the JSON of the public contract.
enum ProposeReport {
    /// `isWhole` tells everything, where a person asked for more; else what is fine is told in few lines.
    static func text(
        _ result: ProposeResult, _ palette: Palette, _ times: TimeText, isWhole: Bool = false
    ) -> String {
        ProposeSummary(result, palette, times).text(isWhole: isWhole, ending: outcome(result, palette))
    }

    private static func outcome(_ result: ProposeResult, _ palette: Palette) -> String {
        switch result.outcome {
        case .delivered where result.pullRequest != nil:
            palette.green("delivered")
                + "  pull request #\(result.pullRequest?.number ?? 0): \(result.pullRequest?.url ?? "")"
        case .delivered where result.remote == nil:
            palette.green("delivered") + "  \(result.branch ?? "") is here, and goes nowhere else"
        case .delivered: palette.green("delivered") + "  \(result.branch ?? "") is on \(result.remote ?? "")"
        case .prepared:
            palette.green("prepared") + "   nothing was changed (dry run); to deliver it: "
                + (result.isReleased ? "" : "set 'ready: true' in the backlog, and then ")
                + (result.isOnboarding
                    ? "leviathan init --propose" : "leviathan propose \(SafeText.line(result.taskID))")
        case .unchanged where result.isOutdated:
            palette.green("unchanged")
                + "  an earlier version is under review; --refresh brings it up to date"
        case .unchanged where result.commit != nil:
            palette.green("unchanged")
                + "  \(result.branch ?? "")\(result.remote.map { " on " + $0 } ?? "") holds this change already"
        case .unchanged: palette.green("unchanged") + "  the base says already what the task asks for"
        case .rejected: palette.red("rejected") + "   nothing was pushed"
        case .refused: palette.yellow("refused")
        case .failed: palette.red("failed")
        }
    }

    static func json(_ result: ProposeResult) -> JSON {
        let document = document(result)
        return result.redaction?.redacted(document) ?? document
    }

    private static func document(_ result: ProposeResult) -> JSON {
        [
            "outcome": .string(result.outcome.rawValue), "task": .string(result.taskID),
            "attempt": .optional(result.attempt), "attempt_number": .optional(result.attemptNumber),
            "target": .optional(result.target), "base": .optional(result.base?.commit.hex),
            "tree": .optional(result.changes?.tree.hex), "commit": .optional(result.commit?.hex),
            "branch": .optional(result.branch),
            "pull_request": pullRequest(result), "executor": .optional(result.executor),
            "workspace": .optional(result.workspace?.rawValue),
            "isolation": result.isolation.map { ["level": .string($0.level), "network": .string($0.network)] }
                ?? .null,
            "changes": result.changes == nil ? .null : .array(result.taskChanges.map(EvaluationJSON.json)),
            "violations": .array(result.violations.map(EvaluationJSON.json)),
            "warnings": .array(result.warnings.map(EvaluationJSON.json)),
            "invariants": .array(result.invariants.map(EvaluationJSON.json)),
            "notes": .strings(result.notes), "recovered": .strings(result.recovered.map(\.claim.attempt)),
            "writeback": .bool(result.writeBackPath != nil),
            "dry_run": .bool(result.isDryRun),
            "patch": .optional(result.patch.map { String(decoding: $0, as: UTF8.self) }),
            "duration_ms": .integer(Int(result.duration.milliseconds)),
            "error": result.error.map { $0.json(kind: $0.kind.rawValue) } ?? .null,
        ]
    }

    /// A text alone is what a dry run shows, and what is kept where no forge takes it.
    private static func pullRequest(_ result: ProposeResult) -> JSON {
        guard result.pullRequest != nil || result.text != nil else { return .null }
        return [
            "number": .optional(result.pullRequest?.number), "url": .optional(result.pullRequest?.url),
            "title": .optional(result.text?.title), "body": .optional(result.text?.body),
        ]
    }

    /// The text that reviewers read, for a person.
    static func words(_ result: ProposeResult, _ palette: Palette) -> String? {
        guard let text = result.text else { return nil }
        return palette.bold(SafeText.line(text.title)) + "\n\n" + SafeText.block(text.body) + "\n"
    }
}
