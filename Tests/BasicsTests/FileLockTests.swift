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
}
