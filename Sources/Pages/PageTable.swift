/// A table of a page; wide ones scroll within themselves, so that the page never does.
package struct PageTable: Sendable {
    package struct Column: Sendable {
        package let title: String
        package let isNumber: Bool

        package init(_ title: String, isNumber: Bool = false) { (self.title, self.isNumber) = (title, isNumber) }
    }

    private let caption: String
    private let columns: [Column]
    private var rows: [[Markup]] = []

    /// `caption` says what the table is about to those who cannot see what stands above it.
    package init(_ caption: String, _ columns: [Column]) { (self.caption, self.columns) = (caption, columns) }

    package var isEmpty: Bool { rows.isEmpty }

    package mutating func add(_ cells: [Markup]) { rows.append(cells) }

    package var markup: Markup {
        let titles = columns.map { column -> Markup in
            "<th scope=\"col\"\(Self.alignment(column))>\(column.title)</th>"
        }
        return """
            <div class="wide" tabindex="0" role="region" aria-label="\(caption)">
            <table>
            <caption>\(caption)</caption>
            <thead><tr>\(titles)</tr></thead>
            <tbody>
            \(rows.map(row))</tbody>
            </table>
            </div>
            """
    }

    private func row(_ cells: [Markup]) -> Markup {
        let cells = zip(columns, cells).enumerated().map { index, cell -> Markup in
            let (column, content) = cell
            return index == 0
                ? "<th scope=\"row\"\(Self.alignment(column))>\(content)</th>"
                : "<td\(Self.alignment(column))>\(content)</td>"
        }
        return "<tr>\(cells)</tr>\n"
    }

    private static func alignment(_ column: Column) -> Markup { column.isNumber ? " class=\"number\"" : "" }
}
