import Basics
import Enforcement
import Model
import Testing

@Suite struct LinksTests {
    /// `docs/a.md` beside some files of the base.
    private func problems(_ text: String, before: String? = nil) throws -> [String] {
        let fixture = try ChangeFixture().with("docs/a.md", text, before: before)
            .beside("docs/b.md", "# First\n## Second *part*\n## Second part\n<a name=\"Old\"></a>\n")
            .beside("docs/sub/c.txt").beside("README.md").beside("docs/with space.md").beside("img/x.png")
        return BuiltinInvariant.links.problems(in: fixture.changes, fixture, tree: fixture)
    }

    @Test(arguments: [
        "[b](b.md) ![x](../img/x.png 'title') [d](sub) [d](sub/) [r](../) [r](./b.md)",
        "[b](b.md#first) [b](b.md#second-part-1) [b](b.md#old)",
        "[x](https://a/b.md) [m](mailto:a@b) [p](//a/b) [s](/site/root) [e]()",
        "# Top of page\n[t](#top-of-page) [t](#top) [t](#)",
        "[s](<with space.md>) [s](with%20space.md)", "[ref][r]\n\n[r]: b.md \"title\"\n[^1]: nothing.md\n",
        "`[x](gone.md)` ``[y](gone.md) ` ``",
        "```\n[x](gone.md)\n```\n~~~md\n[x](gone.md)\n~~~\n", "    [x](gone.md)\n",
        "<!-- [x](gone.md)\n[y](gone.md) -->\n", "\\[x](gone.md) x](gone.md)",
        "[![alt](../img/x.png)](b.md)", "[a\nb](b.md)", "<a href=\"b.md\"><img src='../img/x.png'></a>",
        "[i](../../issues/4) [w](../../wiki)", "[v]({{ site.url }}/x.md) [w](${x}.md)",
        "---\ntitle: \"[x](gone.md)\"\n---\n# A\n", "[b](b.md?plain=1#L10)", "[note]: this is a sentence\n",
        "## Änderung: x & y!\n[a](#änderung-x--y) [a](#%C3%A4nderung-x--y)",
        "Heading\n=======\nOther one\n---\n[h](#heading) [o](#other-one)",
        "## `code()` and [link](b.md) <b>bold</b> a_b :tada:\n[c](#code-and-link-bold-a_b-tada)",
        "## Named {#own-name}\n[n](#own-name) [n](#named)", "<h2 id=\"Made\">x</h2>\n[m](#made)",
        "# A # \n## B ##\n[a](#a) [b](#b)", "[p](b.md \"a (b)\") [q](sub/c.txt#L3)",
    ])
    func followsWhatLeadsSomewhere(text: String) throws { #expect(try problems(text) == []) }

    @Test(arguments: [
        ("x\n[g](gone.md)", "'docs/a.md' line 2: the link to 'gone.md' leads nowhere: there is no 'docs/gone.md'"),
        (
            "![g](../img/y.png)",
            "'docs/a.md' line 1: the link to '../img/y.png' leads nowhere: there is no 'img/y.png'"
        ),
        (
            "\n\n[r]: gone.md",
            "'docs/a.md' line 3: the link to 'gone.md' leads nowhere: there is no 'docs/gone.md'"
        ),
        ("[b](b.md#third)", "'docs/a.md' line 1: the link to 'b.md#third' names no heading of 'docs/b.md'"),
        ("# A\n[b](#b)", "'docs/a.md' line 2: the link to '#b' names no heading of this page"),
        ("[o](../../x/y.md)", "'docs/a.md' line 1: the link to '../../x/y.md' leads out of the repository"),
        (
            "<img src=\"gone.png\">",
            "'docs/a.md' line 1: the link to 'gone.png' leads nowhere: there is no 'docs/gone.png'"
        ),
        (
            "- item\n\n    [g](gone.md)",
            "'docs/a.md' line 3: the link to 'gone.md' leads nowhere: there is no 'docs/gone.md'"
        ),
        (
            "```\ncode\n```\n[g](gone.md)",
            "'docs/a.md' line 4: the link to 'gone.md' leads nowhere: there is no 'docs/gone.md'"
        ),
        (
            "[s](with+space.md)",
            "'docs/a.md' line 1: the link to 'with+space.md' leads nowhere: there is no 'docs/with+space.md'"
        ),
        (
            "[r](readme.md)",
            "'docs/a.md' line 1: the link to 'readme.md' leads nowhere: there is no 'docs/readme.md'"
        ),
        (
            "```\n# Fenced\n```\n[f](#fenced)",
            "'docs/a.md' line 4: the link to '#fenced' names no heading of this page"
        ),
    ])
    func namesWhatLeadsNowhere(text: String, problem: String) throws { #expect(try problems(text) == [problem]) }

    @Test func anOldBrokenLinkIsNotTheChangesFault() throws {
        #expect(try problems("[g](gone.md) new text", before: "[g](gone.md)") == [])
        #expect(try problems("[g](gone.md) [h](gone2.md)", before: "[g](gone.md)").count == 1)
    }

    @Test func whatTheChangeTookAwayCounts() throws {
        let fixture = try ChangeFixture().with("a.md", "[b](b.md) [d](dir) new", before: "[b](b.md) [d](dir)")
            .without(
                "b.md", "x"
            )
            .without("dir/x", "")
        #expect(BuiltinInvariant.links.problems(in: fixture.changes, fixture, tree: fixture).count == 2)
        let heading = try ChangeFixture().with(
            "a.md", "[b](b.md#x) [b](b.md#y) new", before: "[b](b.md#x) [b](b.md#y)"
        )
        .with("b.md", "# Z\n", before: "# X\n")
        let found = BuiltinInvariant.links.problems(in: heading.changes, heading, tree: heading)
        #expect(found == ["'a.md' line 1: the link to 'b.md#x' names no heading of 'b.md'"])
    }

    @Test func aLinkThroughASymlinkIsLeftToIt() throws {
        let fixture = try ChangeFixture().with("a.md", "[x](link/b.md)").with("link", "docs", mode: 0o120000)
            .beside(
                "docs/b.md")
        #expect(BuiltinInvariant.links.problems(in: fixture.changes, fixture, tree: fixture) == [])
    }

    @Test func withoutATreeNothingHolds() throws {
        let fixture = try ChangeFixture().with("a.md", "no link at all")
        #expect(BuiltinInvariant.links.problems(in: fixture.changes, fixture).count == 1)
        let linked = try ChangeFixture().with("a.md", "[x](b.md)")
        let blind = BuiltinInvariant.links.problems(in: linked.changes, linked, tree: Unreadable())
        #expect(
            blind == ["'a.md' line 1: the link to 'b.md' cannot be followed: the tree or a file cannot be read"])
        #expect(BuiltinInvariant.links.problems(in: linked.changes, Unreadable(), tree: linked).count == 1)
        let other = try ChangeFixture().with("a.txt", "[x](b.md)")
        #expect(BuiltinInvariant.links.problems(in: other.changes, other) == [])
    }

    @Test func garbageIsReadWithoutHarm() throws {
        let starts = [
            "[", "](", "[x](", "![", "`", "```", "<!--", "<a ", "<a href=", "[x]:", "---\n", "#", "\\", "> [a]: ",
            "- ", "[x](<", "|",
        ]
        for start in starts {
            for text in [
                start, start + "\n", String(repeating: start, count: 2000), start + "\n" + start + "\n\n" + start,
            ] { _ = try problems(text) }
        }
    }
}
