internal import Basics
internal import CommandLine
internal import Runner

/// A list that may be long: which of its columns are shown, by what it is sorted, and how many rows there are.
struct Listing {
    private struct Row {
        let cells: [Table.Cell]
        let json: JSON?
    }

    private let columns: [Table.Column]
    private let context: CommandContext
    private let isJSON: Bool
    /// Places of the columns that are shown.
    private let shown: [Int]
    private let order: (place: Int, isBackwards: Bool)?
    /// At most so many rows; `nil` for all.
    let limit: Int?
    private var rows: [Row] = []
    /// Whether there is more than what was added.
    var hasMore = false

    /// The options of every list, with the names of its own columns.
    static func options(_ columns: [Table.Column], limit: String = "0", _ which: String = "N rows") -> [OptionSpec]
    {
        let names = columns.map(\.name)
        return [
            OptionSpec(
                "columns", .value("NAMES"), completion: .words(names), excludes: ["json"],
                "Only these columns, in this order: \(names.joined(separator: ", "))"),
            OptionSpec(
                "sort", .value("NAME"), completion: .words(names),
                "Sort by a column; '--sort=-NAME' the other way round"),
            OptionSpec("limit", .value("N"), default: limit, "At most \(which); 0 for all"),
        ]
    }

    init(_ columns: [Table.Column], _ context: CommandContext) throws(UsageError) {
        (self.columns, self.context, isJSON) = (columns, context, context.isJSON)
        let asked = context.arguments.all("columns").flatMap { $0.split(separator: ",").map(String.init) }
        var places: [Int] = []
        for name in asked { places.append(try Self.place(of: name, "--columns", columns, context)) }
        guard !context.arguments.isGiven("columns") || !places.isEmpty else {
            throw context.arguments.misuse("'--columns' names no column")
        }
        shown = places
        order = try context.arguments.value("sort").map { (text) throws(UsageError) in
            let isBackwards = text.utf8.first == UInt8(ascii: "-")
            let name = isBackwards ? String(text.dropFirst()) : text
            return (try Self.place(of: name, "--sort", columns, context), isBackwards)
        }
        let most = try context.arguments.integer("limit") ?? 0
        // One more is asked for, to know whether there is more.
        limit = most == 0 || most == .max ? nil : most
    }

    private static func place(
        of name: String, _ option: String, _ columns: [Table.Column], _ context: CommandContext
    ) throws(UsageError) -> Int {
        let word = name.trimmed.lowercased()
        if let place = columns.firstIndex(where: { $0.name == word }) { return place }
        let names = columns.map(\.name)
        throw context.arguments.misuse(
            "'\(option)' knows no column '\(SafeText.line(name))'; there are \(names.joined(separator: ", "))",
            hint: Suggestion.nearest(to: word, among: names).map { "did you mean '\($0)'?" })
    }

    mutating func add(_ cells: [Table.Cell], json: @autoclosure () -> JSON) {
        rows.append(Row(cells: cells, json: isJSON ? json() : nil))
    }

    /// The rows as a table, or as JSON: one array, or a line each.
    func show(linesOfJSON: Bool = false, empty: String) -> ExitCode {
        let sorted = sortedRows()
        let taken = limit.map { Array(sorted.prefix($0)) } ?? sorted
        if isJSON {
            let values = taken.compactMap(\.json)
            if linesOfJSON { values.forEach(context.output.jsonLine) } else { context.output.json(.array(values)) }
            return .done
        }
        guard !taken.isEmpty else {
            context.output.note(empty)
            return .done
        }
        context.show(table(taken))
        if hasMore || taken.count < sorted.count {
            context.output.note("there are more: '--limit N' shows N of them, '--limit 0' all")
        }
        return .done
    }

    private func table(_ rows: [Row]) -> Table {
        // What somebody asked for is not left out.
        let places = shown.isEmpty ? Array(columns.indices) : shown
        var table = Table(shown.isEmpty ? columns : shown.map { columns[$0].demanded })
        for row in rows { table.add(places.map { $0 < row.cells.count ? row.cells[$0] : Table.Cell("") }) }
        return table
    }

    /// In the order asked for; what has nothing in that column comes last, whichever way round.
    private func sortedRows() -> [Row] {
        guard let order else { return rows }
        func cell(_ row: Row) -> Table.Cell { order.place < row.cells.count ? row.cells[order.place] : "" }
        let filled = rows.enumerated().filter { !cell($1).text.isEmpty }
        let sorted = filled.sorted { left, right in
            let (one, other) = (cell(left.element), cell(right.element))
            if one.isBefore(other) { return !order.isBackwards }
            if other.isBefore(one) { return order.isBackwards }
            return left.offset < right.offset
        }
        return sorted.map(\.element) + rows.filter { cell($0).text.isEmpty }
    }
}

extension Table.Cell {
    /// By what the column means where that is known, else by its letters.
    fileprivate func isBefore(_ other: Table.Cell) -> Bool {
        if let key, let otherKey = other.key { return key < otherKey }
        return text.lowercased() < other.text.lowercased()
    }

    /// A moment, for a column that is sorted by time.
    static func moment(_ recorded: String, _ times: TimeText) -> Table.Cell {
        Table.Cell(
            times.brief(recorded), key: Instant(recorded).map { Int($0.microsecondsSinceEpoch) })
    }

    static func count(_ number: Int) -> Table.Cell { Table.Cell("\(number)", key: number) }

    static func size(_ bytes: Int) -> Table.Cell { Table.Cell(SizeText.text(bytes), key: bytes) }

    static func duration(_ duration: Duration?) -> Table.Cell {
        Table.Cell(duration.map(ShortDuration.text) ?? "", key: duration.map { Int($0.microseconds) })
    }

    /// An id, of which the end is enough where room is short.
    static func id(_ id: String) -> Table.Cell { Table.Cell(id, brief: id.count > 12 ? String(id.suffix(8)) : id) }
}

extension CommandContext {
    func show(_ table: Table) { output.data(table.render(width: output.width, palette)) }
}
