/// Finds a run of bytes in others, in time that grows with both and never with their product.
struct ByteSearch {
    private let wanted: [UInt8]
    /// How much of what matched so far still matches after a mismatch (Knuth, Morris and Pratt).
    private let fallback: [Int]

    init(_ wanted: [UInt8]) {
        self.wanted = wanted
        var fallback = [Int](repeating: 0, count: wanted.count)
        var length = 0
        for index in wanted.indices.dropFirst() {
            while length > 0, wanted[index] != wanted[length] { length = fallback[length - 1] }
            if wanted[index] == wanted[length] { length += 1 }
            fallback[index] = length
        }
        self.fallback = fallback
    }

    init(_ text: String) { self.init(Array(text.utf8)) }

    /// Where it stands, from left to right, without overlaps.
    func ranges(in bytes: [UInt8], limit: Int = .max) -> [Range<Int>] {
        guard !wanted.isEmpty else { return [] }
        var ranges: [Range<Int>] = []
        var length = 0
        for (index, byte) in bytes.enumerated() {
            while length > 0, byte != wanted[length] { length = fallback[length - 1] }
            if byte == wanted[length] { length += 1 }
            guard length == wanted.count else { continue }
            ranges.append((index + 1 - length)..<(index + 1))
            length = 0
            if ranges.count == limit { break }
        }
        return ranges
    }

    func isContained(in bytes: [UInt8]) -> Bool { !ranges(in: bytes, limit: 1).isEmpty }
}
