/// Finds any of many pieces in bytes by skipping ahead (Wu and Manber): the two bytes at the end of a window as long as
/// the shortest piece say how far no piece can begin.
struct SecretMatcher: Sendable {
    /// One spelling of a secret.
    struct Piece: Sendable {
        let bytes: [UInt8]
        /// The number of the secret.
        let secret: Int
    }

    let longest: Int
    private let shortest: Int
    private let pieces: [Piece]
    /// For each pair of bytes how far the window may move on; 0 where a piece may begin at its start.
    private let shifts: [UInt8]
    /// The pieces whose beginnings, as long as the window, end in a pair, the longest first: for each pair its list, 0 for
    /// none.
    private let lists: [UInt16]
    private let ends: [[Int]]
    private let beginsPiece: [Bool]

    /// The pieces have at least two bytes each.
    init(_ pieces: [Piece]) {
        self.pieces = pieces
        let shortest = min(255, pieces.map(\.bytes.count).min() ?? 2)
        var shifts = [UInt8](repeating: UInt8(shortest - 1), count: 1 << 16)
        var ends: [Int: [Int]] = [:]
        var begins = [Bool](repeating: false, count: 256)
        for (number, piece) in pieces.enumerated() {
            begins[Int(piece.bytes[0])] = true
            for end in 1..<shortest {
                let pair = Int(piece.bytes[end - 1]) << 8 | Int(piece.bytes[end])
                shifts[pair] = min(shifts[pair], UInt8(shortest - 1 - end))
                if end == shortest - 1 { ends[pair, default: []].append(number) }
            }
        }
        var (lists, numbers) = ([UInt16](repeating: 0, count: 1 << 16), [[Int]]())
        for (pair, found) in ends {
            numbers.append(found.sorted { pieces[$0].bytes.count > pieces[$1].bytes.count })
            lists[pair] = UInt16(numbers.count)
        }
        (self.shifts, self.lists, self.ends) = (shifts, lists, numbers)
        (self.shortest, beginsPiece) = (shortest, begins)
        longest = pieces.map(\.bytes.count).max() ?? 0
    }

    /// Calls with each place of a piece, in order of where it begins, until the answer is no.
    func forEachMatch(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Int) -> Bool) {
        guard !pieces.isEmpty else { return }
        shifts.withUnsafeBufferPointer { shifts in
            var last = shortest - 1
            while last < bytes.count {
                let pair = Int(bytes[last - 1]) << 8 | Int(bytes[last])
                let shift = Int(shifts[pair])
                if shift == 0 {
                    let start = last - shortest + 1
                    for number in ends[Int(lists[pair]) - 1] where isPiece(number, at: start, of: bytes) {
                        guard body(start..<start + pieces[number].bytes.count, pieces[number].secret) else {
                            return
                        }
                    }
                }
                last += max(1, shift)
            }
        }
    }

    func hasMatch(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var found = false
        forEachMatch(in: bytes) { _, _ in
            found = true
            return false
        }
        return found
    }

    private func isPiece(_ number: Int, at start: Int, of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let piece = pieces[number].bytes
        guard start + piece.count <= bytes.count, piece[0] == bytes[start] else { return false }
        for index in 1..<piece.count where piece[index] != bytes[start + index] { return false }
        return true
    }

    /// Where the end of the bytes begins that may be the beginning of a piece; their count where none may.
    func openEnd(of bytes: [UInt8]) -> Int {
        for start in max(0, bytes.count - longest + 1)..<max(0, bytes.count) where mayBegin(bytes[start...]) {
            return start
        }
        return bytes.count
    }

    /// Whether a piece begins like this and goes on.
    func mayBegin(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, beginsPiece[Int(first)] else { return false }
        return pieces.contains { $0.bytes.count > bytes.count && $0.bytes.starts(with: bytes) }
    }
}
