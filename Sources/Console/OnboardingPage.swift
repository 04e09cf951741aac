internal import API
internal import Pages

/// How a repository comes to be looked after: first a pull request with its rules, then its registration.
struct OnboardingPage {
    private let call: ConsoleCall

    init(_ call: ConsoleCall) { self.call = call }

    func page() -> ConsolePage {
        var page = ConsolePage("A new repository", at: "/onboarding")
        guard call.principal.may(.admin) else {
            page.add("Who may", id: "who", Piece.nothing("This needs the right 'admin' for all targets."))
            return page
        }
        page.add("1. Look at the rules it would have", id: "look", look)
        page.add("2. Propose them", id: "propose", propose)
        page.add("3. Register it", id: "register", register)
        return page
    }

    private var look: Markup {
        """
        <p>The repository is cloned and looked at: its documentation, tests, manifests and pipelines. The files that would be proposed are shown; nothing is written anywhere.</p>
        <form action="/act/preview-onboarding" method="get">
        <p><label for="url">Address, as git clones it</label><br><input id="url" name="url" required maxlength="1000" size="50"></p>
        <p><label for="name">What it is called here; empty for the address's last word</label><br>
        <input id="name" name="name" maxlength="100"></p>
        <fieldset><legend>Its tests</legend>
        <p><label><input type="radio" name="tests" value="true" checked> Run them on every change: the test commands that are found become
        <code>invariants</code>, as comments until somebody has tried them</label></p>
        <p><label><input type="radio" name="tests" value="false"> Leave them to the repository's own pipelines: there are no
        <code>invariants</code> but that no secret gets in</label></p></fieldset>
        <p><button>Look at it …</button></p></form>
        """
    }

    private var propose: Markup {
        "<p>What was looked at is proposed from there as a pull request that adds <code>.leviathan/</code> and nothing else. A person of that repository reviews and merges it; until then nothing runs there.</p>"
    }

    private var register: Markup {
        """
        <p>Once that is merged, the repository becomes a target, and its tasks stand in the queue.</p>
        <form action="/act/register" method="get">
        <p><label for="place">Address, as git clones it</label><br><input id="place" name="url" required maxlength="1000" size="50"></p>
        <p><label for="group">Group of <code>config.yaml</code>, if any</label><br><input id="group" name="group" maxlength="100"></p>
        <p><button>Register it …</button></p></form>
        """
    }
}
