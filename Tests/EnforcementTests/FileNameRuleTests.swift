import Basics
import Enforcement
import Model
import Paths
import Testing

@Suite struct FileNameRuleTests {
    @Test(arguments: [
        "a\nb", "a\u{7f}b", "a\u{85}b", "docs/\u{202e}txt.exe", "a\u{2066}b", "a\u{2028}b", "x/a\\b",
        ".git\\config", "x/GIT~1", "x/.gi\u{200d}t", "x/.git.", "x/.git::$INDEX_ALLOCATION",
        "docs::$INDEX_ALLOCATION/a.md", "a.md::$DATA", ".gitmodules.", ".GITMODULES ", "GITMOD~1", "gi7eba~3",
        ".leviathan./policy.yaml", "LEVIAT~1/policy.yaml", ".levi\u{200b}\u{200c}athan/x\u{feff}",
        "github~1/workflows/ci.yml", "codeowners:x", String(repeating: "a", count: 256),
        String(repeating: "ab/", count: 1400) + "c",
    ])
    func refusesWhatOtherSystemsReadDifferently(path: String) throws {
        let found = try ChangeFixture().with(path, "").violations()
        #expect(found.contains { $0.rule == "file-name" && $0.path?.description == path }, "\(found)")
    }

    @Test(arguments: [
        "a.md", "docs/Größe.md", "docs/日本語.txt", "a b (c) [d].txt", "x/.gitignore", ".gitattributes.d/x",
        "src/git.c", "gitlike/a", "github/x", "Foo::Bar.3pm", "a~1", "x/.github-old/a", "a:b", "docs/.hidden",
        "e\u{301}.md", "👩‍👩‍👧.png", "leviathan/x", "agitmod~1",
    ])
    func acceptsEverydayNames(path: String) throws {
        #expect(try ChangeFixture().with(path, "").rules() == [])
    }

    @Test func refusesInvalidUTF8() throws {
        let latin1 = try RepoPath(bytes: [0x61, 0xFF])
        #expect(try ChangeFixture().with(latin1, "").rules() == ["file-name"])
    }

    @Test func aNameThatIsGoneOrWasThereIsNoReason() throws {
        #expect(try ChangeFixture().without("a\nb", "x").rules() == [])
        #expect(try ChangeFixture().with("unit\\x2dname.service", "y", before: "x").rules() == [])
    }
}
