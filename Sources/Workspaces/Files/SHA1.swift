/// Git's digest, for the end of an index file: whole buffers only.
enum SHA1 {
    static func digest(of bytes: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        let whole = bytes.count & ~63
        bytes.withUnsafeBytes { raw in consume(UnsafeRawBufferPointer(rebasing: raw[..<whole]), &state) }
        var rest = Array(bytes[whole...]) + [0x80]
        while rest.count % 64 != 56 { rest.append(0) }
        rest += withUnsafeBytes(of: (UInt64(bytes.count) &* 8).bigEndian, Array.init)
        rest.withUnsafeBytes { consume($0, &state) }
        return state.flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
    }

    private static func consume(_ bytes: UnsafeRawBufferPointer, _ state: inout [UInt32]) {
        var sums = Sums(state)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { buffer in
            guard let words = buffer.baseAddress, let start = bytes.baseAddress else { return }
            for block in stride(from: 0, to: bytes.count, by: 64) {
                for place in 0..<16 {
                    words[place] = UInt32(
                        bigEndian: start.loadUnaligned(fromByteOffset: block &+ place &* 4, as: UInt32.self))
                }
                for place in 16..<80 {
                    let mixed =
                        words[place &- 3] ^ words[place &- 8] ^ words[place &- 14] ^ words[place &- 16]
                    words[place] = mixed << 1 | mixed >> 31
                }
                sums.fold(words)
            }
        }
        state = [sums.a, sums.b, sums.c, sums.d, sums.e]
    }

    /// The five words that a digest is made of.
    private struct Sums {
        var (a, b, c, d, e): (UInt32, UInt32, UInt32, UInt32, UInt32)

        init(_ state: [UInt32]) { (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]) }

        mutating func fold(_ words: UnsafeMutablePointer<UInt32>) {
            var next = self
            for place in 0..<20 { next.turn(next.d ^ (next.b & (next.c ^ next.d)), 0x5A82_7999, words[place]) }
            for place in 20..<40 { next.turn(next.b ^ next.c ^ next.d, 0x6ED9_EBA1, words[place]) }
            for place in 40..<60 {
                next.turn((next.b & next.c) | (next.d & (next.b | next.c)), 0x8F1B_BCDC, words[place])
            }
            for place in 60..<80 { next.turn(next.b ^ next.c ^ next.d, 0xCA62_C1D6, words[place]) }
            (a, b, c) = (a &+ next.a, b &+ next.b, c &+ next.c)
            (d, e) = (d &+ next.d, e &+ next.e)
        }

        @inline(__always)
        private mutating func turn(_ mixed: UInt32, _ constant: UInt32, _ word: UInt32) {
            let sum = (a << 5 | a >> 27) &+ mixed &+ e &+ constant &+ word
            (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, sum)
        }
    }
}
