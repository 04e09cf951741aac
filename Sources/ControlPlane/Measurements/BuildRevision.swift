internal import Glibc

/// Which build this program is: the identifier that its linker wrote into it.
enum BuildRevision {
    static let text = read() ?? "unknown"

    /// The notes lie near the beginning of the file, behind the table of its segments.
    private static func read() -> String? {
        let descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        // A note of the linker: a name of four bytes, an identifier of twenty, and the type 3.
        let head: [UInt8] = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4E, 0x55, 0]
        guard count >= head.count + 20 else { return nil }
        for start in stride(from: 0, through: count - head.count - 20, by: 4)
        where bytes[start] == 4 && bytes[start..<start + head.count].elementsEqual(head) {
            let identifier = bytes[(start + head.count)..<(start + head.count + 20)]
            let digits = Array("0123456789abcdef")
            return String(identifier.prefix(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
        }
        return nil
    }
}
