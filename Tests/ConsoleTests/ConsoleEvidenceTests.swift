import API
import Basics
import Console
import HTTP
import HTTPServer
import Journal
import TestSupport
import Testing

/// What an attempt leaves to look at: its change, and the logs of what ran.
@Suite struct ConsoleEvidenceTests {
    /// A home whose target 'shop' is a checkout, with an attempt of one commit.
    private func withChange(
        _ before: [(String, String)], _ after: [(String, String)], rule: String? = nil,
        _ body: (ConsoleWorld) throws -> Void
    ) throws {
        let (world, repository) = (try ConsoleWorld(), try TestRepository())
        for (name, text) in before { try repository.write(name, text) }
        let base = try repository.commitAll()
        for (name, text) in after { try repository.write(name, text) }
        try repository.commitAll()
        try world.directory.write(
            "targets/shop.yaml", "name: shop\nrepo_url: /nowhere/shop.git\ncheckout: \(repository.path)\n")
        try world.record(
            .attemptCreated, "shop", task: "task-1", attempt: "a1", ["number": 1, "base": .string(base.hex)])
        let tree = try repository.id("HEAD^{tree}")
        try world.record(
            .changeFrozen, "shop", task: "task-1", attempt: "a1",
            ["files": 1, "added": 1, "removed": 1, "tree": .string(tree.hex)])
        let violations = rule.map { [["rule": .string($0), "path": "a.txt", "message": "no"] as JSON] } ?? []
        try world.record(
            .policyJudged, "shop", task: "task-1", attempt: "a1",
            ["approved": .bool(rule == nil), "violations": .array(violations)])
        try withExtendedLifetime(repository) { try body(world) }
    }

    private func log(_ text: String, in world: ConsoleWorld) throws -> String {
        try world.attempt("a1")
        let digest = try ArtifactFiles(root: world.directory.path + "/artifacts").store(Array(text.utf8)).digest
            .hex
        try world.record(
            .artifactCreated, "shop", task: "task-1", attempt: "a1",
            ["sha256": .string(digest), "kind": "log", "name": "tests", "bytes": .integer(text.utf8.count)])
        return digest
    }

    @Test func aChangeIsShownWithWhatDiffersInEachLine() throws {
        try withChange(
            [("a.py", "# first\nprice = net(\"a\")\nend = 1\n")],
            [("a.py", "# first\nprice = gross(\"a\")\nend = 1\n")]
        ) { world in
            let page = world.get("/attempts/a1/change", cookie: world.login()).page
            #expect(page.contains("<bdi>a.py</bdi> <span class=\"quiet\">+1 −1</span>"))
            #expect(
                page.contains(
                    "<span class=\"removed\">-price = <mark>net</mark>(<span class=\"string\">&quot;a&quot;</span>)"
                ))
            #expect(page.contains("<span class=\"added\">+price = <mark>gross</mark>("))
            #expect(page.contains("<span class=\"kept\"> <span class=\"comment\"># first</span>"))
            #expect(world.get("/attempts/a1", cookie: world.login()).page.contains("href=\"/attempts/a1/change\""))
        }
    }

    /// Lines that say different things have no part that changed, and signs within a hunk are text.
    @Test func whatStandsInAHunkIsText() throws {
        try withChange(
            [("notes.md", "-- old\none line of words\n")],
            [("notes.md", "++ new\nsomething else entirely, and longer\n")]
        ) { world in
            let page = world.get("/attempts/a1/change", cookie: world.login()).page
            #expect(
                page.contains("<span class=\"removed\">--- old\n")
                    && page.contains("<span class=\"added\">+++ new\n"))
            #expect(!page.contains("<mark>") && page.split(separator: "<details").count == 2)
        }
    }

    @Test func aLargeFileIsFolded() throws {
        let text = (0..<500).map { "line \($0)\n" }.joined()
        try withChange([("small.txt", "x\n")], [("large.txt", text), ("small.txt", "y\n")]) { world in
            let page = world.get("/attempts/a1/change", cookie: world.login()).page
            #expect(page.contains("<details><summary><bdi>large.txt</bdi>"))
            #expect(page.contains("<details open><summary><bdi>small.txt</bdi>"))
        }
    }

    /// What was refused for a secret is not spread by the page that says so.
    @Test func aSecretIsNotShown() throws {
        try withChange([("a.txt", "x\n")], [("a.txt", "a word that nobody may see\n")], rule: "secret") { world in
            let response = world.get("/attempts/a1/change", cookie: world.login())
            #expect(response.status == 409 && response.page.contains("holds what looks like a secret"))
            #expect(!response.page.contains("nobody may see"))
        }
    }

    @Test func aChangeThatIsNotHereSaysSo() throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        try world.attempt("a1")
        let response = world.get("/attempts/a1/change", cookie: world.login())
        #expect(
            response.status == 422 && response.page.contains("there is no clone of &#39;shop&#39;"),
            "\(response.page)")
        let foreign = world.login(try world.key(.view, ["bank"]).secret)
        #expect(world.get("/attempts/a1/change", cookie: foreign).status == 404)
    }

    @Test func coloursOfATerminalAreShownAndTheRestIsLeftOut() throws {
        let world = try ConsoleWorld()
        let digest = try log(
            "\u{1B}[31mred\u{1B}[0m plain \u{1B}[1;38;5;31mbold\u{1B}[m\n10 %\r50 %\r100 %\n"
                + "\u{1B}]8;;https://evil.example\u{7}words\u{1B}]8;;\u{7}\u{1B}[2J<b>\n", in: world)
        let page = world.get("/attempts/a1/logs/\(digest)", cookie: world.login()).page
        #expect(page.contains("<span class=\"ansi-red\">red</span> plain <span class=\"ansi-bold\">bold</span>\n"))
        #expect(page.contains("\n100 %\nwords&lt;b&gt;\n"), "\(page)")
        #expect(!page.contains("evil.example") && !page.contains("[U+1B]"))
    }

    @Test func aLongLogIsReadAPageAtATime() throws {
        let world = try ConsoleWorld()
        let text = (0..<200_000).map { "line \($0)\($0 == 150_000 ? " Needle" : "")\n" }.joined()
        let digest = try log(text, in: world)
        let (cookie, address) = (world.login(), "/attempts/a1/logs/\(digest)")
        let first = world.get(address, cookie: cookie).page
        #expect(first.contains(">line 0\n") && !first.contains("line 190000") && first.utf8.count < 100_000)
        #expect(first.contains(">After</a>") && !first.contains(">Before</a>"))
        let last = world.get(address + "?at=end", cookie: cookie).page
        #expect(last.contains("line 199999\n") && last.contains(">Before</a>") && !last.contains(">After</a>"))
        let found = world.get(address + "?from=0&q=needle", cookie: cookie).page
        #expect(found.contains(">line 150000 <mark>Needle</mark>\n"))
        let none = world.get(address + "?from=0&q=haystack", cookie: cookie).page
        #expect(none.contains("Nothing holds “haystack”."))
        // Behind the last one there is none.
        let start = try #require(found.range(of: "from="))
        let next = found[start.upperBound...].prefix { $0.isNumber }
        #expect(world.get(address + "?from=\(next)&q=needle", cookie: cookie).page.contains("Nothing more holds"))
    }

    /// Every line is on one of the pages, once.
    @Test func thePagesOfALogMeet() throws {
        let world = try ConsoleWorld()
        let lines = (0..<30_000).map { "[\($0)]" }
        let digest = try log(lines.joined(separator: "\n"), in: world)
        let cookie = world.login()
        var (address, seen) = ("/attempts/a1/logs/\(digest)", [String]())
        for _ in 0..<10 {
            let page = world.get(address, cookie: cookie).page
            let start = try #require(page.range(of: "aria-label=\"The log\">"))
            seen += page[start.upperBound...].prefix { $0 != "<" }.split(separator: "\n").map(String.init)
            guard let link = page.range(of: "\">After</a>") else { break }
            let head = page[..<link.lowerBound]
            address = String(head[(head.lastIndex(of: "\"").map { head.index(after: $0) } ?? head.startIndex)...])
        }
        #expect(seen == lines)
    }

    @Test func aLogOfAnotherAttemptIsNotThere() throws {
        let world = try ConsoleWorld()
        let digest = try log("mine\n", in: world)
        try world.attempt("b1", of: "task-2", in: "bank")
        let cookie = world.login()
        #expect(world.get("/attempts/b1/logs/\(digest)", cookie: cookie).status == 404)
        #expect(world.get("/attempts/a1/logs/\(String(repeating: "0", count: 64))", cookie: cookie).status == 404)
        #expect(world.get("/attempts/a1/logs/..%2F..", cookie: cookie).status == 404)
    }
}
