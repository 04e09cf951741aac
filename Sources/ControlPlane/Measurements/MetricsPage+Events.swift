internal import Basics
internal import Observability
internal import Runner
internal import Synchronization

/// What is counted of events and requests as they come.
extension MetricsPage {
    mutating func events() {
        let (counts, names) = (home.feed.measurements.counts, Set(targets))
        func ordered<Value>(_ values: [String: Value]) -> [(key: String, value: Value)] {
            values.filter { names.contains($0.key) }.sorted { $0.key < $1.key }
        }
        page.begin(.grants)
        for (target, classes) in ordered(counts.grants) {
            for (name, count) in classes.sorted(by: { $0.key < $1.key }) {
                page.sample([target, name], Double(count))
            }
        }
        page.begin(.queueWait)
        page.sample([], counts.waits)
        page.begin(.breakerTransitions)
        for (scope, transitions) in counts.breakers.sorted(by: { $0.key < $1.key })
        where names.contains(scope) || scope.contains(":") {
            for (state, count) in transitions.sorted(by: { $0.key < $1.key }) {
                page.sample([scope, state], Double(count))
            }
        }
        page.begin(.attemptDuration)
        for (target, stages) in ordered(counts.durations) {
            for (stage, histogram) in stages.sorted(by: { $0.key < $1.key }) {
                page.sample([target, stage], histogram)
            }
        }
        page.begin(.runDuration)
        for (target, stages) in ordered(counts.durations) {
            if let histogram = stages["all"] { page.sample([target], histogram) }
        }
        page.begin(.fences)
        for (mode, count) in counts.fences.sorted(by: { $0.key < $1.key }) { page.sample([mode], Double(count)) }
        page.begin(.systemErrors)
        for (component, kinds) in counts.systemErrors.sorted(by: { $0.key < $1.key }) {
            for (kind, count) in kinds.sorted(by: { $0.key < $1.key }) {
                page.sample([component, kind], Double(count))
            }
        }
        page.begin(.timeToMerge)
        for (target, histogram) in ordered(counts.merges) { page.sample([target], histogram) }
        let newest = counts.newest.map { Double($0.microsecondsSinceEpoch) / 1_000_000 } ?? 0
        page.add(.spiderLastEvent, newest)
    }

    mutating func anomalies() {
        page.begin(.anomaly)
        guard let found = try? home.anomalyFacts.value(home) else { return }
        let unusual = Set(found.map { $0.target + "/" + $0.measure.rawValue })
        for target in targets {
            for measure in Anomaly.Measure.allCases.map(\.rawValue) {
                page.sample([target, measure], unusual.contains(target + "/" + measure) ? 1 : 0)
            }
        }
    }

    mutating func service() {
        let (routes, duties) = (home.measurements.all(), home.duties.withLock { $0 })
        page.begin(.leader)
        for duty in Duty.allCases { page.sample([duty.rawValue], duties.contains(duty) ? 1 : 0) }
        page.begin(.httpRequests)
        for (name, route) in routes {
            for (code, count) in route.codes.sorted(by: { $0.key < $1.key }) {
                page.sample([name, String(code)], Double(count))
            }
        }
        page.begin(.httpDuration)
        for (name, route) in routes { page.sample([name], route.durations) }
        let lag = home.feed.lag
        page.add(.feedLag, lag)
        page.add(.spiderUp, lag < 5 ? 1 : 0)
        page.add(.listeners, Double(home.feed.listenerCount))
        page.add(.tracesDropped, Double(home.traces?.dropped ?? 0))
    }
}
