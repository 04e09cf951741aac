package import Basics

/// Something that took a time, as a part of a trace.
package struct TraceSpan: Hashable, Sendable {
    package enum Kind: Int, Sendable {
        case inside = 1
        /// Somebody else was asked.
        case client = 3
    }

    package enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int)
    }

    /// Hexadecimal digits, as `Traceparent` has them.
    package let trace: String
    package let id: String
    package let parent: String?
    package let name: String
    package var kind = Kind.inside
    package let start: Instant
    package let end: Instant
    package var attributes: [(name: String, value: Value)] = []
    /// What went wrong, where something did.
    package var failure: String?

    package init(trace: String, id: String, parent: String?, name: String, start: Instant, end: Instant) {
        (self.trace, self.id, self.parent, self.name) = (trace, id, parent, name)
        (self.start, self.end) = (start, max(start, end))
    }

    package mutating func add(_ name: String, _ value: String?) {
        if let value { attributes.append((name, .text(value))) }
    }

    package mutating func add(_ name: String, _ value: Int?) {
        if let value { attributes.append((name, .integer(value))) }
    }

    package static func == (left: TraceSpan, right: TraceSpan) -> Bool {
        left.trace == right.trace && left.id == right.id
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
