/// Which columns of a table are shown, how wide, and whether with their brief texts.
struct TableFit {
    /// Places of the columns in the table.
    let columns: [Int]
    /// The width of each of them.
    let widths: [Int]
    private let isBrief: Bool

    /// `nil` where nothing helps: ids are never cut.
    init?(_ table: Table, width: Int) {
        var chosen = Array(table.columns.indices)
        // Whole texts first, then the brief ones, then fewer columns.
        if let widths = Self.widths(table, chosen, isBrief: false, width) {
            (columns, self.widths, isBrief) = (chosen, widths, false)
            return
        }
        while true {
            if let widths = Self.widths(table, chosen, isBrief: true, width) {
                (columns, self.widths, isBrief) = (chosen, widths, true)
                return
            }
            guard let last = chosen.lastIndex(where: { table.columns[$0].isOptional }) else { return nil }
            chosen.remove(at: last)
        }
    }

    /// The lines of each shown cell of a row.
    func pieces(_ row: [Table.Cell], of table: Table) -> [[String]] {
        zip(columns, widths).map { place, width in
            let (column, text) = (table.columns[place], isBrief ? row[place].brief : row[place].text)
            guard DisplayWidth.of(text) > width else { return [text] }
            guard column.wraps else { return [DisplayWidth.fitted(text, to: width, cut: column.cut)] }
            return Wrapping.wrap(text, width: width).split(separator: "\n").map {
                DisplayWidth.fitted(String($0), to: width, cut: .middle)
            }
        }
    }

    private static func widths(_ table: Table, _ chosen: [Int], isBrief: Bool, _ width: Int) -> [Int]? {
        let columns = chosen.map { table.columns[$0] }
        var widths = chosen.map { place in
            table.rows.reduce(DisplayWidth.of(table.columns[place].title)) {
                max($0, DisplayWidth.of(isBrief ? $1[place].brief : $1[place].text))
            }
        }
        let least = zip(columns, widths).map { column, natural in
            column.isFlexible ? min(natural, max(column.narrowest, DisplayWidth.of(column.title))) : natural
        }
        let gaps = Table.gap * max(0, widths.count - 1)
        guard least.reduce(gaps, +) <= width else { return nil }
        // No column can need more than the whole; so the loop is bounded by the terminal's width.
        for place in widths.indices where columns[place].isFlexible {
            widths[place] = max(least[place], min(widths[place], width))
        }
        while widths.reduce(gaps, +) > width,
            let widest = widths.indices.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] })
        {
            widths[widest] -= 1
        }
        return widths
    }
}
