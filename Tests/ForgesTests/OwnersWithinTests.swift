import Forges
import Paths
import Testing

/// Who may own a file that a pattern matches.
@Suite struct OwnersWithinTests {
    private static let github = """
        *            @org/all
        /docs/       @writer @org/docs
        /api/**      @api
        *.sql        dba@example.com
        docs/legal/  @lawyer
        vendor/
        """

    @Test(arguments: [
        ("docs/guide.md", ["@org/docs", "@writer"]), ("docs/legal/terms.md", ["@lawyer"]),
        ("src/**", ["@org/all", "dba@example.com"]), ("docs/legal/**", ["@lawyer"]),
        ("docs/", ["@lawyer", "@org/docs", "@writer", "dba@example.com"]), ("api/", ["@api", "dba@example.com"]),
        ("vendor/x/**", []), ("db/*.sql", ["@org/all", "dba@example.com"]),
    ]) func github(_ pattern: String, _ owners: [String]) throws {
        let file = CodeOwners(Array(Self.github.utf8), .github)
        #expect(file.owners(within: try PathPattern(pattern)).map(\.name).sorted() == owners)
    }

    @Test func eachSectionOfGitLabHasOwners() throws {
        let text = "[Docs] @writer\ndocs/\n[Law][2]\n/docs/legal/ @@maintainer\n!docs/legal/draft.md\n"
        let file = CodeOwners(Array(text.utf8), .gitlab)
        #expect(
            file.owners(within: try PathPattern("docs/**")).map(\.name).sorted() == ["@@maintainer", "@writer"])
        #expect(file.owners(within: try PathPattern("docs/api/**")).map(\.name) == ["@writer"])
    }

    /// Whoever owns a file that the pattern matches is among them.
    @Test func nobodyIsLeftOut() throws {
        let file = CodeOwners(Array(Self.github.utf8), .github)
        let paths = [
            "a.md", "src/x/y.py", "docs/a.md", "docs/legal/b.md", "api/v1/z.go", "db/q.sql", "docs/legal/c.sql",
            "vendor/x/y.c", "api/q.sql",
        ]
        for text in ["**", "docs/**", "docs/", "*.md", "**/*.sql", "api/v1/", "vendor/**", "docs/*/b.md"] {
            let pattern = try PathPattern(text)
            let all = file.owners(within: pattern)
            for path in try paths.map({ try RepoPath($0) }) where pattern.matches(path) {
                #expect(all.isSuperset(of: file.owners(of: path)), "\(text) \(path)")
            }
        }
    }
}
