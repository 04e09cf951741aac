internal import API
internal import Basics
internal import ControlPlane
internal import Journal
internal import Model
internal import Pages
internal import Runner

/// What the journal says of a target at a glance.
struct TargetFacts: Sendable {
    /// So many of the newest attempts are looked at.
    private static let window = 20

    let open: Int
    private let failed: Int
    private let last: AttemptRecord?
    /// What models have cost, in millionths of a dollar.
    let money: Int

    var failures: String { failed == 0 ? "" : failed == Self.window ? "\(failed) or more" : "\(failed)" }

    func lastOutcome(_ times: TimeText) -> Markup {
        guard let last else { return "never" }
        let words = last.outcome ?? last.state
        return "\(Piece.badge(words, Show.tone(words))) \(Show.time(last.finishedAt ?? last.createdAt, times))"
    }

    /// Of many targets in one look at the journal.
    static func read(_ names: [String], _ journal: any JournalStore) throws(JournalError) -> [String: TargetFacts]
    {
        try journal.reading { () throws(JournalError) in
            let open = Dictionary(grouping: try journal.openPullRequests()) { $0.target }
            let costs = Dictionary(grouping: try journal.costs()) { $0.target }
            var facts: [String: TargetFacts] = [:]
            for name in names {
                let money = costs[name]?.reduce(0) { $0 + $1.money } ?? 0
                facts[name] = try Self.facts(of: name, open[name]?.count ?? 0, money, journal)
            }
            return facts
        }
    }

    static func read(_ names: [String], _ call: ConsoleCall) throws(ConsoleProblem) -> [String: TargetFacts] {
        do { return try call.inquiry.home.journals.with { try read(names, $0) } } catch {
            throw ConsoleProblem(500, "The journal cannot be read", "\(error)")
        }
    }

    private static func facts(
        of name: String, _ open: Int, _ money: Int, _ journal: any JournalStore
    ) throws(JournalError) -> TargetFacts {
        var query = AttemptQuery()
        (query.target, query.limit) = (name, window)
        let attempts = try journal.attempts(query)
        let failed = attempts.prefix { ["failed", "rejected"].contains($0.outcome) }.count
        return TargetFacts(open: open, failed: failed, last: attempts.first, money: money)
    }
}

/// One target: its switch, its queue, what was done there.
struct TargetPage {
    private let name: String
    private let call: ConsoleCall

    init(_ name: String, _ call: ConsoleCall) { (self.name, self.call) = (name, call) }

    func page() throws(ConsoleProblem) -> ConsolePage {
        let path = "/v1/targets/" + Address.segment(name)
        let autonomy = try call.inquiry.get(path + "/autonomy")
        var page = ConsolePage("Target \(name)", at: "/targets")
        page.add("State", id: "state", try state(autonomy))
        page.add("Limits", id: "limits", try limits())
        let queue = try call.inquiry.get("/v1/tasks", [("target", name), ("limit", "100")])
        let tasks = queue["tasks"]?.elements ?? []
        let problems = (queue["problems"]?.elements ?? []).map { problem -> Markup in
            "<p>\(Piece.badge("problem", .bad)) \(problem["message"]?.string ?? "")</p>\n"
        }
        let list = tasks.isEmpty ? Piece.nothing("No task waits.") : QueueTable(call).markup(tasks)
        page.add("Queue", id: "queue", "\(problems)\(list)")
        let found = try call.inquiry.get("/v1/attempts", [("target", name), ("limit", "20")])
        let attempts = found["attempts"]?.elements ?? []
        page.add(
            "Attempts", id: "attempts",
            attempts.isEmpty
                ? Piece.nothing("None yet.")
                : AttemptTable.markup("Attempts, the newest first", attempts, call.times)
                    + "<p><a href=\"\(Address.of("/attempts", [("target", name)]))\">All of them</a></p>")
        return page
    }

    private func state(_ autonomy: JSON) throws(ConsoleProblem) -> Markup {
        let word = autonomy["autonomy"]?.string ?? "on"
        let facts = try TargetFacts.read([name], call)[name]
        let change = autonomy["changed"]
        let why: Markup =
            change?.members == nil
            ? "never switched"
            : "\(change?["reason"]?.string ?? "no reason was given"), by \(change?["by"]?.string ?? "somebody") \(Show.time(change?["at"]?.string, call.times))"
        return """
            \(Piece.facts([
                ("Autonomy", "\(Piece.badge(word, Show.tone(word))) \(why)"),
                ("Open proposals", "\(facts?.open ?? 0)"),
                ("Failures in a row", "\(facts?.failures.isEmpty == false ? facts?.failures ?? "" : "none")"),
                ("Last outcome", facts?.lastOutcome(call.times) ?? "never"), ("Legal hold", try hold()),
                ("Models have cost", "\(Money.text(facts?.money ?? 0))"),
            ]))
            <p><a href="/targets/\(Address.segment(name))/graph">Its tasks as a graph</a></p>
            <p class="actions">\(buttons(word))</p>
            """
    }

    /// How far each limit is used up; a target that cannot be read says why.
    private func limits() throws(ConsoleProblem) -> Markup {
        let found = try call.inquiry.get("/v1/targets/\(Address.segment(name))/limits")
        if let problem = found["problem"]?.string { return "<p>\(Piece.badge("problem", .bad)) \(problem)</p>" }
        return LimitRows.markup("Limits that hold here", json: found["limits"]?.elements ?? [])
    }

    private func hold() throws(ConsoleProblem) -> Markup {
        let isHeld = try call.inquiry.get("/v1/targets/\(Address.segment(name))/hold")["held"] == true
        guard call.principal.may(.admin, name) else { return isHeld ? "held" : "no" }
        let button =
            isHeld
            ? Show.action(.liftHold, "Lift the hold …", [("target", name)])
            : Show.action(.placeHold, "Hold its events …", [("target", name)])
        return "\(isHeld ? "held" : "no") \(button)"
    }

    private func buttons(_ word: String) -> Markup {
        guard call.principal.may(.operate, name) else { return Markup() }
        let about = [("target", name)]
        let toggle =
            word == "on"
            ? Show.action(.autonomyOff, "Switch off …", about) : Show.action(.autonomyOn, "Switch on …", about)
        return "\(toggle) \(Show.action(.resetBreakers, "Close breakers …", about))"
    }
}
