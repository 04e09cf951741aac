import Basics
import Git
import Paths
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct RepositoryTests {
    @Test func discoversFromBelowAndStopsAtTheCeiling() throws {
        let test = try TestRepository()
        try test.write("a/b/c.txt", "x")
        let found = try Repository.discover(from: test.path + "/a/b")
        #expect(found.workingDirectory == FileSystem.realPath(test.path))
        #expect(throws: GitError.self) {
            try Repository.discover(from: test.path + "/a/b", ceiling: [test.path + "/a"])
        }
    }

    @Test func saysThatADirectoryIsNoRepository() throws {
        let directory = try TemporaryDirectory()
        #expect {
            try Repository.discover(from: directory.path, ceiling: [directory.path])
        } throws: { ($0 as? GitError)?.kind == .notARepository }
    }

    @Test(arguments: ["objectFormat", "refStorage", "somethingNew"])
    func namesTheExtensionThatCannotBeRead(name: String) throws {
        let test = try TestRepository()
        try test.git("config", "core.repositoryFormatVersion", "1")
        try test.git("config", "extensions." + name, "value")
        #expect {
            try Repository.open(test.path)
        } throws: { error in
            guard case .unsupportedExtension(let found)? = (error as? GitError)?.kind else { return false }
            return found.lowercased() == name.lowercased() + "=value" && "\(error)".contains("libgit2 1.")
        }
    }

    @Test func refusesARealSHA256Repository() throws {
        let test = try TestRepository(arguments: ["--object-format=sha256"])
        #expect {
            try Repository.discover(from: test.path)
        } throws: { ($0 as? GitError)?.kind == .unsupportedExtension("objectformat=sha256") }
    }

    @Test func knowsItsState() throws {
        let test = try TestRepository()
        var repository = try Repository.open(test.path)
        #expect(repository.isEmpty && !repository.isBare)
        #expect(try repository.head() == nil)
        let first = try test.commitAll()
        try test.git("checkout", "--quiet", "--detach")
        repository = try Repository.open(test.path)
        #expect(repository.isHeadDetached && !repository.isEmpty)
        #expect(try repository.head()?.objectID == first)
        try test.git("clone", "--quiet", "--bare", ".", "../bare.git")
        try test.commitAll("Second")
        try test.git("clone", "--quiet", "--depth=1", "file://" + test.path, "../shallow")
        #expect(try Repository.open(test.directory.path + "/bare.git").isBare)
        #expect(try Repository.open(test.directory.path + "/shallow").isShallow)
    }

    @Test func resolvesWhatRevParseResolves() throws {
        let test = try TestRepository()
        try test.commitAll("One")
        try test.git("tag", "--annotate", "v1", "--message", "Tag")
        try test.commitAll("Two")
        let repository = try Repository.open(test.path)
        for spelling in ["HEAD", "HEAD~1", "v1", "main", try test.id("HEAD").short] {
            #expect(try repository.commitID(spelling) == test.id(spelling + "^{commit}"))
        }
        #expect(try repository.commitID("no-such-thing") == nil)
        #expect(try repository.commitID("HEAD^{tree}") == nil)
    }

    @Test func movesReferencesOnlyFromWhereTheyAreExpected() throws {
        let test = try TestRepository()
        let (one, two) = (try test.commitAll("One"), try test.commitAll("Two"))
        let repository = try Repository.open(test.path)
        let name = "refs/heads/agent/x"
        try repository.updateReference(name, to: one, expecting: nil, message: "create")
        #expect(throws: GitError.self) { try repository.createReference(name, at: two, message: "again") }
        #expect {
            try repository.updateReference(name, to: one, expecting: two, message: "wrong")
        } throws: { ($0 as? GitError)?.kind == .referenceMoved }
        try repository.updateReference(name, to: two, expecting: one, message: "right")
        #expect(try repository.reference(name)?.objectID == two)
        #expect(try repository.references(glob: "refs/heads/agent/*").map(\.name) == [name])
    }

    @Test func oneOfManyWinsARace() async throws {
        let test = try TestRepository()
        let commits = try (0..<8).map { try test.commitAll("Commit \($0)") }
        let path = test.path
        let wins = await withTaskGroup(of: Bool.self) { group in
            for commit in commits {
                group.addTask {
                    guard let repository = try? Repository.open(path) else { return false }
                    do {
                        try repository.createReference("refs/heads/race", at: commit, message: "race")
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
    }

    @Test func readsConfigurationAndRemotes() throws {
        let test = try TestRepository()
        try test.commitAll()
        try test.git("config", "user.name", "Somebody")
        try test.git("config", "commit.gpgsign", "true")
        let remote = try test.addRemote()
        let repository = try Repository.open(test.path)
        #expect(repository.configString("user.name") == "Somebody")
        #expect(repository.configBool("commit.gpgsign") == true)
        #expect(repository.configString("no.such") == nil)
        #expect(try repository.remoteURL("origin") == remote)
        #expect(try repository.remoteURL("other") == nil)
        #expect(try repository.remoteNames() == ["origin"])
        #expect(try repository.remoteDefaultBranch("origin") == "main")
    }

    @Test func answersForAttributesAndIgnores() throws {
        let test = try TestRepository()
        try test.write(".gitattributes", "*.bin filter=lfs -text\n*.md text\n")
        try test.write(".gitignore", "build/\n*.o\n")
        let commit = try test.commitAll()
        let repository = try Repository.open(test.path)
        let found = try repository.attributes(["filter", "text"], for: RepoPath("x/a.bin"), at: commit)
        #expect(found == ["filter": .value("lfs"), "text": .unset])
        #expect(try repository.attributes(["text"], for: RepoPath("a.md")) == ["text": .set])
        #expect(try repository.isIgnored(RepoPath("build/x")))
        #expect(try !repository.isIgnored(RepoPath("src/x.c")))
    }
}
