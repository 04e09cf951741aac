internal import API
internal import Activity
internal import Basics
internal import Journal
internal import Pages
internal import Reports

/// One attempt in full: how it went, what was found, and by what it can be proved again.
struct AttemptDetailPage {
    private let id: String
    private let call: ConsoleCall
    private let attempt: JSON

    init(_ id: String, _ call: ConsoleCall) throws(ConsoleProblem) {
        (self.id, self.call) = (id, call)
        attempt = try call.inquiry.get("/v1/attempts/" + Address.segment(id))
    }

    func page() -> ConsolePage {
        var page = ConsolePage("Attempt \(text("attempt"))", at: "/attempts")
        page.add("What came of it", id: "outcome", outcome)
        page.add("Stages", id: "stages", stages)
        page.add("Rules", id: "rules", rules)
        page.add("Invariants", id: "invariants", invariants)
        page.add("Artifacts", id: "artifacts", artifacts)
        page.add("Provenance", id: "provenance", provenance)
        page.add("Events", id: "events", EventTable.markup(attempt["events"]?.elements ?? [], call.times))
        return page
    }

    private func text(_ name: String) -> String { attempt[name]?.string ?? "" }

    private var outcome: Markup {
        let number = attempt["pull_request"]?.integer.map { "#\($0)" }
        let url = attempt["events"]?.elements?.compactMap { $0["payload"]?["url"]?.string }.last
        let request = number.map { number -> Markup in url.map { .link("\(number)", to: $0) } ?? "\(number)" }
        let operates = call.principal.may(.operate, text("target"))
        let canVoid = operates && !["created", "running", "invalidated"].contains(text("state"))
        let button = canVoid ? Show.action(.invalidate, "Declare void …", [("attempt", id)]) : Markup()
        return """
            <p>\(Show.outcome(attempt)) \(text("reason"))</p>
            \(Piece.facts([
                ("Task", "\(Markup.name(text("task"))) in \(Show.target(text("target"))), attempt \(attempt["attempt_number"]?.integer ?? 1)"),
                ("Began", "\(Show.time(text("created_at"), call.times)) by \(Markup.name(text("actor")))"),
                ("Took", Show.duration(attempt["duration_ms"]?.integer)),
                ("Change", change),
                ("Pull request", request ?? "none"),
            ]))
            <p class="actions">\(button)</p>
            """
    }

    private var change: Markup {
        guard let files = attempt["files"]?.integer else { return "none was frozen" }
        let words = "\(files) files, +\(attempt["added"]?.integer ?? 0) −\(attempt["removed"]?.integer ?? 0)"
        return .link("\(words)", to: "/attempts/\(Address.segment(id))/change")
    }

    // MARK: How it went

    private var stages: Markup {
        let records = (attempt["events"]?.elements ?? []).compactMap(Self.moment)
        let spans = StageSpan.spans(of: records)
        guard !spans.isEmpty else { return Piece.nothing("No stage has ended yet.") }
        var table = PageTable(
            "How long each stage took", [PageTable.Column("Stage"), PageTable.Column("Took", isNumber: true)])
        for span in spans { table.add(["\(span.stage.words)", "\(DurationText.measured(span.duration))"]) }
        return Charts.legend(StageSpan.Stage.allCases.map(ActivityPage.series)) + ActivityPage.timeline(spans)
            + table.markup
    }

    private static func moment(_ event: JSON) -> StageSpan.Moment? {
        guard let type = event["event_type"]?.string,
            let time = event["timestamp"]?.string.flatMap({ Instant($0) })
        else { return nil }
        return StageSpan.Moment(type: EventType(type), time: time)
    }

    // MARK: What was found

    private var rules: Markup {
        guard attempt["events"]?.elements?.contains(where: { $0["event_type"] == "policy.judged" }) == true else {
            return Piece.nothing("The change was not judged.")
        }
        guard let broken = attempt["violations"]?.elements, !broken.isEmpty else {
            return "<p>No rule was broken.</p>"
        }
        var table = PageTable(
            "Rules that the change breaks", Show.columns(["Rule", "Path", "What is wrong", "What it means"]))
        for violation in broken {
            let rule = violation["rule"]?.string ?? ""
            table.add([
                Piece.code(rule), "\(violation["path"]?.string ?? "")", "\(violation["message"]?.string ?? "")",
                "\(RuleCatalog.entry(rule)?.summary ?? "")",
            ])
        }
        return table.markup
    }

    private var invariants: Markup {
        guard let runs = attempt["invariants"]?.elements, !runs.isEmpty else { return Piece.nothing("None ran.") }
        var table = PageTable("Invariants on the change", Show.columns(["Invariant", "Outcome", "Took", "Log"]))
        for run in runs {
            let outcome = run["outcome"]?.string ?? ""
            table.add([
                .name(run["name"]?.string ?? ""), Piece.badge(outcome, Show.tone(outcome)),
                Show.duration(run["duration_ms"]?.integer), log(run["log"]?.string, "log"),
            ])
        }
        return table.markup
    }

    private func log(_ digest: String?, _ words: String) -> Markup {
        digest.map { .link("\(words)", to: "/attempts/\(Address.segment(id))/logs/\(Address.segment($0))") }
            ?? Markup()
    }

    private var artifacts: Markup {
        guard let found = attempt["artifacts"]?.elements, !found.isEmpty else {
            return Piece.nothing("None were kept.")
        }
        var table = PageTable("What was kept", Show.columns(["Kind", "Name", "Size", "Content"]))
        for one in found {
            table.add([
                "\(one["kind"]?.string ?? "")", .name(one["name"]?.string ?? ""),
                "\(SizeText.text(one["bytes"]?.integer ?? 0))",
                log(one["sha256"]?.string, "\((one["sha256"]?.string ?? "").prefix(12))"),
            ])
        }
        return table.markup
    }

    // MARK: By what it can be proved again

    private var provenance: Markup {
        let spec = attempt["events"]?.elements?.lazy.compactMap { $0["payload"]?["spec"]?.string }.first
        let tokens = attempt["tokens"]?.integer ?? 0
        return Piece.facts([
            ("Base", Piece.code(text("base"))), ("Tree", Piece.code(text("tree"))),
            ("Commit", Piece.code(text("commit"))),
            ("Task and policy", Piece.code(spec ?? "not recorded")), ("Executor", "\(text("executor"))"),
            ("Workspace", "\(text("workspace"))"), ("Isolation", "\(text("isolation"))"),
            ("Tokens", "\(tokens == 0 ? "no model was asked" : "\(tokens)")"),
            ("Verify this", Piece.code("leviathan verify \(text("attempt"))")),
        ])
    }
}
