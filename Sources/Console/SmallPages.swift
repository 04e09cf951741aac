internal import API
internal import Basics
internal import ControlPlane
internal import Pages

/// Asks for a key, and brings whoever had typed something back to it.
struct LoginPage {
    private let form: ConsoleForm
    /// The page that was asked for.
    private let path: String
    private let problem: String?
    /// What the provider is called, where people may log in with one.
    var provider: String?
    /// Where the session at the provider is ended, for somebody who has just ended theirs here.
    var farewell: String?

    init(_ form: ConsoleForm, path: String, problem: String? = nil) {
        (self.form, self.path, self.problem) = (form, path, problem)
    }

    /// Where a login leads: the page that was asked for, with the fields of a form that could not be sent.
    var returnAddress: String { Address.own(form["next"]) }

    private var next: String {
        if let next = form["next"] { return Address.own(next) }
        guard path != "/logout", !path.hasPrefix("/login") else { return "/" }
        let kept = form.fields.filter { !["word", "version", "key"].contains($0.name) }.map { ($0.name, $0.value) }
        return Address.own(Address.of(path, kept))
    }

    var page: ConsolePage {
        var page = ConsolePage("Log in")
        let words = problem.map { problem -> Markup in "<p class=\"problem\" role=\"alert\">\(problem)</p>\n" }
        if let provider {
            let ending = farewell.map { address -> Markup in
                " <a href=\"\(address)\">End the session at \(provider) as well</a>"
            }
            page.add(
                "With an account", id: "provider",
                """
                <p class="actions"><a href="\(Address.of("/login/provider", [("next", next)]))">Log in with \(provider)</a>\(ending ?? Markup())</p>
                """)
        }
        page.add(
            "A key of this control plane", id: "login",
            """
            \(words ?? Markup())<form action="/login" method="post">
            <input type="hidden" name="next" value="\(next)">
            <p><label for="key">Key</label><br>
            <input id="key" name="key" type="password" autocomplete="current-password" required maxlength="500"></p>
            <p><button>Log in</button></p>
            </form>
            <p class="quiet">The key goes to this server once; the browser keeps a session that ends after two idle hours.
            What you typed before is kept.</p>
            """)
        return page
    }
}

/// Why there is nothing else to see.
struct ProblemPage {
    private let problem: ConsoleProblem

    init(_ problem: ConsoleProblem) { self.problem = problem }

    var page: ConsolePage {
        var page = ConsolePage(problem.title)
        let hint = problem.hint.map { hint -> Markup in "<p>\(hint)</p>\n" } ?? Markup()
        page.add(
            "What happened", id: "problem",
            "<p role=\"alert\">\(problem.detail) (\(problem.status))</p>\n\(hint)<p><a href=\"/\">To the overview</a></p>"
        )
        return page
    }
}

/// Keys: who may do what; a new one is shown once.
struct KeysPage {
    private let call: ConsoleCall

    init(_ call: ConsoleCall) { self.call = call }

    func page() throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("Keys", at: "/keys")
        page.add("Keys", id: "keys", try list())
        page.add("Make a key", id: "make", form)
        return page
    }

    /// Makes the key that the form asks for, and shows it this one time.
    func made() throws(ConsoleProblem) -> ConsolePage {
        let targets = (call.form["targets"] ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(
            String.init)
        var body: [JSON.Member] = [
            JSON.Member("name", .string(call.form["name"] ?? "")),
            JSON.Member("right", .string(call.form["right"] ?? "")),
            JSON.Member("reason", .string(call.form["reason"] ?? "")),
        ]
        if !targets.isEmpty { body.append(JSON.Member("targets", .strings(targets))) }
        if let days = call.form["days"].flatMap({ Int($0) }) {
            body.append(JSON.Member("expires_in_days", .integer(days)))
        }
        let key = try call.inquiry.answer("POST", "/v1/keys", body: .object(body)).json
        var page = ConsolePage("Keys", at: "/keys")
        page.add(
            "The new key", id: "made",
            "<p role=\"status\">Copy it now: it is not shown again.</p><p>\(Piece.code(key["key"]?.string ?? ""))</p>"
        )
        page.add("Keys", id: "keys", try list())
        return page
    }

    private func list() throws(ConsoleProblem) -> Markup {
        let keys = try call.inquiry.get("/v1/keys")["keys"]?.elements ?? []
        guard !keys.isEmpty else {
            return Piece.nothing("There is none: whoever reaches this server may do everything.")
        }
        var table = PageTable("Keys", Show.columns(["Name", "Right", "Targets", "Made", "Ends", "Last used", ""]))
        for key in keys {
            table.add([
                .name(key["name"]?.string ?? ""), "\(key["right"]?.string ?? "")",
                "\(key["targets"]?.elements.map { $0.compactMap(\.string).joined(separator: ", ") } ?? "all")",
                "\(Show.time(key["created_at"]?.string, call.times)) by \(Markup.name(key["created_by"]?.string ?? ""))",
                Show.time(key["expires_at"]?.string, call.times),
                Show.time(key["last_used_at"]?.string, call.times),
                Show.action(.revokeKey, "Revoke …", [("key", key["id"]?.string ?? "")]),
            ])
        }
        return table.markup
    }

    private var form: Markup {
        let rights = Right.allCases.map { right -> Markup in "<option>\(right.rawValue)</option>" }
        return """
            <form action="/keys" method="post"><input type="hidden" name="word" value="\(call.session.word)">
            <p><label for="name">Name</label><br><input id="name" name="name" required maxlength="100"></p>
            <p><label for="right">Right</label><br><select id="right" name="right">\(rights)</select></p>
            <p><label for="targets">Targets, separated by commas; all of them where this is empty</label><br>
            <input id="targets" name="targets" maxlength="2000"></p>
            <p><label for="days">Days until it ends</label><br>
            <input id="days" name="days" type="number" min="1" max="3650" value="90"></p>
            <p><label for="reason">Reason</label><br><input id="reason" name="reason" required maxlength="500"></p>
            <p><button>Make the key</button></p></form>
            """
    }
}
