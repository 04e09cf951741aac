/// Text in UTF-16, and other bytes between which zeros stand, as the search for secrets reads them.
package enum WideText {
    /// The same text in UTF-8; `nil` for what is no UTF-16.
    package static func utf8(of bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 4, let isBigEndian = order(of: bytes) else { return nil }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// The bytes without zeros, so that what is written in two or four bytes a character can be found; `nil` without any.
    package static func withoutZeros(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.contains(0) ? bytes.filter { $0 != 0 } : nil
    }

    /// By the byte order mark, or by where the zeros of a mostly Western text stand.
    private static func order(of bytes: [UInt8]) -> Bool? {
        let isLonger = bytes[2] == 0 && bytes[3] == 0
        if bytes[0] == 0xFF, bytes[1] == 0xFE { return isLonger ? nil : false }
        if bytes[0] == 0xFE, bytes[1] == 0xFF { return true }
        let pairs = min(bytes.count, 2048) / 2
        var (even, odd) = (0, 0)
        for pair in 0..<pairs {
            if bytes[2 * pair] == 0 { even += 1 }
            if bytes[2 * pair + 1] == 0 { odd += 1 }
        }
        if odd * 3 > pairs, even * 20 < pairs { return false }
        return even * 3 > pairs && odd * 20 < pairs ? true : nil
    }
}
