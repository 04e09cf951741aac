import Basics
import Git
import Paths
import TestSupport
import Testing

/// What a partial clone has left at its remote.
@Suite(.timeLimit(.minutes(60))) struct PromisedObjectTests {
    private let test: TestRepository
    private let clone: String
    private let tree: ObjectID

    init() throws {
        test = try TestRepository()
        for number in 1...20 { try test.write("docs/\(number).md", "page \(number)\n") }
        let commit = try test.commitAll()
        try test.git("config", "uploadpack.allowFilter", "true")
        clone = test.directory.path + "/clone"
        try test.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://" + test.path, clone)
        tree = try Repository.open(test.path).commit(commit).tree
    }

    private func blob(_ name: String) throws -> ObjectID {
        try #require(try Repository.open(clone).entry(at: RepoPath(name), in: tree)).id
    }

    /// A repository that fetches what is missing; `asked` is told how many objects each time.
    private func fetching(
        _ asked: Gathered<Int>, _ copy: String? = nil, isAway: Bool = false
    ) throws -> Repository {
        let (clone, environment) = (copy ?? clone, test.environment)
        let repository = try Repository.open(clone)
        repository.bringPromised { (ids, remote) throws(GitError) in
            asked.add(ids.count)
            do throws(GitCommandError) {
                guard !isAway else { throw GitCommandError(.unreachable, "fetch", reason: "nobody answers") }
                try GitCommand(environment: environment).fetchPromised(ids, from: remote, in: clone)
            } catch { throw GitError(.notFetched, error.operation, reason: error.reason) }
        }
        return repository
    }

    @Test func isFetchedTogetherWhenItIsRead() throws {
        let asked = Gathered<Int>()
        let repository = try fetching(asked)
        let all = try repository.blobs(in: tree, under: RepoPath("docs"))
        #expect(all.count == 20)
        #expect(try repository.blob(try blob("docs/7.md"), limit: 100) { all } == Array("page 7\n".utf8))
        #expect(asked.all == [20])
        for id in all { _ = try repository.blob(id, limit: 100) }
        try repository.bring(all)
        #expect(asked.all == [20])
    }

    /// libgit2 reads the files of a comparison by itself.
    @Test func bothSidesOfAComparisonAreFetchedTogether() throws {
        let names = (1...20).map { "docs/\($0).md" }
        for name in names.prefix(10) { try test.git("mv", name, name + "x") }
        for name in names.suffix(10) { try test.write(name, "other\n") }
        let commit = try test.commitAll()
        let new = try Repository.open(test.path).commit(commit).tree
        for round in 0..<3 {
            let asked = Gathered<Int>()
            let copy = clone + "-\(round)"
            try test.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://" + test.path, copy)
            let repository = try fetching(asked, copy)
            switch round {
            case 0: #expect(try repository.diff(from: tree, to: new).count == 30)
            case 1:
                let renamed = try repository.diff(from: tree, to: new, findRenames: true, countsLines: false)
                #expect(renamed.count { $0.status == .renamed } == 10)
            default: #expect(try repository.patchText(from: tree, to: new).isComplete)
            }
            #expect(asked.all == [21], "\(round)")
        }
    }

    @Test func aRemoteThatIsAwayIsAskedOnce() throws {
        let asked = Gathered<Int>()
        let repository = try fetching(asked, isAway: true)
        for name in ["docs/1.md", "docs/2.md"] {
            let id = try blob(name)
            #expect { try repository.blob(id, limit: 100) } throws: { ($0 as? GitError)?.kind == .notFetched }
        }
        #expect(asked.all == [1])
    }

    @Test func isNamedUnlessItMayBeFetched() throws {
        let repository = try Repository.open(clone)
        let id = try blob("docs/1.md")
        #expect { try repository.blob(id, limit: 100) } throws: { ($0 as? GitError)?.kind == .promised("origin") }
        try repository.bring([id])
        #expect(try !repository.holds(id))
        let absent = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
        // No clone leaves commits out: one that is not there is nowhere.
        #expect { try repository.commit(absent) } throws: { ($0 as? GitError)?.kind == .notFound }
    }
}
