import Basics
import Git
import Glibc
import Model
import Paths
import TestSupport
import Testing
import Workspaces

@Suite struct WorkspaceFilesTests {
    private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(arguments: [false, true]) func readsAndWrites(layered: Bool) throws {
        let world = try PoolWorld()
        let shared = try world.share(world.first, from: world.pool())
        let upper = try TemporaryDirectory()
        let copy = try TemporaryDirectory()
        try world.shell("cp -a . \(copy.path)", in: shared.path)
        let files =
            layered
            ? try WorkspaceFiles(upper: upper.path, lower: shared.path) : try WorkspaceFiles(directory: copy.path)
        let path = { (text: String) in try RepoPath(text) }
        #expect(try Self.text(files.read(path("a/one.txt"))) == "one\n")
        #expect(
            try files.read(path("a/none")) == nil && files.read(path("a")) == nil
                && files.read(path("a.txt/x")) == nil)
        #expect(try files.kind(of: path("run.sh")) == .executable && files.kind(of: path("link")) == .other)
        try files.write(path("a/one.txt"), Array("1".utf8), isExecutable: nil)
        try files.write(path("run.sh"), Array("2".utf8), isExecutable: nil)
        try files.write(path("n/e/w"), Array("3".utf8), isExecutable: true)
        try files.remove(path("docs/guide.md"))
        try files.remove(path("a0/three.txt"))
        try files.write(path("a0/three.txt"), Array("4".utf8), isExecutable: nil)
        #expect(try Self.text(files.read(path("a0/three.txt"))) == "4" && files.read(path("docs/guide.md")) == nil)
        #expect(try files.kind(of: path("run.sh")) == .executable && files.kind(of: path("a/one.txt")) == .regular)
        #expect(
            try files.hasDirectory(path("n/e")) && files.hasDirectory(path("a"))
                && !files.hasDirectory(path("docs")))
        #expect(
            try files.list(under: path("a")) { _ in true }.map(\.description) == ["a/deep/two.txt", "a/one.txt"])
        #expect(try files.list(under: nil) { $0.name == "w" }.map(\.description) == ["n/e/w"])
        #expect(throws: WorkspaceError.self) { try files.remove(path("docs/guide.md")) }
        #expect(throws: WorkspaceError.self) { try files.write(path(".git"), [], isExecutable: nil) }
        #expect(throws: WorkspaceError.self) { try files.write(path("a"), [], isExecutable: nil) }
        #expect(throws: WorkspaceError.self) { try files.write(path("a.txt/below"), [], isExecutable: nil) }
        #expect(try world.faults(shared.path, world.first) == [])
        guard layered else { return }
        let changes = try ChangeScan(world.open(), base: shared.tree).changes(inUpperLayer: upper.path)
        #expect(
            try ChangeScanTests.lines(changes.edits, world.open()) == [
                "100644 a/one.txt 1", "100644 a0/three.txt 4", "100755 n/e/w 3", "100755 run.sh 2",
                "D docs/guide.md",
            ])
    }

    /// Whatever a program plants, nothing outside is read or written.
    @Test(arguments: ["ln -s OUT d", "ln -s OUT/secret f", "mkdir d; ln -s OUT d/e; ln -s ../d g"])
    func neverFollowsASymlink(line: String) throws {
        let outside = try TemporaryDirectory()
        try outside.write("secret", "secret")
        let inside = try TemporaryDirectory()
        try PoolWorld().shell(line.replacing("OUT", with: outside.path), in: inside.path)
        for files in [
            try WorkspaceFiles(directory: inside.path),
            try WorkspaceFiles(upper: inside.path, lower: outside.path),
        ] {
            for name in ["d/secret", "f", "d/e/secret", "g/e/secret"] {
                let path = try RepoPath(name)
                #expect((try? files.read(path)).flatMap(\.self) != Array("secret".utf8))
                _ = try? files.write(path, Array("mine".utf8), isExecutable: nil)
                _ = try? files.remove(path)
            }
        }
        #expect(try outside.read("secret") == "secret")
        #expect(try FileSystem.list(outside.path) == ["secret"])
    }

    @Test func aFifoIsNotWaitedFor() throws {
        let inside = try TemporaryDirectory()
        #expect(mkfifo(inside.path + "/pipe", 0o644) == 0)
        let files = try WorkspaceFiles(directory: inside.path)
        #expect(throws: WorkspaceError.self) { try files.read(RepoPath("pipe")) }
        #expect(try files.kind(of: RepoPath("pipe")) == .other)
    }

    @Test func seedsAreLinkedAndCopied() throws {
        let world = try PoolWorld()
        try world.shell(
            """
            mkdir -p node_modules/x .venv/bin; echo dep > node_modules/x/index.js; echo py > .venv/bin/python; chmod +x .venv/bin/python
            ln -s /etc/passwd .venv/out; mkfifo .venv/pipe; ln -s /etc leaves
            """, in: world.repository.path)
        var seeding = WorkspaceSeeding()
        seeding.linked = ["node_modules/", "a0", "missing", "../x", ".git/config", "leaves"]
        seeding.copied = [".venv"]
        let plan = try SeedPlan(
            seeding, from: world.repository.path, repository: world.open(), tree: world.tree(world.first))
        #expect(plan.notes.count == 5 && plan.notes[0] == "'a0' is not there: the base tracks it")
        let checkout = try world.claim(world.first, from: world.pool())
        #expect(try plan.apply(to: checkout.path) == ["'.venv': 1 special or unreadable things were not copied"])
        #expect(
            try world.shell(
                "cat node_modules/x/index.js; readlink .venv/out; test -x .venv/bin/python", in: checkout.path)
                == "dep\n/etc/passwd\n")
        var options = ChangeScanOptions()
        options.scratch = plan.scratch
        let changes = try ChangeScan(world.open(), base: checkout.tree, options: options).changes(in: checkout)
        #expect(changes.edits.isEmpty && changes.refusals.isEmpty && changes.ignored == 2)
        #expect(try plan.apply(to: checkout.path).count == 2)
        #expect(FileSystem.exists(world.repository.path + "/node_modules/x/index.js"))
    }

    @Test func lockFilesAreSeenAsTheTreeHasThem() throws {
        let world = try PoolWorld()
        let names = ["README.md", "none"]
        let files = try SetupLockFiles(names, in: world.tree(world.first), of: world.open())
        #expect(files.facts.keys.sorted() == ["README.md"])
        let more = try SetupLockFiles(names + ["a/one.txt"], in: world.tree(world.first), of: world.open())
        #expect(more.facts.count == 2 && more.facts["README.md"] == files.facts["README.md"])
        let directory = world.home + "/alone"
        try FileSystem.createDirectory(directory)
        try more.write(to: directory)
        #expect(try world.shell("find . -type f | sort", in: directory) == "./README.md\n./a/one.txt\n")
        #expect(throws: WorkspaceError.self) {
            _ = try SetupLockFiles(["a"], in: world.tree(world.first), of: world.open())
        }
    }

    @Test func aChangeOfASeedShows() throws {
        let world = try PoolWorld()
        try world.shell(
            "mkdir -p deps/x; echo 1 > deps/x/a; ln -s x deps/l; echo A=1 > .env", in: world.repository.path)
        var seeding = WorkspaceSeeding()
        (seeding.linked, seeding.copied) = (["deps"], [".env"])
        func state() throws -> [String]? {
            try SeedPlan(
                seeding, from: world.repository.path, repository: world.open(), tree: world.tree(world.first)
            ).state()
        }
        let first = try state()
        #expect(try state() == first && first?.count == 5)
        var seen = [first]
        for line in ["echo A=2 > .env", "chmod 600 .env", "echo 2 > deps/x/a", "ln -sfn y deps/l", "rm deps/x/a"] {
            try world.shell(line, in: world.repository.path)
            let now = try state()
            #expect(!seen.contains(now), "\(line)")
            seen.append(now)
        }
    }

    @Test func aSetUpIsKept() throws {
        let world = try PoolWorld()
        let key = String(repeating: "b", count: 40)
        let store = SetupStore(directory: world.home + "/setup", clock: .system)
        #expect(try store.find(key)?.path == nil)
        #expect(throws: ShellFailure.self) {
            _ = try store.make(key, cancellation: Cancellation()) { directory in
                try FileSystem.write([1], to: directory + "/half")
                throw ShellFailure(description: "failed")
            }.path
        }
        #expect(try store.find(key)?.path == nil)
        var runs = 0
        for _ in 0..<2 {
            let result = try store.make(key, cancellation: Cancellation()) { directory in
                runs += 1
                try FileSystem.write([2], to: directory + "/whole")
            }
            #expect(try FileSystem.list(result.path) == ["whole"])
            #expect(try store.reclaim(unusedSince: Instant(secondsSinceEpoch: 9_000_000_000)).isEmpty)
        }
        #expect(runs == 1)
        #expect(try store.reclaim(unusedSince: Instant(secondsSinceEpoch: 9_000_000_000)).count == 1)
        #expect(try store.find(key)?.path == nil)
    }
}
