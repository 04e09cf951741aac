internal import Basics

/// Numbers that look random and that a seed and some words decide: whoever asks again, in whatever order, gets the same.
package struct SeededChance: Sendable {
    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    /// From 0 to just below 1.
    package func fraction(_ words: String...) -> Double { Double(mixed(words) >> 11) / Double(1 << 53) }

    /// From 0 to just below `bound`.
    package func pick(_ bound: Int, _ words: String...) -> Int {
        bound <= 1 ? 0 : Int(mixed(words) % UInt64(bound))
    }

    /// A span of that mean: short ones are frequent, and none is longer than eight times the mean.
    package func span(mean: Duration, _ words: String...) -> Duration {
        // The mean of the product of two fractions is a quarter.
        let first = Double(mixed(words) >> 11) / Double(1 << 53)
        let second = Double(mixed(words + ["again"]) >> 11) / Double(1 << 53)
        return .microseconds(max(1_000_000, Int64(Double(mean.microseconds) * 4 * first * second)))
    }

    /// FNV-1a over the words, finished as SplitMix64 does.
    private func mixed(_ words: [String]) -> UInt64 {
        var value = seed ^ 0xCBF2_9CE4_8422_2325
        for word in words {
            for byte in word.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            value = (value ^ 0xFF) &* 0x0000_0100_0000_01B3
        }
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
