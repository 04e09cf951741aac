import Basics
import Git
import Processes
import TestSupport
import Testing
import Workspaces

@Suite(.timeLimit(.minutes(60))) struct SlotPoolTests {
    @Test func aClaimHoldsExactlyTheTree() throws {
        let world = try PoolWorld()
        let checkout = try world.claim(world.first, from: world.pool())
        #expect(try world.faults(checkout.path, world.first) == [])
    }

    @Test func aSlotIsMovedByDifference() throws {
        let world = try PoolWorld()
        let pool = try world.pool()
        for commit in [world.first, world.second, world.first, world.second] {
            let checkout = try world.claim(commit, from: pool)
            #expect(try world.faults(checkout.path, commit) == [])
        }
        #expect(try pool.slots().count == 1)
    }

    @Test func whatDoesNotDifferIsNotWrittenAgain() throws {
        let world = try PoolWorld()
        let pool = try world.pool()
        let inode = "stat -c %i README.md a/deep/two.txt"
        let before = try world.shell(inode, in: world.claim(world.first, from: pool).path)
        #expect(try world.shell(inode, in: world.claim(world.second, from: pool).path) == before)
    }

    @Test func aSharedCheckoutIsOneForAllReaders() throws {
        let world = try PoolWorld()
        let pool = try world.pool()
        let one = try world.share(world.first, from: pool)
        let two = try world.share(world.first, from: pool)
        #expect(one.path == two.path)
        #expect(try world.faults(one.path, world.first) == [])
        let other = try world.claim(world.first, from: pool)
        #expect(other.path != one.path)
        #expect(try pool.slots().map(\.holders.count) == [2, 1])
    }

    @Test func readersKeepASlotWhereItIs() throws {
        let world = try PoolWorld()
        let pool = try world.pool()
        let reader = try world.share(world.first, from: pool)
        let moved = try world.share(world.second, from: pool)
        #expect(reader.path != moved.path)
        #expect(try world.faults(reader.path, world.first) == [])
        #expect(try world.faults(moved.path, world.second) == [])
    }

    @Test func withEverythingTakenSomebodyIsNamed() throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1, patience: .milliseconds(50))
        let checkout = try world.claim(world.first, from: pool)
        let error = #expect(throws: WorkspaceError.self) { _ = try world.share(world.first, from: pool).path }
        #expect(error?.kind == .exhausted)
        #expect(
            error?.causes.first?.contains("slot 1: process \(ProcessIdentity.current.processID) since") == true)
        #expect(FileSystem.isDirectory(checkout.path))
    }

    @Test func aWaitEndsWhenItIsNoLongerWanted() throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        let checkout = try world.claim(world.first, from: pool)
        let cancellation = Cancellation()
        cancellation.cancel()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try pool.claim(world.tree(world.first), at: world.first, cancellation: cancellation).path
        }
        #expect(error?.kind == .cancelled)
        #expect(FileSystem.isDirectory(checkout.path))
    }

    @Test func aTreeThatVanishedIsNamed() throws {
        let world = try PoolWorld()
        let error = #expect(throws: WorkspaceError.self) {
            _ = try world.pool().claim(.zero, at: world.first, cancellation: Cancellation()).path
        }
        #expect(error?.kind == .objects)
    }

    @Test func theUsersCheckoutIsNotTouched() throws {
        let world = try PoolWorld()
        let snapshot =
            "cat .git/HEAD .git/config; git for-each-ref; stat -c '%n %Y %Z %s' .git/index .git/config; ls .git/hooks"
        let before = try world.shell(snapshot, in: world.repository.path)
        let pool = try world.pool()
        _ = try world.claim(world.first, from: pool).path
        #expect(try world.shell(snapshot, in: world.repository.path) == before)
        #expect(!FileSystem.exists(world.repository.path + "/.git/worktrees"))
    }

    @Test func aSlotIsRemovedUnlessItIsHeld() throws {
        let world = try PoolWorld()
        let pool = try world.pool()
        do {
            let checkout = try world.claim(world.first, from: pool)
            #expect(throws: WorkspaceError.self) { try pool.remove("1") }
            #expect(FileSystem.isDirectory(checkout.path))
        }
        try pool.remove("1")
        #expect(try pool.slots().isEmpty)
        #expect(try world.repository.git("worktree", "list").split(separator: "\n").count == 1)
        #expect(throws: WorkspaceError.self) { try pool.remove("1") }
    }
}
