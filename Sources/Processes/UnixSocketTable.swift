internal import Basics
internal import CLinux

/// The unix sockets with a path that a program could connect to now.
enum UnixSocketTable {
    private static let usualCapacity = 32 << 10
    private static let capacity = 1 << 20

    /// Refused when there are more than can be told apart: what is not listed would stay in reach.
    static func paths() throws(FenceError) -> [String] {
        guard let paths = read(usualCapacity) ?? read(capacity) else {
            throw .unsuitable(path: "/proc/net/unix", reason: "the sockets on this machine cannot be listed")
        }
        return paths
    }

    /// `nil` where they cannot be read, or are too many for so many bytes.
    private static func read(_ capacity: Int) -> [String]? {
        let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: capacity)
        defer { buffer.deallocate() }
        let count = clinux_unix_sockets(buffer.baseAddress, capacity)
        guard count >= 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(buffer)[..<Int(count)]
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
