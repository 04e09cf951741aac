internal import Basics
internal import Contracts
internal import Editing

/// A part of a page under a heading of its own.
struct DocsSection {
    /// An entry of a list, with a command that belongs to it.
    struct Point {
        var text: String
        var code: Code?
    }

    struct Code {
        var language: String
        var text: String
    }

    struct Table {
        var columns: [String]
        var rows: [[String]]
    }

    var title: String
    var text: String?
    var points: [Point] = []
    var isNumbered = false
    var code: Code?
    var table: Table?
    var sections: [DocsSection] = []

    init(_ title: String, text: String? = nil) { (self.title, self.text) = (title, text) }

    // MARK: Markdown

    func render(level: Int) -> [String] {
        var parts = [String(repeating: "#", count: min(level, 6)) + " " + Markdown.inline(title)]
        if let text, !text.trimmed.isEmpty { parts.append(text.trimmed) }
        if !points.isEmpty { parts.append(list) }
        if let table { parts.append(Markdown.table(columns: table.columns, rows: table.rows)) }
        if let code { parts.append(Markdown.codeBlock(code.text, language: code.language)) }
        for inner in sections { parts += inner.render(level: level + 1) }
        return parts
    }

    private var list: String {
        let entries = points.enumerated().map { index, point in
            let mark = isNumbered ? "\(index + 1). " : "- "
            let text = mark + Markdown.inline(point.text)
            guard let code = point.code else { return text }
            let block = Markdown.codeBlock(code.text, language: code.language)
            let margin = String(repeating: " ", count: mark.count)
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            return text + "\n\n" + lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
        }
        return entries.joined(separator: points.contains { $0.code != nil } ? "\n\n" : "\n")
    }

    // MARK: Reading

    /// A section as `inputs.sections` has it.
    init(from value: JSON, at place: String, depth: Int = 0) throws(ExecutorError) {
        guard depth < 5 else { throw ExecutorError("docs", "\(place) is nested deeper than five levels") }
        if let title = value.string, !title.trimmed.isEmpty {
            self.init(title)
            return
        }
        let fields = InputValues(value, DocsInputs.section)
        guard let title = fields["title"]?.string, !title.trimmed.isEmpty else {
            throw ExecutorError("docs", "\(place) needs a title", hint: "write it as {title: …, text: …}")
        }
        self.init(title)
        try fill(from: fields, at: place, depth: depth)
    }

    /// What stands under a heading that is known: a text, a list, or the parts of a section.
    init(_ title: String, content value: JSON, isNumbered: Bool, at place: String) throws(ExecutorError) {
        self.init(title)
        self.isNumbered = isNumbered
        switch value {
        case .object: try fill(from: InputValues(value, DocsInputs.content), at: place, depth: 0)
        case .array(let elements): points = try Self.points(elements, at: place)
        default: text = value.plainText
        }
    }

    private mutating func fill(from value: InputValues, at place: String, depth: Int) throws(ExecutorError) {
        text = value["text"]?.plainText
        let numbered = value["steps"]?.elements
        isNumbered = isNumbered || numbered != nil
        points = try Self.points(numbered ?? value["points"]?.elements ?? [], at: place)
        code = Self.code(in: value)
        if let table = value.record("table") { self.table = try Table(from: table, at: place) }
        for (index, inner) in (value["sections"]?.elements ?? []).enumerated() {
            sections.append(try DocsSection(from: inner, at: "\(place).sections[\(index)]", depth: depth + 1))
        }
    }

    private static func points(_ elements: [JSON], at place: String) throws(ExecutorError) -> [Point] {
        var points: [Point] = []
        for (index, element) in elements.enumerated() {
            guard element.members != nil || element.elements != nil else {
                points.append(Point(text: element.plainText))
                continue
            }
            let fields = InputValues(element, DocsInputs.point)
            guard let text = fields["text"]?.string else {
                throw ExecutorError(
                    "docs", "\(place)[\(index)] is no text", hint: "write it as a text, or as {text: …, code: …}")
            }
            points.append(Point(text: text, code: code(in: fields)))
        }
        return points
    }

    private static func code(in value: InputValues) -> Code? {
        value["code"]?.string.map { Code(language: value["language"]?.string ?? "", text: $0) }
    }
}

extension DocsSection.Table {
    init(from value: InputValues, at place: String) throws(ExecutorError) {
        let columns = value["columns"]?.elements?.map(\.plainText) ?? []
        let rows = value["rows"]?.elements?.map { $0.elements?.map(\.plainText) ?? [] } ?? []
        guard !columns.isEmpty, rows.allSatisfy({ $0.count == columns.count }) else {
            throw ExecutorError(
                "docs", "\(place).table needs columns, and rows of as many cells",
                hint: "write it as {columns: [a, b], rows: [[1, 2]]}")
        }
        self.init(columns: columns, rows: rows)
    }
}
