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

    /// `git commit` makes the tree before it calls a hook; reading it takes no look at other trees.
    @Test(arguments: [2, 3, 4]) func readsTheTreeThatGitNoted(version: Int) throws {
        let test = try TestRepository()
        for name in ["a.txt", "docs/deep/b.md", "docs/c.md", "docs/cc.md", "z"] { try test.write(name, name) }
        try test.git("add", "--all")
        let blob = try test.git("rev-parse", ":a.txt")
        let long = Array(repeating: String(repeating: "n", count: 200), count: 25).joined(separator: "/")
        try test.git("update-index", "--add", "--cacheinfo", "100644,\(blob),\(long)")
        // What is skipped needs the longer flags of the third version.
        if version > 2 { try test.git("update-index", "--skip-worktree", "docs/c.md") }
        try test.git("update-index", "--index-version", "\(version)")
        let index = test.path + "/.git/index"
        #expect(try IndexNotes.tree(in: FileSystem.read(index, limit: 1 << 20)) == nil, "nothing is noted yet")

        let tree = try test.git("write-tree")
        let file = try FileSystem.read(index, limit: 1 << 20)
        #expect(file[7] == UInt8(version))
        #expect(IndexNotes.tree(in: file)?.hex == tree)
        for count in file.indices { #expect(IndexNotes.tree(in: Array(file[..<count])) == nil) }

        try FileSystem.removeTree("\(test.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        #expect(try Repository.open(test.path).tree(ofIndexAt: index).hex == tree)
    }

    @Test func knowsNothingOfWhatWasStagedSince() throws {
        let test = try TestRepository()
        try test.write("docs/a.md", "a")
        try test.git("add", "--all")
        try test.git("write-tree")
        try test.write("docs/a.md", "b")
        try test.git("add", "--all")
        let index = test.path + "/.git/index"
        #expect(try IndexNotes.tree(in: FileSystem.read(index, limit: 1 << 20)) == nil)
        let repository = try Repository.open(test.path)
        try repository.keepNewObjectsInMemory()
        #expect(try repository.tree(ofIndexAt: index).hex == test.git("write-tree"))
    }

    @Test func readsNothingInGarbage() throws {
        let test = try TestRepository()
        for number in 0..<20 { try test.write("d\(number)/file", "x") }
        try test.git("add", "--all")
        try test.git("write-tree")
        let file = try FileSystem.read(test.path + "/.git/index", limit: 1 << 20)
        var generator = SeededRandom(seed: 14)
        for _ in 0..<2000 {
            var damaged = file
            for _ in 0..<3 {
                let place = Int.random(in: damaged.indices, using: &generator)
                damaged[place] = .random(in: 0...255, using: &generator)
            }
            _ = IndexNotes.tree(in: damaged)
        }
    }
}
