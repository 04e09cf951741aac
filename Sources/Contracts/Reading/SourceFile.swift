package import Basics

/// A text file that diagnostics point into.
package struct SourceFile: Hashable, Sendable {
    package let path: String
    package let bytes: [UInt8]
    /// Stretches that must never be shown.
    package let secrets: [Range<Int>]

    package init(path: String, bytes: [UInt8], secrets: [Range<Int>] = []) {
        (self.path, self.bytes, self.secrets) = (path, bytes, secrets)
    }

    /// The part of a line that shows a span: its text, and the columns to mark in it.
    package struct Excerpt: Hashable, Sendable {
        package let text: String
        /// Unicode scalars before the mark.
        package let indent: Int
        /// Unicode scalars under the mark, at least one.
        package let width: Int
    }

    /// The line on which the span starts, secrets starred, a very long line cut to what is near the span.
    package func excerpt(of span: SourceSpan) -> Excerpt {
        let offset = min(max(0, span.start.offset), bytes.count)
        let line = lineRange(around: offset)
        let lower = max(line.lowerBound, offset - 160)
        let upper = min(line.upperBound, offset + 160)
        let markEnd = min(max(span.end.offset, offset), upper)
        let before = shown(lower..<offset)
        let marked = shown(offset..<markEnd)
        let text =
            (lower > line.lowerBound ? "…" : "") + before + marked + shown(markEnd..<upper)
            + (upper < line.upperBound ? "…" : "")
        return Excerpt(
            text: text, indent: before.unicodeScalars.count + (lower > line.lowerBound ? 1 : 0),
            width: max(1, marked.unicodeScalars.count))
    }

    /// The bytes as text, tabs and control characters made visible in one column, secrets starred.
    package func shown(_ range: Range<Int>) -> String {
        var part = Array(bytes[range.clamped(to: 0..<bytes.count)])
        for secret in secrets {
            for offset in secret.clamped(to: range) { part[offset - range.lowerBound] = UInt8(ascii: "*") }
        }
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: part, as: UTF8.self).unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
            text.append(scalar == "\t" ? " " : isControl ? "\u{FFFD}" : scalar)
        }
        return String(text)
    }

    /// The line that holds the offset, without its end.
    private func lineRange(around offset: Int) -> Range<Int> {
        let isBreak = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        var start = offset
        while start > 0, offset - start < 1000, !isBreak(bytes[start - 1]) { start -= 1 }
        var end = offset
        while end < bytes.count, end - offset < 1000, !isBreak(bytes[end]) { end += 1 }
        return start..<end
    }
}
