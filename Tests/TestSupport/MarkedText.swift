/// A text with places marked by keycap digits: `image: 1️⃣foo2️⃣`.
package struct MarkedText: Sendable {
    package let text: String
    /// The byte offset of each mark.
    package let offsets: [Int: Int]

    package init(_ marked: String) {
        var (text, offsets) = ("", [Int: Int]())
        for character in marked {
            if character.unicodeScalars.contains("\u{20E3}"),
                let digit = character.unicodeScalars.first?.properties.numericValue
            {
                offsets[Int(digit)] = text.utf8.count
            } else {
                text.append(character)
            }
        }
        (self.text, self.offsets) = (text, offsets)
    }

    package var bytes: [UInt8] { Array(text.utf8) }

    /// The bytes between two marks.
    package func range(_ from: Int, _ to: Int) -> Range<Int> { (offsets[from] ?? -1)..<(offsets[to] ?? -1) }
}
