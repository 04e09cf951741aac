/// Things that depend on each other, drawn from left to right: what is needed stands before what needs it.
///
/// Each is a link, so that a keyboard reaches all of them; a table beside the picture says the same.
package struct LayeredGraph: Sendable {
    package struct Node: Sendable {
        package let id: String
        package let title: String
        /// A second line, such as a state.
        package let note: String
        package let tone: Piece.Tone
        package let address: String

        package init(id: String, title: String, note: String, tone: Piece.Tone, address: String) {
            (self.id, self.title, self.note, self.tone, self.address) = (id, title, note, tone, address)
        }
    }

    private static let (width, height, gapX, gapY) = (200, 46, 60, 16)
    private let title: String
    private let nodes: [Node]
    /// From what is needed to what needs it.
    private let edges: [(from: Int, to: Int)]
    private let layers: [[Int]]
    private let places: [(x: Int, y: Int)]

    /// Edges that name no node are left out.
    package init(_ title: String, _ nodes: [Node], needs: [(node: String, needed: String)]) {
        (self.title, self.nodes) = (title, nodes)
        let numbers = Dictionary(nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let edges = needs.compactMap { need -> (from: Int, to: Int)? in
            guard let to = numbers[need.node], let from = numbers[need.needed], from != to else { return nil }
            return (from, to)
        }
        let depths = Self.depths(nodes.count, edges)
        var layers = [[Int]](repeating: [], count: (depths.max() ?? 0) + 1)
        for (node, depth) in depths.enumerated() { layers[depth].append(node) }
        var places = [(x: Int, y: Int)](repeating: (0, 0), count: nodes.count)
        for (column, layer) in layers.enumerated() {
            for (row, node) in layer.enumerated() {
                places[node] = (column * (Self.width + Self.gapX) + 1, row * (Self.height + Self.gapY) + 1)
            }
        }
        (self.edges, self.layers, self.places) = (edges, layers, places)
    }

    /// How many steps lead to each; whoever waits for each other in a circle stands where the circle was met.
    private static func depths(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
        var depths = [Int](repeating: 0, count: count)
        // So many rounds that the longest way without a circle is through, and no more.
        for _ in 0..<count {
            var isSettled = true
            for edge in edges where depths[edge.to] <= depths[edge.from] && depths[edge.from] + 1 < count {
                depths[edge.to] = depths[edge.from] + 1
                isSettled = false
            }
            if isSettled { break }
        }
        return depths
    }

    package var markup: Markup {
        guard !nodes.isEmpty else { return Piece.nothing("There is nothing to draw.") }
        let (wide, high) = (
            layers.count * (Self.width + Self.gapX) - Self.gapX + 2,
            (layers.map(\.count).max() ?? 1) * (Self.height + Self.gapY) - Self.gapY + 2
        )
        let lines = edges.map(line)
        let boxes = nodes.indices.map(box)
        return """
            <div class="wide" tabindex="0" role="region" aria-label="\(title)">
            <svg class="graph" role="group" aria-label="\(title)" width="\(wide)" height="\(high)">
            \(lines)\(boxes)</svg>
            </div>
            """
    }

    private func line(_ edge: (from: Int, to: Int)) -> Markup {
        let (from, to) = (places[edge.from], places[edge.to])
        let (x1, y1) = (from.x + Self.width, from.y + Self.height / 2)
        let (x2, y2) = (to.x, to.y + Self.height / 2)
        let middle = (x1 + x2) / 2
        return "<path d=\"M\(x1) \(y1)C\(middle) \(y1) \(middle) \(y2) \(x2) \(y2)\"/>\n"
    }

    private func box(_ number: Int) -> Markup {
        let (node, place) = (nodes[number], places[number])
        return """
            <a href="\(node.address)" aria-label="\(node.title), \(node.note)">
            <rect class="\(node.tone.rawValue)" x="\(place.x)" y="\(place.y)" width="\(Self.width)" height="\(Self.height)" rx="5"/>
            <text x="\(place.x + 10)" y="\(place.y + 19)">\(Self.cut(node.title))</text>
            <text class="note" x="\(place.x + 10)" y="\(place.y + 36)">\(Self.cut(node.note))</text></a>

            """
    }

    private static func cut(_ text: String) -> String { text.count > 24 ? text.prefix(23) + "…" : text }
}
