import Pages
import Testing

@Suite struct PageTests {
    @Test func needsNothingElse() {
        var page = Page("A <title>")
        page.add("Part", id: "part", "<p>words</p>")
        let text = page.render()
        #expect(text.contains("<title>A &lt;title&gt;</title>") && text.contains("<h2 id=\"part\">Part</h2>"))
        #expect(text.contains("default-src 'none'") && text.contains("<style>"))
        for outside in ["<script", "http://", "https://", "@import", "url(", "<link"] {
            #expect(!text.contains(outside), "\(outside)")
        }
    }

    @Test func hasItsStyleFromAFileWhereThereIsOne() {
        let text = Page("A", style: .linked("/assets/style.css")).render()
        #expect(text.contains("<link rel=\"stylesheet\" href=\"/assets/style.css\">") && !text.contains("<style>"))
    }

    @Test func everyColourOfAChartIsInTheStyle() {
        for tone in ["good", "bad", "warning", "neutral"] { #expect(StyleSheet.text.contains("rect.\(tone)")) }
        for number in 0..<8 { #expect(StyleSheet.text.contains("rect.series-\(number)")) }
    }

    @Test func tablesNameTheirRowsAndColumns() {
        var table = PageTable("Sizes", [PageTable.Column("Name"), PageTable.Column("Size", isNumber: true)])
        table.add(["a", "1"])
        let text = table.markup.text
        #expect(text.contains("<caption>Sizes</caption>"))
        #expect(text.contains("<th scope=\"col\">Name</th><th scope=\"col\" class=\"number\">Size</th>"))
        #expect(text.contains("<tr><th scope=\"row\">a</th><td class=\"number\">1</td></tr>"))
    }

    @Test func columnsStandOnEachOtherAndHaveATable() {
        let series = [Charts.Series("good ones", .good), Charts.Series("bad ones", .bad)]
        let text = Charts.columns("Days", series, [("mon", [3, 1]), ("tue", [0, 2])]).text
        // Three of four from below, and the fourth on top of them.
        #expect(text.contains("class=\"good\" x=\"0.0%\" width=\"40.0%\" y=\"25.0%\" height=\"75.0%\""))
        #expect(text.contains("class=\"bad\" x=\"0.0%\" width=\"40.0%\" y=\"0.0%\" height=\"25.0%\""))
        #expect(text.contains("<title>tue: good ones 0, bad ones 2</title>"))
        #expect(text.contains("<th scope=\"row\">mon</th><td class=\"number\">3</td><td class=\"number\">1</td>"))
        #expect(Charts.columns("Days", series, []).text == "<p class=\"nothing\">nothing in this time</p>")
    }

    @Test func aTimelineIsSaidInWordsToo() {
        let span = Charts.Span(start: 250, length: 0, Charts.Series("push", number: 4), words: "push 1 ms")
        let text = Charts.timeline([span]).text
        #expect(text.contains("aria-label=\"push 1 ms\"") && text.contains("x=\"25.0%\" width=\"0.2%\""))
    }

    @Test func whoNeedsEachOtherInACircleIsDrawnAllTheSame() {
        let nodes = ["a", "b", "c"].map {
            LayeredGraph.Node(id: $0, title: $0, note: "", tone: .neutral, address: "#")
        }
        let needs = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "nobody"), ("a", "a")]
        let text = LayeredGraph("Circle", nodes, needs: needs.map { (node: $0.0, needed: $0.1) }).markup.text
        #expect(text.split(separator: "<rect").count == 4 && text.split(separator: "<path").count == 4)
        #expect(
            LayeredGraph("None", [], needs: []).markup.text == "<p class=\"nothing\">There is nothing to draw.</p>"
        )
    }

    @Test func barsStayWithinTheirPlace() {
        let series = Charts.Series("x", .neutral)
        #expect(Charts.bar(9, of: 3, series).text.contains("width=\"100.0%\""))
        #expect(Charts.bar(0, of: 0, series).text.contains("width=\"0.0%\""))
    }
}
