internal import Basics
internal import Journal
internal import Model
package import Pages

/// A report as one page that needs nothing else.
package struct ActivityPage {
    /// The newest attempts that the page lists; exports have all.
    private static let shownAttempts = 500
    private static let tones: [(outcome: String, tone: Piece.Tone)] = [
        ("delivered", .good), ("unchanged", .neutral), ("rejected", .warning), ("failed", .bad),
    ]

    private let report: ActivityReport

    package init(_ report: ActivityReport) { self.report = report }

    package func html() -> String {
        let about = report.target.map { "Leviathan: \($0)" } ?? "Leviathan: all targets"
        var page = Page(about + ", " + report.since.day + " to " + report.until.day)
        page.top =
            "<p class=\"quiet\">Made \(report.until.minuteText) from the journal of this home. All times are UTC.</p>"
        page.sections = sections
        return page.render()
    }

    /// The same as parts of another page.
    package var sections: [Page.Section] {
        var page = Page("")
        page.add("At a glance", id: "glance", figures + omitted)
        page.add("What needs a person", id: "pending", pending)
        page.add("Attempts by day", id: "days", days)
        page.add("Why attempts came to nothing", id: "reasons", reasons)
        page.add("Targets", id: "targets", targets)
        page.add("Attempts", id: "attempts", attempts)
        page.add("Merged changes", id: "merged", merged)
        page.add("Evidence", id: "evidence", evidence)
        return page.sections
    }

    private var figures: Markup {
        let merges = report.merged
        let toMerge = ActivityReport.median(merges.compactMap(\.timeToDecide)).map(DurationText.measured)
        let took = ActivityReport.median(report.attempts.compactMap(\.attempt.duration)).map(DurationText.measured)
        return Piece.figures([
            ("\(report.attempts.count + report.omittedAttempts)", "attempts"),
            (ActivityReport.successRate(report.attempts).map { "\($0) %" } ?? "–", "success"),
            ("\(report.count("delivered"))", "delivered"), ("\(merges.count)", "merged"),
            ("\(report.changes.count { $0.state == "open" })", "open for review"),
            (took ?? "–", "median attempt"), (toMerge ?? "–", "median time to merge"),
            ("\(report.attempts.reduce(0) { $0 + $1.attempt.tokens })", "tokens"),
        ])
    }

    private var omitted: Markup {
        guard report.omittedAttempts > 0 else { return Markup() }
        return "<p>The oldest \(report.omittedAttempts) attempts of this time are not in the tables below.</p>"
    }

    private var pending: Markup {
        guard !report.pending.isEmpty else { return Piece.nothing("nothing, as far as the journal tells") }
        var table = PageTable(
            "What goes no further by itself",
            ["What", "Target", "Task", "Since", "What to do"].map { PageTable.Column($0) })
        for matter in report.pending {
            let forge = matter.url.map { Markup.link("look at it", to: $0) }
            table.add([
                "\(matter.words)", Self.name(matter.target), Self.name(matter.task),
                "\(matter.since?.minuteText ?? "")", matter.command.map(Piece.code) ?? forge ?? Markup(),
            ])
        }
        return table.markup
    }

    private var days: Markup {
        let series = Self.tones.map { Charts.Series($0.outcome, $0.tone) } + [Charts.Series("other", number: 1)]
        return Charts.columns(
            "Attempts by day and outcome", series,
            report.days.map { ($0.date, [$0.delivered, $0.unchanged, $0.rejected, $0.failed, $0.other]) })
    }

    private var reasons: Markup {
        let reasons = report.reasons
        guard let highest = reasons.first?.count else { return Piece.nothing("none did") }
        var table = PageTable(
            "Reasons, the most frequent first",
            [
                PageTable.Column("Outcome"), PageTable.Column("Reason"),
                PageTable.Column("Attempts", isNumber: true), PageTable.Column("Share"),
                PageTable.Column("One of them"),
            ])
        for reason in reasons.prefix(100) {
            let tone = Self.tone(reason.outcome)
            table.add([
                Piece.badge(reason.outcome, tone), "\(reason.words)", "\(reason.count)",
                Charts.bar(reason.count, of: highest, Charts.Series(reason.outcome, tone)),
                Piece.code(reason.attempt),
            ])
        }
        return table.markup
    }

    private var targets: Markup {
        guard !report.targets.isEmpty else { return Piece.nothing("no target had an attempt") }
        let numbers = [
            "Attempts", "Success", "Merged", "Median", "To merge", "Tokens", "Tokens per merge", "Cost",
            "Cost per merge",
        ]
        var table = PageTable(
            "Each target: how tasks fared, and what they cost",
            [PageTable.Column("Target")] + numbers.map { PageTable.Column($0, isNumber: true) })
        for sum in report.targets {
            let took = ActivityReport.median(sum.attempts.compactMap(\.attempt.duration))
            let toMerge = ActivityReport.median(sum.merged.compactMap(\.timeToDecide))
            table.add([
                .name(sum.target), "\(sum.attempts.count)",
                "\(ActivityReport.successRate(sum.attempts).map { "\($0) %" } ?? "")", "\(sum.merged.count)",
                "\(took.map(DurationText.measured) ?? "")", "\(toMerge.map(DurationText.measured) ?? "")",
                "\(sum.tokens)", "\(sum.tokensPerMerge.map { "\($0)" } ?? "")", "\(Money.text(sum.money))",
                "\(sum.moneyPerMerge.map(Money.text) ?? "")",
            ])
        }
        guard report.models.contains(where: { $0.money > 0 }) else { return table.markup }
        var models = PageTable(
            "What each model has cost", [PageTable.Column("Model"), PageTable.Column("Cost", isNumber: true)])
        for model in report.models { models.add([.name(model.name), "\(Money.text(model.money))"]) }
        return table.markup + models.markup
    }

    private var attempts: Markup {
        guard !report.attempts.isEmpty else { return Piece.nothing("no attempt began in this time") }
        var table = PageTable(
            "Attempts, the newest first, with their stages on an axis of their own",
            ["Attempt", "Task", "Outcome", "Began", "Took", "Stages", "Why"].map { PageTable.Column($0) })
        for entry in report.attempts.prefix(Self.shownAttempts) {
            let (attempt, outcome) = (entry.attempt, entry.attempt.outcome ?? entry.attempt.state)
            table.add([
                Piece.code(attempt.id), "\(Markup.name(attempt.task)) in \(Markup.name(attempt.target))",
                Piece.badge(outcome, Self.tone(outcome)), "\(Instant(attempt.createdAt)?.minuteText ?? "")",
                "\(attempt.duration.map(DurationText.measured) ?? "")", Self.timeline(entry.stages),
                "\(attempt.reason ?? "")",
            ])
        }
        let rest = report.attempts.count - Self.shownAttempts
        let legend = Charts.legend(StageSpan.Stage.allCases.map(Self.series))
        return legend + table.markup
            + (rest > 0 ? "<p>\(rest) older ones are left out here; the export has them.</p>" : Markup())
    }

    package static func series(_ stage: StageSpan.Stage) -> Charts.Series {
        Charts.Series(stage.words, number: stage.rawValue)
    }

    package static func timeline(_ stages: [StageSpan]) -> Markup {
        guard let first = stages.first, let last = stages.last else { return Markup() }
        let whole = max(1, (last.end - first.start).microseconds)
        return Charts.timeline(
            stages.map { span in
                Charts.Span(
                    start: Int((span.start - first.start).microseconds * 1000 / whole),
                    length: Int(span.duration.microseconds * 1000 / whole), series(span.stage),
                    words: "\(span.stage.words) \(DurationText.measured(span.duration))")
            })
    }

    private static func tone(_ outcome: String) -> Piece.Tone {
        tones.first { $0.outcome == outcome }?.tone ?? .neutral
    }

    private static func name(_ text: String?) -> Markup { text.map(Markup.name) ?? Markup() }
}

// MARK: What an auditor asks

extension ActivityPage {
    private var merged: Markup {
        guard !report.merged.isEmpty else { return Piece.nothing("nothing was merged") }
        let invariants = Dictionary(
            report.attempts.map { ($0.attempt.id, $0.invariants) }, uniquingKeysWith: { first, _ in first })
        let columns = [
            "Change", "Task", "Attempt", "Merged", "Approvals", "Invariants", "Executor", "Base", "Commit",
            "Task and policy",
        ]
        var table = PageTable("What was merged, by whose rules", columns.map { PageTable.Column($0) })
        for change in report.merged {
            let review = report.reviews[ActivityReport.ChangeName(target: change.target, number: change.number)]
            table.add([
                change.url.map { Markup.link("#\(change.number)", to: $0) } ?? "#\(change.number)",
                "\(Self.name(change.task)) in \(Markup.name(change.target))",
                change.attempt.map(Piece.code) ?? Markup(),
                "\(change.decidedAt?.minuteText ?? "")",
                "\(review?.approvals.map { "\($0)" } ?? "not recorded")",
                Self.outcomes(change.attempt.flatMap { invariants[$0] }), "\(change.executor ?? "")",
                Self.hash(change.base), Self.hash(change.commit), Self.hash(change.specification),
            ])
        }
        return Piece.paragraph("Who approved is written down at the forge; here is how many did.") + table.markup
    }

    private static func outcomes(_ runs: [Event.InvariantRun]?) -> Markup {
        guard let runs else { return "in an attempt before this time" }
        guard !runs.isEmpty else { return "none" }
        return runs.map { "\($0.name) \($0.outcome ?? "without an outcome")" }.joined(separator: "<br>")
    }

    private static func hash(_ text: String?) -> Markup {
        text.map { "<code title=\"\($0)\">\(String($0.prefix(12)))</code>" } ?? Markup()
    }

    private var evidence: Markup {
        var table = PageTable(
            "Where each chain of the journal stands",
            [PageTable.Column("Chain"), PageTable.Column("Events", isNumber: true), PageTable.Column("Last hash")])
        for chain in report.evidence.chains {
            table.add([.name(chain.name.text), "\(chain.events)", Piece.code(chain.hash.hex)])
        }
        let anchor = report.evidence.anchorReference.map { reference -> Markup in
            "The heads are anchored in each repository at \(Piece.code(reference))."
        }
        return """
            <p>This page was read from the journal, which was not verified for it. \(Piece.code("leviathan journal verify"))
            follows every chain from its first event and holds it against the anchors; what it prints has to agree with
            this table. \(anchor ?? "This home has written no anchor yet.") The newest event is number \(
                report.evidence.head.sequence)\(report.evidence.head.hash.map { ", \($0.hex)" } ?? "").</p>
            \(table.markup)
            """
    }
}

extension Instant {
    fileprivate var day: String { String(description.prefix(10)) }

    /// Such as `2026-01-01 12:30 UTC`.
    fileprivate var minuteText: String { day + " " + String(description.dropFirst(11).prefix(5)) + " UTC" }
}
