internal import Basics
package import Paths

extension [UInt8] {
    /// Calls back for each line, counted from 1, without its line feed.
    package func forEachLine(_ body: (Int, Range<Int>) -> Void) {
        var (start, number) = (0, 1)
        while start < count {
            let end = self[start...].firstIndex(of: UInt8(ascii: "\n")) ?? count
            body(number, start..<end)
            (start, number) = (end + 1, number + 1)
        }
    }

    /// The line of an offset, counted from 1.
    package func line(at offset: Int) -> Int {
        self[..<Swift.min(offset, count)].count { $0 == UInt8(ascii: "\n") } + 1
    }
}

extension [UInt8] {
    /// The line that an offset stands in, without its line feed.
    package func wholeLine(around offset: Int) -> ArraySlice<UInt8> {
        let start = self[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let end = self[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? count
        return self[start..<end]
    }
}

extension RepoPath {
    /// The bytes with the letters of ASCII in lower case, as names are compared that programs look for.
    var loweredBytes: [UInt8] { bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 } }

    /// What follows the last dot of the name, in lower case; empty without a dot.
    package var loweredExtension: String {
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), bytes.count - dot <= 16,
            !bytes[dot...].contains(RepoPath.separator)
        else { return "" }
        return String(decoding: bytes[(dot + 1)...].map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
