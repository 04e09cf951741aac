import Basics
import Paths
import TestSupport
import Testing

@Suite struct PathPatternSetTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func agreesWithThePatternsOneByOne(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let patterns = try (0..<12).compactMap { _ in try Self.pattern(&random) }
        let set = PathPatternSet(patterns)
        for _ in 0..<300 {
            let path = try Self.path(&random)
            #expect(set.matches(path) == patterns.contains { $0.matches(path) }, "\(path) in \(patterns)")
        }
    }

    @Test(arguments: [
        ("a**/*.md", "a/b/c.md", false), ("a**/*.md", "ab/c.md", true), ("**/*", "a", true),
        ("docs/**/*.md", "docs/.md", true),
        ("docs/**/*.md", "docs/a.md", true), ("docs/**/*.md", "docs/a.md/b", false),
        ("**/*.{md,txt}", "x/y.txt", true), ("docs/", "docs", false),
        ("a[b]c", "abc", true), ("a*c", "ac", true), ("a*ac", "ac", false), ("**/a", "a", true),
        ("*.md", "a/b.md", false),
    ])
    func knowsTheCorners(pattern: String, path: String, matches: Bool) throws {
        #expect(PathPatternSet([try PathPattern(pattern)]).matches(try RepoPath(path)) == matches)
    }

    @Test func anEmptySetMatchesNothing() throws { #expect(!PathPatternSet([]).matches(try RepoPath("a"))) }

    private static func pattern(_ random: inout SeededRandom) throws -> PathPattern? {
        let pieces = [
            "a", "b", "ab", "/", "/", "*", "**", "?", "[ab]", "[!a]", "{a,b/a}", ".md", "/**/", "**/*.md",
        ]
        let text = (0..<Int.random(in: 1...5, using: &random)).compactMap { _ in
            pieces.randomElement(using: &random)
        }.joined()
        return try? PathPattern(text)
    }

    private static func path(_ random: inout SeededRandom) throws -> RepoPath {
        let names = ["a", "b", "ab", "ba", "a.md", ".md", "aa"]
        let parts = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in
            names.randomElement(using: &random)
        }
        return try RepoPath(parts.joined(separator: "/"))
    }
}
