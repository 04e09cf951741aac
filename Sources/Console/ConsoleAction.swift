internal import API
internal import Basics
internal import Pages

/// What a person can do here; each asks for a reason, says what it will do, and shows that it was done.
enum ConsoleAction: String, CaseIterable {
    case stop, resume, preview, trigger, invalidate
    case autonomyOn = "autonomy-on"
    case autonomyOff = "autonomy-off"
    case resetBreakers = "reset-breakers"
    case revokeKey = "revoke-key"

    var title: String {
        switch self {
        case .stop: "Stop everything"
        case .resume: "Resume"
        case .preview: "Preview a task"
        case .trigger: "Do a task now"
        case .invalidate: "Declare an attempt void"
        case .autonomyOn: "Switch autonomy on"
        case .autonomyOff: "Switch autonomy off"
        case .resetBreakers: "Close breakers"
        case .revokeKey: "Revoke a key"
        }
    }

    /// What will happen, in words.
    func words(_ form: ConsoleForm) -> String {
        let target = form["target"]
        let whom = target.map { "'\($0)'" } ?? "every target"
        return switch self {
        case .stop:
            "Nothing more is begun or delivered, by anybody, until somebody resumes. What runs goes on, and delivers nothing."
        case .resume: "The order to stop is lifted: tasks are begun and delivered again where autonomy is on."
        case .preview:
            "The task '\(form["task"] ?? "")' of \(whom) is done as a dry run: its change is shown, and nothing is delivered."
        case .trigger:
            "The task '\(form["task"] ?? "")' of \(whom) is done now, within its limits, and proposed as a pull request."
        case .invalidate:
            "The attempt \(form["attempt"] ?? "") counts no more. The branch that it may have pushed stays as it is."
        case .autonomyOn: "The scheduler takes tasks of \(whom) by itself again."
        case .autonomyOff: "The scheduler takes no more tasks of \(whom). What runs goes on."
        case .resetBreakers:
            "The failures in a row of \(whom) count no more, so that its tasks may be tried again."
        case .revokeKey:
            "The key \(form["key"] ?? "") is worth nothing any more, at once, and its sessions and streams end."
        }
    }

    /// The fields of the address that say what it is about.
    var subjects: [String] {
        switch self {
        case .stop, .resume: []
        case .preview, .trigger: ["target", "task"]
        case .invalidate: ["attempt"]
        case .autonomyOn, .autonomyOff, .resetBreakers: ["target"]
        case .revokeKey: ["key"]
        }
    }

    /// The page to come back to.
    func returnAddress(_ form: ConsoleForm) -> String {
        switch self {
        case .revokeKey: "/keys"
        case .invalidate: "/attempts/" + Address.segment(form["attempt"] ?? "")
        default: form["target"].map { "/targets/" + Address.segment($0) } ?? "/"
        }
    }

    /// Where the state is that it changes, for actions that must not overwrite what somebody else just did.
    func statePath(_ form: ConsoleForm) -> String? {
        guard self == .autonomyOn || self == .autonomyOff else { return nil }
        return form["target"].map { "/v1/targets/\(Address.segment($0))/autonomy" } ?? "/v1/autonomy"
    }

    /// The request that does it.
    func request(_ form: ConsoleForm) -> (method: String, path: String, query: [(String, String)], body: JSON?) {
        let reason = JSON.Member("reason", .string(form["reason"] ?? ""))
        let target = Address.segment(form["target"] ?? "*")
        switch self {
        case .stop:
            return ("POST", "/v1/stop", [], .object([reason, JSON.Member("now", .bool(form["now"] == "true"))]))
        case .resume: return ("POST", "/v1/resume", [], .object([reason]))
        case .preview, .trigger:
            let members = [
                JSON.Member("task", .string(form["task"] ?? "")), JSON.Member("dry_run", .bool(self == .preview)),
                reason,
            ]
            return ("POST", "/v1/targets/\(target)/trigger", [], .object(members))
        case .invalidate:
            return (
                "POST", "/v1/attempts/\(Address.segment(form["attempt"] ?? ""))/invalidate", [], .object([reason])
            )
        case .autonomyOn, .autonomyOff:
            let body: JSON = .object([JSON.Member("enabled", .bool(self == .autonomyOn)), reason])
            return ("PUT", statePath(form) ?? "/v1/autonomy", [], body)
        case .resetBreakers: return ("POST", "/v1/breakers/\(target)/reset", [], .object([reason]))
        case .revokeKey:
            return (
                "DELETE", "/v1/keys/\(Address.segment(form["key"] ?? ""))", [("reason", form["reason"] ?? "")], nil
            )
        }
    }
}

/// The page of an action: first the question, then what came of it.
struct ActionPage {
    enum Outcome {
        case done(String, address: String)
        case refused(ConsolePage, Int)
    }

    private let action: ConsoleAction
    private let call: ConsoleCall
    private var form: ConsoleForm { call.form }

    init(_ action: ConsoleAction, _ call: ConsoleCall) { (self.action, self.call) = (action, call) }

    func asked() throws(ConsoleProblem) -> ConsolePage {
        var version: String?
        if let path = action.statePath(form) { version = try call.inquiry.answer("GET", path).version }
        return question(version, nil)
    }

    /// Does it; where that is refused, the question comes back with what was typed, and why.
    func done() throws(ConsoleProblem) -> Outcome {
        let request = action.request(form)
        do throws(ConsoleProblem) {
            let answer = try call.inquiry.answer(
                request.method, request.path, request.query, body: request.body,
                version: action.statePath(form) == nil ? nil : form["version"])
            if action == .preview || action == .trigger, let id = answer.json["id"]?.string {
                return .done(
                    "\(action.title): it has begun.",
                    address: Address.of("/act/\(action.rawValue)", aim + [("run", id)]))
            }
            return .done("Done: \(action.words(form))", address: action.returnAddress(form))
        } catch {
            guard error.status != 404 else { throw error }
            let current =
                try action.statePath(form).map { path throws(ConsoleProblem) in
                    try call.inquiry.answer("GET", path).version
                } ?? nil
            return .refused(question(current, error), error.status)
        }
    }

    private var aim: [(String, String)] {
        action.subjects.compactMap { name in form[name].map { (name, $0) } }
    }

    private func question(_ version: String?, _ problem: ConsoleProblem?) -> ConsolePage {
        var page = ConsolePage(action.title)
        if let id = form["run"], let shown = outcome(of: id) { page.add("What came of it", id: "run", shown) }
        let hidden = (aim + [("word", call.session.word)] + (version.map { [("version", $0)] } ?? [])).map {
            field -> Markup in
            "<input type=\"hidden\" name=\"\(field.0)\" value=\"\(field.1)\">\n"
        }
        let why = problem.map { problem -> Markup in
            let hint = problem.hint.map { ": \($0)" } ?? ""
            return "<p class=\"problem\" role=\"alert\">Nothing was done. \(problem.detail)\(hint)</p>\n"
        }
        let now: Markup =
            action == .stop
            ? "<p><label><input type=\"checkbox\" name=\"now\" value=\"true\"> End what runs as well, within two seconds</label></p>"
            : Markup()
        page.add(
            "What will happen", id: "question",
            """
            \(why ?? Markup())<p>\(action.words(form))</p>
            <form action="/act/\(action.rawValue)" method="post">
            \(hidden)\(now)
            <p><label for="reason">Reason, for whoever asks; it is recorded</label><br>
            <textarea id="reason" name="reason" required maxlength="500" rows="3" cols="60">\(form["reason"] ?? "")</textarea></p>
            <p class="actions"><button>\(action.title)</button> <a href="\(action.returnAddress(form))">Not now</a></p>
            </form>
            """)
        return page
    }

    /// A task that was asked for here: its verdict, and its change where it was a dry run.
    private func outcome(of id: String) -> Markup? {
        guard let run = try? call.inquiry.get("/v1/triggers/" + Address.segment(id)) else { return nil }
        guard run["state"] == "ended" else {
            return "<p role=\"status\">It runs. This page shows the outcome once it is there.</p>"
        }
        let outcome = run["outcome"] ?? .null
        let word = outcome["outcome"]?.string ?? "failed"
        let message = outcome["error"]?["message"]?.string ?? outcome["message"]?.string ?? ""
        let patch = outcome["patch"]?.string.map(PatchView.markup) ?? Markup()
        let next = action == .preview && word == "prepared" ? Show.action(.trigger, "Do it now …", aim) : Markup()
        return
            "<p>\(Piece.badge(word, Show.tone(word == "prepared" ? "delivered" : word))) \(message)</p>\(patch)<p class=\"actions\">\(next) \(Show.attempt(outcome["attempt"]?.string))</p>"
    }
}

/// A change as lines that were added and removed; many files are folded.
enum PatchView {
    private static let lineLimit = 5000

    static func markup(_ patch: String) -> Markup {
        let lines = patch.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.prefix(lineLimit).map { line -> Markup in
            let kind =
                line.hasPrefix("+++") || line.hasPrefix("---") || line.hasPrefix("diff ")
                ? "file"
                : line.hasPrefix("@@")
                    ? "place" : line.hasPrefix("+") ? "added" : line.hasPrefix("-") ? "removed" : "kept"
            return "<span class=\"\(kind)\">\(String(line))</span>\n"
        }
        let rest = lines.count - lineLimit
        let more: Markup = rest > 0 ? "<p>\(rest) more lines are not shown.</p>" : Markup()
        return
            "<pre class=\"patch\" tabindex=\"0\" role=\"region\" aria-label=\"The change\">\(shown)</pre>\(more)"
    }
}
