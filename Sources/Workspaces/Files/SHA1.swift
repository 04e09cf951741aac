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
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
            for block in stride(from: 0, to: bytes.count, by: 64) {
                for place in 0..<16 {
                    words[place] = UInt32(
                        bigEndian: bytes.loadUnaligned(fromByteOffset: block + place * 4, as: UInt32.self))
                }
                for place in 16..<80 {
                    let mixed = words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16]
                    words[place] = mixed << 1 | mixed >> 31
                }
                fold(words, &state)
            }
        }
    }

    private static func fold(_ words: UnsafeMutableBufferPointer<UInt32>, _ state: inout [UInt32]) {
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        func turn(_ mixed: UInt32, _ constant: UInt32, _ word: UInt32) {
            let next = (a << 5 | a >> 27) &+ mixed &+ e &+ constant &+ word
            (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
        }
        for place in 0..<20 { turn(d ^ (b & (c ^ d)), 0x5A82_7999, words[place]) }
        for place in 20..<40 { turn(b ^ c ^ d, 0x6ED9_EBA1, words[place]) }
        for place in 40..<60 { turn((b & c) | (d & (b | c)), 0x8F1B_BCDC, words[place]) }
        for place in 60..<80 { turn(b ^ c ^ d, 0xCA62_C1D6, words[place]) }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
    }
}
