internal import Basics
internal import Model

/// A Markdown page made from a task.
struct DocsPage {
    /// A part of the page under a heading of its own.
    struct Section {
        var title: String
        var text: String?
        var points: [String] = []
        var code: (language: String, text: String)?
        var table: (columns: [String], rows: [[String]])?
        var sections: [Section] = []
    }

    private let task: BacklogTask
    private let sections: [Section]

    init(task: BacklogTask) throws(ExecutorError) {
        self.task = task
        var sections: [Section] = []
        for (index, value) in (task.inputs["sections"]?.elements ?? []).enumerated() {
            sections.append(try Self.section(from: value, at: "inputs.sections[\(index)]", depth: 0))
        }
        self.sections = sections
    }

    /// The whole file, for a page that is not there yet.
    var newFile: String {
        "# \(Markdown.inline(task.inputs["title"]?.string ?? task.displayTitle))\n\n"
            + ManagedBlock(owner: task.id).wrapping(body(level: 2))
    }

    /// What stands between the marks; `level` is the depth of its headings.
    func body(level: Int) -> String {
        var parts: [String] = []
        if let details = task.details, !details.isEmpty { parts.append(details.trimmed) }
        if sections.count > 5 { parts.append(contents) }
        for section in sections { parts += Self.render(section, level: level) }
        if !task.acceptanceCriteria.isEmpty {
            parts.append(String(repeating: "#", count: level) + " What this page covers")
            parts.append(task.acceptanceCriteria.map { "- \(Markdown.inline($0))" }.joined(separator: "\n"))
        }
        return parts.isEmpty ? "" : parts.joined(separator: "\n\n") + "\n"
    }

    private var contents: String {
        sections.map { "- [\(Markdown.inline($0.title))](#\(Markdown.anchor($0.title)))" }.joined(separator: "\n")
    }

    private static func render(_ section: Section, level: Int) -> [String] {
        var parts = [String(repeating: "#", count: min(level, 6)) + " " + Markdown.inline(section.title)]
        if let text = section.text, !text.isEmpty { parts.append(text.trimmed) }
        if !section.points.isEmpty { parts.append(section.points.map { "- \($0)" }.joined(separator: "\n")) }
        if let table = section.table { parts.append(Markdown.table(columns: table.columns, rows: table.rows)) }
        if let code = section.code { parts.append(Markdown.codeBlock(code.text, language: code.language)) }
        for inner in section.sections { parts += render(inner, level: level + 1) }
        return parts
    }

    private static func section(from value: JSON, at place: String, depth: Int) throws(ExecutorError) -> Section {
        guard depth < 5 else { throw ExecutorError("docs", "\(place) is nested deeper than five levels") }
        if let title = value.string { return Section(title: title) }
        guard value.members != nil, let title = (value["title"] ?? value["heading"])?.string, !title.isEmpty else {
            throw ExecutorError("docs", "\(place) needs a title", hint: "write it as {title: …, text: …}")
        }
        var section = Section(title: title, text: (value["text"] ?? value["body"])?.string)
        section.points = (value["points"] ?? value["list"])?.elements?.map(\.plainText) ?? []
        if let code = value["code"]?.string { section.code = (value["language"]?.string ?? "", code) }
        if let table = value["table"] { section.table = try Self.table(from: table, at: place) }
        for (index, inner) in (value["sections"]?.elements ?? []).enumerated() {
            section.sections.append(
                try self.section(from: inner, at: "\(place).sections[\(index)]", depth: depth + 1))
        }
        return section
    }

    private static func table(
        from value: JSON, at place: String
    ) throws(ExecutorError) -> (columns: [String], rows: [[String]]) {
        let columns = value["columns"]?.elements?.map(\.plainText) ?? []
        let rows = value["rows"]?.elements?.map { $0.elements?.map(\.plainText) ?? [] } ?? []
        guard !columns.isEmpty, rows.allSatisfy({ $0.count == columns.count }) else {
            throw ExecutorError(
                "docs", "\(place).table needs columns, and rows of as many cells",
                hint: "write it as {columns: [a, b], rows: [[1, 2]]}")
        }
        return (columns, rows)
    }
}
