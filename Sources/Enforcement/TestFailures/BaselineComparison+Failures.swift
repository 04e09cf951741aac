package import Model

extension BaselineComparison {
    /// A run that failed on the change beside one that failed on the base.
    ///
    /// Excused is only what is known in full: both name what failed, everything that failed is named, and nothing of it
    /// is new.
    package init(
        change: TestFailures, base: TestFailures, isSameEnding: Bool, baseline: Invariant.Baseline
    ) {
        var problem = change.problem
        if problem == nil, change.names.isEmpty || base.names.isEmpty {
            problem = "what failed has no names" + (change.names.isEmpty ? "" : " on the base")
        }
        problem = problem ?? base.problem.map { "on the base: " + $0 }
        if problem == nil, !isSameEnding { problem = "it ended otherwise on the base" }
        let new = change.names.subtracting(base.names).sorted()
        self.init(
            newFailures: base.names.isEmpty ? [] : new,
            knownFailures: change.names.intersection(base.names).sorted(),
            problem: problem, excuses: baseline == .excuse && problem == nil && new.isEmpty)
    }
}
