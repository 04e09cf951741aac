import Basics
import Paths
import TestSupport
import Testing

@Suite struct PathPatternTests {
    @Test(arguments: [
        ("docs/", "docs/a.md"), ("docs/", "docs/a/b.md"), ("docs/**", "docs/a/b.md"), ("**", "a"), ("**", "a/b"),
        ("**/*.key", "a.key"), ("**/*.key", "x/y/a.key"), ("docs/*.md", "docs/a.md"), ("README.md", "README.md"),
        ("src/**/test/*.py", "src/test/a.py"), ("src/**/test/*.py", "src/a/b/test/c.py"),
        ("src/**/a/**/z", "src/a/b/a/c/z"), ("[a-c]?.txt", "b1.txt"), ("[!a-c].txt", "d.txt"),
        ("{docs,tests}/**/*.{md,rst}", "tests/x/y.rst"), ("a{b{c,d},e}f", "abdf"), ("a*b*c", "aXbYbZc"),
        ("docs/*/", "docs/x/y"), ("**/a*/b", "a/x/a1/b"), ("*.md", ".md"), ("[]]x", "]x"),
    ])
    func matches(pattern: String, path: String) throws {
        #expect(try PathPattern(pattern).matches(RepoPath(path)))
    }

    @Test(arguments: [
        ("docs", "docs/a.md"), ("docs/", "docs2/a.md"), ("docs/", "docs"), ("docs/**", "docs"),
        ("docs/*.md", "docs/x/a.md"),
        ("*.md", "docs/a.md"), ("README.md", "readme.md"), ("a?b", "a/b"), ("[!a]b", "/b"),
        ("**/*.key", "a.key/b"),
        ("src/**/test/*.py", "src/tests/a.py"), ("a[/]b", "a/b"), ("docs/*/", "docs/x"), ("a**b", "a/b"),
    ])
    func refuses(pattern: String, path: String) throws {
        guard let path = try? RepoPath(path) else { return }
        let pattern = try? PathPattern(pattern)
        #expect(pattern?.matches(path) != true)
    }

    @Test(arguments: [
        ("", PathPatternError.Problem.empty), ("/etc/passwd", .absolute), ("a/../b", .dotComponent),
        ("./a", .dotComponent),
        ("a//b", .emptyComponent), ("a\\b", .backslash), ("a\0", .containsNUL), ("[abc", .unclosedBracket),
        ("{a,b", .unclosedBrace), ("[z-a]", .badRange), ("[A-_]bc", .mixedRange), ("docs/[Z-a]", .mixedRange),
        (String(repeating: "{a,b}", count: 9), .tooManyAlternatives),
        (String(repeating: "a", count: 1001), .tooLong),
    ])
    func namesTheProblem(text: String, problem: PathPatternError.Problem) {
        #expect(throws: PathPatternError(pattern: text, problem: problem)) { try PathPattern(text) }
    }

    @Test func manyStarsCostNoExponentialTime() throws {
        let pattern = try PathPattern("**/" + String(repeating: "*a", count: 40) + "/**/*b")
        let path = try RepoPath(String(repeating: String(repeating: "a", count: 100) + "/", count: 40) + "c")
        #expect(!pattern.matches(path))
    }

    /// A slow matcher that follows the definition word by word.
    private static func matchesByDefinition(_ pattern: [Character], _ path: [Character]) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = Array(pattern.dropFirst())
        if pattern.starts(with: "**/") {
            let after = Array(pattern.dropFirst(3))
            let slashes = path.indices.filter { path[$0] == "/" }
            return matchesByDefinition(after, path)
                || slashes.contains { matchesByDefinition(after, Array(path[($0 + 1)...])) }
        }
        if pattern == ["*", "*"] { return !path.isEmpty }
        if first == "*" {
            let reach = path.firstIndex(of: "/") ?? path.count
            return (0...reach).contains { matchesByDefinition(rest, Array(path[$0...])) }
        }
        guard let head = path.first, first == head || (first == "?" && head != "/") else { return false }
        return matchesByDefinition(rest, Array(path.dropFirst()))
    }

    @Test func agreesWithTheDefinition() throws {
        var random = SeededRandom(seed: 7)
        var matched = 0
        for _ in 0..<20000 {
            let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                ["a", "b", "*", "**", "a*", "*b", "?", "a?b*"].randomElement(using: &random) ?? "a"
            }
            let names = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                ["a", "b", "ab", "aab", "acb"].randomElement(using: &random) ?? "a"
            }
            let (pattern, path) = (parts.joined(separator: "/"), names.joined(separator: "/"))
            let expected = Self.matchesByDefinition(Array(pattern), Array(path))
            matched += expected ? 1 : 0
            #expect(try PathPattern(pattern).matches(RepoPath(path)) == expected, "\(pattern) on \(path)")
        }
        #expect(matched > 1000)
    }
}
