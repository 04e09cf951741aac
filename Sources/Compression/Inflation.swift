internal import CZlib

/// Unpacks what gzip and zlib packed, no further than it is asked to.
package enum Inflation {
    /// What was packed, and whether there is no more of it; what is damaged ends where the damage begins.
    package struct Contents {
        package let bytes: [UInt8]
        package let isWhole: Bool
    }

    /// `nil` for what is not packed.
    package static func contents(of bytes: [UInt8], limit: Int) -> Contents? {
        guard isPacked(bytes) else { return nil }
        var stream = z_stream()
        guard czlib_begin(&stream) == Z_OK else { return Contents(bytes: [], isWhole: false) }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var input = bytes
        let isWhole = input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = uInt(clamping: input.count)
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunk) { room in
                while let more = next(&stream, into: room) {
                    output += room[..<more]
                    if output.count > limit { return false }
                }
                return true
            }
        }
        return Contents(bytes: isWhole ? output : Array(output.prefix(limit)), isWhole: isWhole)
    }

    private static let chunk = 1 << 16

    /// By the first bytes of the two formats.
    private static func isPacked(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 2 else { return false }
        if bytes[0] == 0x1F, bytes[1] == 0x8B { return true }
        return bytes[0] & 0x8F == 8 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    }

    /// How much came out, or `nil` at the end; what is packed in several pieces goes on with the next.
    private static func next(_ stream: inout z_stream, into room: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        stream.next_out = room.baseAddress
        stream.avail_out = uInt(room.count)
        var status = Z_OK
        while status == Z_OK, stream.avail_out > 0, stream.avail_in > 0 {
            status = inflate(&stream, Z_NO_FLUSH)
            if status == Z_STREAM_END, stream.avail_in > 0 { status = inflateReset(&stream) }
        }
        let count = room.count - Int(stream.avail_out)
        return count > 0 ? count : nil
    }
}
