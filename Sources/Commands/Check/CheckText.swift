internal import Basics
internal import CommandLine
internal import Model
internal import Reports

/// An evaluation for a person: what was judged by what, what speaks against it, the verdict, and what to do next.
enum CheckText {
    /// What does not fit into this many lines of one kind is counted.
    private static let mostLines = 20

    static func text(_ evaluation: Evaluation, _ palette: Palette) -> String {
        var page = DetailPage(head(evaluation), evaluation.title ?? "", column: 11, palette)
        page.row("judged", evaluation.head.text + ", " + Evaluation.count(evaluation.commits, "commit"))
        page.row("rules", rules(evaluation))
        page.row("task by", evaluation.taskSource)
        for change in evaluation.changes.prefix(mostLines) { page.row(change.operation.rawValue, counts(change)) }
        page.row("", more(evaluation.changes.count, "changed file"))
        page.row("mark", evaluation.writeBackPath.map { "\($0): the task is completed" })
        for difference in evaluation.differences { page.row("differs", difference) }
        for note in evaluation.notes { page.row("note", note) }
        for invariant in evaluation.invariants ?? [] { page.row("invariant", line(invariant)) }
        var text = page.render()
        text += findings(evaluation.violations, "violation", palette.red("violation"))
        text += findings(evaluation.warnings, "warning", palette.yellow("warning") + "  ")
        for invariant in evaluation.invariants ?? [] where !invariant.outcome.isFine {
            guard let detail = invariant.detail else { continue }
            text += "  " + SafeText.line(invariant.name) + ": " + SafeText.block(detail) + "\n"
        }
        if let reproduction = evaluation.reproduction { text += line(reproduction) }
        return text + verdict(evaluation, palette) + "next: " + next(evaluation) + "\n"
    }

    private static func head(_ evaluation: Evaluation) -> String {
        evaluation.task ?? evaluation.scope.map { "scope \($0)" } ?? evaluation.head.name
    }

    private static func rules(_ evaluation: Evaluation) -> String {
        let scope = evaluation.scope.map { ", scope \($0)" } ?? ""
        return "of \(evaluation.rules.text)" + scope
            + "; merge base " + evaluation.mergeBases.map(\.short).joined(separator: ", ")
    }

    private static func counts(_ change: Change) -> String {
        let counts = change.isBinary ? "binary" : "+\(change.added) -\(change.removed)"
        return "\(change.path)  \(counts)"
    }

    private static func more(_ count: Int, _ thing: String) -> String? {
        count > mostLines ? "… and \(Evaluation.count(count - mostLines, thing)) more; --json has them all" : nil
    }

    private static func line(_ invariant: InvariantResult) -> String {
        let addition =
            invariant.isExcused
            ? ", excused: nothing new fails"
            : invariant.outcome.isFine || invariant.rejects ? "" : ", and only warns"
        return "\(invariant.name): \(invariant.outcome.rawValue)" + addition
    }

    private static func line(_ reproduction: Evaluation.Reproduction) -> String {
        "  again      \(reproduction.commit.short): \(reproduction.outcome.rawValue)"
            + SafeText.line(reproduction.reason.map { ", " + $0 } ?? "") + "\n"
    }

    private static func findings(_ found: [Violation], _ name: String, _ mark: String) -> String {
        var text = ""
        for violation in found.prefix(mostLines) {
            let line = violation.line.map { ":\($0)" } ?? ""
            let place = violation.path.map { line.isEmpty ? "" : "\($0)\(line): " } ?? ""
            text += "  \(mark)  " + SafeText.line(place + violation.message) + " [\(violation.rule)]\n"
            if let hint = violation.hint { text += "             " + SafeText.line(hint) + "\n" }
        }
        if let more = more(found.count, name) { text += "             " + more + "\n" }
        return text
    }

    private static func verdict(_ evaluation: Evaluation, _ palette: Palette) -> String {
        let summary = "  " + SafeText.line(evaluation.summary) + "\n"
        switch evaluation.verdict {
        case .accepted: return palette.green("accepted") + summary
        case .rejected: return palette.red("rejected") + summary
        case .notJudged: return palette.yellow("not judged") + summary
        }
    }

    /// What to do with the verdict.
    private static func next(_ evaluation: Evaluation) -> String {
        let head = SafeText.line(evaluation.head.name)
        switch evaluation.verdict {
        case .accepted where evaluation.omission == .notAsked && evaluation.invariantCount > 0:
            return "leviathan check runs the invariants as well"
        case .accepted where evaluation.task != nil && evaluation.reproduction == nil && evaluation.commits > 0:
            return "review \(head), or let 'leviathan check --reproduce' run the task again first"
        case .accepted: return "review \(head)"
        case .rejected:
            let plan = evaluation.task.map { ", or leviathan plan \(SafeText.line($0))" } ?? ""
            return "leviathan explain \(evaluation.findings.first?.id ?? "")\(plan)"
        case .notJudged: return "leviathan check --scope NAME judges it by a scope, --task ID by a task"
        }
    }
}
