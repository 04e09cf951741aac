import Paths
import Testing

@Suite struct RepoPathTests {
    @Test(arguments: ["", "/a", "a//b", "a/", "a/../b", ".", "a\0b"])
    func refusesPaths(text: String) {
        #expect(throws: RepoPathError.self) { try RepoPath(text) }
    }

    @Test func pathsAreComparedByBytes() throws {
        #expect(try RepoPath("caf\u{e9}") != RepoPath("cafe\u{301}"))
    }
}
