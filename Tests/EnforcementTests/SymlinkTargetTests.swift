import Basics
import Model
import Paths
import Testing

@Suite struct SymlinkTargetTests {
    @Test(arguments: ["b.txt", "./b.txt", "../c", "../../top", "d/e/f", ".."]) func staysInside(target: String)
        throws
    {
        #expect(try problem(target) == nil)
    }

    @Test(arguments: [
        ("", "leaves the repository"), ("/etc/passwd", "leaves the repository"),
        ("../../..", "leaves the repository"), ("a\0b", "leaves the repository"),
        ("C:/x", "leaves the repository on some systems"), ("..\\x", "leaves the repository on some systems"),
        ("d/../../x", "goes up again behind a name, which can lead anywhere"),
        ("../.git/hooks", "leads into '.git'"), (".GIT", "leads into '.git'"),
    ]) func isRefused(target: String, problem expected: String) throws {
        #expect(try problem(target) == expected)
    }

    @Test func aLongTargetIsRefused() throws {
        #expect(try problem(String(repeating: "a", count: 4000)) == nil)
        #expect(try problem(String(repeating: "a", count: 4001)) == "has a target longer than 4,000 bytes")
    }

    private func problem(_ target: String) throws -> String? {
        SymlinkTarget.problem(with: Array(target.utf8), from: try RepoPath("a/b/link"))
    }
}
