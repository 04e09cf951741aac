// Searching texts for texts, byte by byte. The standard library does it by characters, and brings its whole engine for
// regular expressions along: the sources are built without that module (see `strict` in Package.swift).

extension StringProtocol {
    /// Whether the bytes of a text stand in this one.
    @_disfavoredOverload
    package func contains(_ piece: some StringProtocol) -> Bool { piece.isEmpty || firstRange(of: piece) != nil }

    /// Where the bytes of a text stand for the first time; `nil` for an empty one.
    package func firstRange(of piece: some StringProtocol) -> Range<Index>? {
        guard let start = offset(of: Array(piece.utf8), from: 0) else { return nil }
        let first = utf8.index(startIndex, offsetBy: start)
        return first..<utf8.index(first, offsetBy: piece.utf8.count)
    }

    /// Every place of a text, from the first on; places do not overlap.
    package func ranges(of piece: some StringProtocol) -> [Range<Index>] {
        let wanted = Array(piece.utf8)
        var (ranges, end, endOffset) = ([Range<Index>](), startIndex, 0)
        while let start = offset(of: wanted, from: endOffset) {
            let first = utf8.index(end, offsetBy: start - endOffset)
            end = utf8.index(first, offsetBy: wanted.count)
            endOffset = start + wanted.count
            ranges.append(first..<end)
        }
        return ranges
    }

    /// The text with each place of a piece replaced by another.
    package func replacing(_ piece: some StringProtocol, with replacement: some StringProtocol) -> String {
        let ranges = ranges(of: piece)
        guard !ranges.isEmpty else { return String(self) }
        var (result, start) = ("", startIndex)
        for range in ranges {
            result += self[start..<range.lowerBound]
            result += replacement
            start = range.upperBound
        }
        return result + self[start...]
    }

    /// What stands before, between and behind the places of a piece.
    package func pieces(between separator: some StringProtocol) -> [SubSequence] {
        var (pieces, start) = ([SubSequence](), startIndex)
        for place in ranges(of: separator) {
            pieces.append(self[start..<place.lowerBound])
            start = place.upperBound
        }
        return pieces + [self[start...]]
    }

    /// What stands between empty lines.
    package var paragraphs: [SubSequence] { pieces(between: "\n\n").filter { !$0.isEmpty } }

    /// Where bytes begin, counted in bytes from the start of the text.
    private func offset(of piece: [UInt8], from start: Int) -> Int? {
        guard !piece.isEmpty else { return nil }
        let found = utf8.withContiguousStorageIfAvailable { $0.firstIndex(of: piece, from: start) }
        return found ?? Array(utf8).firstIndex(of: piece, from: start)
    }
}
