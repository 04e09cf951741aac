import Basics
import Enforcement
import Model
import Paths
import Testing

/// What can be read is examined; what cannot be read is refused.
@Suite struct ContentRuleTests {
    private struct Limited: ChangeContents {
        func bytes(of blob: ObjectID) -> [UInt8]? { nil }
    }

    @Test func refusesTextThatIsTooLarge() throws {
        let verdict = Rules.findings(in: try blind(ChangeFixture().with("a.txt", "x"), Limited()))
        #expect(verdict.violations.map(\.rule) == ["content-unread"])
    }

    @Test func onlyWarnsOfOtherFilesThatAreTooLarge() throws {
        let verdict = Rules.findings(in: try blind(ChangeFixture().with("a.mp4", "x", isBinary: true), Limited()))
        #expect(verdict.violations.isEmpty && verdict.warnings.map(\.rule) == ["content-unread"])
    }

    @Test func refusesWhatCannotBeRead() throws {
        let verdict = Rules.findings(
            in: try blind(ChangeFixture().with("a.png", "x", isBinary: true), Unreadable()))
        #expect(verdict.violations.map(\.rule) == ["content-unread"])
    }

    @Test func readsNothingOfDeletionsLinksAndModes() throws {
        var fixture = try ChangeFixture().without("a.txt", "x")
        fixture.changes.append(
            Change(
                path: try RepoPath("b.sh"), operation: .update, oldMode: 0o100644, newMode: 0o100755,
                oldBlob: .zero,
                newBlob: .zero, size: 0, added: 0, removed: 0, isBinary: false))
        #expect(Rules.findings(in: try blind(fixture, Unreadable())).violations.isEmpty)
    }

    // MARK: Conflict markers

    private static let conflict = "<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"

    @Test func namesTheLineOfAConflict() throws {
        let found = try ChangeFixture().with("a", "a\n" + Self.conflict).violations()
        #expect(found.map(\.rule) == ["conflict-markers"] && found.first?.line == 2)
    }

    @Test func aConflictOfTheBaseExcusesNoNewOne() throws {
        #expect(try ChangeFixture().with("a", Self.conflict + "x", before: Self.conflict).rules() == [])
        let two = try ChangeFixture().with("a", Self.conflict + Self.conflict, before: Self.conflict)
        #expect(try two.rules() == ["conflict-markers"])
    }

    @Test(arguments: [
        "Title\n=======\n<<<<<<< not closed\n", ">>>>>>> a\n=======\n<<<<<<< b\n", "<<<<<<<x\n=======\n>>>>>>>y\n",
        "  <<<<<<< a\n  =======\n  >>>>>>> b\n",
    ])
    func acceptsWhatOnlyResemblesOne(text: String) throws {
        #expect(try ChangeFixture().with("a", text).rules() == [])
    }

    private func blind(_ fixture: ChangeFixture, _ contents: any ChangeContents) throws -> RuleSubject {
        let subject = try fixture.subject()
        return RuleSubject(
            changes: subject.changes, rules: subject.rules, contents: contents)
    }
}
