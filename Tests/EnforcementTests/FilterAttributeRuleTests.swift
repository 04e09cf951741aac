import Basics
import Enforcement
import Model
import Paths
import Testing

@Suite struct FilterAttributeRuleTests {
    @Test(arguments: [
        "*.bin filter=lfs diff=lfs -text\n", "# x\n\n/a/** text filter=evil\n", "\"a b\" filter=x\n",
        "[attr]big filter=lfs\n*.bin big\n", "*.c text\n*.c\tfilter=x\r\n",
    ])
    func refusesANewFilter(text: String) throws {
        let found = try ChangeFixture().with("sub/.gitattributes", text).violations()
        #expect(!found.isEmpty && found.allSatisfy { $0.rule == "filter-attribute" && $0.line != nil })
    }

    @Test(arguments: [
        "*.md text eol=lf\n", "*.bin -filter\n", "# filter=x\n", "*.png binary\n", "a !filter\n", "",
    ])
    func acceptsOtherAttributes(text: String) throws {
        #expect(try ChangeFixture().with(".gitattributes", text).rules() == [])
    }

    @Test func onlyAddedLinesCount() throws {
        let old = "*.bin filter=lfs\n"
        #expect(try ChangeFixture().with(".gitattributes", old + "*.md text\n", before: old).rules() == [])
        let found = try ChangeFixture().with(".gitattributes", old + "*.iso filter=lfs\n", before: old)
            .violations()
        #expect(found.map(\.line) == [2])
    }

    @Test(arguments: [
        ("*.bin filter=lfs", "a/b/x.bin", true), ("*.bin filter=lfs", "a/b/x.txt", false),
        ("/top/*.bin filter=lfs", "top/x.bin", true), ("/top/*.bin filter=lfs", "a/top/x.bin", false),
        ("a/**/z filter=lfs", "a/b/c/z", true), ("*.bin filter=lfs\nkeep/* -filter", "keep/x.bin", false),
        ("[attr]big filter=lfs\n*.bin big", "x.bin", true), ("a/ filter=lfs", "a/x", false),
        ("weird\\ name filter=lfs", "anything", true), ("* filter=x", "x", true), ("* text", "x", false),
    ])
    func refusesFilesUnderAFilter(attributes: String, path: String, refused: Bool) throws {
        let fixture = try ChangeFixture().with(path, "content").beside(".gitattributes", attributes + "\n")
        #expect(try fixture.rules(seesTree: true) == (refused ? ["filter-attribute"] : []))
    }

    @Test func theDeepestFileHasTheLastWord() throws {
        let fixture = try ChangeFixture().with("a/b/x.bin", "1").with("a/x.bin", "2")
            .beside(".gitattributes", "*.bin filter=lfs\n").beside("a/b/.gitattributes", "*.bin !filter\n")
        #expect(try fixture.violations(seesTree: true).map(\.path?.description) == ["a/x.bin"])
    }

    @Test func deletionsNeedNoFilter() throws {
        let fixture = try ChangeFixture().without("x.bin", "1").beside(".gitattributes", "*.bin filter=lfs\n")
        #expect(try fixture.rules(seesTree: true) == [])
    }
}
