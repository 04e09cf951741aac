internal import API
internal import Activity
internal import Basics
internal import ControlPlane
internal import Model
internal import Pages
internal import Runner

/// The first page: is it on, what needs a person, what is running, and why does the rest wait.
struct OverviewPage {
    private static let shownTargets = 100
    private let call: ConsoleCall
    private let autonomy: JSON
    private var times: TimeText { call.times }

    init(_ call: ConsoleCall) throws(ConsoleProblem) {
        self.call = call
        autonomy = try call.inquiry.get("/v1/autonomy")
    }

    func page() throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("Overview", at: "/")
        page.add("Autonomy", id: "state", state)
        page.add("What needs a person", id: "pending", try pending())
        page.add("Running now", id: "running", try running())
        page.add("Targets", id: "targets", try targets())
        page.add("Next in the queue", id: "queue", try queue())
        page.add("Last outcomes", id: "outcomes", try outcomes())
        return page
    }

    // MARK: On, off or stopped

    private var state: Markup {
        let stop = autonomy["stop"]
        let word = stop?.members != nil ? "stopped" : autonomy["autonomy"]?.string ?? "on"
        let off = autonomy["targets"]?.elements?.count { $0["autonomy"] == "off" } ?? 0
        let count = autonomy["targets"]?.elements?.count ?? 0
        let except: Markup =
            word == "on" && off > 0 ? "<p>\(off) of \(count) targets are switched off.</p>" : Markup()
        return """
            <p class="state">\(Piece.badge(word.uppercased(), Show.tone(word)))</p>
            \(stop?.members == nil ? Markup() : why(stop))\(except)
            <p class="actions">\(buttons(word))</p>
            """
    }

    private func why(_ stop: JSON?) -> Markup {
        let reason = stop?["reason"]?.string ?? stop?["problem"]?.string ?? "no reason was given"
        return
            "<p>\(reason), by \(stop?["by"]?.string ?? "somebody") \(Show.time(stop?["since"]?.string, times))</p>"
    }

    private func buttons(_ word: String) -> Markup {
        guard call.principal.may(.operate) else { return Markup() }
        if word == "stopped" { return Show.action(.resume, "Resume …") }
        let toggle =
            word == "on"
            ? Show.action(.autonomyOff, "Switch autonomy off …") : Show.action(.autonomyOn, "Switch autonomy on …")
        return "\(Show.action(.stop, "Stop everything …")) \(toggle)"
    }

    // MARK: What needs a person

    private func pending() throws(ConsoleProblem) -> Markup {
        let home = call.inquiry.home
        let found: [PendingMatter]
        do {
            found = try home.journals.with { journal in
                try ActivityReader(
                    since: times.now + .seconds(-7 * 86_400), until: times.now, target: nil, home.context
                ).pending(journal)
            }
        } catch { throw ConsoleProblem(500, "The journal cannot be read", "\(error)") }
        let mine = found.filter { matter in
            matter.target.map(call.principal.targets.covers) ?? (call.principal.targets == .all)
        }
        guard !mine.isEmpty else { return Piece.nothing("Nothing, as far as the journal tells.") }
        var table = PageTable(
            "What goes no further by itself", Show.columns(["What", "Target", "Task", "Since", "What to do"]))
        for matter in mine.prefix(20) {
            table.add([
                "\(matter.words)", Show.target(matter.target), "\(matter.task.map(Markup.name) ?? Markup())",
                Show.time(matter.since?.description, times), step(matter),
            ])
        }
        let rest = mine.count - 20
        return table.markup
            + (rest > 0 ? "<p>And \(rest) more: <a href=\"/report\">the report</a> has them.</p>" : Markup())
    }

    private func step(_ matter: PendingMatter) -> Markup {
        if let url = matter.url { return .link("Look at it", to: url) }
        return matter.command.map(Piece.code) ?? Markup()
    }

    // MARK: What is done

    private func running() throws(ConsoleProblem) -> Markup {
        let found = try call.inquiry.get(
            "/v1/attempts", [("state", "created"), ("state", "running"), ("limit", "50")])
        let use = call.principal.targets == .all ? try limits() : Markup()
        guard let attempts = found["attempts"]?.elements, !attempts.isEmpty else {
            return use + Piece.nothing("Nothing runs.")
        }
        return use + AttemptTable.markup("Attempts that run", attempts, times)
    }

    /// What is in use of the machine's limits: they are over all targets, and only for those who may see all.
    private func limits() throws(ConsoleProblem) -> Markup {
        let home = call.inquiry.home
        do {
            let use = try home.journals.with { try MachineUse(home.context, $0) }
            let states = LimitRows.markup("Limits of this machine, over all targets", use.limits)
            return Piece.facts([
                ("Running", "\(use.running)"),
                ("Open proposals", .link("\(use.open)", to: "/attempts?state=succeeded")),
                ("Models, last day", "\(Self.spending(use.spent)) spent, \(Self.spending(use.reserved)) reserved"),
            ]) + states
        } catch { throw ConsoleProblem(500, "The limits cannot be told", "\(error)") }
    }

    private static func spending(_ spending: (tokens: Int, money: Int?)) -> String {
        let money = spending.money.map(Money.text) ?? "money that is not known"
        return spending.tokens == 0 ? "nothing" : "\(spending.tokens) tokens, \(money)"
    }

    private func outcomes() throws(ConsoleProblem) -> Markup {
        let states = ["succeeded", "failed", "interrupted", "invalidated"].map { ("state", $0) }
        let found = try call.inquiry.get("/v1/attempts", states + [("limit", "10")])
        guard let attempts = found["attempts"]?.elements, !attempts.isEmpty else {
            return Piece.nothing("No attempt has ended yet.")
        }
        return AttemptTable.markup("The attempts that ended last", attempts, times)
            + "<p><a href=\"/attempts\">All attempts</a></p>"
    }

    private func targets() throws(ConsoleProblem) -> Markup {
        let rows = try TargetRows(call, limit: Self.shownTargets)
        guard !rows.isEmpty else {
            return Piece.nothing("No target is registered: 'leviathan target add URL' registers one.")
        }
        return rows.markup + "<p><a href=\"/targets\">All targets</a></p>"
    }

    private func queue() throws(ConsoleProblem) -> Markup {
        let found = try call.inquiry.get("/v1/tasks", [("limit", "10")])
        let (tasks, unread) = (found["tasks"]?.elements ?? [], found["problems"]?.elements?.count ?? 0)
        let problem: Markup =
            unread == 0
            ? Markup()
            : "<p>\(Piece.badge("not read", .bad)) \(unread) targets could not be read: <a href=\"/tasks\">the queue</a> says why.</p>"
        guard !tasks.isEmpty else { return unread == 0 ? Piece.nothing("No task waits.") : problem }
        return problem + QueueTable(call).markup(tasks) + "<p><a href=\"/tasks\">The whole queue</a></p>"
    }
}
