#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

extension Collection where Element == UInt8, Index == Int {
    /// Where a piece begins for the first time, at or behind an index.
    ///
    /// The standard library's `firstRange(of:)` does the same about a hundred times slower.
    package func firstIndex(of piece: [UInt8], from start: Int? = nil) -> Int? {
        let first = start ?? startIndex
        guard !piece.isEmpty, first <= endIndex, endIndex - first >= piece.count else { return nil }
        let offset: Int?? = withContiguousStorageIfAvailable { bytes in
            ByteSearch.offset(of: piece, in: bytes, from: first - startIndex)
        }
        return offset.flatMap { $0.map { startIndex + $0 } }
    }

    /// Whether a piece stands anywhere.
    package func contains(piece: [UInt8]) -> Bool { firstIndex(of: piece) != nil }

    package func contains(piece: String) -> Bool { firstIndex(of: Array(piece.utf8)) != nil }
}

private enum ByteSearch {
    /// Jumps from one place of the first byte to the next.
    static func offset(of piece: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
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
}
