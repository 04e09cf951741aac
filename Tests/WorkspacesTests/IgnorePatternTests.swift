import Basics
import Git
import TestSupport
import Testing

@testable import Workspaces

/// Holds our matcher of `.gitignore` files against git's.
@Suite struct IgnorePatternTests {
    private static let lines: [[String]] = [
        [
            "*.log", "!keep.log", "build/", "/top", "a/b", "**/deep", "x/**/y", "z/**", "q?r", "[abc].txt",
            "[!abc].md",
        ],
        ["foo*bar", "\\!bang", "\\#hash", "trail\\ ", "space ", "*.o[a-z]", "**", "!**/", "!*.c"],
        ["/*", "!/a", "/a/*", "!/a/b"], ["a**b", "dir/**/", "***", "[[:digit:]]*", "[]x]", "[a-", "\\"],
        ["a/", "!a/keep", "*/c", "doc/*.txt", "/doc/**/x.txt", "**foo/bar"],
        ["# comment", "", "   ", "!", "/", "//", "\u{FEFF}bom", "crlf\r", "[^a]b", "[z-a]", "*[*]*"],
    ]

    private static let paths = [
        "a", "a/", "a/b", "a/b/", "a/b/c", "a/keep", "top", "x/top", "x/y", "x/1/y", "x/1/2/y", "z/1", "z/1/2",
        "z/", "q1r",
        "q/r", "a.txt", "d.txt", "a.md", "d.md", "foobar", "foo1bar", "foo/bar", "!bang", "#hash", "trail ",
        "space", "m.oa",
        "m.oA", "1x", "]", "x", "err.log", "keep.log", "build/", "build/x", "sub/build/", "sub/build/y", "build",
        "deep",
        "a/deep", "a/deep/q", "doc/a.txt", "doc/b/a.txt", "doc/b/x.txt", "doc/x.txt", "afoo/bar", "x/foo/bar",
        "ab", "axb",
        "a/x/b", "dir/", "dir/a/", "dir/a", "b1/c", "b/c", "b1/2/c", "crlf", "bb", "**", "a*b", "[a-", "\\", "bom",
        "c.c", "s/c.c",
    ]

    @Test(arguments: 0..<6) func agreesWithGit(number: Int) throws {
        let repository = try TestRepository()
        let text = Self.lines[number].joined(separator: "\n") + "\n"
        try repository.write(".gitignore", text)
        try repository.write("sub/.gitignore", "*.tmp\n!important.tmp\n/only\n")
        try repository.git("add", "--force", "--all")
        try repository.git("commit", "--quiet", "--message", "x")
        let tree = try repository.id("HEAD^{tree}")
        let all = Self.paths + Self.paths.map { "sub/" + $0 }
        let files =
            all.filter { !$0.hasSuffix("/") } + ["sub/a.tmp", "sub/important.tmp", "sub/only", "sub/x/only"]
        let directories = all.filter { $0.hasSuffix("/") }.map { String($0.dropLast()) }
        let rules = IgnoreRules(try Repository.open(repository.path), tree: tree)
        for (paths, areDirectories) in [(files, false), (directories, true)] {
            if areDirectories {
                for path in paths { try FileSystem.createDirectory(repository.path + "/" + path) }
            }
            let mine = try paths.filter { try rules.isIgnored(Array($0.utf8), isDirectory: areDirectories) }
            let input = Array(paths.map { $0 + "\0" }.joined().utf8)
            let theirs = (try? repository.git("check-ignore", "--no-index", "-z", "--stdin", input: input)) ?? ""
            #expect(mine == theirs.split(separator: "\0").map(String.init), "\(text)")
        }
    }

    @Test func aHostileLineEnds() {
        let line = Array((String(repeating: "**/a*", count: 40) + "b").utf8)
        let path = Array(String(repeating: "a/a", count: 60).utf8)
        #expect(IgnorePattern(line: line)?.matches(path[...], isDirectory: false) == false)
    }
}
