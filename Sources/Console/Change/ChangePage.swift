internal import API
internal import Basics
internal import Pages

/// What an attempt changed, file by file.
struct ChangePage {
    private let id: String
    private let call: ConsoleCall
    private let change: JSON

    init(_ id: String, _ call: ConsoleCall) throws(ConsoleProblem) {
        (self.id, self.call) = (id, call)
        change = try call.inquiry.get("/v1/attempts/\(Address.segment(id))/change")
    }

    func page() -> ConsolePage {
        var page = ConsolePage("Change of \(id)", at: "/attempts")
        let patch = change["patch"]?.string ?? ""
        let rest: Markup =
            change["complete"] == true ? Markup() : "<p>The change is longer than what is shown here.</p>"
        page.add(
            "What it changes", id: "change",
            "<p>Of \(Show.attempt(id)).</p>\n"
                + (patch.isEmpty ? Piece.nothing("Nothing.") : PatchView.markup(patch)) + rest)
        return page
    }
}
