/// Rows in columns that fit the terminal.
package struct Table {
    /// The head of a column and how it behaves.
    package struct Column: Sendable, ExpressibleByStringLiteral {
        package enum Alignment: Sendable { case left, right }

        package let title: String
        /// What the column is called on a command line.
        package let name: String
        package let alignment: Alignment
        /// Whether the column gives way where the table is too wide; ids that people copy should not.
        package let isFlexible: Bool
        package let cut: DisplayWidth.Cut
        /// Whether what is too long goes on in the next line, instead of being cut.
        package let wraps: Bool
        /// Whether the column is left out where the table would not fit with it.
        package let isOptional: Bool

        package init(
            _ title: String, _ alignment: Alignment = .left, name: String? = nil, isFlexible: Bool = true,
            cut: DisplayWidth.Cut = .end, wraps: Bool = false, isOptional: Bool = false
        ) {
            (self.title, self.alignment) = (title, alignment)
            self.name = name ?? String(title.lowercased().map { $0 == " " ? "-" : $0 })
            (self.isFlexible, self.cut) = (isFlexible, cut)
            (self.wraps, self.isOptional) = (wraps, isOptional)
        }

        package init(stringLiteral title: String) { self.init(title) }

        /// The same where somebody asked for it.
        package var demanded: Column {
            Column(title, alignment, name: name, isFlexible: isFlexible, cut: cut, wraps: wraps)
        }

        /// Letters and digits below this say nothing any more.
        var narrowest: Int { wraps ? 16 : 8 }
    }

    /// One place of a row; the text is made harmless for a terminal.
    package struct Cell: Sendable, ExpressibleByStringLiteral {
        package let text: String
        /// What says the same in less, for where room is short.
        package let brief: String
        package let style: TextStyle?
        /// What the row is sorted by, instead of the text.
        package let key: Int?

        package init(_ text: String, _ style: TextStyle? = nil, brief: String? = nil, key: Int? = nil) {
            (self.text, self.style, self.key) = (SafeText.line(text), style, key)
            self.brief = brief.map { SafeText.line($0) } ?? self.text
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    static let gap = 2

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    package var isEmpty: Bool { rows.isEmpty }

    package mutating func add(_ cells: [String]) { add(cells.map { Cell($0) }) }

    /// Adds a row; places that are missing stay empty, those beyond the last column are dropped.
    @_disfavoredOverload
    package mutating func add(_ cells: [Cell]) {
        let missing = max(0, columns.count - cells.count)
        rows.append(Array(cells.prefix(columns.count)) + Array(repeating: Cell(""), count: missing))
    }

    /// Where the whole would not fit, texts get shorter, columns narrower, and the optional ones are left out; where even
    /// that is too wide, each row becomes a few lines of its own.
    package func render(width: Int, _ palette: Palette) -> String {
        guard let fit = TableFit(self, width: width) else { return stacked(width: width, palette) }
        let heads = fit.columns.map { Cell(columns[$0].title, .bold) }
        var text = lines(heads.map { [$0.text] }, heads, fit, palette)
        for row in rows { text += lines(fit.pieces(row, of: self), fit.columns.map { row[$0] }, fit, palette) }
        return text
    }

    /// The lines of a row, of whose cells each has pieces that are at most as wide as its column.
    private func lines(_ pieces: [[String]], _ cells: [Cell], _ fit: TableFit, _ palette: Palette) -> String {
        (0..<max(1, pieces.map(\.count).max() ?? 1)).map { number in
            line(pieces.map { $0.count > number ? $0[number] : "" }, cells, fit, palette) + "\n"
        }.joined()
    }

    private func line(_ texts: [String], _ cells: [Cell], _ fit: TableFit, _ palette: Palette) -> String {
        var text = ""
        // Spaces are owed until something follows, so that no line ends in them.
        var owed = 0
        for (index, shown) in texts.enumerated() {
            let room = max(0, fit.widths[index] - DisplayWidth.of(shown))
            let isRight = columns[fit.columns[index]].alignment == .right
            if !shown.isEmpty {
                text += String(repeating: " ", count: owed + (isRight ? room : 0))
                let isolated = palette.isolated(shown)
                text += cells[index].style.map { palette.paint(isolated, $0) } ?? isolated
                owed = isRight ? 0 : room
            } else {
                owed += room
            }
            owed += Self.gap
        }
        return text
    }

    /// A line for each place of a row, so that nothing is lost on the narrowest terminal.
    private func stacked(width: Int, _ palette: Palette) -> String {
        rows.map { row in
            zip(columns, row).filter { !$1.text.isEmpty }.map { column, cell in
                let text = Wrapping.wrap("\(column.title): \(cell.text)", width: width, indent: 2).dropFirst(2)
                return palette.isolated(String(text)) + "\n"
            }.joined()
        }.joined(separator: "\n")
    }
}
