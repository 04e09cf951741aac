internal import Basics
internal import Enforcement
internal import Model

/// What became of an invariant's program, run by run.
struct InvariantFinding {
    private static let shownNames = 20

    let invariant: Invariant
    private(set) var tries = 0
    private var last: InvariantRun?
    private var onBase: InvariantRun?

    init(_ invariant: Invariant) { self.invariant = invariant }

    /// Takes a run; returns where to run it next, if anywhere.
    mutating func take(_ run: InvariantRun, on side: InvariantSide) -> InvariantSide? {
        if side == .base {
            onBase = run
            return nil
        }
        (last, tries) = (run, tries + 1)
        let isOver = run.outcome == .passed || run.outcome == .couldNotRun
        if !isOver, tries <= invariant.retries { return .change }
        return run.outcome == .failed && invariant.baseline != .off ? .base : nil
    }

    var run: InvariantRun? { last }

    var outcome: InvariantResult.Outcome {
        guard let last else { return .couldNotRun }
        return last.outcome == .failed && onBase?.outcome == .failed ? .brokenAtBase : last.outcome
    }

    /// What the base says of the failure; `nil` where it was not asked.
    var comparison: BaselineComparison? {
        guard let last, let onBase else { return nil }
        switch onBase.outcome {
        case .failed:
            return BaselineComparison(
                change: last.failures, base: onBase.failures, isSameEnding: last.ending == onBase.ending,
                baseline: invariant.baseline)
        case .passed:
            return BaselineComparison(
                newFailures: last.failures.names.sorted(), knownFailures: [], problem: nil, excuses: false)
        default:
            return BaselineComparison(
                newFailures: [], knownFailures: [],
                problem: "on the base it came to \(onBase.outcome.rawValue): \(onBase.detail)", excuses: false)
        }
    }

    /// For people: how often it ran, how it ended, and what the base says.
    var detail: String? {
        var lines = tries > 1 ? ["run \(tries) times"] : []
        if let last, last.outcome != .passed { lines += [last.detail] }
        if let comparison { lines.append(text(comparison)) }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func text(_ comparison: BaselineComparison) -> String {
        let new = comparison.newFailures
        guard outcome == .brokenAtBase else {
            if let problem = comparison.problem { return "what fails here cannot be compared: \(problem)" }
            return "on the base it passes" + (new.isEmpty ? "" : "; new here: \(Self.list(new))")
        }
        if let problem = comparison.problem {
            return "it fails on the base too; whether anything is new cannot be told: \(problem)"
                + (new.isEmpty ? "" : "; not named there: \(Self.list(new))")
        }
        if !new.isEmpty { return "it fails on the base too; new here: \(Self.list(new))" }
        let known = "it fails on the base too, and nothing is new: \(Self.list(comparison.knownFailures))"
        return comparison.excuses ? known : known + "; 'baseline: excuse' would let it through"
    }

    private static func list(_ names: [String]) -> String {
        let rest = names.count - shownNames
        return names.prefix(shownNames).joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "")
    }
}
