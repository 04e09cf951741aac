internal import API
internal import Activity
internal import Basics
internal import ControlPlane
internal import Model
internal import Pages

/// Attempts, one a row.
enum AttemptTable {
    static func markup(_ caption: String, _ attempts: [JSON], _ times: TimeText) -> Markup {
        var table = PageTable(
            caption, Show.columns(["Attempt", "Target", "Task", "Outcome", "Began", "Took", "Why"]))
        for attempt in attempts {
            table.add([
                Show.attempt(attempt["attempt"]?.string), Show.target(attempt["target"]?.string),
                .name(attempt["task"]?.string ?? ""), Show.outcome(attempt),
                Show.time(attempt["created_at"]?.string, times), Show.duration(attempt["duration_ms"]?.integer),
                "\(attempt["reason"]?.string ?? "")",
            ])
        }
        return table.markup
    }
}

/// The queue: what comes next in its order, and for the rest the one reason, when it clears, and what one can do.
struct QueueTable {
    private let call: ConsoleCall

    init(_ call: ConsoleCall) { self.call = call }

    func markup(_ tasks: [JSON]) -> Markup {
        var table = PageTable(
            "Tasks in the order of their turn",
            Show.columns(["Turn", "Target", "Task", "Priority", "Why it waits", "What one can do"]))
        for task in tasks {
            let (target, id) = (task["target"]?.string ?? "", task["task"]?.string ?? "")
            table.add([
                "\(task["position"]?.integer.map { "\($0)" } ?? "waits")", Show.target(target),
                "\(Markup.name(id)) <span class=\"quiet\">\(Markup.name(task["title"]?.string ?? ""))</span>",
                "\(task["priority"]?.string ?? "")", reason(task["refusal"]), step(task, target, id),
            ])
        }
        return table.markup
    }

    /// Reasons that end when a person says so.
    private static let retried: Set<String> = ["max-attempts-per-task", "declined", "same-failure", "backoff"]

    private func reason(_ refusal: JSON?) -> Markup {
        guard let refusal, refusal.members != nil else { return "ready" }
        let clears = refusal["clears"]?["at"]?.string
        return "\(refusal["message"]?.string ?? refusal["reason"]?.string ?? "") \(Show.time(clears, call.times))"
    }

    private func step(_ task: JSON, _ target: String, _ id: String) -> Markup {
        guard task["refusal"]?.members != nil else {
            return call.principal.may(.trigger, target)
                ? Show.action(.preview, "Preview …", [("target", target), ("task", id)]) : Markup()
        }
        let reason = task["refusal"]?["reason"]?.string ?? ""
        let button =
            Self.retried.contains(reason) && call.principal.may(.operate, target)
            ? Show.action(.retry, "Let it be tried again …", [("target", target), ("task", id)]) : Markup()
        return "\(task["refusal"]?["hint"]?.string ?? "") \(button)"
    }
}

/// Targets with how each stands.
struct TargetRows {
    struct Row {
        let name: String
        let group: String?
        /// `on`, `off` or `disabled`.
        let state: String
        let facts: TargetFacts?
    }

    let rows: [Row]
    private let isCut: Bool
    private let times: TimeText

    /// Those of a snapshot that this person sees, a page of them: those behind a name, in the order of names.
    init(_ call: ConsoleCall, _ snapshot: HomeSnapshot, limit: Int, behind name: String? = nil) {
        let off = Set(snapshot.switches.lazy.filter(\.isOff).map(\.name))
        let seen = snapshot.registered.lazy.filter { target in
            (name.map { $0 < target.name } ?? true) && call.principal.targets.covers(target.name)
        }.prefix(limit + 1)
        rows = seen.prefix(limit).map { target in
            let state = !target.enabled ? "disabled" : off.contains(target.name) ? "off" : "on"
            return Row(name: target.name, group: target.group, state: state, facts: snapshot.facts[target.name])
        }
        (isCut, times) = (seen.count > limit, call.times)
    }

    var isEmpty: Bool { rows.isEmpty }

    var markup: Markup {
        var table = PageTable(
            "Each target: how it stands",
            Show.columns(["Target", "Group", "Autonomy", "Open proposals", "Failures in a row", "Last outcome"]))
        for row in rows {
            table.add([
                Show.target(row.name), "\(row.group ?? "")", Piece.badge(row.state, Show.tone(row.state)),
                "\(row.facts.map { "\($0.open)" } ?? "")", "\(row.facts?.failures ?? "")",
                row.facts?.lastOutcome(times) ?? Markup(),
            ])
        }
        return table.markup
    }

    /// In place of the list where there is none, with the way to the first one.
    static func none(_ call: ConsoleCall) -> Markup {
        let add: Markup =
            call.principal.may(.admin)
            ? "<p class=\"actions\"><a class=\"button\" href=\"\(OnboardingPage.address)\">A new repository …</a></p>"
            : Markup()
        return Piece.nothing("No target is registered: 'leviathan target add URL' registers one.") + add
    }

    var more: Markup { Show.more(isCut ? .optional(rows.last?.name) : nil, "/targets", []) }
}

/// The lists, each a page.
enum ConsolePages {
    static func page(_ call: ConsoleCall) throws(ConsoleProblem) -> ConsolePage {
        switch call.place {
        case .overview: try OverviewPage(call).page()
        case .tasks: try tasks(call)
        case .targets: try targets(call)
        case .target(let name): try TargetPage(name, call).page()
        case .graph(let name): try GraphPage(name, call).page()
        case .attempts: try attempts(call, "/v1/attempts", "Attempts", "/attempts")
        case .attempt(let id): try AttemptDetailPage(id, call).page()
        case .change(let id): try ChangePage(id, call).page()
        case .log(let id, let digest): try LogPage(id, digest, call).page()
        case .failures: try attempts(call, "/v1/failures", "Failures", "/failures")
        case .events: try events(call)
        case .audit: try audit(call)
        case .keys: try KeysPage(call).page()
        case .report: try report(call)
        case .onboarding: OnboardingPage(call).page()
        case .githubApp: try GitHubAppPage(call).page()
        case .templates: TemplatesPage.page()
        case .login: LoginPage(call.form, path: "/login").page
        case .logout, .action, .asset, .providerLogin, .providerAnswer, .githubAppMade: throw .missing
        }
    }

    /// The filters of an address that a list knows, as the API wants them.
    private static func query(_ call: ConsoleCall, _ names: [String]) -> [(String, String)] {
        call.form.fields.filter { names.contains($0.name) && !$0.value.isEmpty }.map { ($0.name, $0.value) }
    }

    private static func tasks(_ call: ConsoleCall) throws(ConsoleProblem) -> ConsolePage {
        let query = query(call, ["target", "cursor"])
        var page = ConsolePage("Queue", at: "/tasks")
        var (found, age): (JSON, Markup) = (.null, Markup())
        // One target is read at once; all of them are shown as they stood a moment ago.
        if call.form["target"]?.isEmpty == false {
            found = try call.inquiry.get("/v1/tasks", query + [("limit", "100")])
        } else {
            let look = try call.look()
            page.isBehind = look.isBehind
            guard let snapshot = look.snapshot else {
                page.add("Tasks", id: "tasks", Show.beingRead)
                return page
            }
            age = Show.age(of: look, call.times)
            found = snapshot.queue(call.principal.targets, limit: 100, cursor: call.form["cursor"])
        }
        let tasks = found["tasks"]?.elements ?? []
        let problems = found["problems"]?.elements ?? []
        if !problems.isEmpty {
            let items = problems.map { problem -> Markup in
                "<li>\(Show.target(problem["target"]?.string)): \(problem["message"]?.string ?? "")</li>\n"
            }
            page.add("Targets that cannot be read", id: "problems", "<ul>\n\(items)</ul>")
        }
        let none = problems.isEmpty ? "No task waits." : "No other task waits."
        let list = tasks.isEmpty ? Piece.nothing(none) : QueueTable(call).markup(tasks)
        page.add("Tasks", id: "tasks", age + list + Show.more(found["next_cursor"], "/tasks", query))
        return page
    }

    private static func targets(_ call: ConsoleCall) throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("Targets", at: "/targets")
        let add =
            call.principal.may(.admin)
            ? "<p class=\"actions\"><a class=\"button\" href=\"/onboarding\">A new repository …</a></p>" as Markup
            : Markup()
        let look = try call.look()
        page.isBehind = look.isBehind
        guard let snapshot = look.snapshot else {
            page.add("Registered targets", id: "targets", Show.beingRead + add)
            return page
        }
        let rows = TargetRows(call, snapshot, limit: 100, behind: call.form["cursor"])
        let body = rows.isEmpty ? TargetRows.none(call) : rows.markup + rows.more + add
        page.add("Registered targets", id: "targets", Show.age(of: look, call.times) + body)
        return page
    }

    private static func attempts(
        _ call: ConsoleCall, _ path: String, _ title: String, _ address: String
    ) throws(ConsoleProblem) -> ConsolePage {
        var query = query(call, ["target", "task", "state", "cursor"])
        if let words = call.form["q"]?.trimmed, !words.isEmpty {
            // An id leads to its attempt; anything else is a task's name.
            if (try? call.inquiry.get("/v1/attempts/" + Address.segment(words))) != nil {
                return try AttemptDetailPage(words, call).page()
            }
            query.append(("task", words))
        }
        let found = try call.inquiry.get(path, query + [("limit", "50")])
        let attempts = found["attempts"]?.elements ?? []
        var page = ConsolePage(title, at: address)
        let about = query.filter { $0.0 != "cursor" }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let only: Markup = about.isEmpty ? Markup() : "<p>Only \(about). <a href=\"\(address)\">Show all</a></p>"
        let list =
            attempts.isEmpty
            ? Piece.nothing("None.") : AttemptTable.markup("\(title), the newest first", attempts, call.times)
        page.add("The newest first", id: "attempts", only + list + Show.more(found["next_cursor"], address, query))
        return page
    }

    private static func events(_ call: ConsoleCall) throws(ConsoleProblem) -> ConsolePage {
        let query = query(call, ["target", "type", "task", "attempt"])
        var page = ConsolePage("Events", at: "/events")
        page.add("The newest first", id: "events", try newest(call, "/v1/events", "/events", query))
        return page
    }

    private static func audit(_ call: ConsoleCall) throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("Audit", at: "/audit")
        let query = query(call, ["target"])
        page.add("Who switched what, and why", id: "audit", try newest(call, "/v1/audit", "/audit", query))
        return page
    }

    /// Events from the newest backwards.
    private static func newest(
        _ call: ConsoleCall, _ path: String, _ address: String, _ query: [(String, String)]
    ) throws(ConsoleProblem) -> Markup {
        let before = call.form["before"] ?? "4503599627370496"
        let found = try call.inquiry.get(path, query + [("before", before), ("limit", "100")])
        let events = (found["events"]?.elements ?? []).sorted {
            $1["sequence"]?.integer ?? 0 < $0["sequence"]?.integer ?? 0
        }
        guard events.count == 100, let last = events.last?["sequence"]?.integer else {
            return EventTable.markup(events, call.times)
        }
        let more = Address.of(address, query + [("before", "\(last)")])
        return EventTable.markup(events, call.times) + "<p><a href=\"\(more)\" rel=\"next\">Older ones</a></p>"
    }

    private static func report(_ call: ConsoleCall) throws(ConsoleProblem) -> ConsolePage {
        guard call.principal.targets == .all || call.form["target"].map(call.principal.targets.covers) == true
        else {
            throw ConsoleProblem(
                403, "The report is of all targets", "this needs the right 'view' for all of them")
        }
        let (home, times) = (call.inquiry.home, call.times)
        let days = min(max(call.form["days"].flatMap { Int($0) } ?? 7, 1), 366)
        do {
            let report = try home.journals.with { journal in
                try ActivityReader(
                    since: times.now + .seconds(-days * 86_400), until: times.now, target: call.form["target"],
                    home.context
                ).read(journal)
            }
            var page = ConsolePage("Report of \(days) days", at: "/report")
            page.page.sections = ActivityPage(report).sections
            return page
        } catch { throw ConsoleProblem(500, "The journal cannot be read", "\(error)") }
    }
}

/// Events, one a row, with their payload folded.
enum EventTable {
    static func markup(_ events: [JSON], _ times: TimeText) -> Markup {
        guard !events.isEmpty else { return Piece.nothing("None.") }
        var table = PageTable(
            "What was recorded", Show.columns(["Number", "When", "What", "About", "By", "Reason and payload"]))
        for event in events {
            let payload = event["payload"] ?? .null
            let reason = payload["reason"]?.string ?? ""
            table.add([
                "\(event["sequence"]?.integer ?? 0)", Show.time(event["timestamp"]?.string, times),
                "\(event["event_type"]?.string ?? "")",
                "\(Show.target(payload["target"]?.string)) \(Markup.name(payload["task_id"]?.string ?? "")) \(Show.attempt(payload["attempt_id"]?.string))",
                .name(event["actor_id"]?.string ?? ""),
                "\(reason)\(Piece.folded("Payload", "<pre>\(payload.text(.pretty))</pre>"))",
            ])
        }
        return table.markup
    }
}
