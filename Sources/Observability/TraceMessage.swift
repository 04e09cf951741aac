package import Basics

/// Spans as OTLP has them: what one request to a receiver carries, in either of its two forms.
package struct TraceMessage: Sendable {
    private let service: String
    private let version: String
    private let spans: [TraceSpan]

    package init(service: String, version: String, _ spans: [TraceSpan]) {
        (self.service, self.version, self.spans) = (service, version, spans)
    }

    // MARK: JSON

    package var json: JSON {
        [
            "resourceSpans": [
                [
                    "resource": [
                        "attributes": [
                            Self.attribute("service.name", .text(service)),
                            Self.attribute("service.version", .text(version)),
                        ]
                    ],
                    "scopeSpans": [
                        [
                            "scope": ["name": "leviathan", "version": .string(version)],
                            "spans": .array(spans.map(Self.json)),
                        ]
                    ],
                ]
            ]
        ]
    }

    private static func attribute(_ name: String, _ value: TraceSpan.Value) -> JSON {
        switch value {
        case .text(let text): ["key": .string(name), "value": ["stringValue": .string(text)]]
        // A whole number is text there: not every reader has 64 bits for numbers.
        case .integer(let number): ["key": .string(name), "value": ["intValue": .string(String(number))]]
        }
    }

    private static func json(_ span: TraceSpan) -> JSON {
        var status: JSON = [:]
        if let failure = span.failure { status = ["code": 2, "message": .string(failure)] }
        let members = [
            JSON.Member("traceId", .string(span.trace)), JSON.Member("spanId", .string(span.id)),
            JSON.Member("name", .string(span.name)), JSON.Member("kind", .integer(span.kind.rawValue)),
            JSON.Member("startTimeUnixNano", .string(nanoseconds(span.start))),
            JSON.Member("endTimeUnixNano", .string(nanoseconds(span.end))),
            JSON.Member("attributes", .array(span.attributes.map { attribute($0.name, $0.value) })),
            JSON.Member("status", status),
        ]
        return .object(members + (span.parent.map { [JSON.Member("parentSpanId", .string($0))] } ?? []))
    }

    private static func nanoseconds(_ time: Instant) -> String { "\(time.microsecondsSinceEpoch)000" }

    // MARK: Protocol buffers

    package var protobuf: [UInt8] {
        var resource = ProtobufWriter()
        resource.message(1, Self.encoded("service.name", .text(service)))
        resource.message(1, Self.encoded("service.version", .text(version)))
        var scope = ProtobufWriter()
        scope.text(1, "leviathan")
        scope.text(2, version)
        var scoped = ProtobufWriter()
        scoped.message(1, scope)
        for span in spans { scoped.message(2, Self.encoded(span)) }
        var all = ProtobufWriter()
        all.message(1, resource)
        all.message(2, scoped)
        var request = ProtobufWriter()
        request.message(1, all)
        return request.bytes
    }

    private static func encoded(_ name: String, _ value: TraceSpan.Value) -> ProtobufWriter {
        var any = ProtobufWriter()
        switch value {
        case .text(let text): any.text(1, text)
        case .integer(let number): any.number(3, UInt64(bitPattern: Int64(number)))
        }
        var pair = ProtobufWriter()
        pair.text(1, name)
        pair.message(2, any)
        return pair
    }

    private static func encoded(_ span: TraceSpan) -> ProtobufWriter {
        var writer = ProtobufWriter()
        writer.bytes(1, bytes(span.trace))
        writer.bytes(2, bytes(span.id))
        if let parent = span.parent { writer.bytes(4, bytes(parent)) }
        writer.text(5, span.name)
        writer.number(6, UInt64(span.kind.rawValue))
        writer.fixed(7, UInt64(clamping: span.start.microsecondsSinceEpoch) * 1000)
        writer.fixed(8, UInt64(clamping: span.end.microsecondsSinceEpoch) * 1000)
        for attribute in span.attributes { writer.message(9, encoded(attribute.name, attribute.value)) }
        if let failure = span.failure {
            var status = ProtobufWriter()
            status.text(2, failure)
            status.number(3, 2)
            writer.message(15, status)
        }
        return writer
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.utf8.map { $0 < 0x3A ? $0 &- 0x30 : $0 &- 0x57 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] & 15 }
    }
}

/// The few forms of protocol buffers that a trace needs.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func key(_ field: UInt64, _ form: UInt64) { varint(field << 3 | form) }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        key(field, 0)
        varint(value)
    }

    mutating func fixed(_ field: UInt64, _ value: UInt64) {
        key(field, 1)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
        key(field, 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: UInt64, _ value: String) { bytes(field, Array(value.utf8)) }

    mutating func message(_ field: UInt64, _ value: ProtobufWriter) { bytes(field, value.bytes) }
}
