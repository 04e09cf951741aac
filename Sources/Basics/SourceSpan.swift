/// A place in a text file of at most 4 GB; small, as every node of a backlog has two.
package struct SourcePosition: Hashable, Comparable, Sendable {
    private let bytes, lines, columns: UInt32

    package init(offset: Int, line: Int, column: Int) {
        (bytes, lines, columns) = (
            UInt32(clamping: offset), UInt32(clamping: line), UInt32(clamping: column)
        )
    }

    /// Bytes from the start of the file.
    package var offset: Int { Int(bytes) }

    /// Counted from 1.
    package var line: Int { Int(lines) }

    /// Counted from 1, in Unicode scalars.
    package var column: Int { Int(columns) }

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
