import Basics
import Paths
import Testing

@Suite struct WildmatchTests {
    /// Patterns and paths that grow together, each with parts that nearly fit again and again.
    private static let growing: [@Sendable (Int) -> (pattern: String, path: String)] = [
        { (String(repeating: "*a", count: $0) + "b", String(repeating: "a", count: 4 * $0)) },
        { (String(repeating: "**/a*", count: $0) + "b", String(repeating: "a/", count: 2 * $0) + "c") },
        { ("**/" + String(repeating: "*a", count: $0) + "/**/*b", String(repeating: "aaaa/", count: $0) + "c") },
        { (String(repeating: "**/", count: $0) + "x", String(repeating: "a/", count: 4 * $0) + "b") },
        { (String(repeating: "[ab]*", count: $0) + "x?y", String(repeating: "ab", count: 2 * $0) + "y") },
        { (String(repeating: "a/*/", count: $0) + "**/b/c", String(repeating: "a/", count: 4 * $0) + "c") },
        { ("**/" + String(repeating: "a/", count: $0) + "b/*", String(repeating: "a/", count: 4 * $0) + "c") },
    ]

    @Test(arguments: growing.indices) func takesNoMoreStepsThanTheLengthsMultiplied(number: Int) throws {
        for size in [1, 4, 16, 64, 256] {
            let (pattern, path) = Self.growing[number](size)
            for dialect in [Wildmatch.Dialect.policy, .git, .owners] {
                let steps = try Wildmatch(Array(pattern.utf8), dialect).steps(on: Array(path.utf8))
                let bound = 2 * (pattern.utf8.count + 1) * (path.utf8.count + 1)
                #expect(steps <= bound, "\(steps) steps, \(bound) allowed, at \(size)")
            }
        }
    }

    @Test(
        arguments: [
            ("a\\*b", "a*b", false, true, true), ("a[bc]", "ab", true, true, false),
            ("a[bc]", "a[bc]", false, false, true),
            ("a/***/b", "a/x/y/b", false, true, false), ("**\\/b", "a/b", false, true, true),
            ("**\\/b", "b", false, false, false), ("a**", "a/b", false, true, false),
            ("a?**", "ab/c", false, false, false),
            ("[[:digit:]]x", "1x", false, true, false), ("a/**", "a/b/c", true, true, true),
            ("a/**", "a", false, false, false), ("a**/b**/c", "ab/c", false, true, false),
            ("a**/b**/c", "ab/x/c", false, false, false),
        ])
    func dialectsDiffer(pattern: String, path: String, policy: Bool, git: Bool, owners: Bool) {
        for (dialect, expected) in [(Wildmatch.Dialect.policy, policy), (.git, git), (.owners, owners)] {
            let found = (try? Wildmatch(Array(pattern.utf8), dialect))?.matches(Array(path.utf8)) ?? false
            #expect(found == expected, "\(dialect)")
        }
    }

    @Test(arguments: [
        ("[a", Wildmatch.Problem.unclosedBracket), ("a\\", .danglingEscape), ("[[:x:]]", .unknownClass),
        ("[[:", .unclosedBracket), ("[a\\", .unclosedBracket),
        (String(repeating: "a", count: 8193), .tooLong),
    ])
    func saysWhyGitTakesAPatternForNone(pattern: String, problem: Wildmatch.Problem) {
        #expect(throws: problem) { try Wildmatch(Array(pattern.utf8), .git) }
    }

    @Test func aSetOfBytes() {
        var set = ByteSet()
        set.insert(10...200)
        set.remove(64)
        for byte in UInt8.min...UInt8.max {
            #expect(set.contains(byte) == ((10...200).contains(byte) && byte != 64))
            #expect((~set).contains(byte) != set.contains(byte))
        }
        #expect(!set.meets(~set) && set.meets(.all) && !ByteSet().meets(.all))
    }
}
