internal import API
internal import Basics
internal import ControlPlane
internal import Pages

/// A GitHub App of this control plane: registered by the browser of whoever may, at the GitHub that is chosen.
struct GitHubAppPage {
    static let address = "/onboarding/github"
    private let call: ConsoleCall

    init(_ call: ConsoleCall) { self.call = call }

    /// The apps there are, and the first step to another one; with why the one that was tried came to nothing.
    func page(_ problem: ConsoleProblem? = nil) throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("GitHub App", at: "/targets")
        guard call.principal.may(.admin) else {
            page.add("Who may", id: "who", Piece.nothing("This needs the right 'admin' for all targets."))
            return page
        }
        let known = try call.inquiry.get("/v1/forge-apps")
        page.add("Registered apps", id: "apps", apps(known["apps"]?.elements ?? []))
        let why = problem.map { problem -> Markup in
            let hint = problem.hint.map { ": \($0)" } ?? ""
            return "<p class=\"problem\" role=\"alert\">Nothing was done. \(problem.detail)\(hint)</p>\n"
        }
        let hosts = known["hosts"]?.elements?.compactMap(\.string) ?? []
        page.add("Register one", id: "register", (why ?? Markup()) + form(hosts))
        return page
    }

    private func apps(_ apps: [JSON]) -> Markup {
        guard !apps.isEmpty else {
            return Piece.nothing(
                "None: pull requests are opened with a token of the server's environment, if there is one.")
        }
        var table = PageTable("GitHub Apps", Show.columns(["App", "GitHub", "Owner", "Registered", "What to do"]))
        for app in apps {
            let (name, url) = (app["name"]?.string ?? "", app["url"]?.string ?? "")
            table.add([
                .link(.name(name), to: url), "\(app["host"]?.string ?? "")", .name(app["owner"]?.string ?? ""),
                "\(Show.time(app["registered_at"]?.string, call.times)) by \(Markup.name(app["registered_by"]?.string ?? ""))",
                .link("Install it in repositories", to: app["install_url"]?.string ?? ""),
            ])
        }
        return table.markup
            + "<p class=\"quiet\">Its secrets are files of the server that only its user can read; they are never shown. A token in the server's environment goes before an app.</p>"
    }

    private func form(_ hosts: [String]) -> Markup {
        let options = hosts.map { host -> Markup in
            let selected: Markup = host == call.form["host"] ? " selected" : ""
            return "<option\(selected)>\(host)</option>"
        }
        return """
            <p>With an app of its own, pull requests come from a bot and not from a person, every repository is let in by its owner,
            and tokens are good for an hour. GitHub makes the app out of a form that your browser brings there; you see
            it before anything is made.</p>
            <form action="\(Self.address)" method="post">
            <input type="hidden" name="word" value="\(call.session.word)">
            <p><label for="host">GitHub</label><br><select id="host" name="host">\(options)</select></p>
            <p><label for="name">What the app is called: no other app of that GitHub may be called so</label><br>
            <input id="name" name="name" required maxlength="34" size="34" value="\(call.form["name"] ?? "")"></p>
            <p><label for="organization">Organization that it belongs to; empty for your own account</label><br>
            <input id="organization" name="organization" maxlength="100" value="\(call.form["organization"] ?? "")"></p>
            <p><label for="reason">Reason, for whoever asks; it is recorded</label><br>
            <textarea id="reason" name="reason" required maxlength="500" rows="3" cols="60">\(call.form["reason"] ?? "")</textarea></p>
            <p class="actions"><button>See what it may do …</button></p></form>
            """
    }

    /// The second step: what the app may do, and the form that goes to GitHub.
    func begun() throws(ConsoleProblem) -> ConsolePage {
        let fields = ["host", "name", "organization", "reason"].compactMap { name in
            call.form[name].flatMap { $0.trimmed.isEmpty ? nil : JSON.Member(name, .string($0.trimmed)) }
        }
        let body = JSON.object(fields + [JSON.Member("home", .string(call.home))])
        let begun = try call.inquiry.answer("POST", "/v1/forge-apps", body: body).json
        let origin = begun["origin"]?.string ?? ""
        var page = ConsolePage("GitHub App", at: "/targets")
        page.formTarget = origin
        page.add("What it may do", id: "permissions", permissions(begun))
        page.add(
            "Go on at GitHub", id: "register",
            """
            <form action="\(begun["action"]?.string ?? "")" method="post">
            <input type="hidden" name="manifest" value="\(begun["manifest"]?.string ?? "")">
            <p>GitHub shows the same once more. It then sends you back here, and this server gets the app's key from it.</p>
            <p class="actions"><button>Go on at \(origin)</button> <a href="\(Self.address)">Not now</a></p></form>
            """)
        return page
    }

    private func permissions(_ begun: JSON) -> Markup {
        var table = PageTable("Permissions of the app", Show.columns(["Permission", "Level", "What for"]))
        for each in begun["permissions"]?.elements ?? [] {
            table.add([
                Piece.code(each["name"]?.string ?? ""), "\(each["level"]?.string ?? "")",
                "\(each["words"]?.string ?? "")",
            ])
        }
        let hooks: Markup =
            begun["webhooks"] == true
            ? "<p>GitHub tells this server at once of what happens to pull requests.</p>"
            : "<p>GitHub is not told to send webhooks here: <code>control_plane.url</code> of <code>config.yaml</code> names no https address. What happens to pull requests is then known with the next <code>sync</code>.</p>"
        return table.markup
            + "<p>It may not change <code>.github/workflows</code>, settings, or members. It acts in no repository before the repository's owner installs it there.</p>"
            + hooks
    }

    /// Back from GitHub: takes the app over, whose secrets stay on the server.
    func made() throws(ConsoleProblem) -> String {
        guard let code = call.form["code"], let state = call.form["state"] else {
            throw ConsoleProblem(
                400, "GitHub sent no code", "the app was not made, or not by a form of this page",
                hint: "begin again at " + Self.address)
        }
        let body: JSON = ["code": .string(code), "state": .string(state)]
        let app = try call.inquiry.answer("POST", "/v1/forge-apps/conversions", body: body).json
        return
            "The app '\(app["name"]?.string ?? "")' is registered. Install it in the repositories that it is for."
    }
}
