import Basics
import Forges
import Model
import Paths
import Testing

@Suite struct TextTests {
    private func change(_ path: String, _ operation: Model.Operation = .update, added: Int = 1, removed: Int = 0)
        throws -> Change
    {
        Change(
            path: try RepoPath(path), operation: operation, oldMode: nil, newMode: 0o100644, oldBlob: nil,
            newBlob: nil,
            size: 10, added: added, removed: removed, isBinary: false)
    }

    private func full() throws -> PullRequestFacts {
        var full = facts()
        full.changes = [try change("docs/a.md", .create, added: 12), try change("src/b|c`d.py", removed: 3)]
        full.invariants = [
            InvariantResult(
                name: "Tests must pass", outcome: .passed, severity: .block, cached: true,
                duration: .milliseconds(812)),
            InvariantResult(name: "Lint", outcome: .brokenAtBase, severity: .block, duration: .seconds(3)),
            InvariantResult(name: "Spelling", outcome: .failed, severity: .warn, duration: .seconds(1)),
        ]
        full.warnings = ["a test was removed"]
        full.remote = "upstream"
        full.isolation = .init(level: "landlock", network: "denied", isUnfenced: false)
        (full.model, full.cost) = ("claude-x", "$0.12")
        full.specification = Digest(hex: String(repeating: "c", count: 64))
        return full
    }

    @Test func tellsEverythingThatAReviewerNeeds() throws {
        let text = PullRequestText(try full(), limits: TextLimits(.github))
        #expect(text.title == "docs: Explain the thing")
        for part in [
            "## What and why\n\nThe thing needs a page.", "- [ ] There is a page\n- [ ] It is linked",
            "2 files, +13 −3 lines", "| `docs/a.md` | created | +12 −0 |",
            "| ``src/b\\|c`d.py`` | updated | +1 −3 |",
            "| Tests must pass | ✅ passed, cached | 812 ms |", "| Lint | ⚠️ fails at the base too | 3.0 s |",
            "| Spelling | ⚠️ failed, and only warns | 1.0 s |", "- a test was removed", "- Executor: `docs@1`",
            "- Model: `claude-x`, cost \\$\u{200B}0.12", "- Isolation: `landlock`, network denied",
            "- Task: `task-001`",
            "- Attempt: `attempt-task-001-0001`", "- Base: `\(otherCommit.hex)`",
            "- Specification: `\(String(repeating: "c", count: 64))`",
            "- Reproduce: `git fetch upstream && leviathan verify upstream/agent/task-001`",
        ] {
            #expect(text.body.contains(part), "\(part) is missing in:\n\(text.body)")
        }
        #expect(!text.body.contains("WITHOUT A FENCE"))
        #expect(PullRequestMarker(in: text.body) == text.marker)
        #expect(text.marker.task == "task-001")
        // What did not pass comes first.
        let lint = try #require(text.body.firstRange(of: "Lint"))
        let tests = try #require(text.body.firstRange(of: "Tests must pass"))
        #expect(lint.lowerBound < tests.lowerBound)
    }

    @Test func isLoudWhereThereWasNoFence() throws {
        var bare = facts()
        bare.isolation = .init(level: "none", network: "open", isUnfenced: true)
        let body = PullRequestText(bare, limits: TextLimits(.github)).body
        #expect(body.contains("WITHOUT A FENCE"))
        #expect(body.contains("- Isolation: **none**, network open"))
    }

    @Test func givesTheSameTextForTheSameFacts() throws {
        #expect(
            PullRequestText(try full(), limits: TextLimits(.github))
                == PullRequestText(try full(), limits: TextLimits(.github)))
    }

    // MARK: Words that forges act upon

    @Test(arguments: [
        "fixes #1", "Closes: #2", "closes octo/repo#3", "Resolved https://github.com/octo/repo/issues/4",
        "fix GH-5",
        "Closes !6", "implements PROJ-7", "closing issues #8", "**fixes** #9", "fixes\n#10", "FIXED - #11",
        "see #12", "see octo/repo#13", "see !14", "see &15", "GH-16", "ping @octocat", "ping @octo/team",
        "(@octocat)",
        "@octocat", "a@octocat,@bob", "close [#17](x)", "closes <https://x.example/issues/18>", "Fixes  \t #19",
    ])
    func takesThePowerOutOfWords(text: String) {
        for made in [TextDefusal.plain(text), inBody(text)] {
            #expect(!Self.mentions(made), "\(made)")
            #expect(!Self.refers(made), "\(made)")
            #expect(!Self.closes(made), "\(made)")
        }
        // A reader sees what was written.
        #expect(
            String(TextDefusal.plain(text).unicodeScalars.filter { $0 != TextDefusal.breaker }.map(Character.init))
                == text)
    }

    @Test(arguments: [
        "Fix the typo in docs/a.md", "write to someone@example.com", "use C# 9", "50% of all", "closes the door",
        "https://example.com/@octocat/page#12", "a & b", "item number 5!", "costs $ 5",
    ])
    func leavesOrdinaryWordsAlone(text: String) {
        #expect(TextDefusal.plain(text) == text)
    }

    @Test func takesAMentionApartInWhatIsNoLink() {
        #expect(Self.mentions("/@octocat"))
        for text in ["https://@octocat", "http://x/@octocat", "https://.@octocat", "xhttps://a.b/@octocat"] {
            #expect(!Self.mentions(TextDefusal.plain(text)), "\(TextDefusal.plain(text))")
        }
    }

    private func inBody(_ text: String) -> String {
        var given = facts()
        given.details = text
        let body = PullRequestText(given, limits: TextLimits(.github)).body
        let start = body.firstRange(of: "## What and why\n\n")?.upperBound ?? body.startIndex
        let end = body.firstRange(of: "\n\n## Acceptance")?.lowerBound ?? body.endIndex
        return String(body[start..<end])
    }

    /// As a forge looks for them, links left out.
    private static func mentions(_ text: String) -> Bool {
        text.firstMatch(of: /(^|[^A-Za-z0-9_`])@[A-Za-z0-9]/) != nil
    }

    private static func refers(_ text: String) -> Bool {
        text.replacing(/https?:\/\/[^ )>&]*/, with: "").firstMatch(of: /[#!&][0-9]|[Gg][Hh]-[0-9]/) != nil
    }

    private static func closes(_ text: String) -> Bool {
        let plain = text.replacing("\\", with: "").replacing("*", with: "").replacing("&lt;", with: "")
        return plain.lowercased().firstMatch(
            of:
                /\b(close[sd]?|closing|fix|fixe[sd]|fixing|resolve[sd]?|resolving|implement[s]?)\b[\s:-]*(issues? )?(\[?#[0-9]|https?:|!|[a-z]+-[0-9]|[a-z\/]+#[0-9])/
        )
            != nil
    }

    // MARK: Markdown that must not act

    @Test(arguments: [
        "# Heading", "## Invariants\nAll passed", "<details><summary>x</summary>", "<!-- hidden", "-->",
        "<img src=x>",
        "![x](https://evil.example/pixel.png)", "[click](javascript:alert(1))", "| a | b |\n| --- | --- |",
        "> quote",
        "***", "---", "===", "/merge", "  /approve", "/assign @octocat", "```\nopen", "~~~",
        "[ref]: https://evil.example",
        "[[_TOC_]]", "$$x$$", "&#64;octocat", "&commat;octocat", "\\@octocat", "`unclosed", "``a`b", "1986\\. x",
        "<!-- /leviathan -->", "<!-- leviathan task=other attempt=x -->", "- [x] done", "a  \nb", "[^1]: note",
        ":::",
    ])
    func neutralisesMarkdown(text: String) throws {
        let made = inBody(text)
        for line in made.split(separator: "\n") {
            let first = line.drop { $0 == " " }.first ?? " "
            #expect(!"#>|=/~<+$".contains(first), "\(line)")
            #expect(!line.hasPrefix("---") && !line.hasPrefix("***"))
            #expect(!line.hasPrefix("- ["))
        }
        #expect(!made.contains("<"))
        #expect(made.firstMatch(of: /(^|[^\\])[\[\]*_|~$]/) == nil, "\(made)")
        #expect(made.firstMatch(of: /&(?!amp;|lt;|gt;)/) == nil)
        // The text's own parts are still where they were.
        var given = facts()
        given.details = text
        let whole = PullRequestText(given, limits: TextLimits(.github))
        #expect(PullRequestMarker(in: whole.body)?.task == "task-001")
        #expect(whole.body.hasSuffix("<!-- /leviathan -->\n"))
        #expect(whole.body.split(separator: "<!-- /leviathan -->").count == 2)
    }

    @Test func keepsListsAndCode() {
        let text = "Do this:\n\n* first\n+ second `a_b @x`\n3. third\n\n```swift\nlet a = [1] // <b> @y\n```\nend"
        #expect(
            inBody(text)
                == "Do this:\n\n- first\n- second `a_b @x`\n3. third\n\n```text\nlet a = [1] // <b> @y\n```\nend")
    }

    @Test func aCodeBlockCannotBreakOut() {
        let made = inBody("```\na\n````\nb\n```")
        #expect(made.hasPrefix("```text\na\n```"))
    }

    @Test func takesOutWhatCannotBeSeen() {
        #expect(TextDefusal.plain("a\u{202E}b\u{0}c\u{200B}d\u{1B}[31m") == "abcd[31m")
        #expect(TextDefusal.plain("👩‍👧 नि") == "👩‍👧 नि")
    }

    @Test(arguments: [
        "ghp_0123456789abcdefghijABCDEFGHIJ012345", "https://me:hunter2secret@example.com/x",
        "glpat-0123456789abcdefghij", "sk-ant-0123456789abcdefghij", "`ghp_0123456789abcdefghijABCDEFGHIJ012345`",
        "g\u{200B}hp_0123456789abcdefghijABCDEFGHIJ012345", "```\nghp_0123456789abcdefghijABCDEFGHIJ012345\n```",
    ])
    func hidesCredentialsWhereverTheyStand(text: String) throws {
        var given = try full()
        (given.title, given.details, given.acceptanceCriteria) = ("docs: \(text)", text, [text])
        (given.warnings, given.notes, given.cost) = ([text], [text], text)
        // What stands in code is shown byte for byte, so that only what is a credential as it stands is one.
        if !text.contains("\u{200B}") && !text.contains("//") {
            given.model = text
            given.changes = [try change("docs/" + text.replacing("\n", with: ""))]
        }
        given.invariants = [InvariantResult(name: text, outcome: .passed, severity: .block)]
        // Cut in the middle of it, too.
        for size in [65_536, 1500] {
            given.details = String(repeating: "x ", count: size / 2 - 10) + text
            let made = PullRequestText(given, limits: TextLimits(title: 80, body: size))
            for part in ["0123456789", "hunter2"] {
                #expect(!made.body.contains(part))
                #expect(!made.title.contains(part))
            }
        }
    }

    @Test func showsPathsAsTheyAre() throws {
        var given = facts()
        given.changes = [try change("a\u{202E}b\n<c>@d.md"), try change("`` x"), try change("| --- |")]
        let body = PullRequestText(given, limits: TextLimits(.github)).body
        #expect(body.contains("| `a\\u{202e}b\\u{a}<c>@d.md` |"))
        #expect(body.contains("| ``` `` x ``` |"))
        #expect(body.contains("| `\\| --- \\|` |"))
    }

    @Test func titleIsOneLineWithinTheLimit() {
        var given = facts()
        given.title = "docs:  two\nlines\t" + String(repeating: "fixes #1 @me ", count: 60)
        for kind in [ForgeKind.github, .gitlab, .gitea, .gerrit] {
            let limits = TextLimits(kind)
            let title = PullRequestText(given, limits: limits).title
            #expect(title.unicodeScalars.count <= limits.title)
            #expect(title.hasPrefix("docs: two lines f\u{200B}ixes #\u{200B}1 @\u{200B}me"))
            #expect(title.hasSuffix("…"))
        }
    }

    // MARK: Limits

    @Test(arguments: [500, 1000, 3000, 65_536])
    func fitsTheForgesLimit(limit: Int) throws {
        var long = try full()
        long.details = String(repeating: "Für alle 👩‍👧: fixes #1 and <b>more</b>.\n\n", count: 20_000)
        long.acceptanceCriteria = (0..<500).map { "criterion \($0) " + String(repeating: "é", count: 900) }
        long.changes = try (0..<5000).map { try change("dir/\($0)/" + String(repeating: "x", count: 150)) }
        long.warnings = (0..<400).map { "warning \($0)" }
        let text = PullRequestText(
            long, limits: TextLimits(title: 50, body: limit), template: limit > 2000 ? "## Description\n" : nil)
        if limit >= 3000 { #expect(text.body.unicodeScalars.count <= limit) }
        #expect(PullRequestMarker(in: text.body) == text.marker)
        #expect(text.body.contains("5000 files"))
        #expect(text.body.contains("leviathan show"))
        #expect(text.body.contains("leviathan verify upstream/agent/task-001"))
        #expect(text.body.contains("Lint"))
    }

    @Test func dropsATemplateThatLeavesNoRoom() throws {
        let text = PullRequestText(
            facts(), limits: TextLimits(title: 50, body: 2000), template: String(repeating: "long\n", count: 1000))
        #expect(text.body.unicodeScalars.count <= 2000)
        #expect(text.marker.task == "task-001")
    }

    // MARK: Templates

    private func filled(_ template: String) -> String {
        PullRequestText(facts(), limits: TextLimits(.github), template: template).body
    }

    @Test func fillsATemplateWhereItAsksForTheDescription() {
        let body = filled("# Hello\n\n## 📝 Description\n<!-- say what -->\n\n## Checklist\n- [ ] tested\n")
        #expect(body.hasPrefix("# Hello\n\n## 📝 Description\n\n<!-- leviathan task="))
        #expect(body.hasSuffix("<!-- /leviathan -->\n\n<!-- say what -->\n\n## Checklist\n- [ ] tested\n"))
        #expect(filled("a\n<!-- leviathan -->\nb\n").hasSuffix("<!-- /leviathan -->\nb\n"))
        #expect(filled("- [ ] tested").hasPrefix("- [ ] tested\n\n---\n\n<!-- leviathan task="))
        #expect(filled(" \n ").hasPrefix("<!-- leviathan task="))
    }

    @Test(arguments: ["<!-- never closed", "```\nnever closed", "<!-- x\n## Description\n-->y\n<!--"])
    func isNotSwallowedByATemplate(template: String) {
        #expect(filled(template).hasPrefix("<!-- leviathan task="))
    }

    // MARK: The marker

    @Test(arguments: ["task-001", "a--b", "x -->", "ü/ä ö", "<!-- ", "--", "a=b c"])
    func readsItsMarkerBack(task: String) {
        let marker = PullRequestMarker(task: task, attempt: "attempt --> 1", title: "t", text: "x")
        #expect(!marker.text.dropFirst(4).dropLast(3).contains("--"))
        #expect(PullRequestMarker(in: "before\n\(marker.text)\r\nafter") == marker)
        #expect(PullRequestMarker(in: "before <!-- leviathan nonsense --> \(marker.text)") == marker)
    }

    @Test(arguments: [
        "", "<!-- leviathan -->", "<!-- leviathan task=a", "<!-- leviathan task=%zz attempt=b -->",
        "leviathan task=a",
        "<!-- leviathan attempt=b -->", "<!-- leviathan task= attempt=b -->",
    ])
    func readsNoMarkerWhereThereIsNone(body: String) { #expect(PullRequestMarker(in: body) == nil) }
}
