package import Basics
internal import CLinux
internal import Glibc

/// A file without a name that can only be read, to be passed to a program as a descriptor.
package final class MemoryFile {
    private let file: Descriptor

    package init(_ bytes: [UInt8]) throws(FileError) {
        let number = bytes.withUnsafeBytes { clinux_memory_file($0.baseAddress, $0.count) }
        guard number >= 0 else { throw FileError("make", "a file in memory", errno) }
        file = Descriptor(number)
    }

    package var descriptor: Int32 { file.number }
}
