import Basics
import Git
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct IndexTreeTests {
    @Test func isTheTreeThatGitWrites() throws {
        let test = try TestRepository()
        for name in ["a.txt", "docs/deep/b.md", "docs/c.md", "z"] { try test.write(name, name) }
        try test.commitAll()
        try test.write("docs/c.md", "changed")
        try test.write("new/d.md", "new")
        try test.git("add", "--all")
        let repository = try Repository.open(test.path)
        try repository.keepNewObjectsInMemory()
        #expect(try repository.tree(ofIndexAt: test.path + "/.git/index").hex == test.git("write-tree"))
    }

    /// What a hook costs must not grow with files that nobody staged.
    @Test func opensNoneOfTheFiles() throws {
        let test = try TestRepository()
        for name in ["a.txt", "b.txt"] { try test.write(name, name) }
        try test.git("add", "--all")
        let blob = try test.git("rev-parse", ":a.txt")
        try FileSystem.removeTree("\(test.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        let repository = try Repository.open(test.path)
        try repository.keepNewObjectsInMemory()
        let tree = try repository.tree(ofIndexAt: test.path + "/.git/index")
        #expect(try tree.hex == test.git("write-tree", "--missing-ok"))
    }
}
