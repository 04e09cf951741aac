/// Finds a run of elements in others, in time that grows with both and never with their product.
struct RunSearch<Element: Equatable & Sendable>: Sendable {
    private let wanted: [Element]
    /// How much of what matched so far still matches after a mismatch (Knuth, Morris and Pratt).
    private let fallback: [Int]

    init(_ wanted: [Element]) {
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

    /// Where it stands, from left to right.
    func ranges(in elements: [Element], overlapping: Bool = false) -> [Range<Int>] {
        guard !wanted.isEmpty else { return [] }
        var ranges: [Range<Int>] = []
        var length = 0
        for index in elements.indices {
            let element = elements[index]
            while length > 0, element != wanted[length] { length = fallback[length - 1] }
            if element == wanted[length] { length += 1 }
            guard length == wanted.count else { continue }
            ranges.append((index + 1 - length)..<(index + 1))
            length = overlapping ? fallback[length - 1] : 0
        }
        return ranges
    }
}
