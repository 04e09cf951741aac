internal import Basics

/// One message of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Hashable {
    /// `message` where the server named none.
    package let type: String
    package let data: String
    /// The last id the server gave, in this message or an earlier one.
    package let id: String?

    package init(type: String = "message", data: String, id: String? = nil) {
        (self.type, self.data, self.id) = (type, data, id)
    }
}

/// Takes bytes as they come and gives messages as they are complete (WHATWG HTML, 9.2.6).
package struct ServerSentEventParser: Sendable {
    /// The longest message, field names included.
    private let limit: Int
    private var size = 0
    private var line: [UInt8] = []
    private var isFirstLine = true
    private var lastWasReturn = false
    private var type = ""
    private var data: [String] = []
    private var id: String?
    /// How long the server asks to wait before connecting again.
    package private(set) var reconnectionDelay: Duration?

    package init(limit: Int = 1 << 20) { self.limit = limit }

    /// The messages that these bytes complete; what the stream's end leaves unfinished is none.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(ServerSentEventError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let endsReturn = lastWasReturn && byte == UInt8(ascii: "\n")
            lastWasReturn = byte == UInt8(ascii: "\r")
            if endsReturn { continue }
            if lastWasReturn || byte == UInt8(ascii: "\n") {
                if let event = endLine() { events.append(event) }
                continue
            }
            size += 1
            guard size <= limit else { throw ServerSentEventError(limit: limit) }
            line.append(byte)
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        var text = line[...]
        if isFirstLine && text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !text.isEmpty else { return endEvent() }
        if text.first == UInt8(ascii: ":") {
            size -= line.count  // A comment keeps a quiet connection awake; it adds to no message.
            return nil
        }
        let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        var value = text[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        take(String(decoding: text[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        return nil
    }

    private mutating func take(_ field: String, _ value: String) {
        switch field {
        case "event": type = value
        case "data": data.append(value)
        case "id" where !value.utf8.contains(0): id = value
        case "retry": reconnectionDelay = value.decimal.map { .milliseconds($0) } ?? reconnectionDelay
        default: break
        }
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer { (type, data, size) = ("", [], 0) }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: data.joined(separator: "\n"), id: id)
    }
}

/// A message in an event stream that grew too long.
package struct ServerSentEventError: ExplainedError, Equatable {
    package let limit: Int

    package var message: String { "a message in the event stream passed the limit of \(limit) bytes" }
}
