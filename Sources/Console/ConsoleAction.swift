internal import API
internal import Basics
internal import ControlPlane
internal import Pages

/// What a person can do here; each asks for a reason, says what it will do, and shows that it was done.
enum ConsoleAction: String, CaseIterable {
    case stop, resume, preview, trigger, retry, invalidate
    case autonomyOn = "autonomy-on"
    case autonomyOff = "autonomy-off"
    case resetBreakers = "reset-breakers"
    case previewOnboarding = "preview-onboarding"
    case onboard, register
    case placeHold = "hold"
    case liftHold = "lift-hold"
    case revokeKey = "revoke-key"

    var title: String {
        switch self {
        case .stop: "Stop everything"
        case .resume: "Resume"
        case .preview: "Preview a task"
        case .trigger: "Do a task now"
        case .retry: "Let a task be tried again"
        case .invalidate: "Declare an attempt void"
        case .autonomyOn: "Switch autonomy on"
        case .autonomyOff: "Switch autonomy off"
        case .resetBreakers: "Close breakers"
        case .previewOnboarding: "Look at a repository"
        case .onboard: "Propose its rules"
        case .register: "Register a repository"
        case .placeHold: "Hold a target's events"
        case .liftHold: "Lift a hold"
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
        case .retry:
            "The failures of '\(form["task"] ?? "")' in \(whom) count no more, nor do its pull requests that were closed."
        case .previewOnboarding:
            "'\(form["url"] ?? "")' is cloned and looked at, and the files that would be proposed are shown."
        case .onboard:
            "A pull request is opened in '\(form["url"] ?? "")' that adds .leviathan/ and nothing else. Nothing runs there before it is merged."
        case .register:
            "'\(form["url"] ?? "")' becomes a target: its tasks stand in the queue, and what is ready is done where autonomy is on."
        case .placeHold: "Retention removes no event of \(whom), whatever its age, until the hold is lifted."
        case .liftHold: "Retention may remove old events of \(whom) again."
        case .revokeKey:
            "The key \(form["key"] ?? "") is worth nothing any more, at once, and its sessions and streams end."
        }
    }

    /// The fields of the address that say what it is about.
    var subjects: [String] {
        switch self {
        case .stop, .resume: []
        case .preview, .trigger, .retry: ["target", "task"]
        case .previewOnboarding, .onboard: ["url", "name"] + PolicyChoice.all.map(\.name)
        case .register: ["url", "group"]
        case .invalidate: ["attempt"]
        case .autonomyOn, .autonomyOff, .resetBreakers, .placeHold, .liftHold: ["target"]
        case .revokeKey: ["key"]
        }
    }

    /// The page to come back to.
    func returnAddress(_ form: ConsoleForm) -> String {
        switch self {
        case .revokeKey: "/keys"
        case .previewOnboarding, .onboard:
            Address.of(OnboardingPage.address, subjects.compactMap { name in form[name].map { (name, $0) } })
        case .register: "/targets"
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
        case .previewOnboarding, .onboard:
            let chosen = PolicyChoice.all.map { JSON.Member($0.name, $0.json($0.chosen(form).value)) }
            let members = [
                text("url", form), text("name", form), JSON.Member("dry_run", .bool(self == .previewOnboarding)),
                reason,
            ]
            return ("POST", "/v1/onboarding", [], .object(members.compactMap(\.self) + chosen))
        case .register:
            let members = [text("url", form), text("group", form), reason]
            return ("POST", "/v1/targets", [], .object(members.compactMap(\.self)))
        case .retry:
            let task = JSON.Member("task", .string(form["task"] ?? ""))
            return ("POST", "/v1/targets/\(target)/retry", [], .object([task, reason]))
        case .placeHold, .liftHold:
            let held = JSON.Member("held", .bool(self == .placeHold))
            return ("PUT", "/v1/targets/\(target)/hold", [], .object([held, reason]))
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

extension ConsoleAction {
    /// Whether it goes on after it was begun, and its outcome is shown where it was asked for.
    var takesTime: Bool { [.preview, .trigger, .previewOnboarding, .onboard].contains(self) }

    /// What does it for good, after it was looked at.
    var deed: (action: ConsoleAction, words: String)? {
        switch self {
        case .preview: (.trigger, "Do it now …")
        case .previewOnboarding: (.onboard, "Open the pull request …")
        default: nil
        }
    }

    /// A field that was filled in.
    private func text(_ name: String, _ form: ConsoleForm) -> JSON.Member? {
        form[name].flatMap { $0.trimmed.isEmpty ? nil : JSON.Member(name, .string($0.trimmed)) }
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
            if action.takesTime, let id = answer.json["id"]?.string {
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
            \(why ?? Markup())<p>\(action.words(form))</p>\(choices)
            <form action="/act/\(action.rawValue)" method="post">
            \(hidden)\(now)
            <p><label for="reason">Reason, for whoever asks; it is recorded</label><br>
            <textarea id="reason" name="reason" required maxlength="500" rows="3" cols="60">\(form["reason"] ?? "")</textarea></p>
            <p class="actions"><button>\(action.title)</button> <a href="\(action.returnAddress(form))">Not now</a></p>
            </form>
            """)
        return page
    }

    /// The rules that were chosen for a repository, and the way back to them.
    private var choices: Markup {
        guard [.previewOnboarding, .onboard].contains(action) else { return Markup() }
        return
            "\(PolicyChoice.summary(form))<p><a href=\"\(action.returnAddress(form))\">Choose other rules</a></p>"
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
        let next = word == "prepared" ? action.deed.map { Show.action($0.action, $0.words, aim) } : nil
        return
            "<p>\(Piece.badge(word, Show.tone(word == "prepared" ? "delivered" : word))) \(message)</p>\(patch)<p class=\"actions\">\(next ?? Markup()) \(Show.attempt(outcome["attempt"]?.string))</p>"
    }
}
