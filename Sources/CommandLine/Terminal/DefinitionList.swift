/// Names with their explanations in two columns, the second wrapped beside the first.
package struct DefinitionList {
    private static let widestName = 30
    private let rows: [(name: String, explanation: String)]
    private let alignedWith: [String]

    /// The columns stand where they would with the names in `alignedWith` among the rows.
    package init(_ rows: [(String, String)], alignedWith: [String] = []) {
        self.rows = rows.map { ($0.0, $0.1) }
        self.alignedWith = alignedWith
    }

    /// The rows, each line ended; a name that is too long stands on a line of its own.
    package func render(width: Int, _ palette: Palette) -> String {
        let widest = min(Self.widestName, max(8, width / 2 - 4))
        let column =
            (rows.map(\.name) + alignedWith).map { DisplayWidth.of($0) }.filter { $0 <= widest }.max() ?? widest
        let indent = column + 4
        return rows.map { name, explanation in
            let text = Wrapping.wrap(explanation, width: width, indent: indent).drop { $0 == " " }
            let room = column - DisplayWidth.of(name)
            let gap =
                room < 0 ? "\n" + String(repeating: " ", count: indent) : String(repeating: " ", count: room + 2)
            return "  " + palette.cyan(name) + (text.isEmpty ? "" : gap + text) + "\n"
        }.joined()
    }
}
