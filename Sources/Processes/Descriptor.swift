internal import Basics
internal import CLinux
internal import Glibc

/// Owns one file descriptor, and closes it at the latest when it goes away.
final class Descriptor {
    private(set) var number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close() }

    var isOpen: Bool { number >= 0 }

    func close() {
        if number >= 0 { Glibc.close(number) }
        number = -1
    }

    func makeNonBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }

    static func pipe() throws(FileError) -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw FileError("make", "a pipe", errno) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }
}

/// Owns one file descriptor from its beginning to its end, whoever holds the value.
final class FixedDescriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { if number >= 0 { Glibc.close(number) } }

    var isOpen: Bool { number >= 0 }
}
