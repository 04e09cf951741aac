import Basics
import Enforcement
import Model
import Testing

@Suite struct SymlinkRuleTests {
    @Test(arguments: [
        "../../etc/passwd", "/etc/passwd", "../../x", "", "..\\..\\x", "C:/x", "\\\\server\\x", "../../", "a\0b",
        String(repeating: "../", count: 3) + "x",
    ])
    func refusesWhatLeavesTheRepository(target: String) throws {
        let found = try ChangeFixture().with("docs/link", target, mode: 0o120000).violations()
        #expect(found.map(\.rule) == ["symlink"])
        #expect(found.first?.message.contains("leaves the repository") == true)
    }

    @Test(arguments: ["../.git/config", ".GIT/config", "../git~1", "../.g\u{200c}it/x"])
    func refusesWhatLeadsIntoGit(target: String) throws {
        let found = try ChangeFixture().with("docs/link", target, mode: 0o120000).violations()
        #expect(found.map(\.message.description).contains { $0.contains("leads into '.git'") })
    }

    /// With 'up' linked to '../..', 'up/../x' stays inside by its text and leaves in truth.
    @Test(arguments: ["up/../x", "b/../../../x", "a/../b"]) func refusesToGoUpBehindAName(target: String) throws {
        #expect(try ChangeFixture().with("docs/link", target, mode: 0o120000).rules() == ["symlink"])
    }

    @Test(arguments: ["x.md", "../a.md", "./x", "sub/dir/x", "..", ".././a"]) func acceptsWhatStays(target: String)
        throws
    {
        #expect(try ChangeFixture().with("docs/link", target, mode: 0o120000).rules() == [])
    }
}
