/// Colours, or none, and whether letters that run from right to left are kept in their place.
package struct Palette: Sendable {
    package let isColored: Bool
    /// Whether a terminal shows the text, which orders letters by their direction.
    private let isolates: Bool

    package init(isColored: Bool, isolates: Bool = false) {
        (self.isColored, self.isolates) = (isColored, isolates)
    }

    /// The text, such that letters from right to left in it do not move what stands beside it.
    package func isolated(_ text: String) -> String {
        guard isolates, text.unicodeScalars.contains(where: DisplayWidth.runsLeft) else { return text }
        return "\u{2068}\(text)\u{2069}"
    }

    package func bold(_ text: String) -> String { paint(text, .bold) }
    package func dim(_ text: String) -> String { paint(text, .dim) }
    package func red(_ text: String) -> String { paint(text, .red) }
    package func green(_ text: String) -> String { paint(text, .green) }
    package func yellow(_ text: String) -> String { paint(text, .yellow) }
    package func cyan(_ text: String) -> String { paint(text, .cyan) }

    package func paint(_ text: String, _ style: TextStyle) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
