internal import Glibc

extension Collection where Element == UInt8, Index == Int {
    /// Where a piece begins for the first time, at or behind an index; in time that grows with both lengths together.
    package func firstIndex(of piece: [UInt8], from start: Int? = nil) -> Int? {
        let first = start ?? startIndex
        guard !piece.isEmpty, first <= endIndex, endIndex - first >= piece.count else { return nil }
        let offset: Int?? = withContiguousStorageIfAvailable { bytes in
            ByteSearch.offset(of: piece, in: bytes, from: first - startIndex)
        }
        return offset.flatMap { $0.map { startIndex + $0 } }
    }

    package func firstRange(of piece: [UInt8]) -> Range<Int>? {
        firstIndex(of: piece).map { $0..<($0 + piece.count) }
    }

    /// Every place of a piece, from the first on; places do not overlap.
    package func ranges(of piece: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        while let place = firstIndex(of: piece, from: ranges.last?.upperBound) {
            ranges.append(place..<(place + piece.count))
        }
        return ranges
    }

    /// Whether a piece stands anywhere.
    package func contains(piece: [UInt8]) -> Bool { firstIndex(of: piece) != nil }

    package func contains(piece: String) -> Bool { firstIndex(of: Array(piece.utf8)) != nil }
}

private enum ByteSearch {
    /// Longer pieces are looked for in a way whose time does not grow with the product of both lengths.
    private static let short = 32

    static func offset(of piece: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        if piece.count > short { return offset(ofLong: piece, in: bytes, from: start) }
        let last = bytes.count - piece.count
        var place = start
        while place <= last {
            guard let found = memchr(base + place, Int32(piece[0]), last - place + 1) else { return nil }
            place = UnsafeRawPointer(base).distance(to: found)
            if memcmp(base + place, piece, piece.count) == 0 { return place }
            place += 1
        }
        return nil
    }

    /// Knuth, Morris and Pratt's way, which jumps to the first byte where nothing matches yet.
    private static func offset(
        ofLong piece: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let fallback = fallback(piece)
        var (place, length) = (start, 0)
        while place < bytes.count {
            if length == 0 {
                guard let found = memchr(base + place, Int32(piece[0]), bytes.count - place) else { return nil }
                place = UnsafeRawPointer(base).distance(to: found)
            }
            while length > 0, bytes[place] != piece[length] { length = fallback[length - 1] }
            if bytes[place] == piece[length] { length += 1 }
            place += 1
            if length == piece.count { return place - length }
        }
        return nil
    }

    /// How much of what matched so far still matches after a mismatch.
    private static func fallback(_ piece: [UInt8]) -> [Int] {
        var fallback = [Int](repeating: 0, count: piece.count)
        var length = 0
        for index in piece.indices.dropFirst() {
            while length > 0, piece[index] != piece[length] { length = fallback[length - 1] }
            if piece[index] == piece[length] { length += 1 }
            fallback[index] = length
        }
        return fallback
    }
}
