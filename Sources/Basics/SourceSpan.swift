/// A place in a text file.
package struct SourcePosition: Hashable, Comparable, Sendable {
    /// Bytes from the start of the file.
    package let offset: Int
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in Unicode scalars.
    package let column: Int

    package init(offset: Int, line: Int, column: Int) {
        (self.offset, self.line, self.column) = (offset, line, column)
    }

    package static let start = SourcePosition(offset: 0, line: 1, column: 1)

    package static func < (left: SourcePosition, right: SourcePosition) -> Bool { left.offset < right.offset }
}

/// A stretch of a text file, its end not included.
package struct SourceSpan: Hashable, Sendable {
    package let start: SourcePosition
    package let end: SourcePosition

    package init(start: SourcePosition, end: SourcePosition) { (self.start, self.end) = (start, end) }

    package var byteRange: Range<Int> { start.offset..<max(start.offset, end.offset) }
}
