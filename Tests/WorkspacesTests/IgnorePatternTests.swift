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

    /// Lines and paths made up of what the two could read differently.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func agreesWithGitOnMadeUpLines(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pieces = [
            "a", "b", "/", "/", "*", "**", "***", "**/", "/**", "?", "[ab]", "[!a]", "[^b-]", "[]a]", "[a-",
            "[b-a]",
            "[[:alpha:]]", "[[:alpha:]-c]", "[[:nope:]a]", "[[:a]", "[[:digit:][:upper:]]", "[\\]]", "[a-c-e]",
            "\\", "\\a",
            "\\*", "**\\/", ".", "1", "-", "!", " ", "é",
        ]
        let names = [
            "a", "b", "ab", "ba", "1", "A", "-", "]", "[", ":", "\\", "*", "a b", "é", ".a", "c", "d", "a1b",
        ]
        let lines = (0..<300).map { _ in
            (0..<Int.random(in: 1...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        let paths = Set(
            (0..<250).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in names.randomElement(using: &random) ?? "" }
                    .joined(separator: "/")
            }
        ).sorted()
        let repository = try TestRepository()
        let input = Array(paths.map { $0 + "\0" }.joined().utf8)
        // One file of attributes says for each line which paths it fits.
        let usable = lines.filter {
            !$0.hasPrefix("!") && !$0.contains(" ") && !$0.hasSuffix("/") && !$0.hasPrefix("#")
        }
        try repository.write(
            ".gitattributes", usable.enumerated().map { "\($1) fits\($0)\n" }.joined())
        let attributes = usable.indices.map { "fits\($0)" }
        let output = try repository.git("check-attr", "-z", "--stdin", arguments: attributes, input: input)
        let words = output.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        var theirs: Set<String> = []
        for place in stride(from: 0, to: words.count - 2, by: 3) where words[place + 2] == "set" {
            theirs.insert(words[place] + " " + words[place + 1])
        }
        var mine: Set<String> = []
        for (number, line) in usable.enumerated() {
            guard let pattern = IgnorePattern(line: line.utf8) else { continue }
            for path in paths where pattern.matches(Array(path.utf8)[...], isDirectory: false) {
                mine.insert("\(path) fits\(number)")
            }
        }
        let differences = mine.symmetricDifference(theirs).prefix(10).map { entry in
            let number = Int(entry.split(separator: " fits").last ?? "") ?? 0
            return "\(usable[number]) on \(entry): \(theirs.contains(entry) ? "git's alone" : "ours alone")"
        }
        #expect(differences.joined(separator: "; ") == "")
        #expect(theirs.count > 300)
    }

    @Test func aHostileLineEnds() {
        let line = Array((String(repeating: "**/a*", count: 40) + "b").utf8)
        let path = Array(String(repeating: "a/a", count: 60).utf8)
        #expect(IgnorePattern(line: line)?.matches(path[...], isDirectory: false) == false)
    }
}
