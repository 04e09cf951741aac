/// Some bytes in the place of others.
package struct ByteEdit: Hashable, Sendable {
    package let range: Range<Int>
    package let replacement: [UInt8]

    package init(_ range: Range<Int>, _ replacement: [UInt8]) {
        (self.range, self.replacement) = (range, replacement)
    }

    package init(_ range: Range<Int>, _ text: String) { self.init(range, Array(text.utf8)) }

    package init(at place: Int, inserting text: String) { self.init(place..<place, text) }

    /// Applies edits that do not overlap; of several at one place, the earlier in the list comes first.
    package static func apply(_ edits: [ByteEdit], to bytes: [UInt8]) -> [UInt8] {
        let sorted = edits.enumerated().sorted {
            ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
                < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
        }
        var result: [UInt8] = []
        result.reserveCapacity(edits.reduce(bytes.count) { $0 + $1.replacement.count })
        var position = 0
        for (_, edit) in sorted {
            result += bytes[position..<max(position, edit.range.lowerBound)]
            result += edit.replacement
            position = max(position, edit.range.upperBound)
        }
        return result + bytes[position...]
    }
}
