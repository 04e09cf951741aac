internal import Basics
internal import CommandLine
internal import Model
internal import Paths
internal import Reports
internal import Runner

/// What came of a `propose` in at most ten lines, of which the last one is the verdict.
///
/// What went wrong is told whole, whatever room it takes; how much else was left out is always said.
struct ProposeSummary {
    private let result: ProposeResult
    private let palette: Palette
    private let times: TimeText

    private static let lineLimit = 10

    init(_ result: ProposeResult, _ palette: Palette, _ times: TimeText) {
        (self.result, self.palette, self.times) = (result, palette, times)
    }

    func text(isWhole: Bool, ending: String) -> String {
        let whole =
            head + notes + changes + [mark, invariants, commit].flatMap { $0 }
            + problems(withRows: false).flatMap { $0 }
        if isWhole || Self.count(whole) < Self.lineLimit {
            return (whole + ["  " + ending]).joined(separator: "\n")
        }
        let wrong = problems(withRows: true).flatMap { $0 }
        let room = Self.lineLimit - 1 - Self.count(head + shortChanges + mark + shortInvariants + commit + wrong)
        let lines = head + shortNotes(max(1, room)) + shortChanges + mark + shortInvariants + commit + wrong
        return (lines + ["  " + ending]).joined(separator: "\n")
    }

    private static func count(_ lines: [String]) -> Int {
        lines.reduce(0) { $0 + $1.split(separator: "\n", omittingEmptySubsequences: false).count }
    }

    /// As many notes as there is room for, and how many there are more.
    private func shortNotes(_ room: Int) -> [String] {
        guard notes.count > room else { return notes }
        let shown = notes.prefix(room - 1)
        let more = "\(notes.count - shown.count)" + (shown.isEmpty ? " notes" : " more")
        return shown + row("note", more + "; --verbose tells them")
    }

    // MARK: Parts

    private func row(_ name: String, _ value: String?) -> [String] {
        guard let value else { return [] }
        return ["  \(name)" + String(repeating: " ", count: max(1, 11 - name.count)) + SafeText.line(value)]
    }

    private var head: [String] {
        let title = palette.bold(SafeText.line(result.taskID)) + "  " + SafeText.line(result.title ?? "")
        return [title] + result.recovered.flatMap { row("recovered", $0.text) }
            + row("base", result.base.map { "\($0.name) (\($0.commit.short))" })
            + row(
                "executor",
                result.executor.map { $0 + (result.workspace.map { ", workspace \($0.rawValue)" } ?? "") })
            + row("isolation", result.isolation.map { "\($0.level), network \($0.network)" })
    }

    private var notes: [String] { result.notes.flatMap { row("note", $0) } }

    private var changes: [String] { result.taskChanges.flatMap { row($0.operation.rawValue, Self.counts($0)) } }

    /// Beyond two files their number is told.
    private var shortChanges: [String] {
        let all = result.taskChanges
        guard all.count > 2 else { return changes }
        let (added, removed) = (all.reduce(0) { $0 + $1.added }, all.reduce(0) { $0 + $1.removed })
        return row("change", "\(all.count) files  +\(added) -\(removed)")
    }

    private static func counts(_ change: Change) -> String {
        let counts = change.isBinary ? "binary" : "+\(change.added) -\(change.removed)"
        return "\(change.path)  \(counts)" + (change.renamedFrom.map { "  (was \($0))" } ?? "")
    }

    private var mark: [String] {
        row("mark", result.writeBackPath.map { "\($0): \(result.taskID) is completed" })
    }

    private var commit: [String] {
        row("commit", result.commit.map { $0.short + (result.subject.map { "  " + $0 } ?? "") })
    }

    private var invariants: [String] {
        result.invariants.flatMap { row(of: $0) }
    }

    private func row(of invariant: InvariantResult) -> [String] {
        row("invariant", "\(invariant.name): \(invariant.outcome.rawValue)" + addition(to: invariant))
    }

    /// Those that are fine in one line; the others are told with the problems.
    private var shortInvariants: [String] {
        let fine = result.invariants.filter(\.outcome.isFine)
        guard !fine.isEmpty else { return [] }
        let words = Dictionary(grouping: fine, by: \.outcome.rawValue).sorted { $0.key < $1.key }
        let isShort = fine.count <= 3 && words.count == 1
        let text =
            isShort
            ? "\(fine.map(\.name).joined(separator: ", ")): \(words[0].key)"
            : words.map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
        return row("invariants", text)
    }

    private func addition(to invariant: InvariantResult) -> String {
        if invariant.cached {
            let held = invariant.detail?.split(separator: " ").last.map { times.moment(String($0)) }
            return " (known\(held.map { ", held " + $0 } ?? ""))"
        }
        if invariant.isExcused { return ", excused: nothing new fails" }
        return invariant.outcome.isFine || invariant.rejects ? "" : ", and only warns"
    }

    /// `withRows` begins what an invariant says with the row that stands above it elsewhere.
    private func problems(withRows: Bool) -> [[String]] {
        let violations = result.violations.map { violation in
            ["  " + palette.red("violation") + "  " + SafeText.line(violation.message) + " [\(violation.rule)]"]
                + (violation.hint.map { ["             " + SafeText.line($0)] } ?? [])
        }
        let warnings = result.warnings.map { warning in
            ["  " + palette.yellow("warning") + "    " + SafeText.line(warning.message) + " [\(warning.rule)]"]
        }
        let failures = result.invariants.filter { !$0.outcome.isFine }.map { invariant in
            let word = invariant.outcome.rawValue
            return (withRows ? row(of: invariant) : []) + [
                "  " + (invariant.rejects ? palette.red(word) : palette.yellow(word))
                    + "     \(SafeText.line(invariant.name)): \(SafeText.block(invariant.detail ?? ""))"
            ]
        }
        return violations + warnings + failures
    }
}
