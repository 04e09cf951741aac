import Basics
import Git
import Glibc
import Model
import Paths
import Processes
import TestSupport
import Testing
import Workspaces

/// Programs above a shared checkout, in a real overlay: what they wrote, read back from the layer alone.
@Suite(.timeLimit(.minutes(60)), .serialized) struct LayerTests {
    /// An attempt's own directories beside the pool.
    struct Attempt {
        let world: PoolWorld
        let root: String

        init(_ world: PoolWorld) throws {
            self.world = world
            root = world.repository.directory.path + "/attempt"
            for name in ["upper", "work", "mount", "home", "tmp"] {
                try FileSystem.createDirectory(root + "/" + name)
            }
        }

        /// Runs a line in the merged tree; everything but git's metadata may be written.
        func run(_ line: String, above lower: String) throws -> String {
            var fence = Fence(home: root + "/home", temporary: root + "/tmp")
            fence.writable = [root + "/mount"]
            fence.readOnly = [world.repository.path + "/.git", root + "/mount/.git"]
            fence.readOnly += SlotPool.metadata(ofCheckout: lower)
            fence.overlay = Fence.Overlay(
                lowers: [lower], upper: root + "/upper", work: root + "/work", mountPoint: root + "/mount")
            var program = Subprocess(
                "bash", ["-ec", line], environment: world.repository.environment)
            program.fence = fence
            program.workingDirectory = root + "/mount"
            let outcome = try program.run()
            guard outcome.succeeded else {
                throw ShellFailure(description: "\(outcome.ending) \(outcome.errors.text)")
            }
            return outcome.output.text
        }
    }

    private static func collect(
        _ line: String, options: ChangeScanOptions = ChangeScanOptions()
    ) throws -> (edits: [String], refusals: [String], ignored: Int) {
        let world = try PoolWorld()
        let attempt = try Attempt(world)
        let shared = try world.share(world.first, from: world.pool())
        _ = try attempt.run(line, above: shared.path)
        let repository = try world.open()
        let scan = ChangeScan(repository, base: try world.tree(world.first), options: options)
        let changes = try scan.changes(inUpperLayer: attempt.root + "/upper")
        #expect(try world.faults(shared.path, world.first) == [])
        // The same deeds in a checkout give the same edits.
        let alone = try ChangeScanTests.outcome(line, options: options, world: world)
        let edits = try ChangeScanTests.lines(changes.edits, repository)
        #expect(edits == alone.edits)
        return (edits, changes.refusals.map { "\($0.rule) \($0.message)" }.sorted(), changes.ignored)
    }

    @Test(arguments: [
        ("true", []), ("touch README.md; chmod 644 a.txt; mv a.txt b; mv b a.txt", []),
        (
            "echo more >> README.md; mkdir -p x/y; printf 1 > x/y/z; rm a/one.txt; chmod +x a.txt",
            ["100644 README.md readme\nmore\n", "100644 x/y/z 1", "100755 a.txt text\n", "D a/one.txt"]
        ),
        ("rm -r a", ["D a/deep/two.txt", "D a/one.txt"]),
        (
            "rm -r a; mkdir -p a/deep; echo n > a/deep/n",
            ["100644 a/deep/n n\n", "D a/deep/two.txt", "D a/one.txt"]
        ),
        (
            "rm -r a; echo f > a; rm a.txt; mkdir a.txt; echo i > a.txt/i",
            ["100644 a f\n", "100644 a.txt/i i\n", "D a.txt", "D a/deep/two.txt", "D a/one.txt"]
        ),
        ("mv a b", ["100644 b/deep/two.txt two\n", "100644 b/one.txt one\n", "D a/deep/two.txt", "D a/one.txt"]),
        ("rm link; ln -s a.txt link; ln -s ../a.txt docs/up", ["120000 docs/up ../a.txt", "120000 link a.txt"]),
        ("mkdir build; echo x > build/x; echo x > y.log", []),
    ]) func theLayerIsTheChange(line: String, edits: [String]) throws {
        let outcome = try Self.collect(line)
        #expect(outcome.edits == edits)
        #expect(outcome.refusals == [])
    }

    @Test(arguments: [
        ("ln -s /etc/passwd out", "symlink 'out'"), ("mkfifo a/pipe", "special-file 'a/pipe'"),
        ("mkdir mine; cd mine; git init -q", "nested-repository 'mine'"),
        ("mkdir a/.git", "nested-repository 'a'"),
        ("echo > $'a/\\xff'", "file-name 'a/\\xff'"), ("truncate -s 1G big", "file-too-large 'big'"),
    ]) func isRefused(line: String, reason: String) throws {
        let outcome = try Self.collect(line)
        #expect(outcome.refusals.count == 1 && outcome.refusals[0].hasPrefix(reason), "\(outcome.refusals)")
    }

    @Test func gitWorksInsideAndFindsTheIndexValid() throws {
        let world = try PoolWorld()
        let attempt = try Attempt(world)
        let shared = try world.share(world.first, from: world.pool())
        let output = try attempt.run(
            "git status --porcelain; git log --format=%s; echo x > new; git status --porcelain", above: shared.path
        )
        #expect(output == "First\n?? new\n")
    }

    /// A layer for one tree above a checkout of another shows exactly the one, and reading it back gives it again.
    @Test(arguments: [false, true]) func aTreeBecomesALayer(backwards: Bool) throws {
        let world = try PoolWorld()
        let attempt = try Attempt(world)
        let (from, to) = backwards ? (world.second, world.first) : (world.first, world.second)
        let shared = try world.share(from, from: world.pool())
        let repository = try world.open()
        try TreeLayer.write(repository, from: world.tree(from), to: world.tree(to), in: attempt.root + "/upper")
        let changes = try ChangeScan(repository, base: world.tree(from)).changes(
            inUpperLayer: attempt.root + "/upper")
        #expect(try repository.tree(updating: world.tree(from), with: changes.edits) == world.tree(to))
        let listing = """
            find . -mindepth 1 -name .git -prune -o ! -type d -printf '%P %m %y %l\\n' | sort
            find . -name .git -prune -o -type f -exec sha1sum {} + | sort
            """
        let other = try world.claim(to, from: world.pool())
        #expect(try attempt.run(listing, above: shared.path) == world.shell(listing, in: other.path))
        // And files are read through it as a program sees them.
        let files = try WorkspaceFiles(upper: attempt.root + "/upper", lower: shared.path)
        let expected = try world.shell("git ls-tree -r --name-only \(to.hex)", in: world.repository.path)
        #expect(
            try files.list(under: nil) { _ in true }.map(\.description)
                == expected.split(separator: "\n").map(String.init))
    }
}
