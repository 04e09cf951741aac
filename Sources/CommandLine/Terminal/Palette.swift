/// Colours, or none.
package struct Palette: Sendable {
    package let isColored: Bool

    package init(isColored: Bool) { self.isColored = isColored }

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
