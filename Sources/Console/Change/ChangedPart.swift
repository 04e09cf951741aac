/// Where two lines differ that stand for each other: what both begin and end with is left out.
struct ChangedPart {
    /// Longer lines are shown without marks.
    private static let limit = 2000

    let old: Range<Int>
    let new: Range<Int>

    /// `nil` where the lines have too little in common: they say different things.
    init?(_ old: [UInt8], _ new: [UInt8]) {
        guard old.count <= Self.limit, new.count <= Self.limit, old != new else { return nil }
        let most = min(old.count, new.count)
        var start = 0
        while start < most, old[start] == new[start] { start += 1 }
        var end = 0
        while end < most - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        // A letter of several bytes, or a word, is marked as a whole.
        while start > 0, Self.joins(old, start) || Self.joins(new, start) { start -= 1 }
        while end > 0, Self.joins(old, old.count - end) || Self.joins(new, new.count - end) { end -= 1 }
        let common = Self.letters(old[..<start]) + Self.letters(old[(old.count - end)...])
        guard common * 3 >= max(Self.letters(old[...]), Self.letters(new[...])) else { return nil }
        (self.old, self.new) = (start..<(old.count - end), start..<(new.count - end))
    }

    /// Whether the bytes on both sides of a place belong together.
    private static func joins(_ line: [UInt8], _ place: Int) -> Bool {
        guard place > 0, place < line.count else { return false }
        return isWord(line[place - 1]) && isWord(line[place])
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// Spaces are common to everything.
    private static func letters(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 > 32 } }
}
