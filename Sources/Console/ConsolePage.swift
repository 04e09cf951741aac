internal import API
internal import Basics
internal import ControlPlane
internal import Journal
internal import Pages

/// A page of the console: what all of them have around what is their own.
struct ConsolePage {
    private static let links: [(address: String, words: String)] = [
        ("/", "Overview"), ("/tasks", "Queue"), ("/targets", "Targets"), ("/attempts", "Attempts"),
        ("/failures", "Failures"), ("/events", "Events"), ("/report", "Report"), ("/audit", "Audit"),
        ("/keys", "Keys"), ("/templates", "Templates"),
    ]

    /// What the stream of events may name.
    private static let events = MetricsPage.knownTypes.map(\.name).sorted().joined(separator: " ")

    var page: Page
    /// The link that leads here.
    private let address: String
    /// Between navigation and title, on pages that say how things stand.
    var banner = Markup()
    /// Another site that a form of this page goes to.
    var formTarget: String?
    /// Whether something newer is on its way, so that a script looks again in a moment.
    var isBehind = false

    init(_ title: String, at address: String = "") {
        page = Page(title, style: .linked(Assets.style.address))
        self.address = address
    }

    mutating func add(_ title: String, id: String, _ body: Markup) { page.add(title, id: id, body) }

    func render(_ session: LoginSession?, _ told: [String]) -> String {
        var page = page
        (page.script, page.icon) = (Assets.script.address, Assets.icon.address)
        let again: Markup = isBehind ? " data-again=\"1000\"" : ""
        let words = told.map { told -> Markup in "<p class=\"told\" role=\"status\">\(told)</p>\n" }
        page.top =
            "\(session.map(navigation) ?? Markup())<p id=\"stale\" class=\"badge warning\" data-events=\"\(Self.events)\"\(again) hidden>\("This page is not live: reload it to see what is new.")</p>\(words)\(banner)"
        return page.render()
    }

    private func navigation(_ session: LoginSession) -> Markup {
        let links = Self.links.map { link -> Markup in
            let current: Markup = link.address == address ? " aria-current=\"page\"" : ""
            return "<li><a href=\"\(link.address)\"\(current)>\(link.words)</a></li>\n"
        }
        let search: Markup = """
            <form class="search" action="/attempts" method="get" role="search">
            <label for="q">Search</label> <input id="q" name="q" maxlength="200" placeholder="attempt, task">
            </form>
            """
        let who: Markup = """
            <form class="who" action="/logout" method="post"><input type="hidden" name="word" value="\(session.word)">
            <span>\(session.principal.name), \(session.principal.right.rawValue)</span> <button>Log out</button></form>
            """
        return "<nav aria-label=\"Pages\"><ul>\n\(links)</ul>\(search)\(who)</nav>\n"
    }
}

/// Small things that several pages show.
enum Show {
    /// A time as people say it, with the exact one on focus and for scripts.
    static func time(_ text: String?, _ times: TimeText) -> Markup {
        guard let text, !text.isEmpty else { return Markup() }
        guard let instant = Instant(text) else { return "\(text)" }
        return
            "<time datetime=\"\(instant.description)\" title=\"\(instant.secondsText)\" tabindex=\"0\">\(Self.age(instant, times.now))</time>"
    }

    static func age(_ instant: Instant, _ now: Instant) -> String {
        let seconds = (now - instant).components.seconds
        let (size, suffix) = (abs(seconds), seconds < 0 ? "from now" : "ago")
        switch size {
        case 0..<5: return "now"
        case 5..<90: return "\(size) s \(suffix)"
        case 90..<5400: return "\((size + 30) / 60) min \(suffix)"
        case 5400..<172_800: return "\((size + 1800) / 3600) h \(suffix)"
        default: return "\((size + 43_200) / 86_400) days \(suffix)"
        }
    }

    /// In place of what nobody has looked at yet.
    static let beingRead = Piece.nothing(
        "The targets are being read: this shows them in a moment, or load the page again.")

    /// When it was looked at what a page shows.
    static func age(of look: SnapshotKeeper.Look, _ times: TimeText) -> Markup {
        guard let snapshot = look.snapshot else { return Markup() }
        let newer = look.isBehind ? ", and are being read again" : ""
        let isOld = times.now - snapshot.at >= SnapshotKeeper.oldest
        return """
            <p class="quiet">\(isOld ? Piece.badge("old", .warning) : Markup()) Targets and queue were read \(time(snapshot.at.description, times))\(newer).</p>
            """
    }

    static func outcome(_ attempt: JSON) -> Markup {
        let words =
            attempt["state"] == "invalidated"
            ? "invalidated" : attempt["outcome"]?.string ?? attempt["state"]?.string ?? ""
        return Piece.badge(words, tone(words))
    }

    static func tone(_ words: String) -> Piece.Tone {
        switch words {
        case "delivered", "on", "passed", "merged": .good
        case "rejected", "off", "interrupted", "timed-out", "held": .warning
        case "failed", "stopped", "could-not-run": .bad
        default: .neutral
        }
    }

    static func attempt(_ id: String?) -> Markup {
        id.map { .link(Piece.code($0), to: "/attempts/" + Address.segment($0)) } ?? Markup()
    }

    static func target(_ name: String?) -> Markup {
        name.map { .link(.name($0), to: "/targets/" + Address.segment($0)) } ?? Markup()
    }

    /// A link to a page that says what an action would do, and asks why.
    static func action(_ action: ConsoleAction, _ words: String, _ about: [(String, String)] = []) -> Markup {
        "<a class=\"button\" href=\"\(Address.of("/act/" + action.rawValue, about))\">\(words)</a>"
    }

    static func duration(_ milliseconds: Int?) -> Markup {
        milliseconds.map { "\(DurationText.measured(.milliseconds($0)))" } ?? Markup()
    }

    static func columns(_ titles: [String]) -> [PageTable.Column] { titles.map { PageTable.Column($0) } }

    /// What leads to the next page of a list, where there is one.
    static func more(_ cursor: JSON?, _ path: String, _ query: [(String, String)]) -> Markup {
        let place = cursor?.integer.map { "\($0)" } ?? cursor?.string
        guard let place else { return Markup() }
        return
            "<p><a href=\"\(Address.of(path, query.filter { $0.0 != "cursor" } + [("cursor", place)]))\" rel=\"next\">More</a></p>"
    }
}
