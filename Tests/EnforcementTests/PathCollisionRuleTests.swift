import Basics
import Enforcement
import Model
import Paths
import Testing

@Suite struct PathCollisionRuleTests {
    @Test(arguments: [
        ("docs/README.md", "docs/readme.md"), ("Docs/a.md", "docs/b.md"), ("e\u{301}.md", "é.md"),
        ("STRASSE/x", "strasse/y"),
    ])
    func refusesPathsThatAreOneElsewhere(first: String, second: String) throws {
        let both = try ChangeFixture().with(first, "").with(second, "")
        #expect(try both.rules() == ["path-collision", "path-collision"])
        let one = try ChangeFixture().with(first, "").beside(second)
        let found = try one.violations(seesTree: true)
        #expect(found.map(\.rule) == ["path-collision"])
        #expect(found.first?.path?.description == first)
    }

    @Test func seesTheTreeOnlyWhereItIsGiven() throws {
        #expect(try ChangeFixture().with("A.md", "").beside("a.md").rules() == [])
    }

    @Test func aRenameThatOnlyChangesCaseIsFine() throws {
        let renamed = try ChangeFixture().with("README.md", "x", movedFrom: "readme.md").without("readme.md", "x")
        #expect(try renamed.rules() == [])
        #expect(try renamed.rules(seesTree: true) == [])
    }

    @Test func aCollisionOfTheBaseIsNotTheChangesFault() throws {
        let fixture = try ChangeFixture().with("a.md", "new", before: "old").beside("A.md").with("docs/x.md", "")
        #expect(try fixture.rules(seesTree: true) == [])
    }

    @Test func aTreeThatCannotBeReadRefuses() throws {
        let fixture = try ChangeFixture().with("a.md", "")
        let subject = try fixture.subject()
        let blind = RuleSubject(
            changes: subject.changes, rules: subject.rules, contents: fixture, tree: Unreadable())
        #expect(Rules.findings(in: blind).violations.map(\.rule) == ["path-collision", "filter-attribute"])
    }
}
