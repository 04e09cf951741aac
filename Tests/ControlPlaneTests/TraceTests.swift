import Basics
import HTTP
import Journal
import Model
import Observability
import Runner
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct TraceTests {
    private static let grant = "0af76519-16cd-43dd-8448-eb211c80319c"

    /// Everything from the wait for a turn to the merge, as the journal has it.
    private static let line: [(type: String, second: Int, facts: JSON)] = [
        (
            "attempt.granted", 60,
            ["grant": .string(grant), "holder": "h", "class": "high", "waiting_since": "2026-03-01T12:00:00Z"]
        ),
        (
            "attempt.created", 61,
            [
                "attempt_id": "a", "number": 1,
                "traceparent": "00-0af7651916cd43dd8448eb211c80319c-8448eb211c80319c-01",
            ]
        ),
        ("attempt.started", 62, ["attempt_id": "a"]),
        ("model.call_started", 63, ["attempt_id": "a", "model": "m", "call": 1, "attempt": 1]),
        (
            "model.call_completed", 68,
            [
                "attempt_id": "a", "model": "m", "call": 1, "attempt": 1, "outcome": "answered",
                "input_tokens": 10,
                "output_tokens": 4,
            ]
        ),
        ("change.frozen", 70, ["attempt_id": "a"]), ("policy.judged", 71, ["attempt_id": "a", "approved": true]),
        (
            "invariant.finished", 75,
            ["attempt_id": "a", "name": "tests", "outcome": "passed", "duration_ms": 3000]
        ),
        ("delivery.started", 76, ["attempt_id": "a"]), ("branch.pushed", 78, ["attempt_id": "a"]),
        ("pr.created", 79, ["attempt_id": "a", "number": 7]),
        ("attempt.succeeded", 80, ["attempt_id": "a", "outcome": "delivered"]),
        ("pr.merged", 600, ["number": 7]),
    ]

    private static func write(_ world: PlaneWorld) throws {
        let drafts = line.enumerated().map { index, entry in
            let time = Instant("2026-03-01T12:00:00Z")! + .seconds(entry.second)
            let payload: [JSON.Member] =
                [JSON.Member("target", "shop"), JSON.Member("task_id", "t")] + (entry.facts.members ?? [])
            return EventDraft(
                id: "e\(index)", type: EventType(entry.type), timestamp: time.description, actor: "w",
                payload: .object(payload))
        }
        _ = try world.home.journals.with { try $0.append(drafts) }
    }

    private static func spans(_ world: PlaneWorld) throws -> [TraceSpan] {
        try world.home.journals.with { journal in
            let reader = TraceReader(journal)
            return try journal.events().flatMap { try reader.spans(endingWith: $0) }
        }
    }

    @Test func oneTraceGoesFromTheTurnToTheMerge() throws {
        let world = try PlaneWorld()
        try Self.write(world)
        let spans = try Self.spans(world)
        #expect(Set(spans.map(\.trace)) == ["0af7651916cd43dd8448eb211c80319c"])
        #expect(Set(spans.map(\.id)).count == spans.count)
        let byName = Dictionary(spans.map { ($0.name, $0) }) { first, _ in first }
        for (name, from, to) in [
            ("task", 0, 600), ("queue", 0, 60), ("attempt", 61, 80), ("prepare", 61, 62), ("execute", 62, 70),
            ("chat m", 63, 68), ("rules", 70, 71), ("invariants", 71, 76), ("invariant tests", 72, 75),
            ("push", 76, 78), ("pull request", 78, 79), ("review", 79, 600),
        ] {
            let span = try #require(byName[name], "\(name) of \(byName.keys.sorted())")
            let start = Instant("2026-03-01T12:00:00Z")!
            #expect(span.start == start + .seconds(from) && span.end == start + .seconds(to), "\(name)")
        }
        let root = try #require(byName["task"])
        #expect(root.parent == nil && root.id == "8448eb211c80319c")
        for name in ["queue", "attempt", "review"] { #expect(byName[name]?.parent == root.id, "\(name)") }
        for name in ["execute", "push"] { #expect(byName[name]?.parent == byName["attempt"]?.id, "\(name)") }
        #expect(byName["chat m"]?.parent == byName["execute"]?.id)
        #expect(byName["invariant tests"]?.parent == byName["invariants"]?.id)
        // Whoever derives them again gets the same.
        #expect(try Self.spans(world).map(\.id) == spans.map(\.id))
    }

    @Test func anAttemptThatFailedEndsItsTrace() throws {
        let world = try PlaneWorld()
        world.ingest("shop", "x")
        let spans = try Self.spans(world)
        #expect(spans.map(\.name) == ["attempt", "task"])
        #expect(spans.allSatisfy { $0.failure == "it did" })
    }

    private func exporter(_ world: PlaneWorld, _ url: String, _ more: [String: String] = [:]) throws
        -> TraceExporter
    {
        let settings = try #require(
            try TraceSettings(["OTEL_EXPORTER_OTLP_ENDPOINT": url].merging(more) { $1 }))
        return TraceExporter(settings, world.context, world.home.journals, version: "1")
    }

    @Test func whatCannotBeSentIsSentLaterAndNothingTwice() throws {
        let world = try PlaneWorld()
        let isAway = Mutex(true)
        let receiver = try HTTPTestServer { _ in .text("", status: isAway.withLock { $0 } ? 503 : 200) }
        let exporter = try exporter(world, receiver.url, ["OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b"])
        // What was before is not told.
        world.ingest("shop", "before")
        #expect(exporter.step())
        #expect(receiver.requests.isEmpty)
        world.ingest("shop", "x")
        #expect(!exporter.step())
        isAway.withLock { $0 = false }
        #expect(exporter.step() && exporter.step())
        #expect(receiver.requests.count == 2 && exporter.sentCount == 2 && exporter.dropped == 0)
        let last = try #require(receiver.requests.last)
        #expect(last.path == "/v1/traces" && last.header("Content-Type") == "application/x-protobuf")
        #expect(last.header("x-key") == "a b")
    }

    @Test func whatIsRefusedIsCountedAndNotSentAgain() throws {
        let world = try PlaneWorld()
        let receiver = try HTTPTestServer { _ in .text("no", status: 400) }
        let exporter = try exporter(world, receiver.url, ["OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"])
        #expect(exporter.step())
        world.ingest("shop", "x")
        #expect(exporter.step() && exporter.step())
        #expect(receiver.requests.count == 1 && exporter.dropped == 2)
        #expect(try JSON.parse(receiver.requests[0].body)["resourceSpans"] != nil)
    }

    @Test func theVariablesAreUnderstoodOrRefused() throws {
        #expect(try TraceSettings([:]) == nil)
        #expect(
            try TraceSettings(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_SDK_DISABLED": "true"]) == nil)
        #expect(
            try TraceSettings(["OTEL_EXPORTER_OTLP_ENDPOINT": "https://a:4318/"])?.url
                == "https://a:4318/v1/traces")
        #expect(try TraceSettings(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://a/x"])?.url == "https://a/x")
        for wrong in [
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "a:4318"],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_HEADERS": "key=secret"],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "https://a", "OTEL_EXPORTER_OTLP_HEADERS": "nonsense"],
        ] { #expect(throws: TraceSettings.Mistake.self) { try TraceSettings(wrong) } }
    }

    @Test func aTraceIsNamedAsTheStandardSays() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(Traceparent(text)?.text == text)
        #expect(Traceparent(uuid: Self.grant)?.span == "8448eb211c80319c")
        for wrong in [
            "", "00-0-0-01", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] { #expect(Traceparent(wrong) == nil, "\(wrong)") }
    }
}
