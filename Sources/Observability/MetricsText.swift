internal import Basics

/// Writes samples in Prometheus' text format, each with the labels that its metric declares.
package struct MetricsText {
    private var lines: [String] = []
    private var metric: Metric?
    package private(set) var written: Set<Metric> = []

    package init() {}

    package var text: String { lines.joined(separator: "\n") + "\n" }

    /// Begins a metric, whose samples come next; a metric without any is announced all the same.
    package mutating func begin(_ metric: Metric) {
        self.metric = metric
        written.insert(metric)
        lines += ["# HELP \(metric.name) \(metric.help)", "# TYPE \(metric.name) \(metric.kind.rawValue)"]
    }

    /// A metric with a single sample.
    package mutating func add(_ metric: Metric, _ value: Double) {
        begin(metric)
        sample([], value)
    }

    /// The values of the labels come in the order of their declaration.
    package mutating func sample(_ labels: [String], _ value: Double) {
        guard let metric else { return }
        line(metric.name, zipped(labels, metric), value)
    }

    package mutating func sample(_ labels: [String], _ histogram: Histogram) {
        guard let metric else { return }
        let labels = zipped(labels, metric)
        for (bound, count) in zip(histogram.bounds, histogram.within) {
            line(metric.name + "_bucket", labels + [("le", JSON.double(bound).text())], Double(count))
        }
        line(metric.name + "_bucket", labels + [("le", "+Inf")], Double(histogram.count))
        line(metric.name + "_sum", labels, histogram.sum)
        line(metric.name + "_count", labels, Double(histogram.count))
    }

    private func zipped(_ values: [String], _ metric: Metric) -> [(String, String)] {
        precondition(values.count == metric.labels.count, "\(metric.name) has other labels")
        return Array(zip(metric.labels, values))
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let text = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        let number = value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : JSON.double(value).text()
        lines.append(name + (text.isEmpty ? "" : "{\(text)}") + " " + number)
    }

    private static func escaped(_ text: String) -> String {
        String(
            text.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n", "\r", "\r\n": ["\\", "n"]
                default: [character]
                }
            })
    }
}

/// How many values lay within each bound.
package struct Histogram: Hashable, Sendable {
    package let bounds: [Double]
    package private(set) var within: [Int]
    package private(set) var count = 0
    package private(set) var sum = 0.0

    package init(_ bounds: [Double]) {
        self.bounds = bounds
        within = [Int](repeating: 0, count: bounds.count)
    }

    package mutating func add(_ value: Double) {
        count += 1
        sum += value
        for (index, bound) in bounds.enumerated() where value <= bound { within[index] += 1 }
    }
}
