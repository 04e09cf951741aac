package import Basics

/// An hour that is far from what that hour of the week usually is, with the numbers that say so.
package struct Anomaly: Hashable, Sendable {
    package enum Measure: String, CaseIterable, Sendable { case attempts, failures, duration, cost }

    package let target: String
    package let measure: Measure
    /// When the hour began.
    package let hour: Instant
    package let value: Double
    /// The median of that hour in the weeks before, and how far it usually lies from that.
    package let usual: Double
    package let spread: Double
    /// Of how many weeks that is known.
    package let weeks: Int

    /// How many spreads the value is away.
    package var score: Double { (value - usual) / spread }

    package var text: String {
        let (more, much) = (value > usual ? "more" : "less", Self.text(value, measure))
        return "\(Self.subject(measure)) \(much) in the hour from \(hour.secondsText), \(more) than the usual "
            + "\(Self.text(usual, measure)) (median of that hour of the week in \(weeks) weeks; the spread is "
            + "\(Self.text(spread, measure)))"
    }

    private static func subject(_ measure: Measure) -> String {
        switch measure {
        case .attempts: "attempts:"
        case .failures: "failures:"
        case .duration: "the median attempt took"
        case .cost: "models cost"
        }
    }

    private static func text(_ value: Double, _ measure: Measure) -> String {
        let number = JSON.double((value * 100).rounded() / 100).text()
        return switch measure {
        case .attempts, .failures: number
        case .duration: number + " s"
        case .cost: "US$ " + number
        }
    }

    package var json: JSON {
        [
            "target": .string(target), "measure": .string(measure.rawValue), "hour": .string(hour.secondsText),
            "value": .double(value), "usual": .double(usual), "spread": .double(spread), "weeks": .integer(weeks),
            "score": .double((score * 100).rounded() / 100), "explanation": .string(text),
        ]
    }
}

/// Compares the last full hour of each target with the same hour of the weeks before, by the median and by the median
/// distance from it: a few wild hours change neither.
package struct AnomalySearch {
    package static let weeks = 8
    /// What is known of fewer weeks says nothing.
    private static let fewestWeeks = 4
    /// So many spreads away is unusual (Iglewicz and Hoaglin).
    private static let limit = 3.5
    /// Makes the median distance of a normal distribution its standard deviation.
    private static let scale = 1.4826
    private static let hour: Int64 = 3600
    private static let week = 7 * 24 * hour

    /// What is looked at of an attempt that has ended.
    package struct Sample: Sendable {
        package let target: String
        package let ended: Instant
        package let isFailure: Bool
        package let seconds: Double
        /// In dollars; `nil` where nothing was spent or nobody knows.
        package let cost: Double?

        package init(target: String, ended: Instant, isFailure: Bool, seconds: Double, cost: Double?) {
            (self.target, self.ended, self.isFailure) = (target, ended, isFailure)
            (self.seconds, self.cost) = (seconds, cost)
        }
    }

    private struct Hour {
        var attempts = 0.0
        var failures = 0.0
        var durations: [Double] = []
        var cost = 0.0

        /// `nil` where there is nothing to measure.
        func value(_ measure: Anomaly.Measure) -> Double? {
            switch measure {
            case .attempts: attempts
            case .failures: failures
            case .duration: AnomalySearch.median(durations)
            case .cost: cost
            }
        }
    }

    private let hours: [String: [Int64: Hour]]
    private let first: [String: Int64]
    private let last: Int64

    /// `now` is in the hour behind the one that is looked at.
    package init(_ samples: [Sample], at now: Instant) {
        last = now.secondsSinceEpoch.flooredDivision(by: Self.hour) - 1
        var (hours, first): ([String: [Int64: Hour]], [String: Int64]) = ([:], [:])
        for sample in samples {
            let place = sample.ended.secondsSinceEpoch.flooredDivision(by: Self.hour)
            first[sample.target] = min(first[sample.target] ?? place, place)
            var hour = hours[sample.target]?[place] ?? Hour()
            hour.attempts += 1
            if sample.isFailure { hour.failures += 1 }
            hour.durations.append(sample.seconds)
            hour.cost += sample.cost ?? 0
            hours[sample.target, default: [:]][place] = hour
        }
        (self.hours, self.first) = (hours, first)
    }

    package func find() -> [Anomaly] {
        hours.keys.sorted().flatMap { target in
            Anomaly.Measure.allCases.compactMap { anomaly(target, $0) }
        }
    }

    private func anomaly(_ target: String, _ measure: Anomaly.Measure) -> Anomaly? {
        let known = hours[target] ?? [:]
        guard let value = (known[last] ?? Hour()).value(measure), let first = first[target] else { return nil }
        // Before its first attempt a target was not there, and says nothing of what is usual.
        let usual = (1...Int64(Self.weeks)).map { last - $0 * (Self.week / Self.hour) }.filter { $0 >= first }
            .compactMap { (known[$0] ?? Hour()).value(measure) }
        guard usual.count >= Self.fewestWeeks, let median = Self.median(usual),
            let distance = Self.median(usual.map { abs($0 - median) })
        else { return nil }
        let spread = max(distance * Self.scale, Self.least(measure, median))
        let found = Anomaly(
            target: target, measure: measure, hour: Instant(secondsSinceEpoch: last * Self.hour), value: value,
            usual: median, spread: spread, weeks: usual.count)
        return abs(found.score) > Self.limit ? found : nil
    }

    /// Where every week was the same, a small difference is not yet news.
    private static func least(_ measure: Anomaly.Measure, _ median: Double) -> Double {
        switch measure {
        case .attempts, .failures: max(1, median.squareRoot())
        case .duration: max(5, median * 0.1)
        case .cost: max(0.1, median * 0.1)
        }
    }

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let (sorted, middle) = (values.sorted(), values.count / 2)
        return values.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
