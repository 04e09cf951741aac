/// What is looked for where lines or pairs of digits were joined.
struct BrokenSpellings: Sendable {
    let lines: SecretMatcher
    let pairs: SecretMatcher
    /// Which two letters stand side by side in a spelling, and which four digits.
    private let letters: [Bool]
    private let digits: [Bool]

    init(lines: [SecretMatcher.Piece], pairs: [SecretMatcher.Piece]) {
        (self.lines, self.pairs) = (SecretMatcher(lines), SecretMatcher(pairs))
        letters = Self.windows(lines.map { $0.bytes.map(Int.init) }, of: 2, bits: 8)
        digits = Self.windows(pairs.map { $0.bytes.map(\.digitValue) }, of: 4, bits: 4)
    }

    private static func windows(_ pieces: [[Int]], of length: Int, bits: Int) -> [Bool] {
        var found = [Bool](repeating: false, count: 1 << 16)
        for piece in pieces {
            var window = 0
            for (index, value) in piece.enumerated() {
                window = (window << bits | value) & 0xFFFF
                if index + 1 >= length { found[window] = true }
            }
        }
        return found
    }

    /// Calls with each place in the text that something was joined of, until the answer is no.
    func forEachMatch(in joined: JoinedText, _ body: (Range<Int>, Int) -> Bool) {
        var places = joined.places
        func found(_ part: Range<Int>, _ secret: Int) -> Bool {
            places.place(of: part).map { body($0, secret) } ?? true
        }
        switch joined.kind {
        case .lines: lines.forEachMatch(in: joined.bytes, found)
        case .pairs: pairs.forEachMatch(in: joined.bytes, found)
        }
    }

    func withNeighbours<Result>(
        _ body: (_ letters: UnsafeBufferPointer<Bool>, _ digits: UnsafeBufferPointer<Bool>) -> Result
    ) -> Result {
        letters.withUnsafeBufferPointer { letters in digits.withUnsafeBufferPointer { body(letters, $0) } }
    }
}

extension UInt8 {
    /// Of a hexadecimal digit.
    var digitValue: Int { Int(self & 15) + (self > 57 ? 9 : 0) }
}
