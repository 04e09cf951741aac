@_spi(_Unicode) internal import Swift

/// How file systems that are lenient about names would read a path.
///
/// What is forbidden or protected is compared in this way besides byte by byte: capital letters as small ones, composed
/// and decomposed letters alike, characters that show nothing left out, and no dots and spaces at the end of a name.
package enum PathFolding {
    /// The other spellings of a path that have to be compared: folded, and folded with the ends of its names cut off;
    /// empty for most paths, which are their own.
    static func spellings(of path: [UInt8]) -> [[UInt8]] {
        if isPlain(path) { return [] }
        let folded = Self.folded(path)
        let parts = folded.split(separator: RepoPath.separator, omittingEmptySubsequences: false)
        let trimmed = Array(parts.map(Self.trimmed).joined(separator: [RepoPath.separator]))
        return trimmed == folded ? (folded == path ? [] : [folded]) : [folded, trimmed]
    }

    /// A pattern's text for folded paths; `nil` when it stays as it is.
    static func pattern(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        if isPlain(bytes) { return nil }
        let parts = Self.folded(bytes).split(separator: RepoPath.separator, omittingEmptySubsequences: false)
        let trimmed = parts.map { $0.contains { "*?[]{},".utf8.contains($0) } ? $0 : Self.trimmed($0) }
        let result = Array(trimmed.joined(separator: [RepoPath.separator]))
        return result == bytes ? nil : String(decoding: result, as: UTF8.self)
    }

    /// One name, folded and with its end cut off.
    package static func name(_ name: [UInt8]) -> [UInt8] { Array(trimmed(folded(name)[...])) }

    /// Whether a path or pattern is sure to be its own folded spelling, as most are: ASCII without capital letters, and no
    /// name that ends in a dot or a space.
    package static func isPlain(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { bytes in
            var last = RepoPath.separator
            for byte in bytes {
                guard byte < 0x80, !(65...90).contains(byte) else { return false }
                if byte == RepoPath.separator, isLeftOutAtEnd(last) { return false }
                last = byte
            }
            return !isLeftOutAtEnd(last)
        }
    }

    private static func isLeftOutAtEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: " ")
    }

    private static func folded(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            return bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        }
        let visible = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { scalar in
            !scalar.properties.isDefaultIgnorableCodePoint && !isLeftOutByHFS(scalar)
        }
        // Twice, as some capital letters have several small ones: `ſ` and `s` are both `S`.
        let small = String(String.UnicodeScalarView(visible)).uppercased().lowercased()
        return Array(String(String.UnicodeScalarView(small._nfc)).utf8)
    }

    /// Characters that HFS+ leaves out when it compares names.
    private static func isLeftOutByHFS(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }

    /// Without dots and spaces at the end; a name of nothing else stays.
    private static func trimmed(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = name.lastIndex(where: { !isLeftOutAtEnd($0) }) else { return name }
        return name[...last]
    }
}
