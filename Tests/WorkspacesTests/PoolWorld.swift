import Basics
import Git
import Paths
import Processes
import TestSupport
import Testing
import Workspaces

/// A repository with two commits, and a pool of checkouts beside it.
struct PoolWorld {
    let repository: TestRepository
    let first: ObjectID
    let second: ObjectID

    init() throws {
        repository = try TestRepository()
        try repository.write("README.md", "readme\n")
        try repository.write("a.txt", "text\n")
        try repository.write("a/one.txt", "one\n")
        try repository.write("a/deep/two.txt", "two\n")
        try repository.write("a0/three.txt", "three\n")
        try repository.write("docs/guide.md", "# Guide\n")
        try repository.write("run.sh", "#!/bin/sh\n")
        try repository.git("update-index", "--add", "--chmod=+x", "run.sh")
        try FileSystem.writeSymlink(to: Array("docs/guide.md".utf8), at: repository.path + "/link")
        try repository.write(".gitignore", "*.log\nbuild/\n")
        try repository.write(".gitattributes", "*.txt text eol=crlf\n*.md filter=shout\n")
        try repository.git("-c", "core.autocrlf=false", "add", "--all")
        try repository.git("update-index", "--chmod=+x", "run.sh")
        try repository.git("commit", "--quiet", "--message", "First")
        first = try repository.id("HEAD")
        try repository.write("a/one.txt", "changed\n")
        try repository.write("new/file.txt", "new\n")
        try repository.git("rm", "--quiet", "-r", "docs", "a.txt")
        try repository.write("docs", "now a file\n")
        try FileSystem.createDirectory(repository.path + "/a.txt")
        try repository.write("a.txt/inner", "now a directory\n")
        try repository.git("update-index", "--add", "--chmod=-x", "run.sh")
        second = try repository.commitAll("Second")
    }

    var home: String { repository.directory.path + "/pool" }

    func open() throws -> Repository { try Repository.open(repository.path) }

    func pool(limit: Int = 4, patience: Duration = .seconds(60), failpoints: Failpoints = .none) throws
        -> SlotPool
    {
        SlotPool(
            try open(), directory: home, limit: limit, clock: .system, identifiers: .system,
            failpoints: failpoints, patience: patience)
    }

    func tree(_ commit: ObjectID) throws -> ObjectID { try open().commit(commit).tree }

    func claim(_ commit: ObjectID, from pool: SlotPool, sparse: [String]? = nil) throws -> ClaimedSlot {
        try pool.claim(
            tree(commit), at: commit, sparse: sparse?.map { try RepoPath($0) }, cancellation: Cancellation())
    }

    func share(_ commit: ObjectID, from pool: SlotPool) throws -> SharedSlot {
        try pool.share(tree(commit), at: commit, cancellation: Cancellation())
    }

    /// Runs git in a checkout; its output.
    func git(_ words: String..., in directory: String) throws -> String {
        var program = Subprocess("git", words, environment: repository.environment)
        program.workingDirectory = directory
        let outcome = try program.run()
        guard outcome.succeeded else { throw ShellFailure(description: outcome.errors.text) }
        return outcome.output.text
    }

    /// Runs a shell line in a directory.
    @discardableResult
    func shell(_ line: String, in directory: String) throws -> String {
        var program = Subprocess("bash", ["-ec", line], environment: repository.environment)
        program.workingDirectory = directory
        let outcome = try program.run()
        guard outcome.succeeded else { throw ShellFailure(description: outcome.errors.text) }
        return outcome.output.text
    }

    /// What is wrong with a checkout of a commit; empty when it is exactly that, and git agrees.
    func faults(_ path: String, _ commit: ObjectID) throws -> [String] {
        var found: [String] = []
        let status = try git("-c", "core.checkStat=default", "status", "--porcelain", "--ignored", in: path)
        if !status.isEmpty { found.append("status: \(status)") }
        if try git("rev-parse", "HEAD", in: path) != commit.hex + "\n" { found.append("HEAD is elsewhere") }
        let listing = "find . -mindepth 1 -name .git -prune -o ! -type d -printf '%P %m %y %l\\n' | sort"
        let expected = repository.directory.path + "/expected-\(commit.short)"
        if !FileSystem.exists(expected) {
            try FileSystem.createDirectory(expected)
            try shell(
                """
                git ls-tree -r -z --full-tree \(commit.hex) | while IFS= read -r -d '' line; do
                  path="${line#*	}"; mode="${line%% *}"; rest="${line#* * }"; id="${rest%%	*}"
                  mkdir -p "$(dirname "\(expected)/$path")"
                  case $mode in
                  120000) ln -s "$(git cat-file blob $id)" "\(expected)/$path";;
                  160000) mkdir "\(expected)/$path";;
                  *) git cat-file blob $id > "\(expected)/$path"; chmod ${mode#100} "\(expected)/$path";;
                  esac
                done
                """, in: repository.path)
        }
        let (mine, theirs) = (try shell(listing, in: path), try shell(listing, in: expected))
        if mine != theirs { found.append("files: \(mine) instead of \(theirs)") }
        let difference = try shell(
            "diff -r --no-dereference --exclude=.git '\(path)' '\(expected)' || true", in: path)
        if !difference.isEmpty { found.append(difference) }
        return found
    }
}

struct ShellFailure: Error, CustomStringConvertible {
    let description: String
}

/// What another process needs to know to use the same pool.
struct PoolAddress: Codable, Sendable {
    let home: String
    let path: String
    let commit: String
    let tree: String
    var limit = 2
    var failpoint = ""

    init(_ world: PoolWorld, _ commit: ObjectID) throws {
        (home, path, self.commit) = (world.home, world.repository.path, commit.hex)
        tree = try world.tree(commit).hex
    }

    func pool() throws -> SlotPool {
        SlotPool(
            try Repository.open(path), directory: home, limit: limit, clock: .system, identifiers: .system,
            failpoints: Failpoints(environment: ["LEVIATHAN_FAILPOINT": failpoint]))
    }

    func claim(isListed: Bool = false) throws -> ClaimedSlot {
        try pool().claim(
            try #require(ObjectID(hex: tree)), at: try #require(ObjectID(hex: commit)), isListed: isListed,
            cancellation: Cancellation())
    }

    func share() throws -> SharedSlot {
        try pool().share(
            try #require(ObjectID(hex: tree)), at: try #require(ObjectID(hex: commit)),
            cancellation: Cancellation())
    }
}
