import Basics
import Git
import Glibc
import Processes
import TestSupport
import Testing
import Workspaces

/// Disks that are full, homes that cannot be written, objects that are gone.
@Suite(.timeLimit(.minutes(60))) struct PoolTroubleTests {
    @Test(.enabled(if: getuid() == 0)) func aFullDiskIsNamedAndLeavesNothing() throws {
        let world = try PoolWorld()
        try world.repository.write("large.bin", String(repeating: "0123456789abcdef", count: 1 << 16))
        let large = try world.repository.commitAll("Large")
        try FileSystem.createDirectory(world.home)
        guard (try? world.shell("mount -t tmpfs -o size=512k none '\(world.home)'", in: "/")) != nil else {
            return
        }
        defer { _ = try? world.shell("umount -l '\(world.home)'", in: "/") }
        let pool = try world.pool()
        let error = #expect(throws: WorkspaceError.self) { _ = try world.claim(large, from: pool).path }
        #expect(
            error?.kind == .storage && error?.description.contains("No space left on device") == true,
            "\(error as Any)")
        #expect(error?.hint?.contains("has room") == true)
        #expect(try pool.slots().allSatisfy { $0.holders.isEmpty })
        // What fits is still given, in the same slot.
        let checkout = try world.claim(world.first, from: pool)
        #expect(try world.faults(checkout.path, world.first) == [])
        #expect(try pool.slots().count == 1)
    }

    @Test(.enabled(if: FileSystem.isDirectory("/dev/shm"))) func aPoolOnAnotherFileSystemWorks() throws {
        let world = try PoolWorld()
        let home = try FileSystem.createTemporaryDirectory(in: "/dev/shm", prefix: "leviathan-test-")
        defer { try? FileSystem.removeTree(home) }
        let pool = SlotPool(
            try world.open(), directory: home + "/pool", limit: 2, clock: .system, identifiers: .system)
        for commit in [world.first, world.second] {
            let checkout = try world.claim(commit, from: pool)
            #expect(try world.faults(checkout.path, commit) == [])
            try world.shell("rm -r a; echo x > y", in: checkout.path)
        }
        try pool.remove("1")
    }

    @Test func aHomeThatCannotBeWrittenIsNamed() throws {
        let world = try PoolWorld()
        try FileSystem.write([], to: world.home)
        let error = #expect(throws: WorkspaceError.self) {
            _ = try world.claim(world.first, from: world.pool()).path
        }
        #expect(error?.kind == .storage && error?.message == "a workspace cannot be made")
        #expect(error?.hint?.contains("Leviathan's home is writable") == true)
    }

    /// The slot needs an object to put a file back, and that object is gone: the slot is made again.
    @Test func objectsOfTheOldTreeMayVanish() throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        do { try world.shell("rm a/one.txt", in: world.claim(world.first, from: pool).path) }
        let blob = try world.repository.git("rev-parse", "\(world.first.hex):a/one.txt")
        let object = "\(world.repository.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
        #expect(unlink(object) == 0)
        do {
            let checkout = try world.claim(world.second, from: pool)
            #expect(try world.faults(checkout.path, world.second) == [])
        }
        let error = #expect(throws: WorkspaceError.self) { _ = try world.claim(world.first, from: pool).path }
        #expect(error?.kind == .objects)
        #expect(try pool.slots().allSatisfy { $0.holders.isEmpty })
    }

    @Test func anInterruptedClaimLeavesNothing() throws {
        let world = try PoolWorld()
        let cancellation = Cancellation()
        cancellation.cancel()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try world.pool().claim(world.tree(world.first), at: world.first, cancellation: cancellation).path
        }
        #expect(error?.kind == .cancelled)
    }

    /// Trees made by hand can hold names that lead out of every checkout.
    @Test(arguments: [".git", "..", ".GIT"]) func aTreeThatLeadsOutIsRefused(name: String) throws {
        let world = try PoolWorld()
        let blob = try world.repository.git("rev-parse", "HEAD:README.md")
        let bytes = Array("100644 \(name)\0".utf8) + (ObjectID(hex: blob) ?? .zero).bytes
        let tree = try world.repository.git(
            "hash-object", "--literally", "-t", "tree", "-w", "--stdin", input: bytes)
        let error = #expect(throws: WorkspaceError.self) {
            _ = try world.pool().claim(
                try #require(ObjectID(hex: tree)), at: world.first, cancellation: Cancellation()
            ).path
        }
        #expect(error?.kind == .objects)
    }

    @Test func submodulesAreEmptyDirectories() throws {
        let world = try PoolWorld()
        try world.repository.git("update-index", "--add", "--cacheinfo", "160000,\(world.first.hex),sub")
        try world.repository.git("commit", "--quiet", "--message", "Submodule")
        let commit = try world.repository.id("HEAD")
        let pool = try world.pool(limit: 1)
        do {
            let checkout = try world.claim(commit, from: pool)
            #expect(try FileSystem.list(checkout.path + "/sub") == [])
            #expect(try world.git("status", "--porcelain", in: checkout.path) == "")
            try world.shell("git init -q sub; echo x > sub/y", in: checkout.path)
            let changes = try ChangeScan(world.open(), base: checkout.tree).changes(in: checkout)
            #expect(changes.refusals.count == 1 && changes.edits.isEmpty)
        }
        let checkout = try world.claim(commit, from: pool)
        #expect(try FileSystem.list(checkout.path + "/sub") == [])
        let changes = try ChangeScan(world.open(), base: checkout.tree).changes(in: checkout)
        #expect(changes.refusals.isEmpty && changes.edits.isEmpty)
    }
}
