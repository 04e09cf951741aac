import Basics
import Observability
import Testing

@Suite struct TraceMessageTests {
    private static func span() -> TraceSpan {
        var span = TraceSpan(
            trace: "0af7651916cd43dd8448eb211c80319c", id: "b7ad6b7169203331", parent: "00f067aa0ba902b7",
            name: "run",
            start: Instant("2026-03-01T12:00:00Z")!, end: Instant("2026-03-01T12:00:01.5Z")!)
        span.add("cicd.pipeline.name", "shop")
        span.add("n", 300)
        span.failure = "it did"
        return span
    }

    @Test func asJSON() {
        let message = TraceMessage(service: "leviathan", version: "1", [Self.span()]).json
        let span = message["resourceSpans"]?.elements?[0]["scopeSpans"]?.elements?[0]["spans"]?.elements?[0]
        #expect(span?["traceId"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(span?["endTimeUnixNano"] == "1772366401500000000")
        #expect(span?["attributes"]?.elements?[1]["value"]?["intValue"] == "300")
        #expect(span?["status"]?["code"] == 2)
    }

    /// Read by hand against the published definition: key, length, content.
    @Test func asProtocolBuffers() {
        let bytes = TraceMessage(service: "s", version: "1", [Self.span()]).protobuf
        // ResourceSpans is field 1 of the request, and its resource field 1 of that.
        #expect(bytes[0] == 0x0A)
        let trace: [UInt8] = [
            0x0A, 16, 0x0A, 0xF7, 0x65, 0x19, 0x16, 0xCD, 0x43, 0xDD, 0x84, 0x48, 0xEB, 0x21, 0x1C, 0x80, 0x31,
            0x9C,
        ]
        let identity: [UInt8] = [
            0x12, 8, 0xB7, 0xAD, 0x6B, 0x71, 0x69, 0x20, 0x33, 0x31, 0x22, 8, 0, 0xF0, 0x67, 0xAA, 0x0B, 0xA9, 2,
            0xB7,
        ]
        let name: [UInt8] = [0x2A, 3, 0x72, 0x75, 0x6E, 0x30, 1, 0x39]
        #expect(contains(bytes, trace + identity + name))
        // A whole number of two bytes: 300.
        #expect(contains(bytes, [0x18, 0xAC, 0x02]))
        #expect(contains(bytes, [0x7A, 10, 0x12, 6] + Array("it did".utf8) + [0x18, 2]))
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
