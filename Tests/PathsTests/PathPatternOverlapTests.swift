import Basics
import Paths
import TestSupport
import Testing

@Suite struct PathPatternOverlapTests {
    @Test(arguments: [
        ("docs/**", "docs/a.md", true), ("docs/", "docs/**", true), ("docs", "docs/**", false), ("**", "a", true),
        ("**/a", "a", true), ("a/**", "**/b", true), ("a/*/c", "a/b/*", true), ("a/*/c", "a/b/d", false),
        ("*.md", "*.txt", false), ("a*", "*b", true), ("[ab]x", "[bc]x", true), ("[ab]x", "[cd]x", false),
        ("[!a]", "a", false), ("[!a]", "[!b]", true), ("{a,b}/x", "b/*", true), ("{a,b}/x", "c/*", false),
        ("a/**/b/**/c", "a/b/c", true), ("a/**/b/**/c", "a/c", false), ("?", "ab", false),
        ("**/*.md", "docs/**", true),
    ])
    func knowsWhetherOnePathFitsBoth(one: String, other: String, expected: Bool) throws {
        #expect(try PathPattern(one).couldOverlap(PathPattern(other)) == expected)
        #expect(try PathPattern(other).couldOverlap(PathPattern(one)) == expected)
    }

    /// All patterns here are decided by paths of at most four short components.
    @Test func agreesWithTryingEveryPath() throws {
        var random = SeededRandom(seed: 5)
        let names = ["a", "b", "ab", "ba", "aa"]
        var paths = names.map { [$0] }
        for _ in 0..<3 { paths += paths.flatMap { path in path.count < 4 ? names.map { path + [$0] } : [] } }
        let all = try Set(paths).map { try RepoPath($0.joined(separator: "/")) }
        let parts = ["a", "b", "*", "**", "a*", "*b", "?", "[ab]", "[!a]", "{a,b}"]
        for _ in 0..<300 {
            let pair = try (0..<2).map { _ in
                let count = Int.random(in: 1...2, using: &random)
                return try PathPattern(
                    (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined(separator: "/"))
            }
            let expected = all.contains { pair[0].matches($0) && pair[1].matches($0) }
            #expect(pair[0].couldOverlap(pair[1]) == expected, "\(pair[0]) and \(pair[1])")
        }
    }
}
