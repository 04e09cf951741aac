internal import API
internal import Basics
internal import HTTPServer
internal import Observability

/// What is unusual, explained; nothing acts on it.
extension Operations {
    private static let anomaly = Schema.named(
        "Anomaly",
        .object([
            Schema.Property("target", .anyText),
            Schema.Property("measure", .choice(Anomaly.Measure.allCases.map(\.rawValue))),
            Schema.Property("hour", .anyText, "When the hour began that is unusual"),
            Schema.Property("value", .number),
            Schema.Property("usual", .number, "The median of that hour of the week"),
            Schema.Property("spread", .number), Schema.Property("weeks", .integer(1...1000)),
            Schema.Property("score", .number, "How many spreads it is away"),
            Schema.Property("explanation", .anyText),
        ]))

    static let anomalies: [Operation] = [
        Operation(
            Endpoint(
                "listAnomalies", .get, "/v1/anomalies", .view, .visible,
                "Targets whose last full hour is far from what that hour of the week usually is"
            ).with {
                $0.answers = [
                    Endpoint.Answer(
                        200, "Those that there are",
                        .object([Schema.Property("anomalies", .list(anomaly, atMost: 10_000))]))
                ]
            }
        ) { call, home in
            let found = try home.anomalyFacts.value(home).filter { call.principal.targets.covers($0.target) }
            return .json(["anomalies": .array(found.prefix(10_000).map(\.json))])
        }
    ]
}
