import Basics
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct FileSystemTests {
    /// Files of the kernel's say that they are empty, whatever is in them.
    @Test func readsMoreThanAFileSaysThatItHas() throws {
        let map = try FileSystem.read("/proc/self/maps", limit: 1 << 24)
        #expect(map.count > 4096 && map.last == UInt8(ascii: "\n"))
        #expect(throws: FileError.self) { try FileSystem.read("/proc/self/maps", limit: 100) }
    }

    /// A pipe that somebody made one that does not wait is written as slowly as it is read.
    @Test func whatIsNoFileIsWrittenToAndNotReplaced() throws {
        let directory = try TemporaryDirectory()
        let (pipe, link, file) = (directory.path + "/pipe", directory.path + "/link", directory.path + "/file")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: FileError.self) { try FileSystem.write([1], to: pipe) }
        // Nobody reads from it.
        #expect(throws: FileError.self) { try FileSystem.writeOutput([1], to: pipe) }
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try FileSystem.writeOutput(Array("words".utf8), to: pipe)
        var read = [UInt8](repeating: 0, count: 16)
        #expect(Glibc.read(reader, &read, 16) == 5)
        try FileSystem.write(Array("a longer text".utf8), to: file)
        #expect(symlink("file", link) == 0)
        try FileSystem.writeOutput(Array("short".utf8), to: link)
        #expect(try FileSystem.status(link)?.kind == .symlink)
        #expect(try FileSystem.read(file, limit: 100) == Array("short".utf8))
        #expect(throws: FileError.self) { try FileSystem.writeOutput([1], to: directory.path) }
    }

    @Test func writesAllToAPipeThatDoesNotWait() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        _ = fcntl(writing, F_SETFL, fcntl(writing, F_GETFL) | O_NONBLOCK)
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0) }
        let failures = Workers.map(2, atOnce: 2) { part -> String? in
            defer { close(part == 0 ? writing : reading) }
            if part == 0 {
                do throws(FileError) { try FileSystem.writeAll(bytes[...], to: writing, "pipe") } catch {
                    return error.description
                }
                return nil
            }
            var (received, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 4096))
            while case let count = read(reading, &buffer, buffer.count), count > 0 { received += buffer[..<count] }
            return received == bytes ? nil : "\(received.count) bytes"
        }
        #expect(failures == [nil, nil])
    }
}
