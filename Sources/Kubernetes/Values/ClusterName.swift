internal import Basics
internal import Crypto

/// Names and label values that a cluster accepts, made of any bytes, and different for different bytes.
///
/// What a cluster accepts as it is stays as it is. Everything else becomes a legible part and, behind a dash, the first
/// 80 bits of its SHA-256. What looks like the second but was given gets a digest of its own, so that no text can be
/// chosen to meet the name of another one.
package enum ClusterName {
    /// What a DNS label has room for.
    package static let mostBytes = 63
    private static let digits = 20

    /// `PREFIX-ID` as a DNS label; the prefix has to be one itself, of at most 40 bytes.
    package static func label(_ prefix: String, _ id: some Collection<UInt8>) -> String {
        let room = mostBytes - prefix.utf8.count - 1
        return prefix + "-" + fitted(id, room: room, isKept: isLabelByte, isEnd: isEnd, lowers: true)
    }

    package static func label(_ prefix: String, _ id: String) -> String { label(prefix, Array(id.utf8)) }

    /// The value of a label, which may hold capitals, dots and underscores inside.
    package static func labelValue(_ text: some Collection<UInt8>) -> String {
        fitted(
            text, room: mostBytes, isKept: { isLabelByte($0) || isCapital($0) || $0 == 0x5F || $0 == 0x2E },
            isEnd: { isEnd($0) || isCapital($0) }, lowers: false)
    }

    package static func labelValue(_ text: String) -> String { labelValue(Array(text.utf8)) }

    private static func fitted(
        _ text: some Collection<UInt8>, room: Int, isKept: (UInt8) -> Bool, isEnd: (UInt8) -> Bool, lowers: Bool
    ) -> String {
        let bytes = Array(text)
        let isFit =
            bytes.count <= room && bytes.allSatisfy(isKept) && bytes.first.map(isEnd) ?? false
            && bytes.last.map(isEnd) ?? false
        if isFit, !endsInDigest(bytes) { return String(decoding: bytes, as: UTF8.self) }
        let digest = SHA256.digest(of: bytes).hex.prefix(digits)
        let legible = part(bytes, room: room - digits - 1, isKept: isKept, isEnd: isEnd, lowers: lowers)
        return legible.isEmpty ? "x-" + digest : legible + "-" + digest
    }

    /// As much of a text as can be kept, everything else as single dashes.
    private static func part(
        _ bytes: [UInt8], room: Int, isKept: (UInt8) -> Bool, isEnd: (UInt8) -> Bool, lowers: Bool
    ) -> String {
        var kept: [UInt8] = []
        for byte in bytes.prefix(4 * mostBytes) where kept.count < room {
            let letter = lowers && isCapital(byte) ? byte | 0x20 : byte
            if isKept(letter), letter != 0x2D {
                if !kept.isEmpty || isEnd(letter) { kept.append(letter) }
            } else if let last = kept.last, last != 0x2D {
                kept.append(0x2D)
            }
        }
        while let last = kept.last, !isEnd(last) { kept.removeLast() }
        return String(decoding: kept, as: UTF8.self)
    }

    /// Whether a text could be one that was made here.
    private static func endsInDigest(_ bytes: [UInt8]) -> Bool {
        bytes.count > digits && bytes[bytes.count - digits - 1] == 0x2D
            && bytes.suffix(digits).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    private static func isLabelByte(_ byte: UInt8) -> Bool { isEnd(byte) || byte == 0x2D }
}
