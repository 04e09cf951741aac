package import Basics

/// Finds lines in bytes; a line ends with `\n` or `\r\n`.
package enum Lines {
    package static let feed = UInt8(ascii: "\n")
    package static let carriageReturn = UInt8(ascii: "\r")

    /// How the first line ends; `\n` in a text of one line.
    package static func ending(of bytes: [UInt8]) -> String {
        guard let first = bytes.firstIndex(of: feed), first > 0 else { return "\n" }
        return bytes[first - 1] == carriageReturn ? "\r\n" : "\n"
    }

    /// Where the line begins that holds the offset.
    package static func start(of offset: Int, in bytes: [UInt8]) -> Int {
        bytes[..<offset].lastIndex(of: feed).map { $0 + 1 } ?? bytes.textStart
    }

    /// Where the line ends that holds the offset, before its line break.
    package static func end(of offset: Int, in bytes: [UInt8]) -> Int {
        guard let feed = bytes[offset...].firstIndex(of: feed) else { return bytes.count }
        return feed > offset && bytes[feed - 1] == carriageReturn ? feed - 1 : feed
    }

    /// Where the line after the one with the offset begins; `nil` in a last line that is not ended.
    package static func next(after offset: Int, in bytes: [UInt8]) -> Int? {
        bytes[offset...].firstIndex(of: feed).map { $0 + 1 }
    }

    /// The text with every `\r\n` as `\n`.
    package static func withoutReturns(_ bytes: [UInt8]) -> [UInt8] {
        bytes.indices.filter { bytes[$0] != carriageReturn || $0 + 1 == bytes.count || bytes[$0 + 1] != feed }
            .map { bytes[$0] }
    }

    /// The text with every `\n` as `\r\n`.
    package static func withReturns(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == feed ? [carriageReturn, feed] : [$0] }
    }

    /// Whether the line above the one that begins at a place holds nothing.
    package static func isEmpty(before place: Int, in bytes: [UInt8]) -> Bool {
        guard place > bytes.textStart else { return false }
        return bytes[start(of: place - 1, in: bytes)..<(place - 1)].allSatisfy { isSpace($0) }
    }

    /// Every line, without its line break.
    package static func all(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var position = bytes.textStart
        while position < bytes.count {
            lines.append(position..<end(of: position, in: bytes))
            position = next(after: position, in: bytes) ?? bytes.count
        }
        return lines
    }

    /// The blanks that the line with the offset begins with.
    package static func indentation(at offset: Int, in bytes: [UInt8]) -> String {
        let line = bytes[start(of: offset, in: bytes)...]
        return String(decoding: line.prefix(while: isBlank), as: UTF8.self)
    }

    /// Whether only blanks stand between the start of the line and the offset.
    static func isFirst(_ offset: Int, in bytes: [UInt8]) -> Bool {
        bytes[start(of: offset, in: bytes)..<offset].allSatisfy(isBlank)
    }

    package static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    package static func isSpace(_ byte: UInt8) -> Bool { isBlank(byte) || byte == feed || byte == carriageReturn }

    /// An insertion of whole lines where a line begins, or behind a last line that is not ended.
    package static func insertion(of lines: [String], at place: Int, in bytes: [UInt8]) -> ByteEdit {
        let newLine = ending(of: bytes)
        let isInside = place <= bytes.textStart || bytes[place - 1] == feed
        let text = lines.joined(separator: newLine)
        return ByteEdit(at: place, inserting: isInside ? text + newLine : newLine + text)
    }
}
