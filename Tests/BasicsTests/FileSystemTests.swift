import Basics
import Glibc
import Testing

@Suite(.timeLimit(.minutes(60))) struct FileSystemTests {
    /// A pipe that somebody made one that does not wait is written as slowly as it is read.
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
