import Basics
import Observability
import Testing

@Suite struct AnomalyTests {
    private static let now = Instant("2026-03-02T12:30:00Z")!

    /// So many attempts in the last full hour, and in that hour of each of the weeks before.
    private func samples(
        _ counts: [Int], failing: Int = 0, seconds: Double = 60, cost: Double? = nil
    ) -> [AnomalySearch.Sample] {
        counts.enumerated().flatMap { week, count in
            (0..<count).map { index in
                AnomalySearch.Sample(
                    target: "shop", ended: Self.now + .seconds(-3600 - week * 7 * 86_400 + index),
                    isFailure: week == 0 && index < failing, seconds: week == 0 ? seconds : 60,
                    cost: week == 0 ? cost : nil)
            }
        }
    }

    private func found(_ samples: [AnomalySearch.Sample]) -> [Anomaly.Measure] {
        AnomalySearch(samples, at: Self.now).find().map(\.measure)
    }

    @Test func theUsualIsNoNews() {
        #expect(found(samples([5, 4, 6, 5, 5, 6])) == [])
        // One wild week changes nothing of what is usual.
        #expect(found(samples([5, 4, 6, 500, 5, 6])) == [])
    }

    @Test func whatIsFarFromItIsTold() {
        #expect(found(samples([40, 4, 6, 5, 5, 6])) == [.attempts])
        #expect(found(samples([6, 4, 6, 5, 5, 6], failing: 6)) == [.failures])
        #expect(found(samples([5, 4, 6, 5, 5, 6], seconds: 600)) == [.duration])
        #expect(found(samples([5, 4, 6, 5, 5, 6], cost: 3)) == [.cost])
        // An hour in which nothing happens although much usually does.
        #expect(found(samples([0, 40, 42, 41, 40, 39])) == [.attempts])
    }

    @Test func aFewWeeksAreNotEnough() { #expect(found(samples([40, 5, 5, 5])) == []) }

    @Test func itIsExplained() throws {
        let anomaly = try #require(AnomalySearch(samples([40, 4, 6, 5, 5, 6]), at: Self.now).find().first)
        #expect(
            anomaly.text
                == "attempts: 40.0 in the hour from 2026-03-02T11:00:00Z, more than the usual 5.0 (median of that hour "
                + "of the week in 5 weeks; the spread is 2.24)")
        #expect(anomaly.json["score"] == 15.65)
    }
}
