internal import API
internal import Pages

/// How a repository comes to be looked after: first a pull request with its rules, then its registration.
struct OnboardingPage {
    static let address = "/onboarding"
    private let call: ConsoleCall

    init(_ call: ConsoleCall) { self.call = call }

    func page() -> ConsolePage {
        var page = ConsolePage("A new repository", at: "/targets")
        guard call.principal.may(.admin) else {
            page.add("Who may", id: "who", Piece.nothing("This needs the right 'admin' for all targets."))
            return page
        }
        page.add("1. Let this server in", id: "let-in", letIn)
        page.add("2. Choose its first rules", id: "look", choices)
        page.add("3. Propose them", id: "propose", propose)
        page.add("4. Register it", id: "register", register)
        return page
    }

    private var letIn: Markup {
        """
        <p>Pull requests need credentials: a token in the server's environment, or a GitHub App of this server that the repository's owner installs.</p>
        <p class="actions"><a class="button" href="\(GitHubAppPage.address)">GitHub App …</a></p>
        """
    }

    private var choices: Markup {
        """
        <p>The repository is cloned and looked at: its documentation, tests, manifests and pipelines. Nothing is written
        anywhere before you have seen the files. Every rule can be changed later, in a pull request like any other.</p>
        <form action="/act/preview-onboarding" method="get">
        <p><label for="url">Address, as git clones it</label><br>
        <input id="url" name="url" required maxlength="1000" size="50" value="\(call.form["url"] ?? "")"></p>
        <p><label for="name">What it is called here; empty for the address's last word</label><br>
        <input id="name" name="name" maxlength="100" value="\(call.form["name"] ?? "")"></p>
        \(PolicyChoice.all.map { $0.fieldset(call.form) })
        <p class="actions"><button>Look at the files …</button></p></form>
        """
    }

    private var propose: Markup {
        "<p>What was looked at is proposed from there as a pull request that adds <code>.leviathan/</code> and nothing else. A person of that repository reviews and merges it; until then nothing runs there.</p>"
    }

    private var register: Markup {
        """
        <p>Once that is merged, the repository becomes a target, and its tasks stand in the queue.</p>
        <form action="/act/register" method="get">
        <p><label for="place">Address, as git clones it</label><br>
        <input id="place" name="url" required maxlength="1000" size="50" value="\(call.form["url"] ?? "")"></p>
        <p><label for="group">Group of <code>config.yaml</code>, if any</label><br><input id="group" name="group" maxlength="100"></p>
        <p class="actions"><button>Register it …</button></p></form>
        """
    }
}
