/// Names the trace that something belongs to, and the span that it happens in, in the words of W3C Trace Context.
package struct Traceparent: Hashable, Sendable {
    /// 32 and 16 hexadecimal digits, never all zero.
    package let trace: String
    package let span: String

    /// `nil` for what is none, such as one of a version that this program does not know.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "00", parts[3].utf8.count == 2 else { return nil }
        self.init(trace: parts[1], span: parts[2])
    }

    package init?(trace: String, span: String) {
        guard Self.isIdentifier(trace, 32), Self.isIdentifier(span, 16) else { return nil }
        (self.trace, self.span) = (trace, span)
    }

    /// The trace that begins with something that has a UUID; its first span is named by the end of that.
    package init?(uuid: String) {
        let digits = uuid.lowercased().filter { $0 != "-" }
        self.init(trace: digits, span: String(digits.suffix(16)))
    }

    package var text: String { "00-\(trace)-\(span)-01" }

    private static func isIdentifier(_ text: String, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.contains { $0 != UInt8(ascii: "0") }
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
