import Basics
import Glibc
import TestSupport
import Testing

@Suite struct FileLockTests {
    @Test func onlyOneHasItAlone() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.lock"
        let first = try #require(try FileLock.take(path))
        #expect(try FileLock.take(path) == nil)
        #expect(try FileLock.take(path, .shared) == nil)
        first.release()
        first.release()
        let second = try #require(try FileLock.take(path, .shared))
        let third = try #require(try FileLock.take(path, .shared))
        #expect(try FileLock.take(path) == nil)
        withExtendedLifetime((second, third)) {}
    }

    @Test func goesWithItsFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.lock"
        #expect(try FileLock.take(path, creates: false) == nil)
        let lock = try #require(try FileLock.take(path))
        try lock.describe("somebody, since yesterday")
        try lock.describe("me")
        #expect(try FileSystem.read(path, limit: 100) == Array("me".utf8))
        lock.release(removing: true)
        #expect(!FileSystem.exists(path))
        #expect(throws: FileError.self) { try FileLock.take(directory.path + "/absent/a.lock") }
    }

    @Test func neitherFollowsLinksNorOutlivesItsProcess() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.lock"
        try FileSystem.write([], to: directory.path + "/other")
        #expect(symlink(directory.path + "/other", path) == 0)
        #expect(throws: FileError.self) { try FileLock.take(path) }
        let mine = directory.path + "/b.lock"
        await #expect(processExitsWith: .failure) { [mine = mine as String] in
            let lock = try FileLock.take(mine)
            withExtendedLifetime(lock) { fatalError("dies with the lock in hand") }
        }
        #expect(FileSystem.exists(mine))
        #expect(try FileLock.take(mine) != nil)
    }

    @Test func saysWhoHasItWithoutTakingIt() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.lock"
        #expect(try !FileLock.isHeld(path) && !FileSystem.exists(path))
        let lock = try #require(try FileLock.take(path, .shared))
        #expect(try FileLock.isHeld(path) && !FileLock.isHeld(path, against: .shared))
        #expect(lock.isInPlace)
        #expect(unlink(path) == 0)
        #expect(try !lock.isInPlace && !FileLock.isHeld(path))
        #expect(try FileLock.take(path) != nil)
    }

    @Test func waitingEndsWithTheHolderOrWithTheWish() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.lock"
        let cancellation = Cancellation()
        let lock = try #require(try FileLock.take(path))
        BackgroundThread.run { lock.release() }
        #expect(try FileLock.wait(for: path, cancellation: cancellation) != nil)
        let held = try FileLock.gate(path)
        cancellation.cancel()
        #expect(try FileLock.wait(for: path, cancellation: cancellation) == nil)
        withExtendedLifetime(held) {}
    }

    @Test func aFileSystemWithoutLocksIsNamed() {
        let error = FileError("lock", "/net/home/lock", ENOLCK)
        #expect(error.message == "cannot lock '/net/home/lock'" && error.hint?.contains("LEVIATHAN_HOME") == true)
        #expect(FileError("lock", "/net/home/lock", EIO).hint == nil)
        #expect(FileError("open", "/net/home/lock", ENOLCK).hint == nil)
    }
}

/// A directory belongs to its process until that is dead, wherever that runs.
@Suite struct OwnedDirectoryTests {
    @Test func onlyWhatNobodyHasIsReclaimed() async throws {
        let parent = try TemporaryDirectory()
        let mine = try OwnedDirectory.make(in: parent.path)
        let place = parent.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [place = place as String] in
            let dead = try OwnedDirectory.make(in: place)
            try FileSystem.write([], to: dead.path + "/file")
            kill(getpid(), SIGKILL)
        }
        try FileSystem.createDirectory(parent.path + "/gone-half/removed")
        try FileSystem.createDirectory(parent.path + "/4711.99-old")
        #expect(try FileSystem.list(parent.path).count == 4)
        #expect(OwnedDirectory.reclaim(in: parent.path).isEmpty)
        #expect(FileSystem.exists(mine.path + "/lock"))
        #expect(try OwnedDirectory.strangers(in: parent.path) == ["4711.99-old"])
        OwnedDirectory.remove(mine.path, mine.lock)
        #expect(try FileSystem.list(parent.path) == ["4711.99-old"])
    }
}
