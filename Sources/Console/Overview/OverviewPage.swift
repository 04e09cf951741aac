internal import API
internal import Activity
internal import Basics
internal import ControlPlane
internal import Journal
internal import Model
internal import Pages
internal import Runner

/// The first page: is it on, what needs a person, what is running, and why does the rest wait.
struct OverviewPage {
    private static let shownTargets = 100
    private let call: ConsoleCall
    private let look: SnapshotKeeper.Look
    private var times: TimeText { call.times }

    init(_ call: ConsoleCall) throws(ConsoleProblem) {
        self.call = call
        look = try call.look()
    }

    func page() throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("Overview", at: "/")
        page.isBehind = look.isBehind
        page.add("Autonomy", id: "state", try state())
        page.add("What needs a person", id: "pending", look.snapshot.map(pending) ?? Show.beingRead)
        page.add("Running now", id: "running", try running())
        page.add("Targets", id: "targets", look.snapshot.map(targets) ?? Show.beingRead)
        page.add("Next in the queue", id: "queue", look.snapshot.map(queue) ?? Show.beingRead)
        page.add("Last outcomes", id: "outcomes", try outcomes())
        return page
    }

    // MARK: On, off or stopped

    private func state() throws(ConsoleProblem) -> Markup {
        let home = call.inquiry.home
        let found: MainSwitch
        do { found = try home.journals.with { try MainSwitch(home.context, $0) } } catch {
            throw ConsoleProblem(500, "The switches cannot be read", "\(error)")
        }
        let word = found.stop != nil ? "stopped" : found.isOff ? "off" : "on"
        return """
            <p class="state">\(Piece.badge(word.uppercased(), Show.tone(word)))</p>
            \(why(found))\(found.isOff || found.stop != nil ? Markup() : exceptions)
            <p class="actions">\(buttons(word))</p>
            \(Show.age(of: look, times))
            """
    }

    private func why(_ found: MainSwitch) -> Markup {
        if let stop = found.stop {
            let reason = stop.reason ?? stop.problem ?? "no reason was given"
            return "<p>\(reason), by \(stop.by ?? "somebody") \(Show.time(stop.since?.description, times))</p>"
        }
        guard found.changed.members != nil else { return Markup() }
        let (reason, by) = (found.changed["reason"]?.string, found.changed["by"]?.string)
        let since = Show.time(found.changed["at"]?.string, times)
        return "<p>\(reason ?? "no reason was given"), by \(by ?? "somebody") \(since)</p>"
    }

    private var exceptions: Markup {
        let seen = (look.snapshot?.switches ?? []).filter { call.principal.targets.covers($0.name) }
        let off = seen.count { $0.isOff }
        return off == 0 ? Markup() : "<p>\(off) of \(seen.count) targets are switched off.</p>"
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

    private func pending(_ snapshot: HomeSnapshot) -> Markup {
        let mine = snapshot.pending.filter { matter in
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
        let use = call.principal.targets == .all ? look.snapshot.map(limits) ?? Show.beingRead : Markup()
        guard let attempts = found["attempts"]?.elements, !attempts.isEmpty else {
            return use + Piece.nothing("Nothing runs.")
        }
        return use + AttemptTable.markup("Attempts that run", attempts, times)
    }

    /// What is in use of the machine's limits: they are over all targets, and only for those who may see all.
    private func limits(_ snapshot: HomeSnapshot) -> Markup {
        let use = snapshot.use
        return Piece.facts([
            ("Running", "\(use.running)"),
            ("Open proposals", .link("\(use.open)", to: "/attempts?state=succeeded")),
            ("Models, last day", "\(Self.spending(use.spent)) spent, \(Self.spending(use.reserved)) reserved"),
        ]) + LimitRows.markup("Limits of this machine, over all targets", use.limits)
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

    private func targets(_ snapshot: HomeSnapshot) -> Markup {
        let rows = TargetRows(call, snapshot, limit: Self.shownTargets)
        guard !rows.isEmpty else { return TargetRows.none(call) }
        return rows.markup + "<p><a href=\"/targets\">All targets</a></p>"
    }

    private func queue(_ snapshot: HomeSnapshot) -> Markup {
        let found = snapshot.queue(call.principal.targets, limit: 10)
        let (tasks, unread) = (found["tasks"]?.elements ?? [], found["problems"]?.elements?.count ?? 0)
        let problem: Markup =
            unread == 0
            ? Markup()
            : "<p>\(Piece.badge("not read", .bad)) \(unread) targets could not be read: <a href=\"/tasks\">the queue</a> says why.</p>"
        guard !tasks.isEmpty else { return unread == 0 ? Piece.nothing("No task waits.") : problem }
        return problem + QueueTable(call).markup(tasks) + "<p><a href=\"/tasks\">The whole queue</a></p>"
    }
}
