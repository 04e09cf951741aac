internal import Basics
internal import Pages
internal import Runner

/// Limits, each with what counts against it and the place that set it.
enum LimitRows {
    static func markup(_ caption: String, _ limits: [LimitState]) -> Markup {
        markup(caption, json: limits.map(\.json))
    }

    static func markup(_ caption: String, json limits: [JSON]) -> Markup {
        guard !limits.isEmpty else { return Piece.nothing("No limit is set here.") }
        var table = PageTable(
            caption,
            [
                PageTable.Column("Limit"), PageTable.Column("Used", isNumber: true),
                PageTable.Column("Of", isNumber: true), PageTable.Column("Set by"), PageTable.Column(""),
            ])
        for limit in limits {
            let note = limit["note"]?.string ?? ""
            let isFull = (limit["observed"]?.double ?? 0) >= (limit["allowed"]?.double ?? .infinity)
            table.add([
                Piece.code(limit["name"]?.string ?? ""), "\(amount(limit["observed"]))",
                "\(amount(limit["allowed"]))",
                "\(limit["set_by"]?.string ?? "")",
                "\(isFull ? Piece.badge("used up", .warning) : Markup()) \(note)",
            ])
        }
        return table.markup
    }

    private static func amount(_ value: JSON?) -> String { value?.integer.map { "\($0)" } ?? value?.text() ?? "" }
}
