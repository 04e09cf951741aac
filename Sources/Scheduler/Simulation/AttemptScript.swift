internal import Basics

/// How an attempt of a simulated world goes.
package struct AttemptScript: Hashable, Sendable {
    package enum Ending: Hashable, Sendable {
        case delivered
        case unchanged
        /// Its kind as the journal has it, such as `executor`.
        case failed(kind: String)
        /// Its process dies, and its claim stays behind.
        case dies
        /// Its process dies before it claims anything.
        case neverBegins
    }

    package var duration: Duration
    package var ending: Ending
    /// The part that it spends of what it may spend on models.
    package var spends = 0.5

    package init(duration: Duration, ending: Ending) { (self.duration, self.ending) = (duration, ending) }
}

/// What people decide about a proposal, and how long after it was opened; `nil` where they never do.
package struct ReviewScript: Hashable, Sendable {
    package var merges: Bool
    package var after: Duration?

    package init(merges: Bool, after: Duration?) { (self.merges, self.after) = (merges, after) }
}

/// Decides how the attempts of a simulated world go, and what people say of their proposals.
package protocol SimulationScript {
    func attempt(_ number: Int, of task: String, in target: String) -> AttemptScript

    func review(of proposal: Int, of task: String, in target: String) -> ReviewScript
}

/// Chance decides, by the seed alone.
package struct RandomScript: SimulationScript {
    private let chance: SeededChance
    /// How many of a hundred attempts fail, as a fraction.
    private let failures: Double
    /// How many of the open proposals people decide about in an hour, as a fraction.
    private let mergeRate: Double
    private let meanDuration: Duration
    /// So many of the failures are deaths of the process.
    private let deaths: Double

    package init(
        seed: UInt64, failures: Double, mergeRate: Double, meanDuration: Duration = .seconds(600),
        deaths: Double = 0.05
    ) {
        (chance, self.failures, self.mergeRate) = (SeededChance(seed: seed), failures, mergeRate)
        (self.meanDuration, self.deaths) = (meanDuration, deaths)
    }

    package func attempt(_ number: Int, of task: String, in target: String) -> AttemptScript {
        let (name, count) = ("\(target)/\(task)", "\(number)")
        let duration = chance.span(mean: meanDuration, name, count, "duration")
        guard chance.fraction(name, count, "fails") < failures else {
            var script = AttemptScript(duration: duration, ending: .delivered)
            script.spends = chance.fraction(name, count, "spends")
            return script
        }
        let kind = chance.fraction(name, count, "kind")
        if kind < deaths {
            return AttemptScript(duration: duration, ending: kind < deaths / 2 ? .dies : .neverBegins)
        }
        let kinds = ["executor", "executor", "rejected", "delivery", "unexpected"]
        return AttemptScript(
            duration: duration, ending: .failed(kind: kinds[chance.pick(kinds.count, name, count, "which")]))
    }

    /// Nine of ten decisions are merges.
    package func review(of proposal: Int, of task: String, in target: String) -> ReviewScript {
        let (name, count) = ("\(target)/\(task)", "\(proposal)")
        guard mergeRate > 0 else { return ReviewScript(merges: false, after: nil) }
        let mean = Duration.microseconds(Int64(3_600_000_000 / mergeRate))
        return ReviewScript(
            merges: chance.fraction(name, count, "merges") < 0.9,
            after: chance.span(mean: mean, name, count, "review"))
    }
}
