import Basics
import Enforcement
import Model
import Paths
import Testing

@Suite struct FileModeRuleTests {
    @Test(arguments: [0o100600, 0o100777, 0o100664, 0o106755, 0o040000, 0o010644, 0] as [UInt32])
    func refusesOddModes(mode: UInt32) throws {
        let found = try ChangeFixture().with("a", "", mode: mode).violations()
        #expect(found.map(\.rule) == ["file-mode"])
        #expect(found.first?.message == "'a' has the mode \(String(mode, radix: 8))")
    }

    @Test(arguments: [0o100644, 0o100755] as [UInt32]) func acceptsPlainFiles(mode: UInt32) throws {
        #expect(try ChangeFixture().with("a", "", mode: mode).rules() == [])
    }

    @Test func refusesNestedRepositoriesAndSubmodules() throws {
        #expect(try ChangeFixture().with("a", "", mode: 0o160000).rules() == ["nested-repository"])
        for (old, new) in [(0o160000, 0o160000), (0o160000, 0o100644), (0o160000, nil)] as [(UInt32, UInt32?)] {
            var fixture = try ChangeFixture()
            fixture.changes = [
                Change(
                    path: try RepoPath("lib"), operation: new == nil ? .delete : .update, oldMode: old,
                    newMode: new,
                    oldBlob: .zero, newBlob: new == nil ? nil : .zero, size: 0, added: 0, removed: 0,
                    isBinary: false)
            ]
            let found = try fixture.violations()
            #expect(found.map(\.rule) == ["nested-repository"])
            #expect(found.first?.message.contains("is a submodule") == true)
        }
    }
}
