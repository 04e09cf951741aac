import TestSupport

/// Credentials that nobody ever had, put together at run time so that no file holds one.
struct MadeUpSecret {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private static let hex = Array("0123456789abcdef")
    private static let lettersAndDigits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    private static let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// Characters of which one is a digit and one a letter of each case.
    mutating func text(_ count: Int) -> String { "a7K" + pick(count - 3, Self.lettersAndDigits) }

    mutating func hex(_ count: Int) -> String { "a7" + pick(count - 2, Self.hex) }

    mutating func capitals(_ count: Int) -> String { pick(count, Self.capitals) }

    private mutating func pick(_ count: Int, _ letters: [Character]) -> String {
        String((0..<count).map { _ in letters.randomElement(using: &random) ?? "x" })
    }

    mutating func key(_ title: String, line: String = "\n") -> String {
        let body = (0..<8).map { _ in text(64) }.joined(separator: line)
        return ["-----BEGIN \(title)-----", body, "-----END \(title)-----"].joined(separator: line)
    }
}
