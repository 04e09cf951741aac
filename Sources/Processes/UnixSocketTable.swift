internal import Basics

/// The unix sockets with a path that a program could connect to now.
enum UnixSocketTable {
    private static let maximum = 2000

    static func paths() -> [String] { Array((bound() + mounted()).prefix(maximum)) }

    /// Those that are bound on this machine; `/run` is hidden as a whole.
    private static func bound() -> [String] {
        lines("/proc/net/unix").dropFirst().compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 7, omittingEmptySubsequences: true)
            guard fields.count == 8, fields[7].first == UInt8(ascii: "/") else { return nil }
            let path = String(decoding: fields[7], as: UTF8.self)
            return FencePath.isWithin(path, "/run") ? nil : FileSystem.realPath(path)
        }
    }

    /// Those that a container's host has lent it, each mounted on a path of its own.
    private static func mounted() -> [String] {
        lines("/proc/self/mountinfo").compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count == 6 else { return nil }
            let path = String(decoding: unescaped(fields[4]), as: UTF8.self)
            return (try? FileSystem.status(path))?.kind == .other ? path : nil
        }
    }

    private static func lines(_ path: String) -> ArraySlice<ArraySlice<UInt8>> {
        let bytes = (try? FileSystem.read(path, limit: 16 << 20)) ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).prefix(100_000)
    }

    /// The kernel writes blanks and the like as a backslash and three octal digits.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var (plain, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes)
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                plain.append(digits.reduce(UInt8(0)) { $0 &* 8 &+ ($1 - 0x30) })
                rest = rest.dropFirst(3)
            } else {
                plain.append(byte)
            }
        }
        return plain
    }
}
