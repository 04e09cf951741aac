/// A line of a dump in which digits of a secret stand: the same bytes follow as characters, behind two blanks.
struct DumpLine {
    /// What the digits and the characters take.
    let range: Range<Int>
    /// Whether the line may go on where the text ends.
    let mayGoOn: Bool

    /// More does not follow the digits of half a line: the rest of them, blanks and sixteen characters with a frame.
    private static let longest = 72

    init(_ digits: Range<Int>, in text: UnsafeBufferPointer<UInt8>) {
        let limit = min(text.count, digits.upperBound + Self.longest)
        var (place, blanks, hasColumn) = (digits.upperBound, 0, false)
        while place < limit, text[place] != UInt8(ascii: "\n") {
            blanks = text[place] == UInt8(ascii: " ") ? blanks + 1 : 0
            hasColumn = hasColumn || blanks == 2
            place += 1
        }
        mayGoOn = place == text.count
        let ends = mayGoOn || text[place] == UInt8(ascii: "\n")
        range = ends && hasColumn ? digits.lowerBound..<place : digits
    }
}
