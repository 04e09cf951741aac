/// Rows in columns that fit the terminal.
package struct Table {
    private let columns: [String]
    private var rows: [[String]] = []

    package init(_ columns: [String]) { self.columns = columns }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; the cells are made harmless for a terminal.
    package mutating func add(_ cells: [String]) { rows.append(cells.map(SafeText.line)) }

    /// The widest column gives way where the whole would not fit.
    package func render(width: Int, _ palette: Palette) -> String {
        var widths = columns.indices.map { column in
            ([columns[column]] + rows.map { $0[column] }).map(DisplayWidth.of).max() ?? 0
        }
        while widths.reduce(0, +) + 2 * (widths.count - 1) > width, let widest = widths.max(), widest > 8 {
            widths[widths.firstIndex(of: widest) ?? 0] -= 1
        }
        let head = palette.bold(line(columns, widths))
        return ([head] + rows.map { line($0, widths) }).map { $0 + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (column, cell) in cells.enumerated() {
            let shown = DisplayWidth.fitted(cell, to: widths[column])
            let isLast = column == cells.count - 1
            text +=
                isLast ? shown : shown + String(repeating: " ", count: widths[column] - DisplayWidth.of(shown) + 2)
        }
        return text
    }
}

/// How many cells of a terminal a text takes.
package enum DisplayWidth {
    package static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

    /// The text, cut with an ellipsis where it is wider than allowed.
    package static func fitted(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        var (result, used) = ("", 0)
        for character in text {
            let next = of(character)
            guard used + next <= width - 1 else { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    private static func of(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
