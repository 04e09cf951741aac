import Basics
import Glibc
import Testing

/// Directories as a hostile program leaves them.
@Suite(.timeLimit(.minutes(60))) struct TreeRemovalTests {
    private func withPlace(_ body: (String) throws -> Void) throws {
        let place = try FileSystem.createTemporaryDirectory(in: "/tmp", prefix: "removal-")
        try body(place)
        try FileSystem.removeTree(place)
        #expect(try FileSystem.status(place) == nil)
    }

    @Test func namesOfAnyBytes() throws {
        try withPlace { place in
            let names: [[UInt8]] = [
                [0xFF, 0xFE], [0x0A], [0xC3], Array(repeating: 0xE9, count: 255), Array("-rf *".utf8),
            ]
            for bytes in names {
                let directory = Array(place.utf8) + [UInt8(ascii: "/")] + bytes
                #expect(mkdir((directory + [0]).map { CChar(bitPattern: $0) }, 0o755) == 0)
                let file = directory + [UInt8(ascii: "/")] + bytes + [0]
                let descriptor = open(file.map { CChar(bitPattern: $0) }, O_CREAT | O_WRONLY, 0o600)
                #expect(descriptor >= 0)
                close(descriptor)
            }
        }
    }

    /// Deeper than a path can be long, and than descriptors can be open.
    @Test func anyDepth() throws {
        try withPlace { place in
            var directory = open(place, O_RDONLY | O_DIRECTORY)
            for level in 0..<5000 {
                let name = level % 3 == 0 ? String(repeating: "d", count: 200) : "e"
                guard mkdirat(directory, name, 0o755) == 0 else { break }
                if level % 100 == 0 { close(openat(directory, "file", O_CREAT | O_WRONLY, 0o600)) }
                let next = openat(directory, name, O_RDONLY | O_DIRECTORY)
                close(directory)
                directory = next
            }
            #expect(directory >= 0)
            close(directory)
        }
    }

    @Test func whatItsOwnerClosed() throws {
        try withPlace { place in
            try FileSystem.createDirectory(place + "/a/b/c")
            try FileSystem.write([1], to: place + "/a/b/c/file")
            for path in ["/a/b/c", "/a/b", "/a"] { chmod(place + path, 0) }
        }
    }

    @Test func neverWhatALinkLeadsTo() throws {
        let kept = try FileSystem.createTemporaryDirectory(in: "/tmp", prefix: "kept-")
        try FileSystem.write([1], to: kept + "/file")
        try withPlace { place in
            symlink(kept, place + "/link")
            try FileSystem.createDirectory(place + "/deep")
            symlink(kept, place + "/deep/link")
        }
        #expect(FileSystem.exists(kept + "/file"))
        try FileSystem.removeTree(kept)
        try FileSystem.removeTree(kept)
    }

    @Test func saysWhatIsInTheWay() throws {
        #expect(throws: FileError.self) { try FileSystem.removeTree("/proc/self/status") }
    }
}
