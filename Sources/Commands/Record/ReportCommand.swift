internal import Activity
internal import Basics
internal import CommandLine
internal import Journal
internal import Reports
internal import Runner

/// `leviathan report`: what was done, what came of it and what needs a person, as a page or for other programs.
enum ReportCommand: Command {
    static let name = "report"

    static let spec = CommandSpec(
        name, group: .record, "Report what was done, what came of it, and what needs a person",
        discussion: """
            The page is one file that needs no network: figures, charts with tables, attempts with their stages, and for
            whoever audits it what was merged by whose rules, and where the chains of the journal stand.
            """,
        options: [
            OptionSpec(
                "since", .value("TIME"), default: "7d", "From a date, a time, or an age such as 7d on"),
            OptionSpec("target", .value("TARGET"), completion: .asking(.targets), "Only this target"),
            OptionSpec("html", .value("FILE"), "Write the page into this file"),
            OptionSpec("csv", .value("FILE"), "Write the attempts into this file, for spreadsheets"),
        ],
        examples: [
            CommandSpec.Example("leviathan report --since 30d --html report.html", "the last month as a page")
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let now = context.times.now
        let since = try context.arguments.parsed("since", expected: "a date, a time or an age such as 7d") {
            PointInTime.parse($0, context)
        }
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal(.null) }
        let target = context.arguments.value("target")
        if let target { try KnownTargets(context.shared, journal).demand(target) }
        let reader = ActivityReader(
            since: since ?? now + .seconds(-7 * 86_400), until: now, target: target, context.shared)
        let report = try reader.read(journal)
        try write(ActivityPage(report).html, "html", context)
        try write({ AttemptSheet.text(report) }, "csv", context)
        if context.isJSON {
            context.output.json(report.json)
        } else {
            context.output.data(ReportText(report, context).text)
        }
        return .done
    }

    private static func write(_ text: () -> String, _ option: String, _ context: CommandContext) throws {
        guard let path = context.arguments.value(option) else { return }
        do throws(FileError) {
            try FileSystem.writeOutput(
                Array(text().utf8), to: path.hasPrefix("/") ? path : context.directory + "/" + path)
        } catch { throw StageError(.unexpected, error) }
        context.output.note("wrote \(path)")
    }
}

/// A report as a terminal shows it: the same in short.
private struct ReportText {
    private let report: ActivityReport
    private let times: TimeText
    private let palette: Palette
    private let width: Int

    init(_ report: ActivityReport, _ context: CommandContext) {
        (self.report, times, palette, width) = (report, context.times, context.palette, context.output.width)
    }

    var text: String {
        [summary, targets, reasons, pending].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var summary: String {
        let rate = ActivityReport.successRate(report.attempts).map { ", \($0) % succeeded" } ?? ""
        let open = report.changes.count { $0.state == "open" }
        return """
            \(times.full(report.since)) to \(times.full(report.until))
            \(Evaluation.count(report.attempts.count + report.omittedAttempts, "attempt"))\(rate): \(
                report.count("delivered")) delivered, \(report.count("unchanged")) unchanged, \(report.count("rejected")) rejected, \(report.count("failed")) failed
            \(report.merged.count) merged, \(open) open for review

            """
    }

    private var targets: String {
        guard !report.targets.isEmpty else { return "" }
        let numbers = ["ATTEMPTS", "SUCCESS", "MERGED", "MEDIAN", "TO MERGE", "TOKENS"]
        var table = Table(["TARGET"] + numbers.map { Table.Column($0, .right) })
        for sum in report.targets {
            let took = ActivityReport.median(sum.attempts.compactMap(\.attempt.duration))
            let toMerge = ActivityReport.median(sum.merged.compactMap(\.timeToDecide))
            table.add([
                sum.target, "\(sum.attempts.count)",
                ActivityReport.successRate(sum.attempts).map { "\($0) %" } ?? "", "\(sum.merged.count)",
                took.map(ShortDuration.text) ?? "", toMerge.map(ShortDuration.text) ?? "", "\(sum.tokens)",
            ])
        }
        return table.render(width: width, palette)
    }

    private var reasons: String {
        guard !report.reasons.isEmpty else { return "" }
        var table = Table(["OUTCOME", "REASON", Table.Column("ATTEMPTS", .right)])
        for reason in report.reasons.prefix(10) { table.add([reason.outcome, reason.words, "\(reason.count)"]) }
        return table.render(width: width, palette)
    }

    private var pending: String {
        guard !report.pending.isEmpty else { return "" }
        let lines = report.pending.prefix(20).map { matter in
            let about = [matter.target, matter.task].compactMap { $0 }.joined(separator: "/")
            let next = matter.command ?? matter.url
            return "  " + (about.isEmpty ? "" : about + ": ") + matter.words + (next.map { "\n    \($0)" } ?? "")
                + "\n"
        }
        let rest = report.pending.count - lines.count
        return palette.bold("needs a person") + "\n" + lines.joined() + (rest > 0 ? "  and \(rest) more\n" : "")
    }
}
