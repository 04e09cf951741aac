import Basics
import Processes
import TestSupport
import Testing

/// The pages of docs/ as a book: each has its place, says what it is for, and shows only what works.
@Suite(.timeLimit(.minutes(60))) struct BookTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private static func text(_ page: String) throws -> String {
        String(decoding: try FileSystem.read(root + "/docs/" + page, limit: 1 << 20), as: UTF8.self)
    }

    private static func pages() throws -> [String] {
        let names = try FileSystem.list(root + "/docs") + FileSystem.list(root + "/docs/ci").map { "ci/" + $0 }
        return names.filter { $0.hasSuffix(".md") }
    }

    @Test func everyPageIsInTheContentsAndSaysWhatItIsFor() throws {
        let contents = try Self.text("README.md")
        for page in try Self.pages() where page != "README.md" {
            #expect(contents.contains("(\(page))"), "docs/README.md does not list \(page)")
            let lines = try Self.text(page).split(separator: "\n")
            #expect(lines[0].hasPrefix("# "), "\(page)")
            let first = lines.dropFirst().first ?? ""
            let isProse = first.first.map { $0.isLetter || $0 == "`" || $0 == "[" } ?? false
            #expect(isProse && first.count > 40, "\(page) begins with '\(first)'")
        }
    }

    // MARK: The cookbook

    static let recipes = Array(1...10)

    @Test(arguments: recipes) func thePolicyOfARecipeAnswersAsThePageSays(number: Int) throws {
        let sections = try Self.text("cookbook.md").split(separator: "\n## ")
        #expect(sections.count == Self.recipes.count + 1)
        let section = Markdown(String(sections[number]))
        let policy = try #require(section.blocks("yaml").first)
        let target = try TestTarget(
            policy: policy, backlog: "version: 1\ntasks: []\n",
            contract: "version: 1\ntarget: cookbook\nrepository: {default_branch: main}\n")
        // What a scope that may only update finds.
        try target.repository.write(".github/workflows/test.yml", "on: push\n")
        try target.repository.commitAll("A workflow")
        try target.repository.git("push", "-q", "origin", "main")
        let lint = try target.leviathan("lint", "--strict")
        #expect(lint.succeeded, "\(lint.output.text)\(lint.errors.text)")
        let rows = section.rows.filter { $0.count == 3 && $0[0].hasPrefix("`") }
        #expect(rows.count >= 3)
        for row in rows {
            try target.repository.git("checkout", "-q", "-B", "mine", "main")
            for path in row[0].split(separator: "`").map(String.init) where !path.allSatisfy({ " +".contains($0) })
            {
                try target.repository.write(path, path.hasSuffix(".yml") ? "on: [push]\n" : "x = 1\n")
            }
            try target.repository.git("add", "--all", "--force")
            try target.repository.git("commit", "-q", "-m", "A change")
            let answer = try target.leviathan("check", "--scope", row[1], "--no-invariants", "--json").json
            let isRight =
                row[2] == "accepted" ? answer["verdict"] == "accepted" : answer.violatedRules.contains(row[2])
            #expect(isRight, "\(row): \(answer.text())")
        }
    }

    // MARK: Troubleshooting

    /// Each message stands in the sources as it does on the page.
    @Test func theMessagesAreThoseOfTheProgram() throws {
        let rows = try Markdown(Self.text("troubleshooting.md")).rows.dropFirst().filter { $0.count == 2 }
        let messages = rows.map { $0[0].filter { $0 != "`" } }
        #expect(messages.count > 10)
        let patterns = messages.flatMap { ["-e", $0] }
        let grep = Subprocess(
            "grep", ["-rhF", "--include=*.swift"] + patterns + ["Sources"], environment: ["PATH": "/usr/bin:/bin"])
        var sources = grep
        sources.workingDirectory = Self.root
        let found = try sources.run().output.text
        for message in messages { #expect(found.contains(message), "nothing says '\(message)'") }
    }

    // MARK: The site

    @Test(.enabled(if: FileSystem.exists(root + "/.build/venv/bin/markdown-it")))
    func theSiteHoldsEveryPageAndAsksNobody() throws {
        let directory = try TemporaryDirectory()
        let site = Subprocess(
            Self.root + "/scripts/site", [directory.path + "/site"],
            environment: TestRepository.environment(home: directory.path))
        let made = try site.run()
        #expect(made.succeeded, "\(made.errors.text)")
        for page in try Self.pages() where page != "README.md" && page != "ci/README.md" {
            let path = "\(directory.path)/site/\(page.dropLast(3)).html"
            let html = String(decoding: try FileSystem.read(path, limit: 1 << 22), as: UTF8.self)
            #expect(
                !html.contains("src=\"http") && !html.contains("<link rel=\"stylesheet\" href=\"http"), "\(page)")
        }
    }
}

/// As much of Markdown as these tests read.
private struct Markdown {
    private let lines: [Substring]

    init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The fenced blocks of a language.
    func blocks(_ language: String) -> [String] {
        var (blocks, current): ([String], [Substring]?) = ([], nil)
        for line in lines {
            if line == "```", let block = current {
                blocks.append(block.joined(separator: "\n") + "\n")
                current = nil
            } else if line == "```" + language {
                current = []
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    /// The cells of tables, but for the lines below their heads.
    var rows: [[String]] {
        lines.filter { $0.hasPrefix("| ") && !$0.hasPrefix("| -") }.map { line in
            line.dropFirst(2).dropLast(2).split(separator: " | ").map(String.init)
        }
    }
}
