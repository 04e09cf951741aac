/// Charts as SVG that stretches with its place: lengths are parts of the whole, words stand in the page beside it.
///
/// Each is or has a table that says the same, so that nobody needs to see it.
package enum Charts {
    /// What a part of a chart stands for, by its colour and by its place in the legend.
    package struct Series: Sendable {
        package let name: String
        /// A class of the style sheet: a tone, or `series-0` to `series-7`.
        package let style: String

        package init(_ name: String, _ tone: Piece.Tone) { (self.name, style) = (name, tone.rawValue) }

        package init(_ name: String, number: Int) { (self.name, style) = (name, "series-\(number % 8)") }
    }

    /// A bar within a row of a table.
    package static func bar(_ value: Int, of highest: Int, _ series: Series) -> Markup {
        let width = percent(value, of: max(1, highest))
        return """
            <svg class="bar" aria-hidden="true"><rect class="\(series.style)" width="\(width)" height="100%"/></svg>
            """
    }

    /// A column for each place of an axis, made of one part per series from below.
    package static func columns(
        _ title: String, _ series: [Series], _ places: [(name: String, values: [Int])]
    ) -> Markup {
        guard !places.isEmpty else { return Piece.nothing("nothing in this time") }
        let highest = max(1, places.map { $0.values.reduce(0, +) }.max() ?? 1)
        let columns = places.enumerated().map { index, place in
            column(place, series, index, places.count, highest)
        }
        var table = PageTable(
            title, [PageTable.Column("When")] + series.map { PageTable.Column($0.name, isNumber: true) })
        for place in places { table.add(["\(place.name)"] + place.values.map { "\($0)" }) }
        return """
            <figure>
            <svg class="columns" role="img" aria-label="\(title): the table below has its numbers">\(columns)</svg>
            <p class="axis"><span>\(places[0].name)</span><span>up to \(highest)</span><span>\(
                places[places.count - 1].name)</span></p>
            <figcaption>\(legend(series))</figcaption>
            </figure>
            \(Piece.folded("The numbers", table.markup))
            """
    }

    private static func column(
        _ place: (name: String, values: [Int]), _ series: [Series], _ index: Int, _ count: Int, _ highest: Int
    ) -> Markup {
        var below = 0
        let parts = zip(series, place.values).map { series, value -> Markup in
            below += value
            return """
                <rect class="\(series.style)" x="\(percent(index, of: count))" width="\(percent(4, of: 5 * count))" y="\(
                    percent(highest - below, of: highest))" height="\(percent(value, of: highest))"/>
                """
        }
        let words = zip(series, place.values).map { "\($0.name) \($1)" }.joined(separator: ", ")
        return "<g><title>\(place.name): \(words)</title>\(parts)</g>"
    }

    /// A stretch of time on an axis, in thousandths of the axis.
    package struct Span: Sendable {
        package let start: Int
        package let length: Int
        package let series: Series
        package let words: String

        package init(start: Int, length: Int, _ series: Series, words: String) {
            (self.start, self.length, self.series, self.words) = (start, length, series, words)
        }
    }

    /// Stretches of time one behind the other, within a row of a table.
    package static func timeline(_ spans: [Span]) -> Markup {
        let parts = spans.map { span -> Markup in
            """
            <rect class="\(span.series.style)" x="\(percent(span.start, of: 1000))" width="\(
                percent(max(2, span.length), of: 1000))" height="100%"><title>\(span.words)</title></rect>
            """
        }
        let words = spans.map(\.words).joined(separator: ", ")
        return "<svg class=\"timeline\" role=\"img\" aria-label=\"\(words)\">\(parts)</svg>"
    }

    package static func legend(_ series: [Series]) -> Markup {
        let items = series.map { one -> Markup in
            """
            <li><svg class="key" aria-hidden="true"><rect class="\(one.style)" width="100%" height="100%"/></svg>\(
                one.name)</li>
            """
        }
        return "<ul class=\"legend\">\(items)</ul>"
    }

    /// With one digit behind the point.
    private static func percent(_ part: Int, of whole: Int) -> String {
        let thousandths = min(max(part, 0), whole) * 1000 / whole
        return "\(thousandths / 10).\(thousandths % 10)%"
    }
}
