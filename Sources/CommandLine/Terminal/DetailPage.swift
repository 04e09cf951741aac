/// One thing in full: a head, and named lines below it.
package struct DetailPage {
    private let column: Int
    private let palette: Palette
    private var text: String

    package init(_ name: String, _ title: String, column: Int = 14, _ palette: Palette) {
        (self.column, self.palette) = (column, palette)
        text =
            palette.bold(SafeText.line(name))
            + (title.isEmpty ? "" : "  " + palette.isolated(SafeText.line(title))) + "\n"
    }

    /// Adds a line; one without a value is left out.
    package mutating func row(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        text +=
            "  \(name)" + String(repeating: " ", count: max(1, column - name.count))
            + palette.isolated(SafeText.line(value)) + "\n"
    }

    /// Adds several values under one name.
    package mutating func rows(_ name: String, _ values: [String]) {
        for (index, value) in values.enumerated() { row(index == 0 ? name : "", value) }
    }

    /// Adds lines as they are, made harmless.
    package mutating func block(_ block: String) { text += "\n" + SafeText.block(block) + "\n" }

    package func render() -> String { text }
}
