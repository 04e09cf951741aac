internal import Basics
internal import Model
internal import Paths

/// Leviathan's own part of a pull request's text.
struct PullRequestSection {
    private let facts: PullRequestFacts
    private let budget: TextBudget

    init(_ facts: PullRequestFacts, _ budget: TextBudget) { (self.facts, self.budget) = (facts, budget) }

    var text: String {
        [unfenced, details, criteria, changes, invariants, excused, warnings, origin].compactMap(\.self)
            .joined(separator: "\n\n")
    }

    private var unfenced: String? {
        guard facts.isolation?.isUnfenced == true else { return nil }
        return """
            > [!CAUTION]
            > **This change was made WITHOUT A FENCE.** The executor could read and write everything that its user \
            can. Look at it with that in mind.
            """
    }

    private var details: String? {
        // Cleaned before it is cut: half a credential would no longer look like one.
        guard let text = facts.details.map(Self.cleaned), text.contains(where: { !$0.isWhitespace }) else {
            return nil
        }
        let isLong = text.unicodeScalars.count > budget.details
        let shown = SafeMarkdown.block(TextCleaning.shortened(text, to: budget.details))
        let pointer = "*Shortened; `leviathan show` \(SafeMarkdown.code(facts.task)) has the whole text.*"
        return "## What and why\n\n" + (isLong ? (budget.details > 0 ? shown + "\n\n" : "") + pointer : shown)
    }

    /// No more of a text without end than could ever be shown.
    private static func cleaned(_ text: String) -> String {
        TextCleaning.clean(
            String(String.UnicodeScalarView(text.unicodeScalars.prefix(5 * TextBudget.whole.details))))
    }

    private var criteria: String? {
        guard !facts.acceptanceCriteria.isEmpty else { return nil }
        return "## Acceptance criteria\n\n" + list(facts.acceptanceCriteria, mark: "- [ ] ")
    }

    private var warnings: String? {
        let lines = facts.warnings + facts.notes
        guard !lines.isEmpty else { return nil }
        return (facts.warnings.isEmpty ? "## Notes" : "## Warnings") + "\n\n" + list(lines, mark: "- ")
    }

    private func list(_ items: [String], mark: String) -> String {
        var lines = items.prefix(budget.items).map { item in
            mark + SafeMarkdown.inline(TextCleaning.shortened(TextCleaning.oneLine(item), to: budget.itemLength))
        }
        if items.count > budget.items { lines.append("- *and \(items.count - budget.items) more*") }
        return lines.joined(separator: "\n")
    }

    // MARK: Changes

    private var changes: String? {
        guard !facts.changes.isEmpty else { return nil }
        let added = facts.changes.reduce(0) { $0 + $1.added }
        let removed = facts.changes.reduce(0) { $0 + $1.removed }
        let count = facts.changes.count
        var parts = ["## Changes", "\(count) \(count == 1 ? "file" : "files"), +\(added) −\(removed) lines"]
        let rows = facts.changes.prefix(budget.files).map { change in
            [
                Self.path(change), Self.operation(change),
                change.isBinary ? "binary" : "+\(change.added) −\(change.removed)",
            ]
        }
        if !rows.isEmpty { parts.append(SafeMarkdown.table(["File", "Change", "Lines"], rows)) }
        if count > rows.count {
            parts.append(
                "*and \(count - rows.count) more; `leviathan show` \(SafeMarkdown.code(facts.attempt)) lists all*")
        }
        return parts.joined(separator: "\n\n")
    }

    private static func path(_ change: Change) -> String {
        SafeMarkdown.code(shortPath(change.path.description))
            + (change.renamedFrom.map { ", from " + SafeMarkdown.code(shortPath($0.description)) } ?? "")
    }

    /// The beginning and the end of a long path.
    private static func shortPath(_ path: String) -> String {
        path.count > 160 ? path.prefix(70) + "…" + path.suffix(89) : path
    }

    private static func operation(_ change: Change) -> String {
        switch change.operation {
        case .create: "created"
        case .update: "updated"
        case .delete: "deleted"
        }
    }

    // MARK: Invariants

    private var invariants: String? {
        guard !facts.invariants.isEmpty else { return nil }
        // What did not pass comes first, so that shortening never hides it behind what did.
        let ordered =
            facts.invariants.filter { $0.outcome != .passed } + facts.invariants.filter { $0.outcome == .passed }
        let rows = ordered.prefix(budget.items).map { result in
            [
                SafeMarkdown.inline(TextCleaning.shortened(result.name, to: min(200, budget.itemLength))),
                Self.outcome(result), result.outcome == .skipped ? "" : DurationText.measured(result.duration),
            ]
        }
        let rest = ordered.count - rows.count
        return "## Invariants\n\n" + SafeMarkdown.table(["Invariant", "Result", "Duration"], rows)
            + (rest > 0 ? "\n\n*and \(rest) more*" : "")
    }

    private static func outcome(_ result: InvariantResult) -> String {
        let word =
            switch result.outcome {
            case .passed: "✅ passed"
            case .failed: result.severity == .warn ? "⚠️ failed, and only warns" : "❌ failed"
            case .brokenAtBase where result.isExcused: "⚠️ fails at the base too, and nothing new fails"
            case .brokenAtBase: "⚠️ fails at the base too" + warning(result)
            case .skipped: "➖ skipped"
            case .timedOut: "❌ timed out" + warning(result)
            case .couldNotRun: "❌ could not run" + warning(result)
            }
        return word + (result.cached ? ", cached" : "")
    }

    /// Nothing else that failed comes as far as a pull request.
    private static func warning(_ result: InvariantResult) -> String {
        result.severity == .warn ? ", and only warns" : ""
    }

    /// What the reviewers accept with the change: failures that the base has too, by name.
    private var excused: String? {
        let excused = facts.invariants.filter(\.isExcused)
        guard !excused.isEmpty else { return nil }
        let parts = excused.prefix(budget.items).map { result in
            let names = result.comparison?.knownFailures ?? []
            let title =
                "The invariant \(SafeMarkdown.inline(result.name)) fails, on the base as well. What fails on both:"
            return title + "\n\n" + list(names, mark: "- ")
        }
        return (["## Failures that were there before"] + parts).joined(separator: "\n\n")
    }

    // MARK: Where it comes from

    /// What anybody with a clone can do: only the machine that made it knows the attempt.
    private var reproduction: String {
        let branch = BacklogTask.proposedBranch(of: facts.task)
        guard let remote = facts.remote else { return "leviathan verify \(branch)" }
        return "git fetch \(remote) && leviathan verify \(remote)/\(branch)"
    }

    private var origin: String {
        var lines = ["- Executor: " + SafeMarkdown.code("\(facts.executor)@\(facts.executorVersion)")]
        if let model = facts.model {
            lines.append(
                "- Model: " + SafeMarkdown.code(model)
                    + (facts.cost.map { ", cost " + SafeMarkdown.inline($0) } ?? ""))
        }
        if let isolation = facts.isolation {
            let level = isolation.isUnfenced ? "**none**" : SafeMarkdown.code(isolation.level)
            lines.append("- Isolation: \(level), network \(SafeMarkdown.inline(isolation.network))")
        } else {
            lines.append("- Isolation: not needed, no program ran")
        }
        lines += [
            "- Task: " + SafeMarkdown.code(facts.task), "- Attempt: " + SafeMarkdown.code(facts.attempt),
            "- Base: " + SafeMarkdown.code(facts.base.hex),
        ]
        if let specification = facts.specification {
            lines.append("- Specification: " + SafeMarkdown.code(specification.hex))
        }
        lines.append("- Reproduce: " + SafeMarkdown.code(reproduction))
        return "## How it was made\n\n" + lines.joined(separator: "\n")
    }
}
