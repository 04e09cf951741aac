/// Rows in columns that fit the terminal.
package struct Table {
    /// The head of a column and how it behaves.
    package struct Column: Sendable, ExpressibleByStringLiteral {
        package enum Alignment: Sendable { case left, right }

        package let title: String
        package let alignment: Alignment
        /// Whether the column gives way where the table is too wide; ids that people copy should not.
        package let isFlexible: Bool
        package let cut: DisplayWidth.Cut

        package init(
            _ title: String, _ alignment: Alignment = .left, isFlexible: Bool = true,
            cut: DisplayWidth.Cut = .end
        ) {
            (self.title, self.alignment) = (title, alignment)
            (self.isFlexible, self.cut) = (isFlexible, cut)
        }

        package init(stringLiteral title: String) { self.init(title) }
    }

    /// One place of a row; the text is made harmless for a terminal.
    package struct Cell: Sendable, ExpressibleByStringLiteral {
        package let text: String
        package let style: TextStyle?

        package init(_ text: String, _ style: TextStyle? = nil) {
            (self.text, self.style) = (SafeText.line(text), style)
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    private static let gap = 2
    /// No column gets narrower by giving way.
    private static let narrowest = 8

    private let columns: [Column]
    private var rows: [[Cell]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    package var isEmpty: Bool { rows.isEmpty }

    package mutating func add(_ cells: [String]) { add(cells.map { Cell($0) }) }

    /// Adds a row; places that are missing stay empty, those beyond the last column are dropped.
    @_disfavoredOverload
    package mutating func add(_ cells: [Cell]) {
        let missing = max(0, columns.count - cells.count)
        rows.append(Array(cells.prefix(columns.count)) + Array(repeating: Cell(""), count: missing))
    }

    /// The widest columns give way, cut with an ellipsis, where the whole would not fit.
    package func render(width: Int, _ palette: Palette) -> String {
        let widths = fittedWidths(width)
        var text = line(columns.map { Cell($0.title, .bold) }, widths, palette) + "\n"
        for row in rows { text += line(row, widths, palette) + "\n" }
        return text
    }

    private func fittedWidths(_ width: Int) -> [Int] {
        var widths = columns.indices.map { column in
            rows.reduce(DisplayWidth.of(columns[column].title)) { max($0, DisplayWidth.of($1[column].text)) }
        }
        let flexible = widths.indices.filter { columns[$0].isFlexible }
        for column in flexible { widths[column] = min(widths[column], max(width, Self.narrowest)) }
        while widths.reduce(0, +) + Self.gap * (widths.count - 1) > width,
            let widest = flexible.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.narrowest
        {
            widths[widest] -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ palette: Palette) -> String {
        var text = ""
        // Spaces are owed until something follows, so that no line ends in them.
        var owed = 0
        for (index, cell) in cells.enumerated() {
            let shown = DisplayWidth.fitted(cell.text, to: widths[index], cut: columns[index].cut)
            let room = widths[index] - DisplayWidth.of(shown)
            let isRight = columns[index].alignment == .right
            if !shown.isEmpty {
                text += String(repeating: " ", count: owed + (isRight ? room : 0))
                text += cell.style.map { palette.paint(shown, $0) } ?? shown
                owed = isRight ? 0 : room
            } else {
                owed += room
            }
            owed += Self.gap
        }
        return text
    }
}
