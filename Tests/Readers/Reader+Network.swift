internal import API
internal import Basics
internal import Executors
internal import Forges
internal import HTTP
internal import HTTPServer
internal import Kubernetes

extension Reader {
    /// What comes from forges, models, workers and whoever reaches the control plane, and files about clusters.
    static let fromNetwork = [
        Reader(name: "forge-answer") { _ = ForgeAnswerReading.pullRequests(in: $0) },
        Reader(name: "model-answer") { bytes in
            var parser = ServerSentEventParser()
            for event in (try? parser.feed(bytes)) ?? [] { _ = try? JSON.parse(Array(event.data.utf8)) }
        },
        Reader(name: "control-plane-body") { bytes in
            if let body = try? JSON.parse(bytes) { _ = body.isNull || bodySchema.problems(body).isEmpty }
        },
        Reader(name: "http-head") { _ = RequestReading.refusal(ofHead: $0) },
        Reader(name: "url-part") { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = PercentEncoding.decode(text)
        },
        Reader(name: "times") { bytes in
            for line in bytes.split(separator: 10) {
                let text = String(decoding: line, as: UTF8.self)
                _ = (Instant(text), DurationText.parse(text), SizeText.parse(text), ZoneRule(text))
            }
            _ = ZoneRules(bytes)
        },
        Reader(name: "cluster-manifest") { bytes in
            _ = ManifestCheck.findings(in: [ManifestFile(path: "a.yaml", bytes: bytes)])
        },
    ]

    /// One of every kind of value.
    private static let bodySchema: Schema = {
        let event = Schema.object([
            Schema.Property("a", .text(0...100)), Schema.Property("b", .sentence(100), required: false),
            Schema.Property("c", .choice(["a", "b"]), required: false),
            Schema.Property("d", .instant, required: false), Schema.Property("e", .digest, required: false),
            Schema.Property("f", .place, required: false), Schema.Property("g", .integer(0...9), required: false),
        ])
        return .object([
            Schema.Property("a", .list(event, atMost: 1000), required: false),
            Schema.Property("b", .optional(.anyObject), required: false),
        ])
    }()
}
