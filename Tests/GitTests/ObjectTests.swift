import Basics
import Git
import Paths
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct ObjectTests {
    @Test func readsAtACommitWithoutCheckout() throws {
        let test = try TestRepository()
        try test.write("docs/a.md", "# A\n")
        let commit = try test.commitAll("Add a page\n\nBody.\n\nTask-ID: task-001")
        try test.write("docs/a.md", "changed in the checkout")
        let repository = try Repository.open(test.path)
        let facts = try repository.commit(commit)
        let entry = try #require(try repository.entry(at: RepoPath("docs/a.md"), in: facts.tree))
        #expect(try repository.blob(entry.id, limit: 100) == Array("# A\n".utf8))
        #expect(facts.trailer("Task-ID") == "task-001")
        #expect(facts.author.name == "A U Thor")
        #expect(try repository.entry(at: RepoPath("docs/b.md"), in: facts.tree) == nil)
        #expect(try repository.entry(at: RepoPath("docs/a.md/x"), in: facts.tree) == nil)
        #expect { try repository.blob(entry.id, limit: 3) } throws: { ($0 as? GitError)?.kind == .tooLarge }
    }

    @Test func walksWhatLsTreeLists() throws {
        let test = try TestRepository()
        for name in ["z", "a/b/c", "a/b.txt", "a-b", "caf\u{e9}/x y"] { try test.write(name, name) }
        let commit = try test.commitAll()
        let repository = try Repository.open(test.path)
        var paths: [String] = []
        try repository.walk(tree: repository.commit(commit).tree) { path, entry in
            if !entry.isDirectory { paths.append(path.description) }
            return .descend
        }
        #expect(
            paths
                == (try test.git("ls-tree", "-r", "-z", "--name-only", "HEAD")).split(separator: "\0").map(
                    String.init))
    }

    @Test func newObjectsCanStayInMemory() throws {
        let test = try TestRepository()
        try test.write("a", "1")
        let commit = try test.commitAll()
        let before = try test.git("count-objects")
        let repository = try Repository.open(test.path)
        try repository.keepNewObjectsInMemory()
        let base = try repository.commit(commit).tree
        let blob = try repository.writeBlob(Array("new".utf8))
        let tree = try repository.tree(updating: base, with: [.upsert(RepoPath("b/c"), blob, .regular)])
        #expect(try repository.diff(from: base, to: tree).map(\.status) == [.added])
        #expect(try test.git("count-objects") == before)
    }

    /// Writing does not look for new packs; reading goes on to.
    @Test func findsWhatWasPackedMeanwhile() throws {
        let test = try TestRepository()
        try test.write("a", "1")
        let commit = try test.commitAll()
        let repository = try Repository.open(test.path)
        let blob = try repository.writeBlob(Array("new".utf8))
        let tree = try repository.tree(
            updating: repository.commit(commit).tree, with: [.upsert(RepoPath("b/c"), blob, .regular)])
        try test.write("later", "packed by another")
        let later = try test.commitAll()
        _ = try test.git("tag", "kept", tree.hex)
        _ = try test.git("repack", "-a", "-d", "-q")
        _ = try test.git("prune-packed")
        #expect(try repository.blob(blob, limit: 10) == Array("new".utf8))
        #expect(try repository.commit(later).parents == [commit])
        #expect(try repository.writeBlob(Array("new".utf8)) == blob)
        #expect(try test.git("fsck", "--strict").isEmpty)
    }

    @Test func buildsTheTreesThatGitBuilds() throws {
        let test = try TestRepository()
        let repository = try Repository.open(test.path)
        var random = SeededRandom(seed: 11)
        var tree: ObjectID?
        var files: Set<String> = []
        let names = ["a", "b", "a/x", "a/y/z", "c/d/e/f", "c/d/g", "b-c", "b.c", "q"]
        for round in 0..<150 {
            let name = names.randomElement(using: &random) ?? "a"
            let path = try RepoPath(name)
            let clashes = files.filter { $0.hasPrefix(name + "/") || name.hasPrefix($0 + "/") }
            var edits: [TreeEdit] = try clashes.map { .remove(try RepoPath($0)) }
            files.subtract(clashes)
            if files.contains(name), Bool.random(using: &random) {
                edits.append(.remove(path))
                files.remove(name)
            } else {
                let mode: FileMode = Bool.random(using: &random) ? .executable : .regular
                edits.append(.upsert(path, try repository.writeBlob(Array("\(round)".utf8)), mode))
                files.insert(name)
            }
            for clash in clashes { try test.git("rm", "--cached", "--quiet", "--", clash) }
            for case .upsert(_, let id, let mode) in edits {
                try test.git(
                    "update-index", "--add", "--cacheinfo", "\(String(mode.rawValue, radix: 8)),\(id.hex),\(name)")
            }
            if case .remove? = edits.last { try test.git("update-index", "--force-remove", "--", name) }
            tree = try repository.tree(updating: tree, with: edits.shuffled(using: &random))
            #expect(try tree?.hex == test.git("write-tree"))
        }
        #expect(try test.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func refusesEditsThatMakeNoSense() throws {
        let test = try TestRepository()
        try test.write("a/b", "x")
        let commit = try test.commitAll()
        let repository = try Repository.open(test.path)
        let base = try repository.commit(commit).tree
        let blob = try repository.writeBlob([])
        for edit in [
            TreeEdit.remove(try RepoPath("nothing")), .upsert(try RepoPath("a"), blob, .regular),
            .upsert(try RepoPath("a/b/c"), blob, .regular), .remove(try RepoPath("a/b/c")),
        ] {
            #expect(throws: GitError.self) { try repository.tree(updating: base, with: [edit]) }
        }
        #expect(throws: GitError.self) {
            try repository.tree(updating: base, with: [.upsert(RepoPath(".git/config"), blob, .regular)])
        }
    }

    @Test func differencesAreThoseOfGit() throws {
        let test = try TestRepository()
        try test.write("same", "same")
        try test.write("moved", String(repeating: "line\n", count: 50))
        try test.write("changed", "one\ntwo\nthree\n")
        try test.write("gone", "x\n")
        let old = try test.commitAll("Old")
        try test.git("mv", "moved", "there")
        try test.write("changed", "one\n2\nthree\nfour\n")
        try test.git("rm", "--quiet", "gone")
        try test.write("binary", "a\0b")
        let new = try test.commitAll("New")
        let repository = try Repository.open(test.path)
        let (from, to) = (try repository.commit(old).tree, try repository.commit(new).tree)
        let plain = try repository.diff(from: from, to: to)
        #expect(plain.map(\.status) == [.added, .modified, .deleted, .deleted, .added])
        #expect(plain[1].added == 2 && plain[1].removed == 1)
        #expect(plain[0].isBinary)
        #expect(try repository.diff(from: from, to: to, findRenames: true).contains { $0.status == .renamed })
        let patch = try repository.patchText(from: from, to: to)
        try test.git("checkout", "--quiet", old.hex)
        try test.git("apply", "--index", input: patch.bytes)
        #expect(try test.git("write-tree") == to.hex)
        #expect(try !repository.patchText(from: from, to: to, limit: 40).isComplete)
    }

    /// What differs is the same on every machine, whatever lies in somebody's checkout or settings.
    @Test func noAttributeDecidesWhatDiffers() throws {
        let test = try TestRepository()
        try test.write("a.txt", "one\n")
        let from = try test.commitAll()
        try test.write("a.txt", "two\n")
        let to = try test.commitAll()
        let plain = try differences(test, from, to)
        #expect(plain.patch.contains("+two") && plain.deltas.map(\.added) == [1])
        try test.write(".gitattributes", "* -diff\n")
        try test.write(".git/info/attributes", "* -diff\n")
        #expect(try test.git("diff", from.hex, to.hex).contains("Binary files"))
        let same = try differences(test, from, to)
        #expect(same.patch == plain.patch && same.deltas == plain.deltas)
    }

    private func differences(
        _ test: TestRepository, _ from: ObjectID, _ to: ObjectID
    ) throws -> (patch: String, deltas: [FileDelta]) {
        let repository = try Repository.open(test.path)
        let trees = try (repository.commit(from).tree, repository.commit(to).tree)
        let patch = try repository.patchText(from: trees.0, to: trees.1)
        return (String(decoding: patch.bytes, as: UTF8.self), try repository.diff(from: trees.0, to: trees.1))
    }

    @Test func writesACommitThatGitAccepts() throws {
        let test = try TestRepository()
        try test.write("a", "1")
        let base = try test.commitAll()
        let repository = try Repository.open(test.path)
        let who = Signature(name: "Ünï", email: "u@example.com", time: Instant(secondsSinceEpoch: 1_700_000_000))
        let id = try repository.createCommit(
            tree: repository.commit(base).tree, parents: [base], author: who, committer: who, message: "Hello\n")
        #expect(
            try test.git("show", "--no-patch", "--format=%an <%ae> %at %P %s", id.hex)
                == "Ünï <u@example.com> 1700000000 \(base.hex) Hello")
        #expect(try repository.isAncestor(base, of: id))
        #expect(throws: GitError.self) {
            try repository.createCommit(
                tree: repository.commit(base).tree, parents: [],
                author: Signature(name: "", email: "", time: who.time), committer: who, message: "x")
        }
    }

    @Test func saysThatAnObjectIsDamaged() throws {
        let test = try TestRepository()
        let commit = try test.commitAll()
        let file = test.path + "/.git/objects/" + commit.hex.prefix(2) + "/" + commit.hex.dropFirst(2)
        try FileSystem.removeTree(file)
        try FileSystem.write(Array("garbage".utf8), to: file)
        #expect(throws: GitError.self) { try Repository.open(test.path).commit(commit) }
    }
}
