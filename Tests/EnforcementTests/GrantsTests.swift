import Basics
import Model
import Paths
import Testing

/// What a fence can hold of a permission.
@Suite struct GrantsTests {
    private static let files = [
        "docs/a.md", "docs/b.txt", "docs/legal/c.md", "src/x.py", "src/deep/y.py", "top.md",
    ]

    private static func grants(
        _ task: [String], scope: [String] = ["**"], forbidden: [String] = [], files: [String] = files
    ) throws -> Grants {
        var written = BacklogTask(id: "t")
        written.allowedPaths = try task.map { try PathPattern($0) }
        var rules = Scope(name: "s")
        rules.allowedPaths = try scope.map { try PathPattern($0) }
        rules.forbidden = try forbidden.map { try PathPattern($0) }
        let permission = Permission(task: written, scope: rules, policy: Policy(), limits: [])
        return try Grants(permission) { directory in
            try files.map { try RepoPath($0) }
                .filter { path in (directory.map { path.isBelow($0) } ?? true) && permission.allows(path) }
        }
    }

    private static let directories = [".leviathan", "docs", "docs/legal", "src", "src/deep"]

    /// What the task may write is `src/`; the rest is scratch.
    private static func scratch(_ patterns: [String], forbidden: [String] = []) throws -> Grants {
        var written = BacklogTask(id: "t")
        written.allowedPaths = [try PathPattern("src/")]
        var rules = Scope(name: "s")
        rules.allowedPaths = written.allowedPaths
        rules.forbidden = try forbidden.map { try PathPattern($0) }
        let permission = Permission(task: written, scope: rules, policy: Policy(), limits: [])
        return try Grants(permission, scratch: patterns.map { try PathPattern($0) }) { _ in
            []
        } directories: {
            directory in
            try directories.map { try RepoPath($0) }.filter { path in directory.map { path.isBelow($0) } ?? true }
        }
    }

    @Test func scratchIsGrantedWhateverIsAllowed() throws {
        let cache = try Self.scratch(["cache/**", "build/out.txt"])
        #expect(try cache.subtrees == Self.paths("src", "cache") && cache.files == Self.paths("build/out.txt"))
        let anywhere = try Self.scratch(["**/__pycache__/**"], forbidden: ["docs/legal/**"])
        #expect(try anywhere.directories == Self.paths("docs", "src", "src/deep") && anywhere.opensRoot)
        #expect(try anywhere.kept.isSuperset(of: Self.paths(".leviathan", ".git", "docs/legal")))
        let top = try Self.scratch(["*.tmp"])
        #expect(top.directories.isEmpty && top.opensRoot)
        // what is protected or forbidden is no scratch
        let closed = try Self.scratch([".gitmodules", "docs/legal/x"], forbidden: ["docs/legal/**"])
        #expect(closed.files.isEmpty)
    }

    private static func paths(_ names: String...) throws -> Set<RepoPath> {
        Set(try names.map { try RepoPath($0) })
    }

    @Test func aDirectoryIsOneSubtree() throws {
        for pattern in ["docs/", "docs/**"] {
            let grants = try Self.grants([pattern])
            #expect(grants.subtrees == (try Self.paths("docs")))
            #expect(grants.files.isEmpty && grants.directories.isEmpty && !grants.opensRoot)
        }
    }

    @Test func aFileIsGrantedWithTheDirectoryThatItIsReplacedIn() throws {
        let grants = try Self.grants(["docs/new.md", "top.md"])
        #expect(grants.files == (try Self.paths("docs/new.md", "top.md")))
        #expect(grants.directories == (try Self.paths("docs")))
        #expect(grants.opensRoot)
        #expect(grants.subtrees.isEmpty)
    }

    @Test func theScopeNarrowsTheTask() throws {
        #expect(
            try Self.grants(["**"], scope: ["docs/", "src/deep/**"]).subtrees == Self.paths("docs", "src/deep"))
        #expect(try Self.grants(["docs/legal/"], scope: ["docs/**"]).subtrees == Self.paths("docs/legal"))
        let apart = try Self.grants(["docs/"], scope: ["src/"])
        #expect(apart.subtrees.isEmpty && apart.files.isEmpty && !apart.coversEverything)
    }

    @Test func aGlobIsGrantedMatchByMatch() throws {
        let grants = try Self.grants(["**/*.md"], scope: ["docs/**", "src/**"])
        #expect(grants.files == (try Self.paths("docs/a.md", "docs/legal/c.md")))
        #expect(grants.directories == (try Self.paths("docs", "docs/legal")))
        #expect(!grants.coversEverything)
    }

    @Test func aGlobWithTooManyMatchesIsWidened() throws {
        let many = (0...Grants.fileLimit).map { "src/f\($0).py" }
        let grants = try Self.grants(["src/**/*.py"], files: many)
        #expect(grants.subtrees == (try Self.paths("src")))
        #expect(grants.widened.map(\.text) == ["src/**/*.py"])
    }

    @Test func whatIsForbiddenOrProtectedStays() throws {
        let grants = try Self.grants(["**"], forbidden: ["docs/legal/**", "docs/b.txt", "**/*.key"])
        #expect(grants.coversEverything)
        for name in ["docs/legal", "docs/b.txt", ".git", ".leviathan", ".github/workflows", "CODEOWNERS"] {
            #expect(grants.kept.contains(try RepoPath(name)), "\(name)")
        }
        #expect(try Self.grants(["src/"], forbidden: ["docs/legal/**"]).kept.isEmpty)
    }

    @Test func aWorkflowThatTheScopeNamesIsOpen() throws {
        let name = ".github/workflows/ci.yml"
        let grants = try Self.grants([name], scope: [name])
        #expect(grants.files == (try Self.paths(name)))
        #expect(!grants.kept.contains(try RepoPath(".github/workflows")))
    }
}
